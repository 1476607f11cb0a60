import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPracticeRoutes } from './index.ts';
import { openTestHouse, type TestBrowser, type TestHouse } from './test-house.ts';

describe('a new practice', () => {
  let house: TestHouse;
  let operator: TestBrowser;
  const hilltop = { name: 'Hilltop', country: 'GB', timeZone: 'Europe/London', adminName: 'Dr. Ann Hill', calls: 'sandbox' };

  beforeEach(async () => {
    house = await openTestHouse({ more: (parts) => createPracticeRoutes({ ...parts, hasTrunk: false }) });
    operator = house.openBrowser();
    await operator.enter();
  });
  afterEach(() => house.close());

  test('is made by the operator, and its first admin comes in by a link and makes a passkey', async () => {
    expect((await operator.get('/practices/first-steps')).body).toEqual({ hasTrunk: false, practiceCount: 1 });
    const { body } = await operator.post('/practices', hilltop);
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

  test('needs a country and a zone that exist, and a trunk if it is to ring real telephones', async () => {
    expect((await operator.post('/practices', { ...hilltop, country: 'XX' })).body.code).toBe('COUNTRY_UNKNOWN');
    expect((await operator.post('/practices', { ...hilltop, timeZone: 'Europe/Nowhere' })).body.code).toBe('TIME_ZONE_UNKNOWN');
    expect((await operator.post('/practices', { ...hilltop, calls: 'trunk' })).body.code).toBe('NO_TRUNK');
    expect((await operator.get('/practices/first-steps')).body.practiceCount).toBe(1);
  });

  test('is nobody else\'s to make, and its admin is no operator', async () => {
    const { body } = await operator.post('/practices', hilltop);
    const admin = house.openBrowser();
    await admin.post('/sign-in/link', { token: new URL(body.link).hash.slice(1) });
    expect((await admin.post('/practices', hilltop)).status).toBe(403);
    expect((await admin.get('/practices/first-steps')).status).toBe(403);
  });

  test('is changed by its admin, and only there', async () => {
    expect((await operator.send('PUT', '/practice', { name: 'Lakeside Health', country: 'US', timeZone: 'America/Denver' })).status).toBe(200);
    expect((await operator.get('/session')).body.practice).toMatchObject({ name: 'Lakeside Health', timeZone: 'America/Denver' });
  });
});
