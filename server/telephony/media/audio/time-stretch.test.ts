import { expect, test } from 'vitest';
import { isQuiet, lengthen, PAST_SAMPLES, shorten, SHORTENED_SAMPLES } from './time-stretch.ts';

/** A voice of 100 Hz with overtones. */
const voice = (length: number, room = 200): Int16Array =>
  Int16Array.from({ length: length + room }, (_, index) => (index < length ? Math.round(6000 * Math.sin((2 * Math.PI * index) / 80) + 2500 * Math.sin((6 * Math.PI * index) / 80)) : 0));
const steepest = (samples: Int16Array): number => samples.reduce((most, sample, index) => (index === 0 ? 0 : Math.max(most, Math.abs(sample - samples[index - 1]!))), 0);

test('speech grows shorter by a period, without a click', () => {
  const whole = voice(PAST_SAMPLES + SHORTENED_SAMPLES, 0);
  const samples = whole.slice(PAST_SAMPLES);
  const length = shorten(whole.slice(0, PAST_SAMPLES), samples, SHORTENED_SAMPLES);
  expect(length).toBe(SHORTENED_SAMPLES - 80);
  expect(steepest(samples.subarray(0, length))).toBeLessThan(steepest(whole) * 1.1);
});

test('speech grows longer by a period, and both its joints are smooth', () => {
  const whole = voice(PAST_SAMPLES + 160, 0);
  const past = whole.slice(0, PAST_SAMPLES);
  const samples = new Int16Array(400);
  samples.set(whole.subarray(PAST_SAMPLES));
  const length = lengthen(past, samples, 160);
  expect(length).toBe(240);
  expect(steepest(Int16Array.from([...past, ...samples.subarray(0, length)]))).toBeLessThan(steepest(whole) * 1.1);
});

test('where there is no room nothing grows', () => {
  const samples = voice(200, 0);
  expect(lengthen(voice(PAST_SAMPLES, 0), samples, 200)).toBe(200);
});

test('silence is told from speech', () => {
  expect(isQuiet(voice(320), 160)).toBe(false);
  expect(isQuiet(new Int16Array(160).fill(20), 160)).toBe(true);
});
