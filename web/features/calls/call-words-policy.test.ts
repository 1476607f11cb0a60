import { expect, test } from 'vitest';
import { clockTime, isSlowToRing, secondsBetween, spokenDuration } from './call-words-policy.ts';

test.each([
  [0, '00:00'],
  [277, '04:37'],
  [3_599, '59:59'],
  [3_877, '1:04:37'],
])('%i seconds on a running call are %s', (seconds, written) => {
  expect(clockTime(seconds)).toBe(written);
});

test.each([
  [4, '4 s'],
  [372, '6 min 12 s'],
  [7_260, '2 h 1 min'],
])('%i seconds of a call that is over are %s', (seconds, written) => {
  expect(spokenDuration(seconds)).toBe(written);
});

test('a call that has not rung after six seconds is said to be slow, and only while it connects', () => {
  const call = { state: 'connecting', startedAt: '2026-05-14T14:00:00.000Z' } as const;
  const after = (seconds: number): number => Date.parse(call.startedAt) + seconds * 1_000;
  expect([isSlowToRing(call, after(5)), isSlowToRing(call, after(6)), isSlowToRing({ ...call, state: 'ringing' }, after(60))]).toEqual([false, true, false]);
});

test('a clock that is behind the server shows zero, never less', () => {
  expect(secondsBetween('2026-05-14T14:00:05.000Z', Date.parse('2026-05-14T14:00:00.000Z'))).toBe(0);
  expect(secondsBetween(null, 0)).toBe(0);
});
