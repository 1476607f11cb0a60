import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contactDetailsSchema } from '#contract/contacts.ts';
import type { CallId } from '#contract/ids.ts';
import { silentLog } from './platform/logging/log.ts';
import { openDatabase, type Database } from './platform/storage/database.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './platform/storage/embedded-postgres.ts';
import { migrate } from './platform/storage/migration.ts';
import { allMigrations } from './platform/storage/migrations/all-migrations.ts';
import { openContactsUnderTest } from './features/contacts/contacts-under-test.ts';
import { openNotesUnderTest, seedCall, seedPractice } from './features/notes/notes-under-test.ts';
import { openCheckpointSigner, recordAct, signCheckpoints, verifyAudit } from './features/audit/index.ts';

const ROUNDS = 50;
const WRITERS = 4;

test('fifty times killed with kill -9 while four write acts, contacts and notes: everything acknowledged is there, and the chain is whole', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'quietline-crash-'));
  await chmod(directory, 0o755);
  const home = join(directory, 'postgres');
  const keys = join(directory, 'keys');
  const signer = openCheckpointSigner(keys);
  let postgres: EmbeddedPostgres | undefined;
  let database: Database | undefined;
  let acknowledged = 0;
  let reader: Awaited<ReturnType<typeof seedPractice>> | undefined;
  const contacts: string[] = [];
  const notes = new Map<string, string>();
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      postgres = await startEmbeddedPostgres({ directory: home, log: silentLog });
      database = openDatabase({ url: postgres.url, log: silentLog, maxConnections: WRITERS });
      if (round === 0) await migrate(database, allMigrations);
      reader ??= await seedPractice(database);
      const people = openContactsUnderTest(database, keys);
      const noted = openNotesUnderTest(database, join(directory, 'note-keys'));
      const callIds = await Promise.all([seedCall(database, reader, noted.nowMs()), seedCall(database, reader, noted.nowMs())]);
      await signCheckpoints(database, signer, Date.now());
      let isAlive = true;
      const enough = 4 + (round % 7);
      let written = 0;
      const haveWritten = new Set<number>();
      const writers = Array.from({ length: WRITERS }, async (_, writer) => {
        while (isAlive) {
          if (writer === 0) await recordAct(database!, Date.now(), { practiceId: reader!.practiceId, actor: { kind: 'system' }, action: 'call-ended', detail: { round, writer } });
          else if (writer === 1) contacts.push((await people.contacts.add(reader!, contactDetailsSchema.parse({ givenName: `P${round}`, numbers: [{ number: '+16125550123', label: 'mobile' }] }))).id);
          else {
            const callId = callIds[writer - 2]!;
            const text = `${notes.get(callId) ?? ''}.`;
            const saved = await noted.notes.save(reader!, { callId: callId as CallId, operationId: randomUUID(), baseRevision: text.length - 1, baseText: '', text });
            if (!saved.ok) throw new Error(saved.refusal);
            notes.set(callId, text);
          }
          acknowledged += 1;
          written += 1;
          haveWritten.add(writer);
          // In the middle of the others' writing, at another place each round; each has something to lose.
          if (written >= enough && haveWritten.size === WRITERS && isAlive) {
            isAlive = false;
            process.kill(Number(readFileSync(join(home, 'cluster/postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
          }
        }
      });
      // A write that was cut off was not acknowledged, whatever became of it.
      await Promise.allSettled(writers);
      await database.close();
      // The killed one's watch ends with it: two of them would bring the database back at once, and fight for its pid file.
      await postgres.stop();
    }
    postgres = await startEmbeddedPostgres({ directory: home, log: silentLog });
    database = openDatabase({ url: postgres.url, log: silentLog });
    const restarted = { people: openContactsUnderTest(database, keys), noted: openNotesUnderTest(database, join(directory, 'note-keys')) };
    for (const id of contacts) expect((await restarted.people.contacts.read(reader!, id)).ok).toBe(true);
    expect(notes.size).toBe(ROUNDS * 2);
    for (const [callId, text] of notes) {
      // One more may have been written and its answer lost; none of what was answered is missing.
      const read = await restarted.noted.notes.read(reader!, callId);
      expect(read.ok && read.value.state === 'kept' && read.value.text.length).toBeGreaterThanOrEqual(text.length);
    }
    const [report] = await verifyAudit(database, signer);
    expect(report?.findings).toEqual([]);
    expect(report?.entryCount).toBeGreaterThanOrEqual(acknowledged);
    expect(acknowledged).toBeGreaterThanOrEqual(ROUNDS * 4);
    await database.close();
  } finally {
    await postgres?.stop().catch(() => {});
    rmSync(directory, { recursive: true, force: true });
  }
}, 300_000);
