import { expect, test } from 'vitest';
import { judgeQuality, lostShare, type QualitySample } from './quality-policy.ts';

const before: QualitySample = { atMs: 0, packetsReceived: 100, packetsLost: 0, jitterSeconds: 0.002, uplinkLost: null, roundTripMs: 40 };
const after = (change: Partial<QualitySample>): QualitySample => ({ ...before, atMs: 5_000, packetsReceived: 350, ...change });

test.each([
  ['clear', {}],
  ['clear', { packetsLost: 5, uplinkLost: 0.01 }],
  ['party-broken', { packetsLost: 30 }],
  ['you-broken', { uplinkLost: 0.1 }],
  ['weak', { packetsLost: 30, uplinkLost: 0.1 }],
  ['weak', { jitterSeconds: 0.09 }],
  ['weak', { roundTripMs: 900 }],
] as const)('is %s with %o', (quality, change) => {
  expect(judgeQuality(before, after(change))).toBe(quality);
});

test('too few packets tell nothing', () => {
  expect(lostShare(before, after({ packetsReceived: 110, packetsLost: 9 }))).toBeNull();
  expect(lostShare(before, after({ packetsLost: 10 }))).toBeCloseTo(0.038, 3);
});
