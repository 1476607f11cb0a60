import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '#contract/plan.ts';
import { inPractice } from '#server/platform/storage/database.ts';
import { openTestHouse, type TestBrowser, type TestHouse } from '../members/test-house.ts';
import { listAudit } from '../audit/index.ts';
import { createPlanRoutes } from './index.ts';

describe('the plan of a practice', () => {
  let house: TestHouse;
  let admin: TestBrowser;

  beforeEach(async () => {
    house = await openTestHouse({ more: (parts) => createPlanRoutes(parts) });
    admin = house.openBrowser();
    await admin.enter();
  });
  afterEach(() => house.close());

  test('begins with the usual limits and no country but its own', async () => {
    expect((await admin.get('/plan')).body).toEqual({ limits: DEFAULT_LIMITS, allowedCountries: [], rateCount: 0, spentTodayMicros: 0, spentThisMonthMicros: 0, breaker: { tripped: null, resetAt: null, countedTodayMicros: 0, countedThisMonthMicros: 0 }, countryRates: [], requests: [] });
  });

  test('is set by its admin, each change in the audit with what was set', async () => {
    await admin.send('PUT', '/plan/limits', { ...DEFAULT_LIMITS, dialsPerHour: 90, spendPerDayMicros: 50_000_000 });
    await admin.send('PUT', '/plan/countries/CA', { country: 'CA', kinds: 'fixed', minutesPerDay: 120 });
    const imported = await admin.send('PUT', '/plan/rates', { csv: 'prefix,rate\n1,0.01\n44,0.0135\n' });
    expect(imported.body).toMatchObject({ limits: { dialsPerHour: 90, spendPerDayMicros: 50_000_000 }, allowedCountries: [{ country: 'CA', kinds: 'fixed', minutesPerDay: 120 }], rateCount: 2 });
    expect((await admin.send('DELETE', '/plan/countries/CA')).body.allowedCountries).toEqual([]);
    expect((await admin.send('DELETE', '/plan/countries/CA')).status).toBe(404);
    const audit = await inPractice(house.store.database, house.demo.practiceId, (transaction) => listAudit(transaction, { limit: 4 }));
    expect(audit.map(({ action, detail }) => [action, detail])).toEqual([
      ['country-removed', { country: 'CA' }],
      ['rates-imported', { rates: 2 }],
      ['country-allowed', { country: 'CA', kinds: 'fixed', minutesPerDay: 120 }],
      ['limits-changed', { callsAtOnce: 2, dialsPerMinute: 6, dialsPerHour: 90, dialsPerDay: 300 }],
    ]);
  });

  test('refuses a bad table whole, and says which line it is', async () => {
    await admin.send('PUT', '/plan/rates', { csv: 'prefix,rate\n44,0.0135\n' });
    expect(await admin.send('PUT', '/plan/rates', { csv: 'prefix,rate\n1,0.01\nx,0.01\n' })).toMatchObject({ status: 422, body: { code: 'RATES_REFUSED', data: { line: 3, problem: 'bad-prefix' } } });
    expect((await admin.get('/plan')).body.rateCount).toBe(1);
  });

  test('shows what an import would change before it does, and every line that stands in its way', async () => {
    await admin.send('PUT', '/plan/rates', { csv: 'prefix,rate\n1,0.01\n44,0.02\n49,0.03\n' });
    expect((await admin.send('POST', '/plan/rates/preview', { csv: 'prefix,rate\n1,0.01\n44,0.05\n41,0.04\n' })).body).toEqual({ rateCount: 3, problems: [], problemCount: 0, added: 1, removed: 1, dearer: 1, cheaper: 0, dearest: [{ prefix: '44', microsPerMinute: 50_000 }, { prefix: '41', microsPerMinute: 40_000 }, { prefix: '1', microsPerMinute: 10_000 }] });
    expect((await admin.send('POST', '/plan/rates/preview', { csv: 'prefix,rate\nx,0.01\n44,y\n' })).body).toMatchObject({ problems: [{ line: 2, problem: 'bad-prefix' }, { line: 3, problem: 'bad-price' }], problemCount: 2 });
    expect((await admin.get('/plan')).body.rateCount).toBe(3);
  });

  test('keeps what members ask for until an admin allows it or says no, once a country', async () => {
    await admin.send('POST', '/plan/requests', { country: 'CH' });
    await admin.send('POST', '/plan/requests', { country: 'CH' });
    await admin.send('POST', '/plan/requests', { country: 'FR' });
    await admin.send('PUT', '/plan/rates', { csv: 'prefix,rate\n41,0.02\n4179,0.09\n' });
    expect((await admin.get('/plan')).body).toMatchObject({ requests: [{ country: 'CH', memberId: house.demo.memberId }, { country: 'FR' }], countryRates: [{ country: 'CH', fromMicros: 20_000, toMicros: 90_000 }] });
    expect((await admin.send('DELETE', '/plan/requests/FR')).body.requests).toHaveLength(1);
    expect((await admin.send('DELETE', '/plan/requests/FR')).status).toBe(404);
    expect((await admin.send('PUT', '/plan/countries/CH', { country: 'CH', kinds: 'fixed-and-mobile', minutesPerDay: 60 })).body.requests).toEqual([]);
  });

  test('trips at the spend, is seen to, and counts anew once it is reset', async () => {
    await admin.send('PUT', '/plan/limits', { ...DEFAULT_LIMITS, spendPerDayMicros: 1_000_000 });
    await inPractice(house.store.database, house.demo.practiceId, (transaction) =>
      sql`insert into dial_attempt (id, practice_id, member_id, at, outcome, country, is_domestic, micros_per_minute, connect_micros, first_step_s, next_step_s, ended_at, talked_ms, cost_micros)
          values (gen_random_uuid(), ${house.demo.practiceId}, ${house.demo.memberId}, ${new Date(house.clock.now())}, 'admitted', 'CH', false, 1, 0, 60, 60, ${new Date(house.clock.now())}, 60000, 1500000)`.execute(transaction),
    );
    expect((await admin.get('/plan')).body).toMatchObject({ spentTodayMicros: 1_500_000, breaker: { tripped: 'spend-per-day', resetAt: null, countedTodayMicros: 1_500_000 } });
    house.clock.advance(1_000);
    expect((await admin.send('POST', '/plan/breaker/reset', {})).body).toMatchObject({ spentTodayMicros: 1_500_000, breaker: { tripped: null, countedTodayMicros: 0 } });
  });

  test('lists refusals by member and by reason', async () => {
    await inPractice(house.store.database, house.demo.practiceId, (transaction) =>
      sql`insert into dial_attempt (id, practice_id, member_id, at, outcome, reason) select gen_random_uuid(), ${house.demo.practiceId}, ${house.demo.memberId}, now(), 'refused', reason from unnest(array['premium', 'invalid', 'premium']) reason`.execute(transaction),
    );
    expect((await admin.get('/plan/refusals?reason=premium')).body).toHaveLength(2);
    expect((await admin.get(`/plan/refusals?memberId=${house.demo.memberId}&limit=1`)).body).toHaveLength(1);
    expect((await admin.get('/plan/refusals?memberId=01890000-0000-7000-8000-00000000000f')).body).toEqual([]);
  });

  test('takes a carrier\'s whole deck', async () => {
    const csv = `prefix,description,rate\n${Array.from({ length: 40_000 }, (_, index) => `${30_000_000 + index},"Somewhere, mobile",0.0${index % 10}\n`).join('')}`;
    expect((await admin.send('PUT', '/plan/rates', { csv })).body.rateCount).toBe(40_000);
  });
});
