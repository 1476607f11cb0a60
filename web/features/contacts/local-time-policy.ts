/** Whether it is a good time to call somebody, by the clock where they are and the times they prefer. Instants and zones in, a judgement out. */
import type { ContactDetails } from '#contract/contacts.ts';

export type TimeJudgement = 'preferred' | 'good' | 'not-preferred' | 'outside-hours';

/** Nobody is called unasked before eight or after nine in the evening, where they are. */
const FROM_HOUR = 8;
const UNTIL_HOUR = 21;

interface LocalClock {
  readonly hour: number;
  /** "12:36", as preferred times are kept. */
  readonly time: string;
  /** ISO: Monday is 1. */
  readonly weekday: number;
  /** Minutes ahead of Greenwich. */
  readonly offset: number;
}

function clockIn(nowMs: number, timeZone: string): LocalClock {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', weekday: 'short', year: 'numeric', month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' }).formatToParts(nowMs);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((each) => each.type === type)?.value ?? '';
  const [hour, minute] = [Number(part('hour')), Number(part('minute'))];
  const localMs = Date.UTC(Number(part('year')), Number(part('month')) - 1, Number(part('day')), hour, minute);
  return { hour, time: `${part('hour')}:${part('minute')}`, weekday: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(part('weekday')) + 1, offset: Math.round((localMs - nowMs) / 60_000) };
}

export function judgeTime(nowMs: number, timeZone: string, preferredTimes: ContactDetails['preferredTimes']): TimeJudgement {
  const { hour, time, weekday } = clockIn(nowMs, timeZone);
  if (preferredTimes.some(({ weekdays, from, until }) => weekdays.includes(weekday) && from <= time && time < until)) return 'preferred';
  if (hour < FROM_HOUR || hour >= UNTIL_HOUR) return 'outside-hours';
  return preferredTimes.length === 0 ? 'good' : 'not-preferred';
}

/** Hours by which the place is ahead of the practice: -2 where it is two hours behind. */
export function hoursAhead(nowMs: number, timeZone: string, practiceZone: string): number {
  return (clockIn(nowMs, timeZone).offset - clockIn(nowMs, practiceZone).offset) / 60;
}

/** "Phoenix" of "America/Phoenix": the city that the zone is called after. */
export const placeOf = (timeZone: string): string => (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ');
