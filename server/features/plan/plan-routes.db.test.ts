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
    expect((await admin.get('/plan')).body).toEqual({ limits: DEFAULT_LIMITS, allowedCountries: [], rateCount: 0, spentTodayMicros: 0, spentThisMonthMicros: 0 });
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

  test('takes a carrier\'s whole deck', async () => {
    const csv = `prefix,description,rate\n${Array.from({ length: 40_000 }, (_, index) => `${30_000_000 + index},"Somewhere, mobile",0.0${index % 10}\n`).join('')}`;
    expect((await admin.send('PUT', '/plan/rates', { csv })).body.rateCount).toBe(40_000);
  });
});
