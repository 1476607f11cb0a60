import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFormats, type FormatSettings } from './formats.ts';

const at = '2026-05-22T19:31:00Z';
const formatsOf = (language: string, country: string, timeZone: string, clock: FormatSettings['clock'] = null) => createFormats({ language, country, timeZone, clock });
const plain = (text: string): string => text.replaceAll(/[\u00A0\u202F]/gu, ' ');

describe('a moment', () => {
  it.each([
    ['en', 'US', 'America/Chicago', null, '2:31 PM', 'Fri, May 22', 'May 22, 2026'],
    ['en', 'US', 'America/Chicago', '24-hour', '14:31', 'Fri, May 22', 'May 22, 2026'],
    ['es', 'US', 'America/Chicago', null, '2:31 p.m.', 'vie, 22 de may', '22 de mayo de 2026'],
    ['es', 'MX', 'America/Mexico_City', null, '1:31 p.m.', 'vie 22 de may', '22 de mayo de 2026'],
    ['es', 'ES', 'Europe/Madrid', null, '21:31', 'vie, 22 may', '22 de mayo de 2026'],
    ['en', 'GB', 'Europe/London', null, '20:31', 'Fri 22 May', '22 May 2026'],
    ['en', 'CH', 'Europe/Zurich', null, '21:31', 'Fri, 22 May', '22 May 2026'],
    ['en', 'DE', 'Europe/Berlin', '12-hour', '9:31 pm', 'Fri, 22 May', '22 May 2026'],
  ] as const)('in %s, of a practice in %s (%s), with the clock %s, is %s, %s, %s', (language, country, timeZone, clock, time, day, date) => {
    const formats = formatsOf(language, country, timeZone, clock);
    expect(plain(formats.time(at))).toBe(time);
    expect(formats.day(at)).toBe(day);
    expect(formats.date(at)).toBe(date);
    expect(plain(formats.dayAndTime(at))).toBe(`${day}, ${time}`);
    expect(plain(formats.dateAndTime(at))).toBe(`${date}, ${time}`);
  });

  it('of a clock elsewhere is written by the reader’s clock, in no zone', () => {
    expect(plain(formatsOf('en', 'US', 'Asia/Kathmandu').clockTime('14:05'))).toBe('2:05 PM');
    expect(formatsOf('en', 'CH', 'Asia/Kathmandu').clockTime('00:30')).toBe('00:30');
  });

  it('writes midnight as 00:00, and never as 24:00', () => {
    expect(formatsOf('en', 'CH', 'Europe/Zurich').time('2026-05-22T22:00:00Z')).toBe('00:00');
  });

  it('keeps “PM” on the line of its time', () => {
    expect(formatsOf('en', 'US', 'America/Chicago').time(at)).toBe('2:31\u00A0PM');
    expect(formatsOf('es', 'US', 'America/Chicago').time(at)).not.toMatch(/[ \u202F]p/u);
  });

  it('belongs to the day that the practice has then', () => {
    expect(formatsOf('en', 'US', 'America/Los_Angeles').dayKey('2026-05-23T06:59:59Z')).toBe('2026-05-22');
    expect(formatsOf('es', 'US', 'America/Los_Angeles').dayKey('2026-05-23T07:00:00Z')).toBe('2026-05-23');
  });

  it('can be told apart from each other minute of the day, whatever the clock', () => {
    for (const clock of ['12-hour', '24-hour'] as const) {
      const { time } = formatsOf('es', 'US', 'UTC', clock);
      expect(new Set(Array.from({ length: 1_440 }, (_, minute) => time(minute * 60_000))).size).toBe(1_440);
    }
  });
});

describe('a span', () => {
  it.each([
    [8 * 86_400_000, 'in 8 days', 'dentro de 8 días'],
    [7 * 86_400_000 + 23 * 3_600_000, 'in 8 days', 'dentro de 8 días'],
    [86_400_000, 'in 1 day', 'dentro de 1 día'],
    [86_399_999, 'in 23 hours', 'dentro de 23 horas'],
    [3_600_000, 'in 1 hour', 'dentro de 1 hora'],
    [3_599_999, 'in 59 minutes', 'dentro de 59 minutos'],
    [1, 'in 1 minute', 'dentro de 1 minuto'],
    [-5 * 60_000, '5 minutes ago', 'hace 5 minutos'],
    [-3 * 86_400_000, '3 days ago', 'hace 3 días'],
  ])('of %d ms is “%s” and “%s”', (ms, english, spanish) => {
    expect(formatsOf('en', 'US', 'UTC').relative(ms)).toBe(english);
    expect(formatsOf('es', 'US', 'UTC').relative(ms)).toBe(spanish);
  });

  it('of less than a day is never told longer than it is', () => {
    const { relative } = formatsOf('en', 'US', 'UTC');
    fc.assert(
      fc.property(fc.integer({ min: 60_000, max: 86_399_999 }), (ms) => {
        const [, count, unit] = /^in (\d+) (hour|minute)s?$/.exec(relative(ms)) ?? [];
        return Number(count) * (unit === 'hour' ? 3_600_000 : 60_000) <= ms;
      }),
    );
  });
});

describe('numbers and countries', () => {
  it('are written as the language and the country have them', () => {
    expect(formatsOf('en', 'US', 'UTC').number(10_000)).toBe('10,000');
    expect(formatsOf('es', 'ES', 'UTC').number(10_000)).toBe('10.000');
    expect(formatsOf('es', 'US', 'UTC').country('CH')).toBe('Suiza');
    expect(formatsOf('es', 'US', 'UTC').country('not a country')).toBeNull();
  });

  it('never fail, whatever a practice is set to: an unknown country reads the 24-hour clock', () => {
    fc.assert(fc.property(fc.string({ maxLength: 4 }), (country) => formatsOf('en', country, 'UTC').time(0).length > 0));
    expect(formatsOf('en', '??', 'UTC').time(at)).toBe('19:31');
  });
});
