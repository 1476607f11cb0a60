/** How long patients whose call nobody took waited until somebody spoke with them or called them back: counts and one span, of the whole practice, of no patient and no member. */
import { sql } from 'kysely';
import type { CallbackTimes } from '#contract/call-log.ts';
import type { CallerEnd } from '#contract/calls.ts';
import type { CallLogTransaction } from './call-log-store.ts';
import { createWorkingDays, medianOf, type WorkingDays } from './working-time-policy.ts';

const DAYS = 90;
/** A machine that answered is nobody: what was left with it is what waits. */
const BY_NOBODY: readonly CallerEnd[] = ['caller-left-message', 'caller-left-nothing', 'caller-heard-announcement'];

export async function measureCallbacks(transaction: CallLogTransaction, practiceId: string, nowMs: number, workingDays: WorkingDays): Promise<CallbackTimes> {
  const from = new Date(nowMs - DAYS * 86_400_000);
  const { rows } = await sql<{ missed_at: Date; reached_at: Date | null }>`
    select missed.ended_at as missed_at, (
      select min(coalesce(later.answered_at, later.started_at)) from call later
      where later.practice_id = ${practiceId} and later.number_index = missed.number_index and later.started_at > missed.ended_at
        and (later.direction = 'outgoing' or (later.answered_at is not null and (later.end_reason is null or later.end_reason <> all(${BY_NOBODY}))))
    ) as reached_at from call missed
    where missed.practice_id = ${practiceId} and missed.direction = 'incoming' and (missed.answered_at is null or missed.end_reason = any(${BY_NOBODY})) and missed.ended_at is not null and missed.number_index is not null and missed.started_at >= ${from}`.execute(transaction);
  const daysBetween = createWorkingDays(workingDays);
  // Infinity is whoever waits still: they count, so that nobody looks fast by not calling at all.
  const median = medianOf(rows.map(({ missed_at, reached_at }) => (reached_at === null ? Infinity : daysBetween(missed_at.getTime(), reached_at.getTime()))));
  return { days: DAYS, missed: rows.length, calledBack: rows.filter(({ reached_at }) => reached_at !== null).length, medianDays: median === undefined || median === Infinity ? null : Math.max(0, Math.ceil(median * 10 - 1e-9) / 10) };
}
