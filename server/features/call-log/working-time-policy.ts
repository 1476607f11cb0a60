/** Time as a promise in business days counts it: days on which the practice is closed do not pass. Pure but for Intl. */

const DAY_MS = 86_400_000;
/** 4 January 2027 is a Monday. */
const A_MONDAY = Date.UTC(2027, 0, 4) / DAY_MS;

export interface WorkingDays {
  /** ISO 8601, Monday is 1. */
  readonly weekdays: readonly number[];
  /** IANA zone, whose midnight begins a day. */
  readonly timeZone: string;
}

/** From Friday at four to Monday at ten are 0.75 of the days of a practice that is closed on Saturday and Sunday. */
export function createWorkingDays({ weekdays, timeZone }: WorkingDays): (fromMs: number, toMs: number) => number {
  const wall = new Intl.DateTimeFormat('en-US', { timeZone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' });
  const open = new Set(weekdays);
  /** Open days since the Monday, and the part of this one. */
  const passedAt = (instant: number): number => {
    const parts = Object.fromEntries(wall.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    const days = Date.UTC(year, month - 1, day) / DAY_MS - A_MONDAY;
    const weeks = Math.floor(days / 7);
    const today = days - weeks * 7 + 1;
    const before = [...open].filter((weekday) => weekday < today).length;
    return weeks * open.size + before + (open.has(today) ? (hour * 3600 + minute * 60 + second) / 86_400 : 0);
  };
  return (fromMs, toMs) => Math.max(0, passedAt(toMs) - passedAt(fromMs));
}

/** The middle one; of an even count the later of the two, so that nobody looks faster than half. Undefined of nothing. */
export function medianOf(values: readonly number[]): number | undefined {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
}
