/** The job that ends notes: settles those of calls that are over, destroys the keys that are due, then the rows they sealed, with a receipt. Each step may be the last before a crash; the next run goes on from there. */
import type { Clock, Timer } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { inInstallation, inPractice, type Database } from '#server/platform/storage/database.ts';
import { appendAudit } from '../audit/index.ts';
import type { EpochKeys } from './epoch-keys.ts';
import { deleteEpoch, listDueEpochs, listUnsettled, storeReceipt, type NoteTables } from './note-store.ts';
import type { Notes } from './notes.ts';
import { encodeReceipt } from './purge-receipt-codec.ts';
import type { ReceiptSigner } from './receipt-signature.ts';
import type { RetentionClock } from './retention-clock.ts';
import { lastDueEpoch } from './retention-policy.ts';

export interface SweepOptions {
  readonly database: Database;
  readonly clock: RetentionClock;
  readonly keys: EpochKeys;
  readonly signer: ReceiptSigner;
  readonly notes: Pick<Notes, 'settle'>;
  readonly random: RandomSource;
  readonly log: Log;
  /** Told after each step; a test throws there, as a kill would. */
  readonly onStep?: (step: SweepStep) => void;
}

export type SweepStep = 'settled' | 'key-destroyed' | 'rows-deleted' | 'receipt-stored' | 'practice-done';

export interface SweepResult {
  readonly keys: number;
  readonly notes: number;
}

const SWEEP_EVERY_MS = 5 * 60_000;

export async function sweepNotes(options: SweepOptions): Promise<SweepResult> {
  const { clock, keys, log, onStep = () => {} } = options;
  await settleEnded(options);
  onStep('settled');
  const time = clock.read();
  if (time.disagreementMs !== null) log.warn('note-clock-at-odds', { disagreementMs: time.disagreementMs, mayRead: time.mayRead });
  const lastDue = lastDueEpoch(time.acceptedMs);
  // Keys first: from here on nothing of these notes can be read, in this database or in any copy of it, whatever happens next.
  let keyCount = 0;
  for (const epoch of keys.list()) {
    if (epoch > lastDue) continue;
    keys.destroy(epoch);
    keyCount += 1;
    onStep('key-destroyed');
  }
  // Rows are found by their epoch and not by the keys just destroyed: a run that was killed in between left some.
  let noteCount = 0;
  for (const practiceId of await practicesWithDueNotes(options.database, lastDue)) {
    noteCount += await sweepPractice(options, practiceId, lastDue, time.acceptedMs);
    onStep('practice-done');
  }
  if (keyCount > 0 || noteCount > 0) log.info('notes-destroyed', { keys: keyCount, notes: noteCount });
  return { keys: keyCount, notes: noteCount };
}

/** Sweeps now and every five minutes. A run that fails is logged and the next one goes on. Resolves from `stop` once a running sweep has ended. */
export function startSweeping(options: SweepOptions, timers: Pick<Clock, 'after'>): { stop(): Promise<void> } {
  let timer: Timer | undefined;
  let isStopped = false;
  let running: Promise<void> = Promise.resolve();
  const run = (): void => {
    running = sweepNotes(options)
      .then(
        () => undefined,
        (cause: unknown) => options.log.error('note-sweep-failed', cause),
      )
      .then(() => {
        if (!isStopped) timer = timers.after(SWEEP_EVERY_MS, run);
      });
  };
  run();
  return {
    stop() {
      isStopped = true;
      timer?.cancel();
      return running;
    },
  };
}

async function settleEnded({ database, notes }: SweepOptions): Promise<void> {
  const practices = await inInstallation<NoteTables, Array<{ practice_id: string }>>(database, (transaction) => transaction.selectFrom('note').select('practice_id').distinct().where('is_end_final', '=', false).execute());
  for (const { practice_id: practiceId } of practices) {
    const unsettled = await inPractice<NoteTables, Array<{ call_id: string }>>(database, practiceId, (transaction) => listUnsettled(transaction, practiceId));
    for (const { call_id: callId } of unsettled) await notes.settle(practiceId, callId);
  }
}

async function practicesWithDueNotes(database: Database, lastDue: number): Promise<string[]> {
  const rows = await inInstallation<NoteTables, Array<{ practice_id: string }>>(database, (transaction) => transaction.selectFrom('note').select('practice_id').distinct().where('epoch', '<=', lastDue).execute());
  return rows.map(({ practice_id }) => practice_id);
}

async function sweepPractice({ database, signer, random, onStep = () => {} }: SweepOptions, practiceId: string, lastDue: number, nowMs: number): Promise<number> {
  const epochs = await inPractice<NoteTables, number[]>(database, practiceId, (transaction) => listDueEpochs(transaction, practiceId, lastDue));
  let total = 0;
  for (const epoch of epochs) {
    total += await inPractice<NoteTables, number>(database, practiceId, async (transaction) => {
      const receiptId = createId(nowMs, random);
      const count = await deleteEpoch(transaction, practiceId, epoch, receiptId);
      onStep('rows-deleted');
      // Another server's sweep was faster.
      if (count === 0) return 0;
      const deletedAt = new Date(nowMs);
      const body = encodeReceipt({ kind: 'quietline-purge-receipt', version: 1, id: receiptId, practiceId, reason: 'expired', keyId: `epoch-${epoch}`, isKeyDestroyed: true, notes: count, deletedAt: deletedAt.toISOString() });
      await storeReceipt(transaction, { practice_id: practiceId, id: receiptId, created_at: deletedAt, body, signature: signer.sign(body) });
      await appendAudit(transaction, nowMs, { practiceId, actor: { kind: 'system' }, action: 'notes-destroyed', subject: { kind: 'purge-receipt', id: receiptId }, detail: { notes: Math.min(count, 999_999) } });
      onStep('receipt-stored');
      return count;
    });
  }
  return total;
}
