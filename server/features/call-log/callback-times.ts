/** How long patients whose call nobody took waited until somebody spoke with them or called them back: counts and one span, of the whole practice, of no patient and no member. */
import { sql } from 'kysely';
import type { CallbackTimes } from '#contract/call-log.ts';
import type { CallerEnd } from '#contract/calls.ts';
import type { CallLogTransaction } from './call-log-store.ts';

const DAYS = 90;
/** A machine that answered is nobody: what was left with it is what waits. */
const BY_NOBODY: readonly CallerEnd[] = ['caller-left-message', 'caller-left-nothing', 'caller-heard-announcement'];
/** Four in five: what a promise should hold for, with room for the call that could not be placed. */
const SHARE = 0.8;

export async function measureCallbacks(transaction: CallLogTransaction, practiceId: string, nowMs: number): Promise<CallbackTimes> {
  const from = new Date(nowMs - DAYS * 86_400_000);
  const { rows } = await sql<{ missed: number; called_back: number; within_s: number | null }>`
    with missed as (
      select call.number_index, call.ended_at from call
      where call.practice_id = ${practiceId} and call.direction = 'incoming' and (call.answered_at is null or call.end_reason = any(${BY_NOBODY})) and call.ended_at is not null and call.number_index is not null and call.started_at >= ${from}
    ), waited as (
      -- Infinity is whoever waits still: they count, so that nobody looks fast by not calling at all.
      select coalesce(extract(epoch from (
        select min(coalesce(later.answered_at, later.started_at)) from call later
        where later.practice_id = ${practiceId} and later.number_index = missed.number_index and later.started_at > missed.ended_at
          and (later.direction = 'outgoing' or (later.answered_at is not null and (later.end_reason is null or later.end_reason <> all(${BY_NOBODY}))))
      ) - missed.ended_at)::float8, 'infinity') as seconds from missed
    )
    select count(*)::int as missed, count(*) filter (where seconds < 'infinity')::int as called_back, nullif(percentile_disc(${SHARE}) within group (order by seconds), 'infinity') as within_s from waited`.execute(transaction);
  const [row] = rows;
  const withinS = row?.within_s ?? null;
  return { days: DAYS, missed: row?.missed ?? 0, calledBack: row?.called_back ?? 0, sharePercent: SHARE * 100, withinMinutes: withinS === null ? null : Math.ceil(withinS / 60) };
}
