/** When somebody was last here, in as few words as tell it. Pure: the sentences and the way of writing times are given. */
import type { Formats } from '../../messages/formats.ts';

/** Being there is written down every half minute. */
const NOW_MS = 2 * 60_000;
/** From then on a day without its year could be two days. */
const HALF_A_YEAR_MS = 183 * 86_400_000;

export function lastHere(at: string | null, nowMs: number, { now, never }: { readonly now: string; readonly never: string }, { time, day, date, dayKey }: Pick<Formats, 'time' | 'day' | 'date' | 'dayKey'>): string {
  if (at === null) return never;
  const ago = nowMs - Date.parse(at);
  if (ago < NOW_MS) return now;
  if (dayKey(at) === dayKey(nowMs)) return time(at);
  return ago < HALF_A_YEAR_MS ? day(at) : date(at);
}
