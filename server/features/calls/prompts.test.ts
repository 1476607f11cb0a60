import { expect, test } from 'vitest';
import { renderHoldMusic } from './hold-music-policy.ts';
import { farewellClip, oneMomentClip } from './prompts.ts';

const levelDb = (samples: Int16Array): number => 10 * Math.log10(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length / 32_768 ** 2);

test('the music is quieter than speech, never clipped, and joins its own beginning without a click', () => {
  const music = renderHoldMusic(8_000);
  expect(music.length / 8_000).toBe(16);
  expect(levelDb(music)).toBeGreaterThan(-32);
  expect(levelDb(music)).toBeLessThan(-20);
  const largest = (samples: Int16Array): number => samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  expect(largest(music)).toBeLessThan(20_000);
  const steps = music.map((sample, index) => sample - music[(index + 1) % music.length]!);
  expect(Math.abs(steps.at(-1)!)).toBeLessThanOrEqual(largest(steps.subarray(0, -1)));
});

test('the sentences are there, and the first is said again within ten seconds, with the line alive in between', () => {
  expect(oneMomentClip().length / 8_000).toBeLessThan(10);
  expect(levelDb(oneMomentClip().subarray(0, 8_000))).toBeGreaterThan(-30);
  const pause = oneMomentClip().subarray(-8_000);
  expect(pause.some((sample) => sample !== 0)).toBe(true);
  expect(levelDb(pause)).toBeLessThan(-60);
  expect(farewellClip().length / 8_000).toBeGreaterThan(5);
});
