import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyReplayWindow, guessIndex, isFresh, markSeen, REPLAY_WINDOW_SIZE } from './replay-window-policy.ts';

test('an index is fresh exactly if it was not seen and is no older than the window', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 600 }), { maxLength: 300 }), (indexes) => {
      const window = emptyReplayWindow();
      const seen = new Set<number>();
      let highest = -1;
      for (const index of indexes) {
        const expected = !seen.has(index) && (index > highest || highest - index < REPLAY_WINDOW_SIZE);
        expect(isFresh(window, index)).toBe(expected);
        if (!expected) continue;
        markSeen(window, index);
        seen.add(index);
        highest = Math.max(highest, index);
      }
    }),
  );
});

test('the rollover counter is guessed right for any packet within half the circle', () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 34 }), fc.integer({ min: -32_000, max: 32_000 }), (highest, distance) => {
      const index = highest + distance;
      if (index < 0) return;
      expect(guessIndex(highest, index % 65_536)).toBe(index);
    }),
  );
});
