/** What lies on the disk: the raw files of a database with its write-ahead log, a dump of every table, the key folder; searched for planted words while notes live and after they ended. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallId } from '#contract/ids.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { openDatabase, type Database } from '#server/platform/storage/database.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#server/platform/storage/embedded-postgres.ts';
import { migrate } from '#server/platform/storage/migration.ts';
import { allMigrations } from '#server/platform/storage/migrations/all-migrations.ts';
import { sweepNotes } from './destruction-sweep.ts';
import { openNotesUnderTest, seedCall, seedPractice, type NotesUnderTest } from './notes-under-test.ts';
import { RETENTION_MS } from './retention-policy.ts';

const PLANTED = 'xerophthalmia-canary';
/** Debian's PostgreSQL in its suite; it comes with pg_dump, the package's own does not. */
const programs = process.env['QUIETLINE_TEST_POSTGRES'];

let directory: string;
let postgres: EmbeddedPostgres;
let owner: Database;
let superuser: Database;
let it: NotesUnderTest;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'quietline-at-rest-'));
  postgres = await startEmbeddedPostgres({ directory, programs });
  owner = openDatabase({ url: postgres.url, log: silentLog });
  const everything = new URL(postgres.superuserUrl);
  everything.pathname = new URL(postgres.url).pathname;
  superuser = openDatabase({ url: everything.href, log: silentLog });
  await migrate(owner, allMigrations);
  it = openNotesUnderTest(owner);
}, 60_000);
afterAll(async () => {
  await Promise.all([owner.close(), superuser.close()]);
  await postgres.stop();
  it.remove();
  await rm(directory, { recursive: true, force: true });
});

/** Every file below the folders that holds the words, in UTF-8 or UTF-16. */
async function filesWith(words: string, ...folders: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const bytes = await readFile(path);
      if (bytes.includes(Buffer.from(words, 'utf8')) || bytes.includes(Buffer.from(words, 'utf16le'))) found.push(path);
    }
  }
  return found;
}

/** The heap of a process that was started now, has opened the same database and keys, and has asked for the note. */
async function heapOfReader(readerIds: { practiceId: string; memberId: string }, callId: string): Promise<Buffer> {
  const snapshot = join(directory, 'reader.heapsnapshot');
  await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'test-heap-of-reader.ts'), postgres.url, it.keysDirectory, String(it.nowMs()), readerIds.practiceId, readerIds.memberId, callId, snapshot]);
  const bytes = await readFile(snapshot);
  await rm(snapshot);
  return bytes;
}

/** As an administrator takes one; empty where there is no pg_dump. */
async function pgDump(): Promise<string> {
  const command = programs === undefined ? undefined : join(programs, 'bin/pg_dump');
  if (command === undefined || !existsSync(command)) return '';
  const everything = new URL(postgres.superuserUrl);
  everything.pathname = new URL(postgres.url).pathname;
  return (await promisify(execFile)(command, ['--dbname', everything.href, '--inserts'], { maxBuffer: 64 * 1024 * 1024 })).stdout;
}

async function dumpOfNotes(): Promise<string> {
  const { rows } = await sql<{ row: string }>`select row_to_json(note)::text as row from note`.execute(superuser.unscoped);
  return rows.map(({ row }) => row).join('\n');
}

test('no file of the database, of its log or of the keys ever holds a word of a note', async () => {
  const reader = await seedPractice(owner);
  const endedAtMs = it.nowMs();
  const callId = await seedCall(owner, reader, endedAtMs - 60_000, endedAtMs);
  for (let revision = 0; revision < 20; revision += 1) {
    await it.notes.save(reader, { callId: callId as CallId, operationId: randomUUID(), baseRevision: revision, baseText: '', text: `${PLANTED} ${revision}` });
  }
  await sql`checkpoint`.execute(superuser.unscoped);

  // The search can find what is there: a practice's name is no secret.
  expect((await filesWith('Lakeside Clinic', directory)).length).toBeGreaterThan(0);
  expect(await filesWith(PLANTED, directory, it.keysDirectory)).toEqual([]);
  expect(await dumpOfNotes()).not.toContain(PLANTED);
  const dump = await pgDump();
  if (programs !== undefined) expect(dump).toContain('Lakeside Clinic');
  expect(dump).not.toContain(PLANTED);
  // A living note is opened when it is read: the search can find what is there.
  expect((await heapOfReader(reader, callId)).includes(PLANTED)).toBe(true);

  const keyFile = (await readdir(it.keysDirectory)).find((name) => name.endsWith('.key'))!;
  const keyText = /key: (.*)/.exec(await readFile(join(it.keysDirectory, keyFile), 'latin1'))![1]!;
  const keyBytes = Buffer.from(keyText, 'base64url').toString('latin1');

  it.pass(RETENTION_MS + 2 * 3_600_000);
  expect(await sweepNotes(it.sweepOptions())).toEqual({ keys: 1, notes: 1 });
  await sql`checkpoint`.execute(superuser.unscoped);
  expect(await filesWith(PLANTED, directory, it.keysDirectory)).toEqual([]);
  expect(await filesWith(keyText, directory, it.keysDirectory)).toEqual([]);
  const heap = await heapOfReader(reader, callId);
  expect(heap.length).toBeGreaterThan(1_000_000);
  expect([heap.includes(PLANTED), heap.includes(keyText)]).toEqual([false, false]);
  expect(await pgDump()).not.toContain(PLANTED);
  for (const file of await filesWith('quietline key', directory, it.keysDirectory)) expect.unreachable(file);
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && (await readFile(join(entry.parentPath, entry.name), 'latin1')).includes(keyBytes)) expect.unreachable(entry.name);
  }
}, 60_000);
