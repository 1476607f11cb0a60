import { describe, expect, it } from 'vitest';
import { speakCode } from '#server/features/lines/spoken-code.ts';
import { hearDigits } from './spoken-digits.ts';

const noisy = (samples: Int16Array, loudness: number): Int16Array => samples.map((sample, index) => sample + Math.round(Math.sin(index * 12.9898) * loudness));

describe('the digits in a recording', () => {
  it.each(['409217', '583620', '111111', '000123'])('are made out as they were spoken: %s', (code) => {
    expect(hearDigits({ samples: noisy(speakCode(code), 300), sampleRate: 8_000 })).toBe(code);
  });

  it('are none in the sentence before them, in noise, in silence, or while one is missing', () => {
    const spoken = speakCode('409217');
    for (const samples of [spoken.subarray(0, Math.round(spoken.length * 0.75)), noisy(new Int16Array(40_000), 8_000), new Int16Array(40_000)]) {
      expect(hearDigits({ samples, sampleRate: 8_000 })).toBeUndefined();
    }
  });
});
