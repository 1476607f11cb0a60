import { expect, test } from 'vitest';
import { createMediaClock } from './media-clock.ts';

test('packets of one clock stand where their timestamps say, late ones and the wrap of the clock included', () => {
  const clock = createMediaClock();
  const first = clock.placeOf(1, 65_534, 0xffff_ff00, 1);
  expect(clock.placeOf(1, 65_535, 0xffff_ffa0, 1) - first).toBe(160);
  expect(clock.placeOf(1, 1, 0xe0, 1) - first).toBe(480);
  expect(clock.placeOf(1, 0, 0x40, 1) - first).toBe(320);
  expect(clock.placeOf(1, 2, 0x180, 1) - first).toBe(640);
});

test('a change between G.711 and Opus, and back, leaves no gap and no overlap, even where packets cross', () => {
  const clock = createMediaClock();
  const first = clock.placeOf(1, 10, 1000, 1);
  expect(clock.placeOf(1, 12, 1320 + 1600, 6) - first).toBe(320);
  expect(clock.placeOf(1, 11, 1160, 1) - first).toBe(160);
  expect(clock.placeOf(1, 13, 1320 + 1600 + 960, 6) - first).toBe(480);
  expect(clock.placeOf(1, 14, 99_999, 1) - first).toBe(640);
});

test('another connection, or a leap of the same one, goes on right behind', () => {
  const clock = createMediaClock();
  const first = clock.placeOf(1, 10, 1000, 1);
  expect(clock.placeOf(2, 40_000, 7, 6) - first).toBe(160);
  expect(clock.placeOf(2, 40_001, 7 + 960, 6) - first).toBe(320);
  expect(clock.placeOf(2, 40_002, 0x7000_0000, 6) - first).toBe(480);
});
