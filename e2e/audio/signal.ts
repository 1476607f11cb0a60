/** Arithmetic on sampled sound: resampling, spectra, where one sound stands in another. Knows no file and no call. */

/** Samples between -1 and 1. */
export type Sound = Float64Array;

export const toSound = (samples: Int16Array): Sound => Float64Array.from(samples, (sample) => sample / 32768);

export function rms(sound: Sound): number {
  let sum = 0;
  for (const sample of sound) sum += sample * sample;
  return sound.length === 0 ? 0 : Math.sqrt(sum / sound.length);
}

/** Half width of the resampling kernel, in zero crossings: 60 dB of stop band is enough to judge telephone speech. */
const KERNEL_CROSSINGS = 16;

/** Windowed-sinc resampling; the cut-off lies at the lower of the two Nyquist rates. */
export function resample(sound: Sound, fromRate: number, toRate: number): Sound {
  if (fromRate === toRate) return sound;
  const cutoff = Math.min(1, toRate / fromRate);
  const halfWidth = KERNEL_CROSSINGS / cutoff;
  const result = new Float64Array(Math.floor((sound.length * toRate) / fromRate));
  for (let index = 0; index < result.length; index++) {
    const centre = (index * fromRate) / toRate;
    const last = Math.min(sound.length - 1, Math.floor(centre + halfWidth));
    let sum = 0;
    for (let tap = Math.max(0, Math.ceil(centre - halfWidth)); tap <= last; tap++) {
      const distance = tap - centre;
      const phase = Math.PI * distance * cutoff;
      const sinc = distance === 0 ? 1 : Math.sin(phase) / phase;
      const hann = 0.5 + 0.5 * Math.cos((Math.PI * distance) / halfWidth);
      sum += sound[tap]! * sinc * hann * cutoff;
    }
    result[index] = sum;
  }
  return result;
}

/** In-place radix-2 Fourier transform; the length must be a power of two. */
export function fourierTransform(real: Float64Array, imaginary: Float64Array, inverse = false): void {
  const length = real.length;
  for (let index = 1, mirrored = 0; index < length; index++) {
    let bit = length >> 1;
    for (; mirrored & bit; bit >>= 1) mirrored ^= bit;
    mirrored ^= bit;
    if (index < mirrored) {
      [real[index], real[mirrored]] = [real[mirrored]!, real[index]!];
      [imaginary[index], imaginary[mirrored]] = [imaginary[mirrored]!, imaginary[index]!];
    }
  }
  for (let size = 2; size <= length; size <<= 1) {
    const angle = ((inverse ? 2 : -2) * Math.PI) / size;
    const half = size >> 1;
    for (let offset = 0; offset < half; offset++) {
      const cos = Math.cos(angle * offset);
      const sin = Math.sin(angle * offset);
      for (let even = offset; even < length; even += size) {
        const odd = even + half;
        const oddReal = real[odd]! * cos - imaginary[odd]! * sin;
        const oddImaginary = real[odd]! * sin + imaginary[odd]! * cos;
        real[odd] = real[even]! - oddReal;
        imaginary[odd] = imaginary[even]! - oddImaginary;
        real[even] = real[even]! + oddReal;
        imaginary[even] = imaginary[even]! + oddImaginary;
      }
    }
  }
  if (!inverse) return;
  for (let index = 0; index < length; index++) {
    real[index] = real[index]! / length;
    imaginary[index] = imaginary[index]! / length;
  }
}

/** Where `part` stands in `whole` best, in samples, and how alike the two are there (normalised cross-correlation, -1 to 1). */
export function locate(part: Sound, whole: Sound): { offset: number; likeness: number } {
  if (part.length === 0 || part.length > whole.length) return { offset: 0, likeness: 0 };
  const length = 2 ** Math.ceil(Math.log2(whole.length + part.length));
  const wholeReal = new Float64Array(length);
  const wholeImaginary = new Float64Array(length);
  const partReal = new Float64Array(length);
  const partImaginary = new Float64Array(length);
  wholeReal.set(whole);
  partReal.set(part);
  fourierTransform(wholeReal, wholeImaginary);
  fourierTransform(partReal, partImaginary);
  for (let index = 0; index < length; index++) {
    const product = wholeReal[index]! * partReal[index]! + wholeImaginary[index]! * partImaginary[index]!;
    wholeImaginary[index] = wholeImaginary[index]! * partReal[index]! - wholeReal[index]! * partImaginary[index]!;
    wholeReal[index] = product;
  }
  fourierTransform(wholeReal, wholeImaginary, true);

  let energy = 0;
  for (let index = 0; index < part.length; index++) energy += whole[index]! ** 2;
  const partNorm = rms(part) * Math.sqrt(part.length);
  // Near-silent stretches would be divided by almost nothing and win by their rounding errors.
  const floor = (rms(whole) * Math.sqrt(part.length) * 0.05) ** 2 + 1e-12;
  let best = { offset: 0, likeness: 0 };
  for (let offset = 0; offset + part.length <= whole.length; offset++) {
    const likeness = wholeReal[offset]! / (partNorm * Math.sqrt(Math.max(energy, floor)) + 1e-12);
    if (likeness > best.likeness) best = { offset, likeness };
    energy += (whole[offset + part.length] ?? 0) ** 2 - whole[offset]! ** 2;
  }
  return best;
}

/** The share of a sound's energy that lies at one frequency, 0 to 1 (Goertzel). */
export function toneShare(sound: Sound, sampleRate: number, frequencyHz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / sampleRate);
  let before = 0;
  let last = 0;
  let energy = 0;
  for (const sample of sound) {
    [before, last] = [last, sample + coefficient * last - before];
    energy += sample * sample;
  }
  const power = before * before + last * last - coefficient * before * last;
  return energy === 0 ? 0 : Math.min(1, (2 * power) / (sound.length * energy));
}
