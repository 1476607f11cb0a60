import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, type AllowedCountry, type Limits } from '#contract/plan.ts';
import type { CallId } from '#contract/ids.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { createFakeClock, type FakeClock } from '#server/platform/clock/fake-clock.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import { inPractice } from '#server/platform/storage/database.ts';
import { createTestDatabase, type TestDatabase } from '#server/platform/storage/test-database.ts';
import { listAudit } from '../audit/index.ts';
import { seedDemoPractice, type DemoPractice } from '../members/index.ts';
import { admitDial, recordCallEnd, type Admission } from './index.ts';
import { tryDial } from './dial-admission.ts';
import { listRefusedDials, replaceRates, writeAllowedCountry, writeLimits, type PlanTransaction } from './plan-store.ts';
import type { PlanTables } from './plan-tables.ts';

const NO_CALL = '00000000-0000-7000-8000-000000000000' as CallId;

describe('admitting a dial', () => {
  let store: TestDatabase;
  let clock: FakeClock;
  let demo: DemoPractice;

  beforeEach(async () => {
    store = await createTestDatabase();
    clock = createFakeClock();
    demo = await seedDemoPractice({ database: store.database, clock, random: systemRandom, isSandbox: false });
  });
  afterEach(() => store.drop());

  const within = <Value>(run: (transaction: PlanTransaction) => Promise<Value>): Promise<Value> => inPractice<PlanTables, Value>(store.database, demo.practiceId, run);
  const dial = async (typed: string, liveCallCount = 0): Promise<Admission & { id: CallId }> => {
    const id = createId(clock.now(), systemRandom) as CallId;
    const practice = { id: demo.practiceId, country: 'US', timeZone: 'America/Chicago', isSandbox: false };
    return { ...(await admitDial(store.database, { id, practice, memberId: demo.memberId, typed, liveCallCount }, clock.now())), id };
  };
  const reasonOf = (admission: Admission): string => (admission.ok ? admission.to : admission.detail.reason);
  const limit = (limits: Partial<Limits>): Promise<void> => within((transaction) => writeLimits(transaction, demo.practiceId, { ...DEFAULT_LIMITS, ...limits }, clock.now()));
  const allow = (country: string, given: Partial<AllowedCountry> = {}): Promise<void> => within((transaction) => writeAllowedCountry(transaction, demo.practiceId, { country, kinds: 'fixed-and-mobile', minutesPerDay: 60, ...given }));
  const price = (prefix: string, microsPerMinute: number): Promise<void> => within((transaction) => replaceRates(transaction, demo.practiceId, [{ prefix, microsPerMinute, connectMicros: 0, firstStepS: 60, nextStepS: 60 }]));
  const talk = async (typed: string, minutes: number): Promise<Admission> => {
    const { id, ...admission } = await dial(typed);
    const answeredAt = clock.now();
    clock.advance(minutes * 60_000);
    if (admission.ok) await recordCallEnd(store.database, { id, practiceId: demo.practiceId, answeredAt, endedAt: clock.now() });
    return admission;
  };

  test('lets a domestic call through and writes no refusal', async () => {
    expect(reasonOf(await dial('(212) 204-5678'))).toBe('+12122045678');
    expect(await within((transaction) => listRefusedDials(transaction, { before: undefined, limit: 10 }))).toEqual([]);
  });

  test('writes a call\'s beginning and end into the audit, and a refused dial has no end', async () => {
    await talk('(212) 204-5678', 3);
    const { id } = await dial('+1 876 926 1234');
    await recordCallEnd(store.database, { id, practiceId: demo.practiceId, answeredAt: null, endedAt: clock.now() });
    const audit = await within((transaction) => listAudit(transaction, { limit: 10 }));
    expect(audit.map(({ action, actor, detail }) => [action, actor.kind, detail])).toEqual([
      ['dial-refused', 'member', { reason: 'look-alike-country', country: 'JM' }],
      ['call-ended', 'system', { answered: true, seconds: 180 }],
      ['call-started', 'member', {}],
    ]);
  });

  test('logs a refusal with its reason and its country, in the plan\'s log and in the audit, without the number', async () => {
    expect(await dial('+1 876 926 1234')).toMatchObject({ ok: false, refusal: 'destination-not-allowed', detail: { reason: 'look-alike-country', nextStep: 'ask-admin-to-allow-country', country: 'JM' } });
    const [refusal] = await within((transaction) => listRefusedDials(transaction, { before: undefined, limit: 10 }));
    expect(refusal).toMatchObject({ memberId: demo.memberId, reason: 'look-alike-country', country: 'JM' });
    const audit = await within((transaction) => listAudit(transaction, { limit: 10 }));
    expect(audit[0]).toMatchObject({ action: 'dial-refused', detail: { reason: 'look-alike-country', country: 'JM' } });
    expect(JSON.stringify([refusal, audit])).not.toMatch(/876|9261234/u);
  });

  test('intercepts an emergency number and says to use one\'s own phone', async () => {
    expect(await dial('9-911')).toMatchObject({ refusal: 'emergency-number', detail: { reason: 'emergency', nextStep: 'use-your-own-phone' } });
  });

  test('does not dial a number and drop its extension', async () => {
    expect(await dial('(212) 204-5678 x12')).toMatchObject({ refusal: 'number-invalid', detail: { reason: 'has-extension', nextStep: 'dial-without-the-extension' } });
  });

  test('lets six a minute through, tells when the next may be tried, and knows a program by its going on', async () => {
    for (let count = 0; count < 6; count += 1) expect((await dial('(212) 204-5678')).ok).toBe(true);
    const seventh = await dial('(212) 204-5678');
    expect(seventh).toMatchObject({ refusal: 'limit-reached', endSession: false, detail: { reason: 'per-minute', nextStep: 'wait', retryAt: new Date(clock.now() + 60_000).toISOString() } });
    const rest = await Promise.all(Array.from({ length: 8 }, () => dial('(212) 204-5678')));
    expect(rest.some((admission) => !admission.ok && admission.endSession)).toBe(true);
    clock.advance(60_000);
    expect((await dial('(212) 204-5678')).ok).toBe(true);
  });

  test('lets no more through when twenty dials come at the same instant', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => dial('(212) 204-5678')));
    expect(all.filter(({ ok }) => ok)).toHaveLength(6);
  });

  test('refuses a third call beside two', async () => expect(reasonOf(await dial('(212) 204-5678', 2))).toBe('at-once'));

  test('opens a country by name, for its minutes a day, until midnight where the practice is', async () => {
    expect(reasonOf(await dial('+44 20 7946 0123'))).toBe('international-not-allowed');
    await allow('GB', { minutesPerDay: 10 });
    expect((await talk('+44 20 7946 0123', 10)).ok).toBe(true);
    expect(reasonOf(await dial('+44 20 7946 0123'))).toBe('country-minutes');
    // The fake clock began at noon UTC, six in the morning in Chicago.
    clock.advance(17 * 3_600_000 + 49 * 60_000);
    expect(reasonOf(await dial('+44 20 7946 0123'))).toBe('country-minutes');
    clock.advance(60_000);
    expect((await dial('+44 20 7946 0123')).ok).toBe(true);
  });

  test('trips at the day\'s spend, running calls counted as they run, and leaves what is free alone', async () => {
    await allow('GB', { minutesPerDay: 10_000 });
    await price('44', 100_000);
    await limit({ spendPerDayMicros: 1_000_000 });
    expect((await talk('+44 20 7946 0123', 5)).ok).toBe(true);
    expect((await dial('+44 20 7946 0123')).ok).toBe(true);
    clock.advance(4 * 60_000);
    expect((await dial('+44 20 7946 0123')).ok).toBe(true);
    clock.advance(60_000);
    expect(reasonOf(await dial('+44 20 7946 0123'))).toBe('spend-per-day');
    expect((await dial('(212) 204-5678')).ok).toBe(true);
  });

  test('says what would become of a number by the same rules, and counts and writes nothing', async () => {
    const practice = { id: demo.practiceId, country: 'US', timeZone: 'America/Chicago', isSandbox: false };
    const attempt = (typed: string) => within((transaction) => tryDial(transaction, { id: NO_CALL, practice, memberId: demo.memberId, typed, liveCallCount: 0 }, clock.now()));
    await allow('GB');
    await price('44', 13_500);
    expect(await attempt('+44 20 7946 0123')).toEqual({ kind: 'allowed', country: 'GB', isDomestic: false, microsPerMinute: 13_500 });
    expect(await attempt('(212) 204-5678')).toEqual({ kind: 'allowed', country: 'US', isDomestic: true, microsPerMinute: null });
    expect(await attempt('988')).toEqual({ kind: 'routed', code: '988' });
    expect(await attempt('911')).toMatchObject({ kind: 'refused', detail: { reason: 'emergency' } });
    expect(await attempt('+1 876 926 1234')).toMatchObject({ kind: 'refused', detail: { reason: 'look-alike-country', country: 'JM' } });
    expect(await within((transaction) => listAudit(transaction, { limit: 10 }))).toEqual([]);
    for (let count = 0; count < 20; count += 1) await attempt('(212) 204-5678');
    expect((await dial('(212) 204-5678')).ok).toBe(true);
  });

  test('with a table of prices, does not call abroad where no price is known', async () => {
    await allow('DE');
    await price('44', 100_000);
    expect(reasonOf(await dial('+49 89 1234567'))).toBe('no-rate');
  });

  test('imports sixty thousand rates whole', async () => {
    const rates = Array.from({ length: 60_000 }, (_, index) => ({ prefix: String(44_000_000 + index), microsPerMinute: index, connectMicros: 0, firstStepS: 60, nextStepS: 60 }));
    await within((transaction) => replaceRates(transaction, demo.practiceId, rates));
    await allow('GB');
    expect(reasonOf(await dial('+44 20 7946 0123'))).toBe('no-rate');
  });
});
