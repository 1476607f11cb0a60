import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { MemberId, PracticeId } from '#contract/ids.ts';
import { servicesFor } from '#contract/call-parties.ts';
import { mostInterpreterServices } from '#contract/interpreters.ts';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { openKeyring } from '#server/platform/crypto/keyring.ts';
import { createRecordCipher } from '#server/platform/crypto/record-cipher.ts';
import { inInstallation, inPractice } from '#server/platform/storage/database.ts';
import { createTestDatabase, type TestDatabase } from '#server/platform/storage/test-database.ts';
import { listAudit } from '../audit/index.ts';
import { createInterpreters, removeSandboxInterpreter, seedSandboxInterpreter, type Interpreters } from './index.ts';
import type { InterpreterAdmin } from './interpreters.ts';

let store: TestDatabase;
let folder: string;
let interpreters: Interpreters;
let admin: InterpreterAdmin;
let other: InterpreterAdmin;

beforeAll(async () => {
  store = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'quietline-interpreters-'));
  interpreters = createInterpreters({ database: store.database, cipher: createRecordCipher(openKeyring(folder)), clock: systemClock, random: systemRandom });
});
afterAll(async () => {
  await store.drop();
  await rm(folder, { recursive: true });
});
const practice = async (): Promise<InterpreterAdmin> => {
  const id = randomUUID() as PracticeId;
  const memberId = randomUUID() as MemberId;
  await inInstallation(store.database, (transaction) => sql`insert into practice (id, name, country, time_zone, is_sandbox, created_at) values (${id}, 'Lakeside Clinic', 'US', 'America/Chicago', false, now())`.execute(transaction));
  await inPractice(store.database, id, (transaction) => sql`insert into member (id, practice_id, name, created_at) values (${memberId}, ${id}, 'Dr. Lee', now())`.execute(transaction));
  return { practice: { id, country: 'US', isSandbox: false }, actor: { kind: 'member', memberId } };
};
beforeEach(async () => {
  admin = await practice();
  other = await practice();
});

const spanish = { name: 'Spanish line', number: '(612) 555-0175', languages: ['es'], code: '4242#' };
const added = async (words = spanish) => {
  const made = await interpreters.add(admin, words);
  if (!made.ok) throw new Error(made.refusal);
  return made.value;
};

test('a service is kept, dialled with its code, changed and removed, each change in the audit and the code nowhere', async () => {
  const service = await added();
  expect(service).toMatchObject({ name: 'Spanish line', number: '+16125550175', languages: ['es'], hasCode: true });
  expect(await interpreters.open(admin.practice.id, service.id)).toEqual({ name: 'Spanish line', number: '+16125550175', code: '4242#' });
  const { rows } = await inPractice(store.database, admin.practice.id, (transaction) => sql<{ row: string }>`select interpreter_service::text as row from interpreter_service`.execute(transaction));
  expect(JSON.stringify(rows)).not.toContain('4242');
  // Without a word on the code it stays; null takes it away.
  expect(await interpreters.change(admin, service.id, { ...spanish, name: 'Languages', languages: [], code: undefined })).toMatchObject({ ok: true, value: { name: 'Languages', hasCode: true } });
  expect(await interpreters.change(admin, service.id, { ...spanish, code: null })).toMatchObject({ value: { hasCode: false } });
  expect(await interpreters.remove(admin, service.id)).toBe(true);
  expect(await interpreters.list(admin.practice.id)).toEqual([]);
  expect(await interpreters.open(admin.practice.id, service.id)).toBeUndefined();
  const entries = await inPractice(store.database, admin.practice.id, (transaction) => listAudit(transaction, { limit: 10 }));
  expect(entries.map(({ action }) => action)).toEqual(['interpreter-removed', 'interpreter-changed', 'interpreter-changed', 'interpreter-added']);
  expect(JSON.stringify(entries)).not.toMatch(/4242|555/);
});

test('a number that could not be dialled from there is refused when it is set up, not with a patient on the line', async () => {
  for (const number of ['911', '900 555 0175', '+44 20 7946 0018', 'nonsense']) expect(await interpreters.add(admin, { ...spanish, number })).toEqual({ ok: false, refusal: 'number-not-allowed' });
});

test('another practice has none of it', async () => {
  const service = await added();
  expect(await interpreters.list(other.practice.id)).toEqual([]);
  expect(await interpreters.open(other.practice.id, service.id)).toBeUndefined();
  expect(await interpreters.change(other, service.id, spanish)).toEqual({ ok: false, refusal: 'not-found' });
  expect(await interpreters.remove(other, service.id)).toBe(false);
});

test('a full list takes no more', async () => {
  for (let count = 0; count < mostInterpreterServices; count += 1) await added({ ...spanish, name: `Line ${count}` });
  expect(await interpreters.add(admin, spanish)).toEqual({ ok: false, refusal: 'too-many' });
});

test('the sandbox lends its interpreter once, and takes it back when the practice gets a trunk', async () => {
  const seed = () => seedSandboxInterpreter({ database: store.database, clock: systemClock, random: systemRandom, practiceId: admin.practice.id, interpreter: { name: 'Petra', number: '+16125550160' } });
  await seed();
  await seed();
  expect(await interpreters.list(admin.practice.id)).toHaveLength(1);
  await removeSandboxInterpreter(store.database, admin.practice.id, systemClock.now());
  expect(await interpreters.list(admin.practice.id)).toEqual([]);
});

test('who speaks the patient’s language comes first, then who speaks any', () => {
  const services = [{ languages: ['de'] }, { languages: [] }, { languages: ['ar', 'es-MX'] }];
  expect(servicesFor(services, 'es').map(({ languages }) => languages.length)).toEqual([2, 0, 1]);
  expect(servicesFor(services, null)[0]).toEqual({ languages: [] });
});
