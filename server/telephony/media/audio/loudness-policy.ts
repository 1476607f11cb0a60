/** Brings recorded speech to the loudness of a telephone call: its pauses cut at both ends, its words at one level, its peaks held below a ceiling. Samples in, samples out; records and plays nothing. */
import { SAMPLE_RATE } from './sample-source.ts';

export interface LevelledSpeech {
  samples: Int16Array;
  /** What the words were raised by; the limiter's work is not in it. */
  gainDb: number;
}

/** About -17 dBm0: where telephone networks expect a talker (ITU-T P.56 levels, G.101). */
export const TARGET_DB = -20;
export const CEILING_DB = -3;
/** More would raise the room with the voice. */
const MOST_GAIN_DB = 24;
/** ITU-R BS.1770's gating, without its weighting, which a telephone's band does in its own way. */
const BLOCK_SAMPLES = 0.4 * SAMPLE_RATE;
const BLOCK_STEP = 0.1 * SAMPLE_RATE;
const ABSOLUTE_GATE_DB = -55;
const RELATIVE_GATE_DB = 10;
const MARGIN_SAMPLES = 0.15 * SAMPLE_RATE;
const TRIM_SAMPLES = 0.02 * SAMPLE_RATE;
const LOOK_AHEAD_SAMPLES = 0.005 * SAMPLE_RATE;
/** 80 ms from a held peak back to full strength. */
const RELEASE = 1 / (0.08 * SAMPLE_RATE);

const amplitudeOf = (db: number): number => 32_768 * 10 ** (db / 20);

/** Undefined where nobody speaks in it. */
export function levelSpeech(recorded: Int16Array): LevelledSpeech | undefined {
  const loudness = speechLoudness(recorded);
  if (loudness === undefined) return undefined;
  const spoken = trim(recorded, Math.max(ABSOLUTE_GATE_DB, loudness - 30));
  const gainDb = Math.min(MOST_GAIN_DB, TARGET_DB - loudness);
  return { samples: limit(spoken, 10 ** (gainDb / 20)), gainDb };
}

/** dBFS of the blocks in which somebody speaks; undefined if none is. */
export function speechLoudness(samples: Int16Array): number | undefined {
  const powers: number[] = [];
  for (let start = 0; start + BLOCK_SAMPLES <= Math.max(samples.length, BLOCK_SAMPLES); start += BLOCK_STEP) powers.push(powerOf(samples, start, start + BLOCK_SAMPLES));
  const aboveFloor = powers.filter((power) => dbOf(power) > ABSOLUTE_GATE_DB);
  if (aboveFloor.length === 0) return undefined;
  const gateDb = dbOf(mean(aboveFloor)) - RELATIVE_GATE_DB;
  return dbOf(mean(aboveFloor.filter((power) => dbOf(power) > gateDb)));
}

function powerOf(samples: Int16Array, from: number, to: number): number {
  let energy = 0;
  for (let index = from; index < to; index += 1) energy += (samples[index] ?? 0) ** 2;
  return energy / (to - from) / 32_768 ** 2;
}

const dbOf = (power: number): number => 10 * Math.log10(power + 1e-12);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The pauses before and behind the words go, all but a breath. */
function trim(samples: Int16Array, floorDb: number): Int16Array {
  let first = samples.length;
  let last = 0;
  for (let start = 0; start < samples.length; start += TRIM_SAMPLES) {
    const end = Math.min(samples.length, start + TRIM_SAMPLES);
    if (dbOf(powerOf(samples, start, end)) <= floorDb) continue;
    first = Math.min(first, start);
    last = end;
  }
  return samples.slice(Math.max(0, first - MARGIN_SAMPLES), Math.min(samples.length, last + MARGIN_SAMPLES));
}

/** A limiter that sees a peak coming: the strength is turned down over 5 ms before it, and comes back slowly. */
function limit(samples: Int16Array, gain: number): Int16Array {
  const ceiling = amplitudeOf(CEILING_DB);
  const needed = Float64Array.from(samples, (sample) => Math.min(1, ceiling / Math.max(1, Math.abs(sample * gain))));
  const held = new Float64Array(samples.length + LOOK_AHEAD_SAMPLES).fill(1);
  for (let index = 0; index < held.length; index += 1) {
    let least = 1;
    for (let near = Math.max(0, index - LOOK_AHEAD_SAMPLES + 1); near <= index; near += 1) least = Math.min(least, needed[near] ?? 1);
    const recovering = index === 0 ? 1 : held[index - 1]! + RELEASE;
    held[index] = Math.min(least, recovering);
  }
  // Averaged over as long as each is held: it never exceeds what any sample of that time needs.
  return Int16Array.from(samples, (sample, index) => {
    let sum = 0;
    for (let ahead = 0; ahead < LOOK_AHEAD_SAMPLES; ahead += 1) sum += held[index + ahead]!;
    return Math.round((sample * gain * sum) / LOOK_AHEAD_SAMPLES);
  });
}
