import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LineId, MemberId, PracticeId } from '#contract/ids.ts';
import { systemClock as clock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { inPractice } from '#server/platform/storage/database.ts';
import { createTestDatabase, type TestDatabase } from '#server/platform/storage/test-database.ts';
import { seedDemoPractice, type DemoPractice } from '../members/index.ts';
import { readLineOfMember, setLineOfMember } from './line-defaults.ts';
import { listProvenLines, removeSandboxLines, seedDemoLines } from './line-store.ts';
import { linesToShowOf, listAllToShow, readLinesToShow, setLinesToShow } from './lines-to-show.ts';

const ELSEWHERE = '01890000-0000-7000-8000-00000000000f';

let store: TestDatabase;
let demo: DemoPractice;
let clinic: LineId;
let procedures: LineId;

beforeAll(async () => {
  store = await createTestDatabase();
  demo = await seedDemoPractice({ database: store.database, clock, random: systemRandom, isSandbox: true });
  await seedDemoLines({ database: store.database, clock, random: systemRandom, practiceId: demo.practiceId });
  [clinic, procedures] = (await listProvenLines(store.database, demo.practiceId)).map(({ id }) => id) as [LineId, LineId];
});
afterAll(() => store.drop());

const who = () => ({ practice: { id: demo.practiceId, country: 'US', isSandbox: true }, actor: { kind: 'member', memberId: demo.memberId } }) as const;
const setDefault = (lineId: LineId | null) => setLineOfMember({ database: store.database, clock }, who(), demo.memberId, lineId);
const setToShow = (lineIds: LineId[] | null, memberId = demo.memberId) => setLinesToShow({ database: store.database, clock }, who(), memberId, lineIds);
const toShow = () => readLinesToShow(store.database, demo.practiceId, demo.memberId);
const saidLast = async () =>
  (await inPractice(store.database, demo.practiceId, (transaction) => sql<{ subject_id: string; detail: Record<string, string> }>`select subject_id, detail from audit_entry where action = 'lines-to-show-changed' order by seq desc limit 1`.execute(transaction))).rows[0];

test('a member\'s default is one of the proven lines, and no other practice\'s', async () => {
  expect(await setDefault(procedures)).toEqual({ ok: true, value: undefined });
  expect(await readLineOfMember(store.database, demo.practiceId, demo.memberId)).toBe(procedures);
  expect(await setDefault(ELSEWHERE as LineId)).toEqual({ ok: false, refusal: 'line-not-proven' });
  expect(await readLineOfMember(store.database, ELSEWHERE as PracticeId, demo.memberId)).toBeNull();
  await setDefault(null);
  expect(await readLineOfMember(store.database, demo.practiceId, demo.memberId)).toBeNull();
});

test('an admin says which lines a member may show; who was told nothing may show all', async () => {
  expect(await toShow()).toBeNull();
  expect(await setToShow([clinic, clinic])).toEqual({ ok: true, value: [clinic] });
  expect(await toShow()).toEqual([clinic]);
  expect(await listAllToShow(store.database, demo.practiceId)).toEqual([{ memberId: demo.memberId, lineIds: [clinic] }]);
  expect(await listAllToShow(store.database, ELSEWHERE as PracticeId)).toEqual([]);
  const said = await saidLast();
  expect([said!.subject_id, linesToShowOf(said!.detail)]).toEqual([demo.memberId, [clinic]]);
  expect(await setDefault(procedures)).toEqual({ ok: false, refusal: 'line-not-yours' });
  expect(await setDefault(clinic)).toMatchObject({ ok: true });
  expect(await setToShow(null)).toEqual({ ok: true, value: null });
  expect([await toShow(), linesToShowOf((await saidLast())!.detail)]).toEqual([null, null]);
});

test('a line of another practice, or one not proven, is given to nobody, and nothing is given to somebody elsewhere', async () => {
  expect(await setToShow([clinic, ELSEWHERE as LineId])).toEqual({ ok: false, refusal: 'line-not-proven' });
  expect(await setToShow([clinic], ELSEWHERE as MemberId)).toEqual({ ok: false, refusal: 'not-found' });
  expect(await toShow()).toBeNull();
});

test('what was narrowed does not widen when the line goes', async () => {
  await setToShow([clinic]);
  await removeSandboxLines(store.database, demo.practiceId);
  expect(await toShow()).toEqual([clinic]);
  expect(await setToShow([clinic])).toMatchObject({ ok: true });
  expect(await setToShow([clinic, procedures])).toEqual({ ok: false, refusal: 'line-not-proven' });
});
