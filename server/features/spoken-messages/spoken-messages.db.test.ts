import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { MemberId, PracticeId } from '#contract/ids.ts';
import { mostSpokenMessages } from '#contract/spoken-messages.ts';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { openKeyring } from '#server/platform/crypto/keyring.ts';
import { createRecordCipher } from '#server/platform/crypto/record-cipher.ts';
import { inInstallation, inPractice } from '#server/platform/storage/database.ts';
import { createTestDatabase, type TestDatabase } from '#server/platform/storage/test-database.ts';
import { listAudit } from '../audit/index.ts';
import { createSpokenMessages, type MessageWriter, type SpokenMessages } from './spoken-messages.ts';

let store: TestDatabase;
let folder: string;
let messages: SpokenMessages;
let physician: MessageWriter;
let colleague: MessageWriter;

beforeAll(async () => {
  store = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'quietline-spoken-'));
  messages = createSpokenMessages({ database: store.database, cipher: createRecordCipher(openKeyring(folder)), clock: systemClock, random: systemRandom });
});
afterAll(async () => {
  await store.drop();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  const practiceId = randomUUID() as PracticeId;
  await inInstallation(store.database, (transaction) => sql`insert into practice (id, name, country, time_zone, is_sandbox, created_at) values (${practiceId}, 'Lakeside Clinic', 'US', 'America/Chicago', false, now())`.execute(transaction));
  const join = async (name: string): Promise<MessageWriter> => {
    const memberId = randomUUID() as MemberId;
    await inPractice(store.database, practiceId, (transaction) => sql`insert into member (id, practice_id, name, created_at) values (${memberId}, ${practiceId}, ${name}, now())`.execute(transaction));
    return { practiceId, memberId, actor: { kind: 'member', memberId } };
  };
  physician = await join('Dr. Lee');
  colleague = await join('Dr. Osei');
});

const speech = Int16Array.from({ length: 16_000 }, (_, index) => Math.round(4000 * Math.sin(index / 5)));
const recorded = async (name = 'Call us back') => {
  const made = await messages.record(physician, name, speech);
  if (!made.ok) throw new Error(made.refusal);
  return made.value;
};
const actsOf = async (): Promise<string[]> => (await inPractice(store.database, physician.practiceId, (transaction) => listAudit(transaction, { limit: 50 }))).map(({ action, subject }) => `${action} ${subject?.id}`);

test('a message is kept, heard, renamed and removed by its member, each change in the audit with its id and not its name', async () => {
  const message = await recorded();
  expect(message).toMatchObject({ name: 'Call us back', durationMs: 2000 });
  expect((await messages.open(physician, message.id))?.length).toBe(16_000);
  expect(await messages.rename(physician, message.id, 'Results are in')).toMatchObject({ name: 'Results are in' });
  expect(await messages.remove(physician, message.id)).toBe(true);
  expect(await messages.list(physician)).toEqual([]);
  expect(await actsOf()).toEqual([`spoken-message-removed ${message.id}`, `spoken-message-renamed ${message.id}`, `spoken-message-recorded ${message.id}`]);
});

test('a colleague of the same practice has none of it', async () => {
  const message = await recorded();
  expect(await messages.list(colleague)).toEqual([]);
  expect(await messages.open(colleague, message.id)).toBeUndefined();
  expect(await messages.rename(colleague, message.id, 'Mine')).toBeUndefined();
  expect(await messages.remove(colleague, message.id)).toBe(false);
  expect(await messages.list(physician)).toHaveLength(1);
});

test('silence is no message, and a full shelf takes no more', async () => {
  expect(await messages.record(physician, 'Nothing', new Int16Array(16_000))).toEqual({ ok: false, refusal: 'nothing-spoken' });
  for (let count = 0; count < mostSpokenMessages; count += 1) await recorded(`Message ${count}`);
  expect(await messages.record(physician, 'One more', speech)).toEqual({ ok: false, refusal: 'too-many' });
});
