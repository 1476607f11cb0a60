import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPowers, SPECTRUM_POINTS } from './spectrum-codec.ts';

function slowPower(block: Float64Array, bin: number): number {
  let [real, imaginary] = [0, 0];
  for (const [index, value] of block.entries()) {
    real += value * Math.cos((2 * Math.PI * bin * index) / SPECTRUM_POINTS);
    imaginary -= value * Math.sin((2 * Math.PI * bin * index) / SPECTRUM_POINTS);
  }
  return real * real + imaginary * imaginary;
}

test('the powers are those of the transform written out, for any block', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: SPECTRUM_POINTS }), fc.integer({ min: 1, max: 255 }), (values, bin) => {
      const block = Float64Array.from(values);
      const powers = new Float64Array(SPECTRUM_POINTS / 2);
      readPowers(block, powers, bin, bin);
      expect(powers[bin]).toBeCloseTo(slowPower(block, bin), 6);
    }),
    { numRuns: 200 },
  );
});
