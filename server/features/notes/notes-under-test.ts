/** For the tests of notes: practices with members and calls in a real database, and a machine whose clocks are in the test's hands. */
import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { inInstallation, inPractice, type Database } from '#server/platform/storage/database.ts';
import type { SweepOptions, SweepStep } from './destruction-sweep.ts';
import { openEpochKeys, type EpochKeys } from './epoch-keys.ts';
import { createNotes, type NoteCalls, type NoteReader, type Notes } from './notes.ts';
import { createReceiptSigner, type ReceiptSigner } from './receipt-signature.ts';
import { createRetentionClock, type RetentionClock } from './retention-clock.ts';

export interface NotesUnderTest {
  readonly notes: Notes;
  readonly keys: EpochKeys;
  readonly clock: RetentionClock;
  readonly signer: ReceiptSigner;
  readonly keysDirectory: string;
  /** True time. */
  nowMs(): number;
  pass(ms: number): void;
  /** What the wall clock shows beyond true time. */
  setWallError(ms: number): void;
  /** Sweeps, killed after the n-th step if `killAfter` is given. */
  sweepOptions(onStep?: (step: SweepStep) => void): SweepOptions;
  /** The same directory and database, as a process started now sees them. */
  restart(): NotesUnderTest;
  remove(): void;
}

const START = Date.UTC(2026, 10, 23, 12, 0, 0, 250);

interface Machine {
  trueMs: number;
  wallErrorMs: number;
}

export function openNotesUnderTest(database: Database, keysDirectory = mkdtempSync(join(tmpdir(), 'notes-')), machine: Machine = { trueMs: START, wallErrorMs: 0 }, seed = createSecretKey(randomBytes(32))): NotesUnderTest {
  const keys = openEpochKeys(keysDirectory);
  const takeReading = () => ({ wallMs: machine.trueMs + machine.wallErrorMs, uptimeMs: machine.trueMs - START + 86_400_000, bootId: 'boot-1' });
  const clock = createRetentionClock({ directory: keysDirectory, hasStakes: () => keys.hasAny(), takeReading });
  const signer = createReceiptSigner(seed);
  const notes = createNotes({ database, clock, keys, signer, calls: callsOf(database), random: systemRandom });
  return {
    notes,
    keys,
    clock,
    signer,
    keysDirectory,
    nowMs: () => machine.trueMs,
    pass: (ms) => void (machine.trueMs += ms),
    setWallError: (ms) => void (machine.wallErrorMs = ms),
    sweepOptions: (onStep = () => {}) => ({ database, clock, keys, signer, notes, random: systemRandom, log: silentLog, onStep }),
    restart: () => openNotesUnderTest(database, keysDirectory, machine, seed),
    remove: () => rmSync(keysDirectory, { recursive: true, force: true }),
  };
}

/** The calls of the table; a member sees their own. */
function callsOf(database: Database): NoteCalls {
  return {
    async filterSeen(practiceId, callIds, reader) {
      const found = await Promise.all(callIds.map((callId) => this.find(practiceId, callId, reader)));
      return callIds.filter((_callId, index) => found[index] !== undefined);
    },
    async find(practiceId, callId, reader) {
      const { rows } = await inPractice(database, practiceId, (transaction) => sql<{ started_at: Date; ended_at: Date | null; member_id: string }>`select started_at, ended_at, member_id from call where id = ${callId}`.execute(transaction));
      const row = rows[0];
      if (row === undefined || (reader !== undefined && row.member_id !== reader.memberId)) return undefined;
      return { startedAtMs: row.started_at.getTime(), endedAtMs: row.ended_at?.getTime() ?? null };
    },
  };
}

/** A practice with one member and one line. */
export async function seedPractice(database: Database): Promise<NoteReader & { lineId: string }> {
  const [practiceId, memberId, lineId] = [randomUUID(), randomUUID(), randomUUID()];
  await inInstallation(database, (transaction) => sql`insert into practice (id, name, country, time_zone, is_sandbox, created_at) values (${practiceId}, 'Lakeside Clinic', 'US', 'America/Chicago', false, now())`.execute(transaction));
  await inPractice(database, practiceId, async (transaction) => {
    await sql`insert into member (id, practice_id, name, created_at) values (${memberId}, ${practiceId}, 'Dr. Lee', now())`.execute(transaction);
    const number = `+1612555${String(Number.parseInt(lineId.slice(0, 6), 16) % 10_000).padStart(4, '0')}${lineId.replaceAll(/\D/g, '').slice(0, 3)}`;
    await sql`insert into line (id, practice_id, name, number, kind, is_default, created_at) values (${lineId}, ${practiceId}, 'Lakeside', ${number}, 'hosted', true, now())`.execute(transaction);
  });
  return { practiceId, memberId, roles: ['physician'], actsFor: [], lineId };
}

/** A call of the practice's member; live where `endedAtMs` is null. */
export async function seedCall(database: Database, { practiceId, memberId, lineId }: NoteReader & { lineId: string }, startedAtMs: number, endedAtMs: number | null = null): Promise<string> {
  const callId = randomUUID();
  await inPractice(database, practiceId, (transaction) =>
    sql`insert into call (id, practice_id, member_id, server_name, version, direction, state, number_sealed, line_id, line_name, line_number, is_sandbox, device_id, started_at, ended_at, end_reason)
        values (${callId}, ${practiceId}, ${memberId}, 'test', 0, 'outgoing', 'talking', ''::bytea, ${lineId}, 'Lakeside', '+16125550100', false, ${randomUUID()}, ${new Date(startedAtMs)},
                ${endedAtMs === null ? null : new Date(endedAtMs)}, ${endedAtMs === null ? null : 'hung-up-by-party'})`.execute(transaction),
  );
  return callId;
}

export async function endCall(database: Database, practiceId: string, callId: string, endedAtMs: number): Promise<void> {
  await inPractice(database, practiceId, (transaction) => sql`update call set state = 'ended', ended_at = ${new Date(endedAtMs)}, end_reason = 'hung-up-by-party' where id = ${callId}`.execute(transaction));
}
