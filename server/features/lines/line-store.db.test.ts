import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PracticeId } from '#contract/ids.ts';
import { createFakeClock } from '#server/platform/clock/fake-clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { inInstallation, inPractice } from '#server/platform/storage/database.ts';
import { createTestDatabase } from '#server/platform/storage/test-database.ts';
import type { TestDatabase } from '#server/platform/storage/test-database.ts';
import { followCarrier, seedDemoPractice } from '../members/index.ts';
import { listProvenLines, removeSandboxLines, seedDemoLines, seedSandboxLine } from './line-store.ts';
import type { LineTables } from './line-store.ts';

describe('the lines of a practice', () => {
  const clock = createFakeClock();
  let store: TestDatabase;
  let practiceId: PracticeId;

  beforeAll(async () => {
    store = await createTestDatabase();
    const seeds = { database: store.database, clock, random: systemRandom };
    ({ practiceId } = await seedDemoPractice({ ...seeds, isSandbox: true }));
    await seedDemoLines({ ...seeds, practiceId });
    await seedDemoLines({ ...seeds, practiceId });
  });
  afterAll(() => store.drop());

  test('are the demo\'s two, the default first, however often it is seeded', async () => {
    const lines = await listProvenLines(store.database, practiceId);
    expect(lines.map(({ name, number, isDefault }) => [name, number, isDefault])).toEqual([
      ['Lakeside Clinic', '+16125550100', true],
      ['Lakeside Procedures', '+16125550118', false],
    ]);
  });

  test('are another practice\'s to see for nobody', async () => {
    expect(await listProvenLines(store.database, '01890000-0000-7000-8000-00000000000f' as PracticeId)).toEqual([]);
  });

  test('leave out one whose proof is missing', async () => {
    await inPractice<LineTables, unknown>(store.database, practiceId, (transaction) => transaction.updateTable('line').set({ proven_at: null }).where('number', '=', '+16125550118').execute());
    expect(await listProvenLines(store.database, practiceId)).toHaveLength(1);
  });

  test('of a new practice in the sandbox are one number set aside for fiction, until the installation has a trunk', async () => {
    const hilltop = '01890000-0000-7000-8000-0000000000b0' as PracticeId;
    await inInstallation(store.database, (transaction) => sql`insert into practice (id, name, country, time_zone, is_sandbox, created_at) values (${hilltop}, 'Hilltop', 'CH', 'Europe/Zurich', true, now())`.execute(transaction));
    await seedSandboxLine({ database: store.database, clock, random: systemRandom, practiceId: hilltop, name: 'Hilltop' });
    expect(await listProvenLines(store.database, hilltop)).toMatchObject([{ name: 'Hilltop', number: expect.stringMatching(/^\+1\d{3}55501[5-9]\d$/u), isDefault: true }]);
    expect(await followCarrier(store.database, true)).toEqual([]);
    expect((await followCarrier(store.database, false)).toSorted()).toEqual([practiceId, hilltop].toSorted());
    await removeSandboxLines(store.database, hilltop);
    expect(await listProvenLines(store.database, hilltop)).toEqual([]);
  });
});
