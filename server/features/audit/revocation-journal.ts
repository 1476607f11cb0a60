/** Keeps, in a file outside the database, what was taken from somebody: ids and instants of disabled members, revoked tokens, removed lines and passkeys, lines that somebody may show no more, notes destroyed by hand. A database restored from before is told by it. Holds no name and no content. */
import { closeSync, constants, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { sql } from 'kysely';
import * as z from 'zod';
import { auditDetailSchema, auditSubjectSchema, type AuditAction } from '#contract/audit.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { inInstallation, type Database } from '#server/platform/storage/database.ts';

/** What takes something away, and what gives it back: both are kept, in their order. The database has an index of exactly these (migrations 0014, 0021). */
export const REVOKING_ACTIONS = [
  'member-disabled',
  'member-enabled',
  'member-roles-changed',
  'token-revoked',
  'passkey-removed',
  'line-expired',
  'line-removed',
  'notes-destroyed',
  'practice-disabled',
  'practice-enabled',
  'lines-to-show-changed',
] as const satisfies readonly AuditAction[];

const revocationSchema = z.object({
  practiceId: z.uuid(),
  /** Its number in the practice's audit. */
  seq: z.int().positive(),
  at: z.iso.datetime(),
  action: z.enum(REVOKING_ACTIONS),
  subject: auditSubjectSchema.nullable(),
  detail: auditDetailSchema,
});
export type Revocation = z.infer<typeof revocationSchema>;

const LOOK_EVERY_MS = 2_000;

/** A line that a crash cut off is left out: the next look writes it again. */
export function readRevocations(text: string): Revocation[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [revocationSchema.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}

/** Writes down at once what is not in the file yet, then looks every two seconds, and once more when it stops. A file that cannot be written is an error in the log and is tried again. */
export function keepRevocations({ database, path, clock, log }: { database: Database; path: string; clock: Clock; log: Log }): { stop(): Promise<void> } {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let lastSeqs: Record<string, number> | undefined;
  const look = async (): Promise<void> => {
    lastSeqs ??= lastSeqsOf(existsSync(path) ? readRevocations(readFileSync(path, 'utf8')) : []);
    const found = await listRevocationsAfter(database, lastSeqs);
    // An empty one too: that nothing was revoked is worth knowing when a backup is restored.
    if (found.length === 0 && existsSync(path)) return;
    appendLines(path, found);
    Object.assign(lastSeqs, lastSeqsOf(found));
  };
  let running: Promise<void> = Promise.resolve();
  const lookNow = (): Promise<void> => look().catch((cause: unknown) => log.error('revocations-not-kept', cause));
  const tick = (): void => {
    running = lookNow().then(() => void (timer = isStopped ? undefined : clock.after(LOOK_EVERY_MS, tick)));
  };
  let isStopped = false;
  let timer: ReturnType<Clock['after']> | undefined;
  tick();
  return {
    async stop() {
      isStopped = true;
      timer?.cancel();
      await running;
      await lookNow();
    },
  };
}

function lastSeqsOf(revocations: readonly Revocation[]): Record<string, number> {
  const last: Record<string, number> = {};
  for (const { practiceId, seq } of revocations) last[practiceId] = Math.max(seq, last[practiceId] ?? 0);
  return last;
}

async function listRevocationsAfter(database: Database, lastSeqs: Readonly<Record<string, number>>): Promise<Revocation[]> {
  return inInstallation<unknown, Revocation[]>(database, async (transaction) => {
    const { rows } = await sql<{ practice_id: string; seq: string; at: Date; action: string; subject_kind: string | null; subject_id: string | null; detail: unknown }>`
      select practice_id, seq, at, action, subject_kind, subject_id, detail from audit_entry
      where ${sql.raw(`action in ('${REVOKING_ACTIONS.join("', '")}')`)} and seq > coalesce((${JSON.stringify(lastSeqs)}::jsonb ->> practice_id::text)::bigint, 0)
      order by practice_id, seq limit 10000`.execute(transaction);
    return rows.map((row) => revocationSchema.parse({ practiceId: row.practice_id, seq: Number(row.seq), at: row.at.toISOString(), action: row.action, subject: row.subject_kind === null || row.subject_id === null ? null : { kind: row.subject_kind, id: row.subject_id }, detail: row.detail }));
  });
}

function appendLines(path: string, revocations: readonly Revocation[]): void {
  const handle = openSync(path, constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY, 0o600);
  try {
    // Begun on a line of its own, whatever a crash left of the last one.
    writeSync(handle, `\n${revocations.map((each) => JSON.stringify(each)).join('\n')}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
