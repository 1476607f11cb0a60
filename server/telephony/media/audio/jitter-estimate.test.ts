import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createJitterEstimate } from './jitter-estimate.ts';

test('an even network needs nothing, a late packet in ten what it is late by', () => {
  const even = createJitterEstimate();
  const uneven = createJitterEstimate();
  for (let index = 0; index < 500; index += 1) {
    even.note(index * 160, 1000 + index * 20);
    uneven.note(index * 160, 1000 + index * 20 + (index % 10 === 9 ? 62 : 0));
  }
  expect(even.spreadMs()).toBeLessThanOrEqual(5);
  expect(uneven.spreadMs()).toBe(65);
});

test('a talker whose clock runs slow or fast by 200 in a million is followed for an hour', () => {
  for (const skew of [-0.0002, 0.0002]) {
    const estimate = createJitterEstimate();
    for (let index = 0; index < 180_000; index += 1) estimate.note(index * 160, index * 20 * (1 + skew));
    expect(estimate.spreadMs()).toBeLessThanOrEqual(10);
    const early = 180_000 * 20 * (1 + skew) - estimate.earliestMs(180_000 * 160)!;
    expect(Math.abs(early)).toBeLessThan(3);
  }
});

test('it covers 99 of 100 packets whatever their delays, and never says less than nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 450 }), { minLength: 100, maxLength: 200 }), (delays) => {
      const estimate = createJitterEstimate();
      delays.forEach((delay, index) => estimate.note(index * 160, index * 20 + delay));
      const best = Math.min(...delays);
      const spread = estimate.spreadMs();
      expect(spread).toBeGreaterThanOrEqual(0);
      // Packets are counted against the best that was known when they came: the first ones may be taken for better than they were.
      expect(delays.slice(20).filter((delay) => delay - best > spread + 5).length).toBeLessThanOrEqual(Math.ceil(delays.length * 0.01) + delays.slice(0, 20).filter((delay) => delay > best).length);
    }),
  );
});
