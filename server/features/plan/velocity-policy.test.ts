import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '#contract/plan.ts';
import { decideVelocity, type DialHistory } from './velocity-policy.ts';

const quiet: DialHistory = { liveCallCount: 0, admittedAt: [], limitedAt: [] };
const NOW = 1_000_000_000;
const agoMs = (...ago: number[]): number[] => ago.map((ms) => NOW - ms).sort((a, b) => a - b);

test('a quiet member may dial', () => expect(decideVelocity(DEFAULT_LIMITS, quiet, NOW)).toEqual({ ok: true }));

test('a third call beside two is refused, and waiting does not help', () => {
  expect(decideVelocity(DEFAULT_LIMITS, { ...quiet, liveCallCount: 2 }, NOW)).toMatchObject({ ok: false, limit: 'at-once', retryAtMs: null });
});

test('the seventh dial of a minute waits until the first is a minute old', () => {
  const admittedAt = agoMs(50_000, 40_000, 30_000, 20_000, 10_000, 5_000);
  expect(decideVelocity(DEFAULT_LIMITS, { ...quiet, admittedAt }, NOW)).toMatchObject({ ok: false, limit: 'per-minute', retryAtMs: NOW + 10_000 });
  expect(decideVelocity(DEFAULT_LIMITS, { ...quiet, admittedAt }, NOW + 10_000)).toEqual({ ok: true });
});

test('where several limits are reached, the longest wait is told', () => {
  const admittedAt = Array.from({ length: 300 }, (_, index) => NOW - 3_000_000 + index * 9_000);
  expect(decideVelocity(DEFAULT_LIMITS, { ...quiet, admittedAt }, NOW)).toMatchObject({ limit: 'per-day', retryAtMs: NOW - 3_000_000 + 86_400_000 });
});

/** Plays a dialler against the policy as the store does, and says what came of it. */
function play(everyMs: number, lastsMs: number): { admitted: number; worst: number; endedAtMs: number | undefined } {
  const admittedAt: number[] = [];
  const limitedAt: number[] = [];
  for (let atMs = 0; atMs < lastsMs; atMs += everyMs) {
    const verdict = decideVelocity(DEFAULT_LIMITS, { liveCallCount: 0, admittedAt: admittedAt.filter((at) => at > atMs - 86_400_000), limitedAt }, atMs);
    if (verdict.ok) admittedAt.push(atMs);
    else if (verdict.endSession) return { admitted: admittedAt.length, worst: mostWithin(admittedAt, 60_000), endedAtMs: atMs };
    else limitedAt.push(atMs);
  }
  return { admitted: admittedAt.length, worst: mostWithin(admittedAt, 60_000), endedAtMs: undefined };
}

const mostWithin = (times: number[], windowMs: number): number => Math.max(0, ...times.map((at) => times.filter((other) => other >= at && other < at + windowMs).length));

describe('a program with a stolen session', () => {
  test.each([1, 10, 100, 500, 1_000, 2_000, 3_000])('that dials every %i ms is put out within 60 s, after six calls at most', (everyMs) => {
    const { admitted, endedAtMs } = play(everyMs, 120_000);
    expect(endedAtMs).toBeLessThanOrEqual(60_000);
    expect(admitted).toBeLessThanOrEqual(6);
  });
  test('that keeps under the limit of a minute makes no more than sixty calls in an hour and three hundred in a day', () => {
    expect(play(10_000, 3_600_000).admitted).toBeLessThanOrEqual(60);
    expect(play(61_000, 86_400_000).admitted).toBeLessThanOrEqual(300);
  });
});

test('a person who dials a list of patients, one every two minutes for ten hours, is never stopped', () => {
  expect(play(120_000, 36_000_000)).toEqual({ admitted: 300, worst: 1, endedAtMs: undefined });
});

test('no rhythm of dialling gets more through in any window than the limit says', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 150 }), (gaps) => {
      const admittedAt: number[] = [];
      let nowMs = 0;
      for (const gap of gaps) {
        nowMs += gap;
        if (decideVelocity(DEFAULT_LIMITS, { ...quiet, admittedAt }, nowMs).ok) admittedAt.push(nowMs);
      }
      expect(mostWithin(admittedAt, 60_000)).toBeLessThanOrEqual(DEFAULT_LIMITS.dialsPerMinute);
      expect(mostWithin(admittedAt, 3_600_000)).toBeLessThanOrEqual(DEFAULT_LIMITS.dialsPerHour);
    }),
    { numRuns: 300 },
  );
});
