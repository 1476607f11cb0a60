import { expect, test } from 'vitest';
import { decideRepair, passingOn, type RepairState } from './repair-policy.ts';

const CLEAN = { lostShare: 0, jitterMs: 2, ownLatenessMs: 1 };
const LOSSY = { lostShare: 0.05, jitterMs: 2, ownLatenessMs: 1 };
const after = (...steps: [quality: typeof CLEAN, atMs: number][]): RepairState => steps.reduce((state, [quality, atMs]) => decideRepair(state, quality, atMs), passingOn);

test('a clean network is passed on, a lossy or jittery one is mended at once', () => {
  expect(after([CLEAN, 0], [CLEAN, 1000]).isActive).toBe(false);
  expect(after([CLEAN, 0], [LOSSY, 1000]).isActive).toBe(true);
  expect(after([{ lostShare: 0, jitterMs: 45, ownLatenessMs: 1 }, 0]).isActive).toBe(true);
});

test('a server that was late itself mends no jitter that may be its own, and loses no sight of loss', () => {
  expect(after([{ lostShare: 0, jitterMs: 45, ownLatenessMs: 60 }, 0]).isActive).toBe(false);
  expect(after([{ lostShare: 0, jitterMs: 90, ownLatenessMs: 20 }, 0]).isActive).toBe(true);
  expect(after([{ lostShare: 0.05, jitterMs: 45, ownLatenessMs: 60 }, 0]).isActive).toBe(true);
});

test('mending goes on until the network was clean for half a minute on end', () => {
  expect(after([LOSSY, 0], [CLEAN, 1000], [CLEAN, 30_900]).isActive).toBe(true);
  expect(after([LOSSY, 0], [CLEAN, 1000], [CLEAN, 31_000]).isActive).toBe(false);
  expect(after([LOSSY, 0], [CLEAN, 1000], [LOSSY, 20_000], [CLEAN, 21_000], [CLEAN, 40_000]).isActive).toBe(true);
});
