import { expect, test } from 'vitest';
import { greetingLanguages } from '#contract/voicemail.ts';
import { sentences } from './announcement.ts';

const SECOND = 8_000;
const rmsOf = (samples: Int16Array): number => Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);

test('there is a sentence of speech in every language a practice may choose, and not the same one', () => {
  const spoken = greetingLanguages.map((language) => sentences([language]));
  for (const samples of spoken) {
    expect(samples.length).toBeGreaterThan(8 * SECOND);
    // -30 to -10 dBm0 is speech on a telephone.
    expect(rmsOf(samples)).toBeGreaterThan(700);
    expect(rmsOf(samples)).toBeLessThan(8_000);
  }
  expect(new Set(spoken.map((samples) => samples.length)).size).toBe(greetingLanguages.length);
});

test('where a practice has chosen several, they are spoken one after the other, with a breath between', () => {
  const [first, second] = [sentences(['en']), sentences(['es'])];
  const both = sentences(['en', 'es']);
  expect(both.subarray(0, first.length)).toEqual(first);
  expect(both.subarray(first.length)).toEqual(second);
});
