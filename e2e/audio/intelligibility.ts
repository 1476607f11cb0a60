/** STOI, the short-time objective intelligibility of Taal, Hendriks, Heusdens and Jensen (IEEE TASLP 19(7), 2011): 1 is the reference itself. */
import { fourierTransform, type Sound } from './signal.ts';

/** The measure is defined at this rate only. */
export const INTELLIGIBILITY_RATE = 10_000;

const FRAME = 256;
const HOP = 128;
const TRANSFORM = 512;
const BANDS = 15;
const LOWEST_BAND_HZ = 150;
/** 30 frames are 384 ms. */
const SEGMENT_FRAMES = 30;
/** A band that stands more than 15 dB above the clean one counts as no worse than that. */
const CLIP = 1 + 10 ** (15 / 20);
const DYNAMIC_RANGE_DB = 40;

const hann = Float64Array.from({ length: FRAME }, (_, index) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (index + 1)) / (FRAME + 1)));

/** Third octaves as pairs of bin indices, the upper one excluded. */
const bands = Array.from({ length: BANDS }, (_, band) => {
  const centre = LOWEST_BAND_HZ * 2 ** (band / 3);
  const toBin = (hertz: number): number => Math.round((hertz * TRANSFORM) / INTELLIGIBILITY_RATE);
  return [toBin(centre * 2 ** (-1 / 6)), toBin(centre * 2 ** (1 / 6))] as const;
});

function frameStarts(length: number): number[] {
  const starts: number[] = [];
  for (let start = 0; start + FRAME <= length; start += HOP) starts.push(start);
  return starts;
}

/** Only frames in which the reference speaks are judged. */
function activeStarts(reference: Sound): number[] {
  const starts = frameStarts(reference.length);
  const levels = starts.map((start) => {
    let energy = 0;
    for (let index = 0; index < FRAME; index++) energy += (reference[start + index]! * hann[index]!) ** 2;
    return 10 * Math.log10(energy + 1e-20);
  });
  const loudest = levels.reduce((most, level) => Math.max(most, level), -Infinity);
  return starts.filter((_, index) => levels[index]! > loudest - DYNAMIC_RANGE_DB);
}

function bandLevels(sound: Sound, start: number): number[] {
  const real = new Float64Array(TRANSFORM);
  const imaginary = new Float64Array(TRANSFORM);
  for (let index = 0; index < FRAME; index++) real[index] = sound[start + index]! * hann[index]!;
  fourierTransform(real, imaginary);
  return bands.map(([low, high]) => {
    let power = 0;
    for (let bin = low; bin < high; bin++) power += real[bin]! ** 2 + imaginary[bin]! ** 2;
    return Math.sqrt(power);
  });
}

function correlation(first: readonly number[], second: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const firstMean = mean(first);
  const secondMean = mean(second);
  let product = 0;
  let firstPower = 0;
  let secondPower = 0;
  first.forEach((value, index) => {
    const a = value - firstMean;
    const b = second[index]! - secondMean;
    product += a * b;
    firstPower += a * a;
    secondPower += b * b;
  });
  return product / (Math.sqrt(firstPower * secondPower) + 1e-12);
}

/** Both at 10 kHz, aligned and of one length. Returns 0 where the reference speaks for less than one segment. */
export function intelligibility(reference: Sound, heard: Sound): number {
  const starts = activeStarts(reference);
  const clean = starts.map((start) => bandLevels(reference, start));
  const degraded = starts.map((start) => bandLevels(heard, start));
  let sum = 0;
  let count = 0;
  for (let end = SEGMENT_FRAMES; end <= starts.length; end++) {
    for (let band = 0; band < BANDS; band++) {
      const x = clean.slice(end - SEGMENT_FRAMES, end).map((levels) => levels[band]!);
      const y = degraded.slice(end - SEGMENT_FRAMES, end).map((levels) => levels[band]!);
      const power = (values: readonly number[]): number => Math.sqrt(values.reduce((total, value) => total + value * value, 0));
      const gain = power(x) / (power(y) + 1e-12);
      sum += correlation(x, y.map((level, index) => Math.min(level * gain, x[index]! * CLIP)));
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}
