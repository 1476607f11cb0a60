import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createWorkingDays, medianOf } from './working-time-policy.ts';

const CHICAGO = 'America/Chicago';
const between = createWorkingDays({ weekdays: [1, 2, 3, 4, 5], timeZone: CHICAGO });
const at = (written: string): number => Date.parse(written);

describe('business days', () => {
  test('pass while the practice is open, and stand still while it is closed', () => {
    expect(between(at('2026-05-14T09:00-05:00'), at('2026-05-14T21:00-05:00'))).toBeCloseTo(0.5);
    expect(between(at('2026-05-14T15:00-05:00'), at('2026-05-15T15:00-05:00'))).toBeCloseTo(1);
    // From Friday at four to Monday at ten.
    expect(between(at('2026-05-15T16:00-05:00'), at('2026-05-18T10:00-05:00'))).toBeCloseTo(0.75);
    expect(between(at('2026-05-16T10:00-05:00'), at('2026-05-17T22:00-05:00'))).toBe(0);
    expect(between(at('2026-05-11T12:00-05:00'), at('2026-06-08T12:00-05:00'))).toBeCloseTo(20);
  });

  test('are as long in the night that loses an hour', () => {
    const everyDay = createWorkingDays({ weekdays: [1, 2, 3, 4, 5, 6, 7], timeZone: CHICAGO });
    expect(everyDay(at('2026-03-07T12:00-06:00'), at('2026-03-08T12:00-05:00'))).toBeCloseTo(1);
    expect(everyDay(at('2026-10-31T12:00-05:00'), at('2026-11-01T12:00-06:00'))).toBeCloseTo(1);
  });

  test('add up, and are never more than the days of the calendar', () => {
    const instant = fc.integer({ min: at('2020-01-01T00:00Z'), max: at('2040-01-01T00:00Z') });
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 }), fc.constantFrom(CHICAGO, 'Asia/Kathmandu', 'Pacific/Auckland'), instant, instant, instant, (weekdays, timeZone, ...all) => {
        const pass = createWorkingDays({ weekdays, timeZone });
        const [first, second, third] = all.sort((one, other) => one - other);
        // A clock that goes back an hour tells one hour twice; its seconds are whole.
        const SLACK = 1 / 24 + 1e-4;
        expect(Math.abs(pass(first, second) + pass(second, third) - pass(first, third))).toBeLessThan(SLACK);
        expect(pass(first, third)).toBeLessThanOrEqual((third - first) / 86_400_000 + SLACK);
      }),
      { numRuns: 100 },
    );
  });
});

test('a median is the middle one, and of an even count the later of the two', () => {
  expect([medianOf([]), medianOf([3]), medianOf([9, 1, 2]), medianOf([1, Infinity]), medianOf([4, 1, 3, 2])]).toEqual([undefined, 3, 2, Infinity, 3]);
});
