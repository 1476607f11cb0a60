import { expect, test } from 'vitest';
import { createSampleSource, FRAME_SAMPLES, type SampleSource } from './sample-source.ts';

const take = (source: SampleSource, frames: number): Int16Array => {
  const all = new Int16Array(frames * FRAME_SAMPLES);
  for (let index = 0; index < frames; index += 1) source.fill(all.subarray(index * FRAME_SAMPLES, (index + 1) * FRAME_SAMPLES));
  return all;
};

const level = (samples: Int16Array): number => Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);

/** Goertzel: how strong one frequency is. */
const strength = (samples: Int16Array, hertz: number): number => {
  const coefficient = 2 * Math.cos((2 * Math.PI * hertz) / 8000);
  let [one, two] = [0, 0];
  for (const sample of samples) [one, two] = [sample + coefficient * one - two, one];
  return Math.sqrt(one * one + two * two - coefficient * one * two) / samples.length;
};

test('North American ringback is 440 and 480 Hz, two seconds on and four off', () => {
  const all = take(createSampleSource({ kind: 'tone', tone: 'ringback', country: 'us' }), 350);
  const on = all.subarray(0, 16_000);
  expect(strength(on, 440)).toBeGreaterThan(1000);
  expect(strength(on, 480)).toBeGreaterThan(1000);
  expect(strength(on, 620)).toBeLessThan(20);
  expect(level(all.subarray(16_000, 48_000))).toBe(0);
  expect(level(all.subarray(48_000, 56_000))).toBeGreaterThan(1000);
});

test('a country without a plan of its own hears the recommendation’s 425 Hz', () => {
  const busy = take(createSampleSource({ kind: 'tone', tone: 'busy', country: 'XX' }), 50);
  expect(strength(busy.subarray(0, 4000), 425)).toBeGreaterThan(1000);
  expect(level(busy.subarray(4000, 8000))).toBe(0);
});

test('a clip is played as often as asked, its last frame filled with silence, and then ends', () => {
  const source = createSampleSource({ kind: 'clip', samples: new Int16Array(200).fill(7), times: 2 });
  const all = take(source, 3);
  expect(all.filter((sample) => sample === 7)).toHaveLength(400);
  expect(all.subarray(400).every((sample) => sample === 0)).toBe(true);
  expect(source.fill(new Int16Array(FRAME_SAMPLES))).toBe(false);
});

test('an empty clip ends at once, even if it is to be played for ever', () => {
  expect(createSampleSource({ kind: 'clip', samples: new Int16Array(0), times: Infinity }).fill(new Int16Array(FRAME_SAMPLES))).toBe(false);
});

test('comfort noise is there and next to nothing', () => {
  const noise = take(createSampleSource({ kind: 'tone', tone: 'comfort', country: 'US' }), 50);
  expect(level(noise)).toBeGreaterThan(2);
  expect(level(noise)).toBeLessThan(20);
});
