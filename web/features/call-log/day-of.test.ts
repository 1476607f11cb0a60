import { expect, test } from 'vitest';
import { dayOf } from './day-of.ts';

test('a day is the practice’s, and days are counted on its calendar over a change of the clocks', () => {
  // 23:30 on March 7 in Chicago: the clocks go forward on the 8th, a day of 23 hours.
  const lateMs = Date.parse('2026-03-08T05:30:00Z');
  expect([0, 1, 2, 7].map((days) => dayOf(lateMs, 'America/Chicago', days))).toEqual(['2026-03-07', '2026-03-08', '2026-03-09', '2026-03-14']);
  expect(dayOf(lateMs, 'Europe/Zurich', 0)).toBe('2026-03-08');
  expect(dayOf(Date.parse('2026-12-31T23:00:00Z'), 'America/Chicago', 1)).toBe('2027-01-01');
});
