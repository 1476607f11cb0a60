/** The powers of a block's frequencies: a real transform of 512 points by a complex one of half the length. Owns the tables; knows no sound. */

export const SPECTRUM_POINTS = 512;
const HALF = SPECTRUM_POINTS / 2;

const cosines = Float64Array.from({ length: SPECTRUM_POINTS }, (_, index) => Math.cos((2 * Math.PI * index) / SPECTRUM_POINTS));
const sines = Float64Array.from({ length: SPECTRUM_POINTS }, (_, index) => Math.sin((2 * Math.PI * index) / SPECTRUM_POINTS));
const reversed = Uint16Array.from({ length: HALF }, (_, index) => {
  let result = 0;
  for (let bit = 1; bit < HALF; bit <<= 1) result = (result << 1) | (index & bit ? 1 : 0);
  return result;
});

const real = new Float64Array(HALF);
const imaginary = new Float64Array(HALF);

/** Squared magnitudes of the bins from `fromBin` to `toBin` (1 to 255) of `block`, zeros behind its end, into `powers`. */
export function readPowers(block: Float64Array, powers: Float64Array, fromBin: number, toBin: number): void {
  for (let index = 0; index < HALF; index += 1) {
    const at = reversed[index]!;
    real[at] = block[2 * index] ?? 0;
    imaginary[at] = block[2 * index + 1] ?? 0;
  }
  for (let size = 2; size <= HALF; size <<= 1) {
    const half = size >> 1;
    const step = SPECTRUM_POINTS / size;
    for (let offset = 0; offset < half; offset += 1) {
      const cosine = cosines[offset * step]!;
      const sine = -sines[offset * step]!;
      for (let even = offset; even < HALF; even += size) {
        const odd = even + half;
        const turnedReal = real[odd]! * cosine - imaginary[odd]! * sine;
        const turnedImaginary = real[odd]! * sine + imaginary[odd]! * cosine;
        real[odd] = real[even]! - turnedReal;
        imaginary[odd] = imaginary[even]! - turnedImaginary;
        real[even]! += turnedReal;
        imaginary[even]! += turnedImaginary;
      }
    }
  }
  // Even samples went in as real parts, odd ones as imaginary: told apart by symmetry, and joined a half step turned.
  for (let bin = fromBin; bin <= toBin; bin += 1) {
    const mirror = HALF - bin;
    const evenReal = (real[bin]! + real[mirror]!) / 2;
    const evenImaginary = (imaginary[bin]! - imaginary[mirror]!) / 2;
    const oddReal = (imaginary[bin]! + imaginary[mirror]!) / 2;
    const oddImaginary = (real[mirror]! - real[bin]!) / 2;
    const cosine = cosines[bin]!;
    const sine = -sines[bin]!;
    const sumReal = evenReal + oddReal * cosine - oddImaginary * sine;
    const sumImaginary = evenImaginary + oddReal * sine + oddImaginary * cosine;
    powers[bin] = sumReal * sumReal + sumImaginary * sumImaginary;
  }
}
