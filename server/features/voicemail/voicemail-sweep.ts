/** The job that ends messages: those kept for as long as the practice says, and those that a member took away. The key goes first, then the rows; each step may be the last before a crash. */
import type { Clock, Timer } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import { appendAudit } from '../audit/index.ts';
import { deleteVoicemail, listDue, type VoicemailTables } from './voicemail-store.ts';
import type { VoicemailKeys } from './voicemail-keys.ts';

/** Undo stays on the screen for ten seconds; what the network takes comes on top. */
export const REMOVED_FOR_MS = 30_000;
const SWEEP_EVERY_MS = 5 * 60_000;

export interface SweepParts {
  readonly database: Database;
  readonly keys: VoicemailKeys;
  /** Time as destroying believes it: a wall clock that jumped ahead must not end what has days to live. */
  readonly acceptedNow: () => number;
  /** For what members take away by hand. */
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** Resolves to how many messages ended. */
export async function sweepVoicemail({ database, keys, acceptedNow, clock, log }: SweepParts, practiceId: string): Promise<number> {
  const within = <Value>(run: Parameters<typeof inPractice<VoicemailTables, Value>>[2]): Promise<Value> => inPractice<VoicemailTables, Value>(database, practiceId, run);
  const due = await within((transaction) => listDue(transaction, practiceId, new Date(acceptedNow()), new Date(clock.now() - REMOVED_FOR_MS)));
  for (const { callId, isRemoved } of due) {
    keys.destroy(callId);
    await within(async (transaction) => {
      // Another server's sweep may have been faster.
      if (!(await deleteVoicemail(transaction, practiceId, callId))) return;
      await appendAudit(transaction, clock.now(), { practiceId, actor: { kind: 'system' }, action: 'voicemail-destroyed', subject: { kind: 'call', id: callId }, detail: { because: isRemoved ? 'removed' : 'retention' } });
    });
  }
  if (due.length > 0) log.info('voicemail-destroyed', { messages: due.length });
  return due.length;
}

/** Now and every five minutes, practice by practice. Resolves from `stop` once a running sweep has ended. */
export function startVoicemailSweeping(parts: SweepParts & { listPractices(): Promise<readonly string[]>; clock: Clock }): { stop(): Promise<void> } {
  let timer: Timer | undefined;
  let isStopped = false;
  const sweepAll = async (): Promise<void> => {
    for (const practiceId of await parts.listPractices()) if (!isStopped) await sweepVoicemail(parts, practiceId);
  };
  let running: Promise<void> = Promise.resolve();
  const run = (): void => {
    running = sweepAll()
      .catch((cause: unknown) => parts.log.error('voicemail-sweep-failed', cause))
      .then(() => {
        if (!isStopped) timer = parts.clock.after(SWEEP_EVERY_MS, run);
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
