import { describe, expect, it } from 'vitest';
import { hoursAhead, judgeTime, placeOf } from './local-time-policy.ts';

const at = (instant: string): number => Date.parse(instant);
const noons = [{ weekdays: [1, 2, 3, 4, 5], from: '12:00', until: '14:00' }];

describe('the time where somebody is', () => {
  it.each([
    ['2026-05-14T19:12:00Z', 'America/Phoenix', [], 'good'],
    ['2026-05-14T15:00:00Z', 'America/Phoenix', [], 'good'],
    ['2026-05-14T14:59:00Z', 'America/Phoenix', [], 'outside-hours'],
    ['2026-05-15T04:00:00Z', 'America/Phoenix', [], 'outside-hours'],
    ['2026-05-15T03:59:00Z', 'America/Phoenix', [], 'good'],
    ['2026-05-14T19:12:00Z', 'America/Phoenix', noons, 'preferred'],
    ['2026-05-14T22:00:00Z', 'America/Phoenix', noons, 'not-preferred'],
    // Saturday there.
    ['2026-05-16T19:12:00Z', 'America/Phoenix', noons, 'not-preferred'],
    // Who asks to be called at night is.
    ['2026-05-15T05:30:00Z', 'America/Phoenix', [{ weekdays: [4], from: '22:00', until: '23:00' }], 'preferred'],
  ] as const)('at %s in %s with %j is %s', (instant, zone, preferred, judgement) => {
    expect(judgeTime(at(instant), zone, preferred.map((each) => ({ ...each, weekdays: [...each.weekdays] })))).toBe(judgement);
  });

  it('is so many hours ahead of the practice, over changes of the clocks that only one of them makes', () => {
    expect(hoursAhead(at('2026-05-14T19:12:00Z'), 'America/Phoenix', 'America/Chicago')).toBe(-2);
    expect(hoursAhead(at('2026-01-14T19:12:00Z'), 'America/Phoenix', 'America/Chicago')).toBe(-1);
    expect(hoursAhead(at('2026-05-14T19:12:00Z'), 'Asia/Kolkata', 'Europe/Zurich')).toBe(3.5);
  });

  it('is told by the city of the zone', () => {
    expect([placeOf('America/Phoenix'), placeOf('America/Argentina/Buenos_Aires'), placeOf('UTC')]).toEqual(['Phoenix', 'Buenos Aires', 'UTC']);
  });
});
