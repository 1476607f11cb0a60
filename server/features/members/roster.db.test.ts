import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFakeClock } from '#server/platform/clock/fake-clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { inPractice, openDatabase } from '#server/platform/storage/database.ts';
import { listAudit } from '../audit/index.ts';
import { createSignIn } from './index.ts';
import type { TestAuthenticator } from './test-authenticator.ts';
import { openTestHouse, type TestBrowser, type TestHouse } from './test-house.ts';

describe('the members of a practice', () => {
  let house: TestHouse;
  let admin: TestBrowser;

  beforeEach(async () => {
    house = await openTestHouse();
    admin = house.openBrowser();
    await admin.enter();
  });
  afterEach(() => house.close());

  const invite = async (roles: string[], by = admin): Promise<string> => (await by.post('/invitations', { name: 'Sam Reed', email: null, roles })).body.link.split('#')[1];
  const join = async (token: string): Promise<{ browser: TestBrowser; key: TestAuthenticator; memberId: string }> => {
    const browser = house.openBrowser();
    return { browser, ...(await browser.join(`#${token}`)) };
  };

  test('come by invitation, with a passkey, and with the roles they were given', async () => {
    const { browser, key } = await join(await invite(['staff']));
    expect((await browser.get('/session')).body).toMatchObject({ member: { name: 'Sam Reed' }, roles: ['staff'], method: 'passkey' });
    expect((await house.openBrowser().usePasskey(key)).status).toBe(200);
    expect((await admin.get('/members')).body.map(({ name, roles }: { name: string; roles: string[] }) => [name, roles])).toEqual([
      ['Dr. Hannah Lee', ['physician', 'practice-admin', 'operator']],
      ['Sam Reed', ['staff']],
    ]);
    expect((await admin.get('/invitations')).body[0].state).toBe('used');
  });

  test('an invitation is good once, for a week, and until it is withdrawn', async () => {
    const used = await invite(['staff']);
    await join(used);
    house.clock.advance(1_000);
    const late = await invite(['staff']);
    house.clock.advance(1_000);
    const withdrawn = await invite(['staff']);
    expect((await admin.send('DELETE', `/invitations/${(await admin.get('/invitations')).body[0].id}`)).status).toBe(200);
    for (const token of [used, withdrawn, 'A'.repeat(43)]) expect((await house.openBrowser().post('/invitations/open', { token })).status).toBe(410);
    expect((await house.openBrowser().post('/invitations/open', { token: late })).status).toBe(200);
    house.clock.advance(7 * 86_400_000);
    expect((await house.openBrowser().post('/invitations/open', { token: late })).status).toBe(410);
  });

  test('an invitation is sent again with a new link, and the old one opens nothing', async () => {
    const first = await invite(['staff']);
    house.clock.advance(8 * 86_400_000);
    await admin.enter();
    const [{ id, state }] = (await admin.get('/invitations')).body;
    expect(state).toBe('expired');
    const { body } = await admin.post(`/invitations/${id}/resend`);
    expect(body.invitation).toMatchObject({ id, state: 'open' });
    expect((await house.openBrowser().post('/invitations/open', { token: first })).status).toBe(410);
    await join(body.link.split('#')[1]);
    expect((await admin.post(`/invitations/${id}/resend`)).status).toBe(404);
  });

  test('are shown to their admin with the ways they come in by, and to nobody else', async () => {
    const { browser } = await join(await invite(['staff']));
    const [{ id: passkeyId, name }] = (await browser.get('/me/credentials')).body.passkeys;
    expect(name).toBe('First passkey');
    expect((await browser.send('PUT', `/passkeys/${passkeyId}`, { name: 'Ward tablet' })).body.passkeys).toMatchObject([{ name: 'Ward tablet' }]);
    expect((await admin.send('PUT', `/passkeys/${passkeyId}`, { name: 'Mine' })).status).toBe(404);
    expect((await browser.send('PUT', '/me/name', { name: 'Samuel Reed' })).status).toBe(200);
    expect((await browser.send('PUT', '/me/preferences', { language: 'es', clock: '24-hour' })).status).toBe(200);
    expect((await browser.get('/session')).body.preferences).toEqual({ language: 'es', clock: '24-hour' });
    expect((await admin.get('/session')).body.preferences).toEqual({ language: null, clock: null });
    expect((await browser.send('PUT', '/me/preferences', { language: '../en', clock: null })).status).toBe(400);
    const found = (await admin.get('/members')).body.find(({ name: each }: { name: string }) => each === 'Samuel Reed');
    expect(found).toMatchObject({ waysIn: { passkeys: ['Ward tablet'], hasSecondWay: false, hasCommunity: false }, lastHereAt: new Date(house.clock.now()).toISOString() });
    expect((await browser.get('/members')).body.every(({ waysIn, lastHereAt }: { waysIn: unknown; lastHereAt: unknown }) => waysIn === null && lastHereAt === null)).toBe(true);
  });

  test('sign out everywhere else at once, in every practice of theirs, and stay where they are', async () => {
    const { browser, key } = await join(await invite(['staff']));
    const elsewhere = house.openBrowser();
    await elsewhere.usePasskey(key);
    const told: string[] = [];
    house.signIn.onSessionEnded((each) => told.push(each));
    expect((await browser.post('/me/sessions/end-others')).body).toEqual({ ended: 1 });
    expect(told).toHaveLength(1);
    expect((await elsewhere.get('/session')).status).toBe(401);
    expect((await browser.get('/session')).status).toBe(200);
    expect((await admin.get('/session')).status).toBe(200);
  });

  test('without the admin\'s role can neither invite, nor disable, nor give themselves a role', async () => {
    const { browser, memberId } = await join(await invite(['physician']));
    for (const [method, path, body] of [
      ['POST', '/invitations', { name: 'X', email: null, roles: ['staff'] }],
      ['GET', '/invitations', undefined],
      ['PUT', `/members/${memberId}/roles`, { roles: ['practice-admin'] }],
      ['POST', `/members/${house.demo.memberId}/disable`, {}],
    ] as const) {
      expect(await browser.send(method, path, body)).toMatchObject({ status: 403, body: { code: 'ROLE_MISSING' } });
    }
  });

  test('are known before what they ask is looked at', async () => {
    expect((await house.openBrowser().post('/invitations', { nonsense: true })).status).toBe(401);
    expect((await admin.post('/invitations', { nonsense: true })).status).toBe(400);
  });

  test('nobody can be made an operator from inside a practice', async () => {
    expect((await admin.post('/invitations', { name: 'X', email: null, roles: ['operator'] })).status).toBe(400);
    const { memberId } = await join(await invite(['staff']));
    expect((await admin.send('PUT', `/members/${memberId}/roles`, { roles: ['operator'] })).status).toBe(400);
  });

  test('are disabled at once: their sessions end, whoever stands on one is told, and they cannot come back', async () => {
    const { browser, key, memberId } = await join(await invite(['staff']));
    const ended: string[] = [];
    house.signIn.onSessionEnded((id) => ended.push(id));
    expect((await admin.post(`/members/${memberId}/disable`)).body.isDisabled).toBe(true);
    expect(ended).toHaveLength(1);
    expect((await browser.get('/session')).status).toBe(401);
    expect((await house.openBrowser().usePasskey(key)).status).toBe(401);
    await admin.post(`/members/${memberId}/enable`);
    expect((await house.openBrowser().usePasskey(key)).status).toBe(200);
  });

  test('who lost every passkey are the same as before by a link of their admin, and what opened before opens nothing', async () => {
    const { browser, key, memberId } = await join(await invite(['physician']));
    const program = (await browser.post('/access-tokens', { name: 'Export', scopes: ['session:read'] })).body.token;
    const asProgram = () => house.openBrowser().send('GET', '/session', undefined, { authorization: `Bearer ${program}` });
    expect((await asProgram()).status).toBe(200);
    // One who can come in needs no link, nor has anybody else one made.
    expect((await admin.post(`/members/${memberId}/invite-back`)).status).toBe(409);
    await admin.post(`/members/${memberId}/disable`);
    expect((await browser.post(`/members/${memberId}/invite-back`)).status).toBe(401);
    const first = (await admin.post(`/members/${memberId}/invite-back`)).body.link.split('#')[1];
    const second = (await admin.post(`/members/${memberId}/invite-back`)).body.link.split('#')[1];
    expect((await house.openBrowser().post('/invitations/open', { token: first })).status).toBe(410);
    const back = await join(second);
    expect((await back.browser.get('/session')).body).toMatchObject({ member: { id: memberId, name: 'Sam Reed' }, roles: ['physician'] });
    expect((await house.openBrowser().usePasskey(key)).status).toBe(401);
    expect((await house.openBrowser().usePasskey(back.key)).status).toBe(200);
    expect((await asProgram()).status).toBe(401);
    expect((await house.openBrowser().post('/invitations/open', { token: second })).status).toBe(410);
    expect((await admin.get('/members')).body).toHaveLength(2);
    // A restored backup knows the passkey of before: what the journal keeps must not let it in again.
    const kept = (await inPractice(house.store.database, house.demo.practiceId, (transaction) => listAudit(transaction, { limit: 20 }))).map(({ action, subject }) => [action, subject?.kind]);
    expect(kept).toContainEqual(['member-invited-back', 'member']);
    expect(kept).toContainEqual(['token-revoked', 'access-token']);
    expect(kept.filter(([action]) => action === 'member-enabled')).toEqual([]);
  });

  test('let in again by their admin are not let in twice: the link made meanwhile opens nothing', async () => {
    const { key, memberId } = await join(await invite(['staff']));
    await admin.post(`/members/${memberId}/disable`);
    const token = (await admin.post(`/members/${memberId}/invite-back`)).body.link.split('#')[1];
    await admin.post(`/members/${memberId}/enable`);
    expect((await house.openBrowser().post('/invitations/open', { token })).status).toBe(410);
    expect((await house.openBrowser().usePasskey(key)).status).toBe(200);
  });

  test('who run the installation are let in again by nobody in a practice', async () => {
    const { browser } = await join(await invite(['practice-admin']));
    expect((await browser.post(`/members/${house.demo.memberId}/disable`)).status).toBe(200);
    expect((await browser.post(`/members/${house.demo.memberId}/invite-back`)).body.code).toBe('IS_OPERATOR');
  });

  test('are told of by another server of the same database within five seconds', async () => {
    const { memberId } = await join(await invite(['staff']));
    const other = openDatabase({ url: house.store.url, log: silentLog, maxConnections: 1 });
    const clock = createFakeClock(house.clock.now());
    const elsewhere = createSignIn({ database: other, clock, random: systemRandom });
    const told = new Promise((resolve) => elsewhere.onSessionEnded(resolve));
    const watch = elsewhere.watchOtherServers(silentLog);
    await admin.post(`/members/${memberId}/disable`);
    clock.advance(2_000);
    await told;
    await watch.stop();
    await other.close();
  });

  test('keep one admin among them, even when two disable each other at the same instant', async () => {
    expect(await admin.post(`/members/${house.demo.memberId}/disable`)).toMatchObject({ status: 409, body: { code: 'LAST_ADMIN' } });
    const { browser, memberId } = await join(await invite(['practice-admin']));
    const both = await Promise.all([admin.post(`/members/${memberId}/disable`), browser.post(`/members/${house.demo.memberId}/disable`)]);
    expect(both.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('see their own sessions and end any of them; nobody else\'s', async () => {
    const { browser, key } = await join(await invite(['staff']));
    const second = house.openBrowser();
    await second.usePasskey(key);
    const sessions = (await browser.get('/me/sessions')).body as { id: string; isCurrent: boolean }[];
    expect(sessions).toHaveLength(2);
    const theirs = (await admin.get('/me/sessions')).body[0].id;
    expect((await browser.send('DELETE', `/me/sessions/${theirs}`)).status).toBe(404);
    expect((await browser.send('DELETE', `/me/sessions/${sessions.find(({ isCurrent }) => !isCurrent)!.id}`)).status).toBe(200);
    expect((await second.get('/session')).status).toBe(401);
    expect((await browser.get('/session')).status).toBe(200);
  });

  test('are locked out of everything but leaving after a quarter of an hour alone, and let in again by themselves only', async () => {
    const { browser, key } = await join(await invite(['staff']));
    house.clock.advance(14 * 60_000);
    expect((await browser.get('/members', { 'x-quietline-background': '1' })).status).toBe(200);
    house.clock.advance(60_000);
    expect(await browser.get('/members')).toMatchObject({ status: 423, body: { code: 'SESSION_LOCKED' } });
    expect((await browser.get('/session')).body.isLocked).toBe(true);
    const answer = async (by: TestAuthenticator) => ({ passkey: by.sign((await browser.post('/sign-in/passkey/start')).body.options, { origin: browser.origin }) });
    const stranger = await join(await invite(['staff']));
    expect((await browser.post('/session/unlock', await answer(stranger.key))).status).toBe(401);
    expect((await browser.post('/session/unlock', { code: '000000' })).status).toBe(401);
    expect((await browser.post('/session/unlock', await answer(key))).status).toBe(200);
    expect((await browser.get('/members')).status).toBe(200);
  });

  test('stay unlocked for as long as somebody is there, and never past twelve hours', async () => {
    const { browser } = await join(await invite(['staff']));
    for (let minutes = 0; minutes < 12 * 60 - 10; minutes += 10) {
      expect((await browser.get('/members')).status).toBe(200);
      house.clock.advance(10 * 60_000);
    }
    expect((await browser.get('/members')).status).toBe(200);
    house.clock.advance(10 * 60_000);
    expect((await browser.get('/members')).status).toBe(401);
  });

  test('give programs tokens that reach as far as their scopes, until they are revoked', async () => {
    const { body } = await admin.post('/access-tokens', { name: 'Export', scopes: ['calls:read'], lifetimeDays: 30 });
    const program = house.openBrowser();
    const bearer = { authorization: `Bearer ${body.token}` };
    expect(body.token).toMatch(/^qlt_[\w-]{43}$/u);
    expect(await program.get('/members', bearer)).toMatchObject({ status: 403, body: { code: 'SCOPE_MISSING' } });
    expect((await program.post('/access-tokens', { name: 'More', scopes: ['contacts:read'] }, bearer)).status).toBe(403);
    expect((await program.post('/socket-tickets', {}, bearer)).status).toBe(403);
    expect(JSON.stringify((await admin.get('/access-tokens')).body)).not.toContain(body.token);
    const session = await admin.post('/access-tokens', { name: 'Who', scopes: ['session:read'] });
    const who = { authorization: `Bearer ${session.body.token}` };
    expect((await program.get('/session', who)).body.member.name).toBe('Dr. Hannah Lee');
    await admin.send('DELETE', `/access-tokens/${session.body.accessToken.id}`);
    expect((await program.get('/session', who)).status).toBe(401);
    expect((await program.get('/session', { authorization: 'Bearer qlt_wrong-wrong-wrong-wrong-wrong' })).status).toBe(401);
  });
});
