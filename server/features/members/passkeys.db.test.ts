import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inPractice } from '#server/platform/storage/database.ts';
import { listAudit } from '../audit/index.ts';
import { createTestAuthenticator, type TestAuthenticator } from './test-authenticator.ts';
import { openTestHouse, type TestBrowser, type TestHouse } from './test-house.ts';

describe('passkeys', () => {
  let house: TestHouse;
  let browser: TestBrowser;
  let authenticator: TestAuthenticator;

  beforeEach(async () => {
    house = await openTestHouse();
    browser = house.openBrowser();
    await browser.enter();
    authenticator = await browser.addPasskey();
    // The session of the link knows nothing yet of the person it made.
    await browser.post('/sign-out');
  });
  afterEach(() => house.close());

  test('sign in, without anybody saying who they are first', async () => {
    const entered = await browser.usePasskey(authenticator);
    expect(entered).toMatchObject({ status: 200, body: { memberships: [{ memberId: house.demo.memberId, practiceName: 'Lakeside Clinic', isCurrent: true }] } });
    expect((await browser.get('/session')).body).toMatchObject({ member: { id: house.demo.memberId }, method: 'passkey', isLocked: false, roles: ['physician', 'practice-admin', 'operator'] });
    const audit = await inPractice(house.store.database, house.demo.practiceId, (transaction) => listAudit(transaction, { limit: 1 }));
    expect(audit[0]).toMatchObject({ action: 'signed-in', actor: { kind: 'member', memberId: house.demo.memberId }, detail: { method: 'passkey' } });
  });

  test('from a wrong origin are refused, and so are those of another host and those without verification', async () => {
    const claims = [
      { origin: 'http://evil.example', relyingParty: 'clinic.example' },
      { origin: 'http://evil.example' },
      { origin: 'https://clinic.example' },
      { origin: 'http://clinic.example:81' },
      { origin: 'http://clinic.example.evil.example', relyingParty: 'clinic.example' },
      { origin: browser.origin, relyingParty: 'evil.example' },
      { origin: browser.origin, isUserVerified: false },
      { origin: browser.origin, type: 'webauthn.create' },
    ];
    for (const claim of claims) {
      const { body } = await browser.post('/sign-in/passkey/start');
      const refused = await browser.post('/sign-in/passkey/finish', { response: authenticator.sign(body.options, claim) });
      expect([claim, refused.status, refused.body.code]).toEqual([claim, 401, 'PASSKEY_REFUSED']);
      expect(browser.cookies.size).toBe(0);
    }
  });

  test('answered on a site that only looks like ours open nothing here', async () => {
    const elsewhere = house.openBrowser('evil.example');
    expect((await elsewhere.usePasskey(authenticator)).status).toBe(200);
    const { body } = await elsewhere.post('/sign-in/passkey/start');
    expect((await browser.post('/sign-in/passkey/finish', { response: authenticator.sign(body.options, { origin: 'http://evil.example' }) })).status).toBe(401);
  });

  test('answer a challenge once, in time, and only one of ours', async () => {
    const { body } = await browser.post('/sign-in/passkey/start');
    const response = authenticator.sign(body.options, { origin: browser.origin });
    expect((await browser.post('/sign-in/passkey/finish', { response })).status).toBe(200);
    expect((await house.openBrowser().post('/sign-in/passkey/finish', { response })).status).toBe(401);
    const late = (await browser.post('/sign-in/passkey/start')).body;
    house.clock.advance(5 * 60_000);
    expect((await browser.post('/sign-in/passkey/finish', { response: authenticator.sign(late.options, { origin: browser.origin }) })).status).toBe(401);
    const invented = { challenge: Buffer.alloc(32, 7).toString('base64url') };
    expect((await browser.post('/sign-in/passkey/finish', { response: authenticator.sign(invented, { origin: browser.origin }) })).status).toBe(401);
  });

  test('of somebody unknown, and signatures of another key, are refused', async () => {
    expect((await browser.usePasskey(createTestAuthenticator())).status).toBe(401);
    const { body } = await browser.post('/sign-in/passkey/start');
    const { id, rawId } = authenticator.sign(body.options, { origin: browser.origin });
    const forged = { ...createTestAuthenticator().sign(body.options, { origin: browser.origin }), id, rawId };
    expect((await browser.post('/sign-in/passkey/finish', { response: forged })).status).toBe(401);
  });

  test('are added for oneself: an answer to another member\'s challenge adds nothing', async () => {
    await browser.usePasskey(authenticator);
    const { body } = await browser.post('/invitations', { name: 'Sam', email: null, roles: ['staff'] });
    const sam = house.openBrowser();
    const token = body.link.split('#')[1];
    const opened = await sam.post('/invitations/open', { token });
    const samsOwn = createTestAuthenticator();
    expect((await sam.post('/invitations/join', { token, response: samsOwn.create(opened.body.options, { origin: sam.origin }) })).status).toBe(200);
    const samsChallenge = (await sam.post('/passkeys/start')).body;
    expect((await browser.post('/passkeys', { name: 'Stolen', response: createTestAuthenticator().create(samsChallenge.options, { origin: browser.origin }) })).status).toBe(401);
  });

  test('cannot all be removed where they are the only way in', async () => {
    await browser.usePasskey(authenticator);
    const [{ id }] = (await browser.get('/me/credentials')).body.passkeys;
    expect(await browser.send('DELETE', `/passkeys/${id}`)).toMatchObject({ status: 409, body: { code: 'LAST_WAY_IN' } });
    await browser.addPasskey();
    expect((await browser.send('DELETE', `/passkeys/${id}`)).body.passkeys).toHaveLength(1);
    expect((await house.openBrowser().usePasskey(authenticator)).status).toBe(401);
  });

  test('give a new session each time, and end the one the browser came with', async () => {
    await browser.usePasskey(authenticator);
    const planted = browser.cookies.get('quietline-session')!;
    await browser.usePasskey(authenticator);
    expect(browser.cookies.get('quietline-session')).not.toBe(planted);
    expect(await house.signIn.findSession(planted)).toBeUndefined();
  });
});
