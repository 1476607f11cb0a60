/**
 * Tells a practice that a line's proof ends: in the audit, and by mail to its admins where there is mail. Each threshold once, however
 * often and on however many servers it runs: whoever inserts its row is the one who tells. The screen needs none of this.
 */
import type { PracticeId } from '#contract/ids.ts';
import type { Clock, Timer } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import { appendAudit } from '../audit/index.ts';
import { factsOf } from './line-detail.ts';
import { dueReminderOf, type ReminderDays } from './line-reminder-policy.ts';
import type { LineTables } from './line-store.ts';

export interface LineReminder {
  readonly practiceId: PracticeId;
  readonly lineName: string;
  readonly lineNumber: string;
  /** Days before the end; 0: it is over. */
  readonly daysBefore: ReminderDays;
  readonly expiresAt: Date;
}

export interface LineReminderParts {
  readonly database: Database;
  readonly listPractices: () => Promise<readonly PracticeId[]>;
  /** Mails it to the practice's admins, or does nothing where there is no mail. */
  readonly tell: (reminder: LineReminder) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

const EVERY_MS = 3_600_000;

/** Resolves to the reminders that this run gave. */
export async function giveLineReminders({ database, listPractices, tell, clock, log }: LineReminderParts): Promise<readonly LineReminder[]> {
  const given: LineReminder[] = [];
  for (const practiceId of await listPractices()) {
    const reminders = await claimReminders(database, practiceId, clock.now());
    for (const reminder of reminders) {
      // What could not be mailed still stands on the screen; a second try might mail it twice.
      await tell(reminder).catch((cause: unknown) => log.error('line-reminder-not-mailed', cause));
    }
    given.push(...reminders);
  }
  return given;
}

function claimReminders(database: Database, practiceId: PracticeId, nowMs: number): Promise<LineReminder[]> {
  return inPractice<LineTables, LineReminder[]>(database, practiceId, async (transaction) => {
    const claimed: LineReminder[] = [];
    for (const row of await transaction.selectFrom('line').selectAll().where('removed_at', 'is', null).orderBy('id').execute()) {
      const due = dueReminderOf(factsOf(row), nowMs);
      if (due === null) continue;
      const { daysBefore } = due;
      const expiresAt = new Date(due.expiresAtMs);
      const inserted = await transaction
        .insertInto('line_reminder')
        .values({ practice_id: practiceId, line_id: row.id, expires_at: expiresAt, days_before: daysBefore, given_at: new Date(nowMs) })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (inserted.numInsertedOrUpdatedRows !== 1n) continue;
      await appendAudit(transaction, nowMs, { practiceId, actor: { kind: 'system' }, action: daysBefore === 0 ? 'line-expired' : 'line-reminded', subject: { kind: 'line', id: row.id }, detail: { daysBefore } });
      claimed.push({ practiceId, lineName: row.name, lineNumber: row.number, daysBefore, expiresAt });
    }
    return claimed;
  });
}

/** At once, then every hour. */
export function startLineReminders(parts: LineReminderParts): { stop(): Promise<void> } {
  const { clock, log } = parts;
  let timer: Timer | undefined;
  let isStopped = false;
  let running: Promise<void> = Promise.resolve();
  const run = (): void => {
    running = giveLineReminders(parts)
      .then(() => undefined, (cause: unknown) => log.error('line-reminders-failed', cause))
      .then(() => {
        if (!isStopped) timer = clock.after(EVERY_MS, run);
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
