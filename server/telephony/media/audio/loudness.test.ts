import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderTone, silence } from '../testing/network-tones.ts';
import { CEILING_DB, levelSpeech, speechLoudness, TARGET_DB } from './loudness-policy.ts';

const voice = (ms: number) => ({ hz: [210, 420, 655, 1130], ms });

test.each([200, 800, 3_000, 7_000])('words of any loudness come to the same one: amplitude %i', (amplitude) => {
  const levelled = levelSpeech(renderTone([silence(1_000), voice(1_500), silence(800), voice(1_200), silence(2_000)], amplitude));
  expect(speechLoudness(levelled!.samples)).toBeCloseTo(TARGET_DB, 0);
});

test('the pauses before and behind are cut, the one within is kept', () => {
  const levelled = levelSpeech(renderTone([silence(3_000), voice(1_500), silence(800), voice(1_200), silence(4_000)]));
  expect(levelled!.samples.length / 8).toBeGreaterThan(3_500);
  expect(levelled!.samples.length / 8).toBeLessThan(3_900);
});

test('where nobody speaks there is nothing to level', () => {
  expect(levelSpeech(new Int16Array(16_000))).toBeUndefined();
  expect(levelSpeech(new Int16Array(0))).toBeUndefined();
  expect(levelSpeech(renderTone([voice(3_000)], 8))).toBeUndefined();
});

test('no sample passes the ceiling, whatever was recorded', () => {
  const ceiling = 32_768 * 10 ** (CEILING_DB / 20) + 1;
  fc.assert(
    fc.property(fc.int16Array({ minLength: 3_200, maxLength: 4_800 }), fc.double({ min: 0.01, max: 1, noNaN: true }), (samples, gain) => {
      const levelled = levelSpeech(samples.map((sample) => sample * gain));
      for (const sample of levelled?.samples ?? []) if (Math.abs(sample) > ceiling) throw new Error(`${sample} is beyond the ceiling.`);
    }),
    { numRuns: 30 },
  );
});
