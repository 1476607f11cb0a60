import { createSign, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hideText } from '#server/platform/crypto/secret-text.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { createCommunity } from './index.ts';
import { openTestHouse, type Answer, type TestBrowser, type TestHouse } from './test-house.ts';
import { hmacOf, openTestProvider, type Lies, type TestProvider } from './test-provider.ts';

const CLIENT = { clientId: 'quietline', clientSecret: 'a-secret-of-the-community-and-ours-only' };
const OURS = { ...CLIENT, clientSecret: hideText(CLIENT.clientSecret) };
const clock = { log: silentLog, nowMs: () => Date.now() };

describe('a community\'s real provider', () => {
  let provider: Server;
  let house: TestHouse;
  let standing: Record<string, unknown>;

  beforeAll(async () => {
    provider = createServer();
    provider.listen(0, '127.0.0.1');
    await once(provider, 'listening');
    const issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
    const oidc = new Provider(issuer, {
      clients: [{ client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret, redirect_uris: ['http://clinic.example/sign-in/community'], token_endpoint_auth_method: 'client_secret_post' }],
      claims: { openid: ['sub'], profile: ['name'], quietline: ['quietline_member', 'quietline_verified_physician', 'quietline_plan'] },
      scopes: ['openid', 'profile', 'quietline'],
      conformIdTokenClaims: false,
      cookies: { keys: ['for the test'] },
      findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, name: 'Dr. Ana Ruiz', ...standing }) }),
    });
    const answer = oidc.callback();
    provider.on('request', (request, response) => void answer(request, response));
    house = await openTestHouse({ community: createCommunity({ issuer, ...OURS }, clock) });
  });
  afterAll(async () => {
    await house.close();
    provider.closeAllConnections();
    provider.close();
    await once(provider, 'close');
  });
  beforeEach(() => {
    standing = { quietline_member: true, quietline_verified_physician: true, quietline_plan: 'unlimited' };
  });

  /** What the member's browser does at the provider: its login form, its consent form, and back. */
  const passProvider = async (start: string, login: string): Promise<Record<string, string>> => {
    const jar = new Map<string, string>();
    let url = start;
    let form: string | undefined;
    for (let step = 0; step < 12; step += 1) {
      const response = await fetch(url, { redirect: 'manual', headers: { cookie: [...jar].map((pair) => pair.join('=')).join('; '), ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }) }, ...(form === undefined ? {} : { method: 'POST', body: form }) });
      for (const cookie of response.headers.getSetCookie()) {
        const [name, value] = cookie.split(';')[0]!.split('=') as [string, string];
        jar.set(name, value);
      }
      form = undefined;
      const location = response.headers.get('location');
      if (location !== null) {
        url = new URL(location, url).href;
        if (url.startsWith('http://clinic.example/')) return Object.fromEntries(new URL(url).searchParams);
        continue;
      }
      const page = await response.text();
      url = /action="([^"]+)"/u.exec(page)![1]!;
      form = page.includes('name="login"') ? `prompt=login&login=${login}&password=x` : 'prompt=consent';
    }
    throw new Error('The provider does not come to an end.');
  };
  const signIn = async (browser: TestBrowser, login: string): Promise<Answer> => {
    const { body } = await browser.post('/sign-in/community/start');
    return browser.post('/sign-in/community/finish', { answer: await passProvider(body.url, login) });
  };

  test('lets a member in, as who and what it says they are, and knows them the next time', async () => {
    const browser = house.openBrowser();
    expect(await signIn(browser, 'ana')).toMatchObject({ status: 200, body: { memberships: [{ practiceName: 'Lakeside Clinic', roles: ['physician'] }] } });
    const first = (await browser.get('/session')).body;
    expect(first).toMatchObject({ member: { name: 'Dr. Ana Ruiz' }, method: 'community' });
    const again = house.openBrowser();
    await signIn(again, 'ana');
    expect((await again.get('/session')).body.member.id).toBe(first.member.id);
    await signIn(again, 'somebody-else');
    expect((await again.get('/session')).body.member.id).not.toBe(first.member.id);
  });

  test('keeps out one who is no member, whose membership ended, or whom the practice disabled', async () => {
    const browser = house.openBrowser();
    standing = {};
    expect(await signIn(browser, 'guest')).toMatchObject({ status: 403, body: { code: 'NOT_A_MEMBER' } });
    standing = { quietline_member: 'no' };
    expect((await signIn(browser, 'ana')).status).toBe(403);
    standing = { quietline_member: 'active' };
    await signIn(browser, 'ben');
    const { member } = (await browser.get('/session')).body;
    const admin = house.openBrowser();
    await admin.enter();
    await admin.post(`/members/${member.id}/disable`);
    expect((await signIn(house.openBrowser(), 'ben')).status).toBe(403);
  });

  test('takes a verified physician for one only while it says so', async () => {
    const browser = house.openBrowser();
    const isVerified = async (): Promise<boolean> => {
      await signIn(browser, 'cara');
      const { member } = (await browser.get('/session')).body;
      return (await browser.get('/members')).body.find(({ id }: { id: string }) => id === member.id).isVerifiedPhysician;
    };
    expect(await isVerified()).toBe(true);
    standing['quietline_verified_physician'] = false;
    expect(await isVerified()).toBe(false);
  });
});

describe('a malicious provider', () => {
  let provider: TestProvider;
  let house: TestHouse;
  let browser: TestBrowser;

  beforeEach(async () => {
    provider = await openTestProvider();
    house = await openTestHouse({ community: createCommunity({ issuer: provider.issuer, ...OURS }, clock) });
    browser = house.openBrowser();
  });
  afterEach(async () => {
    await house.close();
    await provider.close();
  });

  const start = async (): Promise<Record<string, string>> => provider.authorize((await browser.post('/sign-in/community/start')).body.url);
  const finish = (answer: Record<string, string>, by = browser): Promise<Answer> => by.post('/sign-in/community/finish', { answer });
  const nowS = (): number => Math.floor(Date.now() / 1_000);

  test('that tells the truth is believed: otherwise nothing below would show anything', async () => {
    expect((await finish(await start())).status).toBe(200);
    expect(provider.tokenRequests[0]!.get('code_verifier')).toMatch(/^[\w-]{43}$/u);
  });

  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const attacks: Record<string, Lies> = {
    'an unsigned token (alg none)': { header: { alg: 'none', kid: undefined }, sign: () => '' },
    'a token signed with the public key as a secret (key confusion)': { header: { alg: 'HS256' }, sign: (input, { publicPem }) => hmacOf(publicPem)(input) },
    'a token signed with our own client secret': { header: { alg: 'HS256', kid: undefined }, sign: hmacOf(CLIENT.clientSecret) },
    'a token signed with a stranger\'s key': { sign: (input) => createSign('sha256').update(input).sign(stranger).toString('base64url') },
    'a token signed with a key that it names itself': { header: { kid: undefined, jwk: { kty: 'RSA' } }, sign: (input) => createSign('sha256').update(input).sign(stranger).toString('base64url') },
    'a token whose claims were changed after signing': { sign: (input, { privateKey }) => createSign('sha256').update(`${input}x`).sign(privateKey).toString('base64url') },
    'a key the provider does not publish': { header: { kid: 'two' } },
    'another audience': { claims: { aud: 'somebody-else' } },
    'two audiences, given out to the other': { claims: { aud: ['quietline', 'somebody-else'], azp: 'somebody-else' } },
    'another issuer in the token': { claims: { iss: 'https://evil.example' } },
    'another nonce: a token of somebody else\'s sign-in': { claims: { nonce: 'another' } },
    'no nonce': { claims: { nonce: undefined } },
    'an expired token': { claims: { iat: Math.floor(Date.now() / 1_000) - 7_200, exp: Math.floor(Date.now() / 1_000) - 3_600 } },
    'no expiry': { claims: { exp: undefined } },
    'a token not valid yet': { claims: { nbf: Math.floor(Date.now() / 1_000) + 3_600 } },
    'nobody: no subject': { claims: { sub: undefined } },
    'nobody: an empty subject': { claims: { sub: '' } },
    'no ID token at all': { tokens: () => ({ body: { access_token: 'access', token_type: 'Bearer' } }) },
    'an ID token that is none': { tokens: () => ({ body: { access_token: 'access', token_type: 'Bearer', id_token: 'not.a.token' } }) },
    'a redirect of the token request to somebody else': { tokens: () => ({ status: 307, headers: { location: 'http://evil.example/token' }, body: {} }) },
    'another state: an answer to somebody else\'s sign-in': { answer: (answer) => ({ ...answer, state: 'another' }) },
    'no state': { answer: ({ code, iss }) => ({ code: code!, iss: iss! }) },
    'an answer of another issuer (mix-up)': { answer: (answer) => ({ ...answer, iss: 'https://evil.example' }) },
    'an answer that hides its issuer': { answer: ({ code, state }) => ({ code: code!, state: state! }) },
    'an error': { answer: ({ state, iss }) => ({ error: 'access_denied', state: state!, iss: iss! }) },
    'a token in the address in place of a code': { answer: ({ state, iss }) => ({ id_token: 'a.b.c', state: state!, iss: iss! }) },
  };

  test.each(Object.entries(attacks))('with %s signs nobody in', async (_name, lies) => {
    provider.lies = lies;
    const refused = await finish(await start());
    expect([refused.status, refused.body.code]).toEqual([401, 'COMMUNITY_REFUSED']);
    expect(browser.cookies.has('quietline-session')).toBe(false);
    expect((await browser.get('/session')).status).toBe(401);
  });

  test('whose discovery names another issuer is not gone to', async () => {
    provider.lies = { discovery: { issuer: 'https://evil.example' } };
    expect(await browser.post('/sign-in/community/start')).toMatchObject({ status: 503, body: { code: 'COMMUNITY_AWAY' } });
  });

  test('cannot have an answer taken twice', async () => {
    const answer = await start();
    const cookie = browser.cookies.get('quietline-community')!;
    expect((await finish(answer)).status).toBe(200);
    browser.cookies.set('quietline-community', cookie);
    expect((await finish(answer)).status).toBe(401);
  });

  test('cannot have an answer taken by a browser that did not ask, or too late', async () => {
    const answer = await start();
    expect((await finish(answer, house.openBrowser())).status).toBe(401);
    house.clock.advance(10 * 60_000);
    expect((await finish(answer)).status).toBe(401);
  });

  test('cannot make an admin or an operator by a claim, nor put anything into the plan but a plan\'s name', async () => {
    provider.lies = { claims: { roles: ['operator'], quietline_roles: 'practice-admin', quietline_plan: '<script>', name: '  ', iat: nowS() } };
    await finish(await start());
    expect((await browser.get('/session')).body).toMatchObject({ member: { name: 'Member' }, roles: ['physician'] });
  });

  test('that is down keeps nobody from coming in otherwise, and is found again when it is back', async () => {
    const away = createCommunity({ issuer: 'http://127.0.0.1:9', ...OURS }, clock);
    expect(await away.start('http://clinic.example/sign-in/community')).toEqual({ ok: false, refusal: 'community-away' });
  });
});
