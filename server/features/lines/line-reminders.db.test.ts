import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemRandom } from '#server/platform/clock/random.ts';
import { createFakeClock, type FakeClock } from '#server/platform/clock/fake-clock.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { inPractice } from '#server/platform/storage/database.ts';
import { createTestDatabase, type TestDatabase } from '#server/platform/storage/test-database.ts';
import { listPracticeIds, seedDemoPractice, type DemoPractice } from '../members/index.ts';
import { giveLineReminders } from './line-reminders.ts';
import { seedDemoLines, type LineTables } from './line-store.ts';

const DAY = 86_400_000;
const LINE = '01890000-0000-7000-8000-0000000000c1';

let store: TestDatabase;
let demo: DemoPractice;
let clock: FakeClock;

beforeAll(async () => {
  store = await createTestDatabase();
  clock = createFakeClock(Date.now());
  const seeds = { database: store.database, clock, random: systemRandom };
  demo = await seedDemoPractice({ ...seeds, isSandbox: true });
  await seedDemoLines({ ...seeds, practiceId: demo.practiceId });
  await inPractice<LineTables, unknown>(store.database, demo.practiceId, (transaction) =>
    sql`insert into line (id, practice_id, name, number, kind, is_default, created_at, proven_at) values (${LINE}, ${demo.practiceId}, 'Nurse line', '+16125550199', 'verified', false, now(), ${new Date(clock.now() - 166 * DAY)})`.execute(transaction),
  );
});
afterAll(() => store.drop());

const actionsOfLine = async (): Promise<string[]> => {
  const { rows } = await inPractice<LineTables, { rows: { action: string }[] }>(store.database, demo.practiceId, (transaction) => sql<{ action: string }>`select action from audit_entry where action in ('line-reminded', 'line-expired') order by seq`.execute(transaction));
  return rows.map(({ action }) => action);
};

test('a line is reminded of once at each threshold, however many servers look, and mail that fails holds nothing up', async () => {
  const told: number[] = [];
  const run = () => giveLineReminders({ database: store.database, listPractices: () => listPracticeIds(store.database), tell: async ({ daysBefore }) => { told.push(daysBefore); throw new Error('no mail today'); }, clock, log: silentLog });
  await Promise.all([run(), run(), run()]);
  await run();
  expect(told).toEqual([14]);
  clock.advance(7 * DAY);
  await Promise.all([run(), run()]);
  clock.advance(6 * DAY);
  await run();
  clock.advance(DAY);
  await Promise.all([run(), run()]);
  expect(told).toEqual([14, 7, 1, 0]);
  expect(await actionsOfLine()).toEqual(['line-reminded', 'line-reminded', 'line-reminded', 'line-expired']);
});
