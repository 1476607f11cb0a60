import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPracticeRoutes } from './index.ts';
import { openTestHouse, type TestBrowser, type TestHouse } from './test-house.ts';

describe('a new practice', () => {
  let house: TestHouse;
  let operator: TestBrowser;
  const hilltop = { name: 'Hilltop', country: 'GB', timeZone: 'Europe/London', adminName: 'Dr. Ann Hill' };
  const prepared: string[] = [];

  beforeEach(async () => {
    house = await openTestHouse({ more: (parts) => createPracticeRoutes({ ...parts, trunks: () => [], prepareSandbox: async ({ practiceId }) => void prepared.push(practiceId) }) });
    prepared.length = 0;
    operator = house.openBrowser();
    await operator.enter();
  });
  afterEach(() => house.close());

  test('is made by the operator, and its first admin comes in by a link and makes a passkey', async () => {
    expect((await operator.get('/practices/first-steps')).body).toEqual({ trunks: [], practiceCount: 1 });
    const { body } = await operator.post('/practices', hilltop);
    expect(prepared).toEqual([body.practiceId]);
    const admin = house.openBrowser();
    expect((await admin.post('/sign-in/link', { token: new URL(body.link).hash.slice(1) })).body).toMatchObject({ member: { id: body.memberId, name: 'Dr. Ann Hill' }, roles: ['practice-admin', 'physician'], practice: { id: body.practiceId, country: 'GB', timeZone: 'Europe/London', sandbox: true } });
    const passkey = await admin.addPasskey();
    expect((await house.openBrowser().usePasskey(passkey)).status).toBe(200);
    expect((await admin.get('/members')).body).toHaveLength(1);
  });

  test('may be the operator\'s own: one person, two practices, and a way between them', async () => {
    const passkey = await operator.addPasskey();
    const browser = house.openBrowser();
    await browser.usePasskey(passkey);
    const { body } = await browser.post('/practices', { ...hilltop, isAdminMe: true });
    expect((await browser.get('/me/memberships')).body.map(({ practiceName, isCurrent }: { practiceName: string; isCurrent: boolean }) => [practiceName, isCurrent])).toEqual([['Lakeside Clinic', true], ['Hilltop', false]]);
    const before = browser.cookies.get('quietline-session')!;
    expect((await browser.post(`/me/memberships/${body.memberId}/enter`)).status).toBe(200);
    expect((await browser.get('/session')).body.practice.name).toBe('Hilltop');
    expect(await house.signIn.findSession(before)).toBeUndefined();
    // Where they were last is where they come in.
    house.clock.advance(1_000);
    const next = house.openBrowser();
    await next.usePasskey(passkey);
    expect((await next.get('/session')).body.practice.name).toBe('Hilltop');
    expect((await next.post(`/me/memberships/018f0000-0000-7000-8000-00000000000f/enter`)).status).toBe(404);
  });

  test('needs a country and a zone that exist', async () => {
    expect((await operator.post('/practices', { ...hilltop, country: 'XX' })).body.code).toBe('COUNTRY_UNKNOWN');
    expect((await operator.post('/practices', { ...hilltop, timeZone: 'Europe/Nowhere' })).body.code).toBe('TIME_ZONE_UNKNOWN');
    expect((await operator.get('/practices/first-steps')).body.practiceCount).toBe(1);
  });

  test('is nobody else\'s to make, and its admin is no operator', async () => {
    const { body } = await operator.post('/practices', hilltop);
    const admin = house.openBrowser();
    await admin.post('/sign-in/link', { token: new URL(body.link).hash.slice(1) });
    expect((await admin.post('/practices', hilltop)).status).toBe(403);
    expect((await admin.get('/practices/first-steps')).status).toBe(403);
  });

  test('is listed for the operator without anybody\'s name, and its first link is made again until somebody has come in', async () => {
    const { body } = await operator.post('/practices', hilltop);
    const listed = await operator.get('/practices');
    expect(listed.body).toMatchObject([{ name: 'Lakeside Clinic', isDemo: true, isCurrent: true, isInUse: true }, { id: body.practiceId, name: 'Hilltop', isDemo: false, isInUse: false, memberCount: 1, isDisabled: false }]);
    expect(JSON.stringify(listed.body)).not.toContain('Ann Hill');
    const again = await operator.post(`/practices/${body.practiceId}/link`);
    expect((await house.openBrowser().post('/sign-in/link', { token: new URL(again.body.link).hash.slice(1) })).status).toBe(200);
    expect((await operator.post(`/practices/${body.practiceId}/link`)).body.code).toBe('IN_USE');
    expect((await operator.post('/practices/018f0000-0000-7000-8000-00000000000f/link')).status).toBe(404);
  });

  test('is closed and opened again by the operator: sessions end, nobody comes in, and nothing is lost', async () => {
    const { body } = await operator.post('/practices', hilltop);
    const admin = house.openBrowser();
    await admin.post('/sign-in/link', { token: new URL(body.link).hash.slice(1) });
    const passkey = await admin.addPasskey();
    const { token } = (await admin.post('/access-tokens', { name: 'Nightly', scopes: ['session:read'] })).body;
    const program = house.openBrowser();
    const asProgram = () => program.get('/session', { authorization: `Bearer ${token}` });
    expect((await asProgram()).status).toBe(200);
    const { id } = (await house.signIn.findSession(admin.cookies.get('quietline-session')!))!;
    const told: string[] = [];
    house.signIn.onSessionEnded((each) => told.push(each));
    expect((await operator.post(`/practices/${body.practiceId}/disable`)).body).toMatchObject({ isDisabled: true });
    expect(told).toContain(id);
    expect((await admin.get('/session')).status).toBe(401);
    expect((await asProgram()).status).toBe(401);
    expect((await house.openBrowser().usePasskey(passkey)).status).toBe(401);
    expect((await operator.post(`/practices/${body.practiceId}/enable`)).body).toMatchObject({ isDisabled: false });
    expect((await house.openBrowser().usePasskey(passkey)).status).toBe(200);
    expect((await operator.post(`/practices/${house.demo.practiceId}/disable`)).body.code).toBe('OWN_PRACTICE');
  });

  test('is changed by its admin, and only there', async () => {
    expect((await operator.send('PUT', '/practice', { name: 'Lakeside Health', country: 'US', timeZone: 'America/Denver' })).status).toBe(200);
    expect((await operator.get('/session')).body.practice).toMatchObject({ name: 'Lakeside Health', timeZone: 'America/Denver' });
  });
});
