/** When a practice is told that a line's proof ends: once at each threshold, and only of the nearest where several were slept through. Facts in, decision out. */
import { isApprovalDue, isLent, PROOF_LIFETIME_MS, type LineProofFacts } from './line-proof-policy.ts';

const DAY_MS = 86_400_000;
/** A fortnight finds one who is on vacation; the last day is the last chance; zero says that it is over. */
export const REMINDER_DAYS = [14, 7, 1, 0] as const;
export type ReminderDays = (typeof REMINDER_DAYS)[number];

export interface DueReminder {
  readonly daysBefore: ReminderDays;
  readonly expiresAtMs: number;
}

/** Null where nothing is due. Whether it was given already is the table's to know. */
export function dueReminderOf(facts: LineProofFacts, nowMs: number): DueReminder | null {
  const { provenAt } = facts;
  // What was entered and waits for an admin's yes needs no reminder but that yes.
  if (isLent(facts) || provenAt === null || isApprovalDue(facts)) return null;
  const expiresAtMs = provenAt + PROOF_LIFETIME_MS;
  const daysBefore = REMINDER_DAYS.findLast((days) => nowMs >= expiresAtMs - days * DAY_MS);
  return daysBefore === undefined ? null : { daysBefore, expiresAtMs };
}
