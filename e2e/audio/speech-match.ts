/** Judges whether what was heard is the speech that was spoken, whatever delay, gain, companding and clock drift lie between. */
import { INTELLIGIBILITY_RATE, intelligibility } from './intelligibility.ts';
import { locate, resample, rms, type Sound, toSound } from './signal.ts';
import type { Recording } from './wav-file.ts';

export interface SpeechMatch {
  /** Where the shorter of the two stands in the longer, ms. */
  offsetMs: number;
  /** STOI, 0 to 1. */
  intelligibility: number;
  /** Correlation of the two loudness curves, -1 to 1. */
  envelopeCorrelation: number;
  /** The share of spoken frames that were heard as silence, 0 to 1. */
  dropOutShare: number;
  /** Mean over spoken frames of signal to difference after the best gain, each kept within -10 and 35 dB. */
  segmentalSnrDb: number;
}

const RATE = 8000;
const FRAME = 160;
/** A browser's jitter buffer stretches and squeezes: each piece is looked for anew, near where the last one stood. */
const PIECE = RATE / 2;
const DRIFT = RATE / 4;
/** Frames this far below the loudest are pauses. */
const SPEECH_RANGE_DB = 30;
/** A spoken frame heard this far below what its gain promises is a drop-out. */
const DROP_OUT_DB = 25;

/** What silence, noise and other speech all miss, and what a loaded machine still reaches (see speech-match.test.ts). */
export const SAME_SPEECH = { intelligibility: 0.75, envelopeCorrelation: 0.75, dropOutShare: 0.1 } as const;

export function isSameSpeech(match: SpeechMatch): boolean {
  return (
    match.intelligibility >= SAME_SPEECH.intelligibility &&
    match.envelopeCorrelation >= SAME_SPEECH.envelopeCorrelation &&
    match.dropOutShare <= SAME_SPEECH.dropOutShare
  );
}

const at8k = (recording: Recording): Sound => resample(toSound(recording.samples), recording.sampleRate, RATE);

/** Follows `guide` through `other` piece by piece and returns `other` on the guide's own time. */
function follow(guide: Sound, other: Sound, firstOffset: number): Sound {
  const followed = new Float64Array(guide.length);
  let offset = firstOffset;
  for (let start = 0; start < guide.length; start += PIECE) {
    const piece = guide.subarray(start, Math.min(guide.length, start + PIECE));
    const from = Math.max(0, start + offset - DRIFT);
    const near = other.subarray(from, Math.min(other.length, start + offset + piece.length + DRIFT));
    const found = locate(piece, near);
    // A pause correlates with anything: it moves with its neighbours.
    if (found.likeness > 0.5) offset = from + found.offset - start;
    for (let index = 0; index < piece.length; index++) followed[start + index] = other[start + offset + index] ?? 0;
  }
  return followed;
}

function frames(sound: Sound): Sound[] {
  const result: Sound[] = [];
  for (let start = 0; start + FRAME <= sound.length; start += FRAME) result.push(sound.subarray(start, start + FRAME));
  return result;
}

function pearson(first: readonly number[], second: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [a, b] = [mean(first), mean(second)];
  const sums = first.reduce(
    (total, value, index) => {
      const [x, y] = [value - a, second[index]! - b];
      return { product: total.product + x * y, x: total.x + x * x, y: total.y + y * y };
    },
    { product: 0, x: 0, y: 0 },
  );
  return sums.product / (Math.sqrt(sums.x * sums.y) + 1e-12);
}

function bestGain(reference: Sound, heard: Sound): number {
  let product = 0;
  let power = 0;
  for (let index = 0; index < reference.length; index++) {
    product += reference[index]! * heard[index]!;
    power += reference[index]! ** 2;
  }
  return power === 0 ? 0 : product / power;
}

/** Compares the speech that was spoken with what was heard. The shorter is looked for in the longer: a whole call in which the speech stands once, or an excerpt of speech that loops. */
export function matchSpeech(spoken: Recording, heard: Recording): SpeechMatch {
  let reference = at8k(spoken);
  let sound = at8k(heard);
  const isHeardLonger = sound.length >= reference.length;
  const { offset } = isHeardLonger ? locate(reference, sound) : locate(sound, reference);
  if (isHeardLonger) sound = follow(reference, sound, offset);
  else reference = follow(sound, reference, offset);

  const referenceFrames = frames(reference);
  const heardFrames = frames(sound);
  const levels = referenceFrames.map(rms);
  const loudest = levels.reduce((most, level) => Math.max(most, level), 0);
  const spokenIndices = levels.flatMap((level, index) => (level > loudest * 10 ** (-SPEECH_RANGE_DB / 20) ? [index] : []));
  // The median ratio of loudness is the path's gain; the mean would follow the drop-outs.
  const ratios = spokenIndices.map((index) => rms(heardFrames[index]!) / levels[index]!).toSorted((a, b) => a - b);
  const typicalRatio = ratios[ratios.length >> 1] ?? 0;
  const isPathDead = typicalRatio < 1e-3;
  const dropOuts = ratios.filter((ratio) => isPathDead || ratio < typicalRatio * 10 ** (-DROP_OUT_DB / 20)).length;

  const gain = bestGain(reference, sound);
  const segmentSnrs = spokenIndices.map((index) => {
    const signal = Float64Array.from(referenceFrames[index]!, (sample) => sample * gain);
    const difference = signal.map((sample, position) => sample - heardFrames[index]![position]!);
    return Math.min(35, Math.max(-10, 20 * Math.log10((rms(signal) + 1e-9) / (rms(difference) + 1e-9))));
  });

  return {
    offsetMs: (offset * 1000) / RATE,
    intelligibility: intelligibility(resample(reference, RATE, INTELLIGIBILITY_RATE), resample(sound, RATE, INTELLIGIBILITY_RATE)),
    envelopeCorrelation: pearson(levels, heardFrames.map(rms)),
    dropOutShare: spokenIndices.length === 0 ? 1 : dropOuts / spokenIndices.length,
    segmentalSnrDb: segmentSnrs.length === 0 ? 0 : segmentSnrs.reduce((sum, value) => sum + value, 0) / segmentSnrs.length,
  };
}

/** The share of 20 ms frames below `thresholdDb` of full scale: 1 is silence. */
export function silenceShare(recording: Recording, thresholdDb = -55): number {
  const levels = frames(at8k(recording)).map(rms);
  const threshold = 10 ** (thresholdDb / 20);
  return levels.length === 0 ? 1 : levels.filter((level) => level < threshold).length / levels.length;
}

/** A stretch of a recording. */
export function excerpt(recording: Recording, fromMs: number, durationMs: number): Recording {
  const toIndex = (ms: number): number => Math.round((ms * recording.sampleRate) / 1000);
  return { sampleRate: recording.sampleRate, samples: recording.samples.slice(toIndex(fromMs), toIndex(fromMs + durationMs)) };
}

/** The recording over and over, as a microphone that loops it speaks. */
export function repeated(recording: Recording, times: number): Recording {
  const samples = new Int16Array(recording.samples.length * times);
  for (let turn = 0; turn < times; turn++) samples.set(recording.samples, turn * recording.samples.length);
  return { sampleRate: recording.sampleRate, samples };
}

export const durationMs = (recording: Recording): number => (recording.samples.length * 1000) / recording.sampleRate;
