import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hideText } from '#server/platform/crypto/secret-text.ts';
import { createMailer, type Mailer } from './index.ts';
import { openTestHouse, type TestBrowser, type TestHouse } from './test-house.ts';
import { totpCode } from './totp.ts';

describe('the mailed link and its code', () => {
  const mails: string[] = [];
  let waiting: ((mail: string) => void) | undefined;
  let smtp: SMTPServer;
  let mailer: Mailer;
  let house: TestHouse;
  let browser: TestBrowser;
  let secret: string;
  let recoveryCodes: string[];

  beforeAll(async () => {
    smtp = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData(stream, _session, done) {
        let text = '';
        stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
        stream.on('end', () => {
          mails.push(text);
          waiting?.(text);
          done();
        });
      },
    });
    smtp.listen(0, '127.0.0.1');
    await once(smtp.server, 'listening');
    mailer = createMailer({ url: hideText(`smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`), from: 'Lakeside Clinic <calls@clinic.example>' });
  });
  afterAll(async () => {
    await new Promise<void>((resolve) => smtp.close(() => resolve()));
  });

  beforeEach(async () => {
    mails.length = 0;
    house = await openTestHouse({ mailer });
    browser = house.openBrowser();
    await browser.enter();
    secret = (await browser.post('/authenticator/start')).body.secret;
    const confirmed = await browser.post('/authenticator', { code: codeNow(), email: 'Hannah@Clinic.example' });
    recoveryCodes = confirmed.body.recoveryCodes;
    house.clock.advance(60_000);
    await browser.post('/sign-out');
  });
  afterEach(() => house.close());

  const codeNow = (): string => totpCode(secret, Math.floor(house.clock.now() / 30_000));
  const nextMail = (): Promise<string> => new Promise((resolve) => (waiting = resolve));
  /** Asks for a link and takes it out of the mail. */
  const requestLink = async (email = 'hannah@clinic.example'): Promise<string> => {
    const mail = nextMail();
    expect(await browser.post('/sign-in/email', { email })).toMatchObject({ status: 200, body: {} });
    return /#([\w-]{43})/u.exec((await mail).replaceAll(/=\r?\n/gu, ''))![1]!;
  };

  test('open a session together, once', async () => {
    const token = await requestLink();
    const code = codeNow();
    expect(await browser.post('/sign-in/email/finish', { token, code })).toMatchObject({ status: 200, body: { memberships: [{ practiceName: 'Lakeside Clinic' }] } });
    expect((await browser.get('/session')).body).toMatchObject({ method: 'email-and-code' });
    expect(await house.openBrowser().post('/sign-in/email/finish', { token, code })).toMatchObject({ status: 410 });
  });

  test('the mail names nobody, and its link keeps the token from the server\'s log', async () => {
    const token = await requestLink();
    expect(mails[0]).toContain('To: hannah@clinic.example');
    expect(mails[0]).not.toMatch(/Hannah Lee|Lakeside Clinic.*\n.*\n.*invites/u);
    expect(mails[0]!.replaceAll(/=\r?\n/gu, '')).toContain(`/sign-in/email#${token}`);
  });

  test('a code that was used is not taken again, with the same link or another', async () => {
    const code = codeNow();
    expect((await browser.post('/sign-in/email/finish', { token: await requestLink(), code })).status).toBe(200);
    const other = house.openBrowser();
    expect(await other.post('/sign-in/email/finish', { token: await requestLink(), code })).toMatchObject({ status: 401, body: { code: 'CODE_REFUSED' } });
    house.clock.advance(30_000);
    expect((await other.post('/sign-in/email/finish', { token: await requestLink(), code: codeNow() })).status).toBe(200);
  });

  test('of ten who bring one code at the same instant, one comes in', async () => {
    const tokens = [await requestLink(), await requestLink(), await requestLink()];
    const code = codeNow();
    const all = await Promise.all(tokens.map((token) => house.openBrowser().post('/sign-in/email/finish', { token, code })));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('five wrong codes use a link up, and the right one then comes too late', async () => {
    const token = await requestLink();
    for (let count = 0; count < 5; count += 1) expect((await browser.post('/sign-in/email/finish', { token, code: '000000' })).status).toBe(401);
    expect((await browser.post('/sign-in/email/finish', { token, code: codeNow() })).status).toBe(410);
  });

  test('a link is good for a quarter of an hour', async () => {
    const token = await requestLink();
    house.clock.advance(15 * 60_000);
    expect((await browser.post('/sign-in/email/finish', { token, code: codeNow() })).status).toBe(410);
  });

  test('neither alone opens anything: no link without an authenticator, no code without a link', async () => {
    expect((await browser.post('/sign-in/email/finish', { token: 'A'.repeat(43), code: codeNow() })).status).toBe(410);
    expect((await browser.post('/sign-in/email/finish', { token: await requestLink(), code: '' })).status).toBe(400);
  });

  test('an address nobody has gets the same answer, and no mail', async () => {
    expect(await browser.post('/sign-in/email', { email: 'nobody@clinic.example' })).toMatchObject({ status: 200, body: {} });
    await requestLink();
    expect(mails).toHaveLength(1);
  });

  test('a recovery code stands in for the authenticator, once', async () => {
    expect(recoveryCodes).toHaveLength(10);
    const code = recoveryCodes[3]!.toLowerCase();
    expect((await browser.post('/sign-in/email/finish', { token: await requestLink(), code })).status).toBe(200);
    expect((await browser.get('/me/credentials')).body.recoveryCodesLeft).toBe(9);
    expect((await browser.post('/sign-in/email/finish', { token: await requestLink(), code })).status).toBe(401);
  });

  test('one who begins a new authenticator and stops half-way keeps the one they had', async () => {
    await browser.post('/sign-in/email/finish', { token: await requestLink(), code: codeNow() });
    await browser.post('/authenticator/start');
    house.clock.advance(60_000);
    expect((await browser.post('/sign-in/email/finish', { token: await requestLink(), code: codeNow() })).status).toBe(200);
  });

  test('an invitation is mailed where it has an address, and its link is not shown', async () => {
    await browser.enter();
    const mail = nextMail();
    const invited = await browser.post('/invitations', { name: 'Sam', email: 'sam@clinic.example', roles: ['staff'] });
    expect(invited.body.link).toBeNull();
    expect(await mail).toContain('Lakeside Clinic invites you');
  });
});
