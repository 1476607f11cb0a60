/** What one frame of 20 ms is, in figures: how loud, and how much of it is one or two steady tones. Facts in, figures out; names nothing that it hears. */
import { FRAME_SAMPLES, SAMPLE_RATE } from './sample-source.ts';
import { readPowers, SPECTRUM_POINTS } from './spectrum-codec.ts';

export interface FrameMeasure {
  /** Of the last 20 ms; 0 is a square wave at full scale. */
  levelDb: number;
  /** The strongest tone, Hz, and its share of the window's energy, 0 to 1. */
  firstHz: number;
  firstShare: number;
  /** The strongest beside it. */
  secondHz: number;
  secondShare: number;
}

export interface FrameMeasurer {
  /** The same object each time, changed by the next call. */
  measure(frame: Int16Array): FrameMeasure;
}

/** Two frames: enough that 480 and 620 Hz stand apart. */
const WINDOW_SAMPLES = 2 * FRAME_SAMPLES;
const BIN_HZ = SAMPLE_RATE / SPECTRUM_POINTS;
/** Below lies the hum of mains, above no tone that is looked for. */
const LOWEST_BIN = Math.floor(300 / BIN_HZ);
const HIGHEST_BIN = Math.ceil(2100 / BIN_HZ);
/** A tone's lobe through a Hann window of 40 ms reaches 50 Hz to either side. */
const LOBE_BINS = 3;
/** Nothing is looked for in what is this quiet. */
const FAINTEST_DB = -55;

const hann = Float64Array.from({ length: WINDOW_SAMPLES }, (_, index) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (index + 0.5)) / WINDOW_SAMPLES));

/** Some 8 us a frame that is not quiet: a leg is measured only while something is expected of it. */
export function createFrameMeasurer(): FrameMeasurer {
  const samples = new Float64Array(WINDOW_SAMPLES);
  const windowed = new Float64Array(WINDOW_SAMPLES);
  const powers = new Float64Array(HIGHEST_BIN + LOBE_BINS + 1);
  const measure: FrameMeasure = { levelDb: -Infinity, firstHz: 0, firstShare: 0, secondHz: 0, secondShare: 0 };

  const strongest = (apartFromBin: number): number => {
    let best = -1;
    for (let bin = LOWEST_BIN; bin <= HIGHEST_BIN; bin += 1) {
      if (Math.abs(bin - apartFromBin) <= 2 * LOBE_BINS) continue;
      if (powers[bin]! < powers[bin - 1]! || powers[bin]! < powers[bin + 1]!) continue;
      if (best === -1 || powers[bin]! > powers[best]!) best = bin;
    }
    return best;
  };

  return {
    measure(frame) {
      samples.copyWithin(0, FRAME_SAMPLES);
      let frameEnergy = 0;
      for (let index = 0; index < FRAME_SAMPLES; index += 1) {
        const sample = frame[index]! / 32_768;
        samples[FRAME_SAMPLES + index] = sample;
        frameEnergy += sample * sample;
      }
      measure.levelDb = 10 * Math.log10(frameEnergy / FRAME_SAMPLES + 1e-12);
      measure.firstHz = measure.firstShare = measure.secondHz = measure.secondShare = 0;
      if (measure.levelDb < FAINTEST_DB) return measure;
      let energy = 1e-12;
      for (let index = 0; index < WINDOW_SAMPLES; index += 1) {
        const value = samples[index]! * hann[index]!;
        windowed[index] = value;
        energy += value * value;
      }
      readPowers(windowed, powers, LOWEST_BIN - LOBE_BINS, HIGHEST_BIN + LOBE_BINS);
      const first = strongest(-Infinity);
      if (first === -1) return measure;
      measure.firstHz = centreOf(powers, first) * BIN_HZ;
      measure.firstShare = shareOf(powers, first, energy);
      const second = strongest(first);
      if (second === -1) return measure;
      measure.secondHz = centreOf(powers, second) * BIN_HZ;
      measure.secondShare = shareOf(powers, second, energy);
      return measure;
    },
  };
}

/** By Parseval: the energy under the lobe over the whole window's, whether or not the tone stands on a bin. */
function shareOf(powers: Float64Array, bin: number, energy: number): number {
  let lobe = 0;
  for (let near = bin - LOBE_BINS; near <= bin + LOBE_BINS; near += 1) lobe += powers[near]!;
  return Math.min(1, (2 * lobe) / (SPECTRUM_POINTS * energy));
}

/** Between the bins: the top of the parabola through three powers, on a logarithmic scale. */
function centreOf(powers: Float64Array, bin: number): number {
  const [left, middle, right] = [Math.log(powers[bin - 1]! + 1e-18), Math.log(powers[bin]! + 1e-18), Math.log(powers[bin + 1]! + 1e-18)];
  const bend = left - 2 * middle + right;
  return bend >= 0 ? bin : bin + Math.max(-0.5, Math.min(0.5, (left - right) / (2 * bend)));
}
