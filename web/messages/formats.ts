/** Dates, times, spans and numbers as a member reads them: in their language, by their country's habits, in the practice's zone. Pure but for Intl; holds no sentence. */
import type { Preferences } from '#contract/sign-in.ts';
import { readsTwelveHours } from './twelve-hour-countries.ts';

export interface FormatSettings {
  readonly language: string;
  /** The practice's, ISO 3166-1 alpha-2: whose clock and order of day and month are read. */
  readonly country: string;
  readonly timeZone: string;
  /** Null for what the country does. */
  readonly clock: Preferences['clock'];
}

export type Instant = string | number | Date;

export interface Formats {
  /** "14:31", or "2:31 PM" where the country says so. */
  readonly time: (instant: Instant) => string;
  /** "14:00" of the clock where somebody is, written by the reader's: of a time that belongs to no day. */
  readonly clockTime: (written: string) => string;
  /** "Fri, May 22". */
  readonly day: (instant: Instant) => string;
  /** "Friday, May 22". */
  readonly wholeDay: (instant: Instant) => string;
  /** "May 22, 2026". */
  readonly date: (instant: Instant) => string;
  /** "Fri, May 22, 14:31": for what happens near to now. */
  readonly dayAndTime: (instant: Instant) => string;
  /** "May 22, 2026, 14:31": for what may be long past. */
  readonly dateAndTime: (instant: Instant) => string;
  /** "2026-05-22", in the practice's zone: to tell days apart, never to be shown. */
  readonly dayKey: (instant: Instant) => string;
  /** "in 8 days", "in 3 hours", "5 minutes ago": the largest unit of which there is a whole one. */
  readonly relative: (fromNowMs: number) => string;
  /** "10,000". */
  readonly number: (value: number) => string;
  /** "Switzerland"; null for a code that stands for no country. */
  readonly country: (code: string) => string | null;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export function createFormats({ language, country, timeZone, clock }: FormatSettings): Formats {
  const locale = localeOf(language, country);
  const isTwelve = clock === null ? readsTwelveHours(country) : clock === '12-hour';
  // h23 by name: with `hour12: false` some browsers write midnight as 24:00.
  const hours = { hour: isTwelve ? 'numeric' : '2-digit', minute: '2-digit', hourCycle: isTwelve ? 'h12' : 'h23' } as const;
  const of = (options: Intl.DateTimeFormatOptions): ((instant: Instant) => string) => {
    const format = once(() => new Intl.DateTimeFormat(locale, { timeZone, ...options }));
    // Time and its "PM" stay on one line, whichever space the browser's tables use.
    return (instant) => format().format(new Date(instant)).replace(/[\u0020\u202F](?=[AaPp]\.?\s?[Mm])/gu, '\u00A0');
  };
  const day = of({ weekday: 'short', month: 'short', day: 'numeric' });
  const date = of({ year: 'numeric', month: 'long', day: 'numeric' });
  const time = of(hours);
  const wallClock = of({ ...hours, timeZone: 'UTC' });
  const keys = once(() => new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }));
  const spans = once(() => new Intl.RelativeTimeFormat(locale, { numeric: 'always' }));
  const numbers = once(() => new Intl.NumberFormat(locale));
  const regions = once(() => new Intl.DisplayNames([locale], { type: 'region', fallback: 'none' }));
  return {
    time,
    clockTime: (written) => wallClock(`2027-01-04T${written}:00Z`),
    day,
    wholeDay: of({ weekday: 'long', month: 'long', day: 'numeric' }),
    date,
    dayAndTime: (instant) => `${day(instant)}, ${time(instant)}`,
    dateAndTime: (instant) => `${date(instant)}, ${time(instant)}`,
    dayKey: (instant) => keys().format(new Date(instant)),
    relative: (fromNowMs) => {
      const size = Math.abs(fromNowMs);
      // Days are rounded, as one says "in 8 days" of 7 days and 23 hours; what is shorter is never told longer than it is.
      if (size >= DAY_MS) return spans().format(Math.round(fromNowMs / DAY_MS), 'day');
      if (size >= HOUR_MS) return spans().format(Math.trunc(fromNowMs / HOUR_MS), 'hour');
      return spans().format(Math.trunc(fromNowMs / MINUTE_MS) || (fromNowMs < 0 ? -1 : 1), 'minute');
    },
    number: (value) => numbers().format(value),
    country: (code) => (/^[A-Z]{2}$/.test(code) ? (regions().of(code) ?? null) : null),
  };
}

/** A formatter costs a phone a millisecond or several to make, and most screens use one of them or two. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** The member's language as their country writes it: "es-US", "en-CH". */
function localeOf(language: string, country: string): string {
  try {
    return new Intl.Locale(language, { region: country }).toString();
  } catch {
    return language;
  }
}
