/** Makes samples to be played, 20 ms at a time: tones, clips, comfort noise, silence. Owns no pace and no packets. */
import { assertNever } from '#contract/result.ts';
import type { PlaySource } from '../media-port.ts';
import { toneFor, type ToneSpec } from './tone-plan.ts';

export const SAMPLE_RATE = 8000;
/** 20 ms at 8 kHz. */
export const FRAME_SAMPLES = 160;
export const FRAME_MS = 20;

export interface SampleSource {
  /** Fills the frame; false once the source has come to its end, with the frame untouched. */
  fill(frame: Int16Array): boolean;
}

/** Each frequency of a tone at about -16 dBm0, E.180's range for the sum of two. */
const TONE_AMPLITUDE = 3200;
/** About -66 dBm0: a line that is alive, nothing to listen to. */
const COMFORT_AMPLITUDE = 12;

/** A tone of a cadence, from its first "on"; endless. */
export function createToneSource(spec: ToneSpec): SampleSource {
  const steps = spec.frequencies.map((hertz) => (2 * Math.PI * hertz) / SAMPLE_RATE);
  const edges = spec.cadence.map((ms) => (ms * SAMPLE_RATE) / 1000);
  const amplitude = steps.length > 2 ? (TONE_AMPLITUDE * 2) / steps.length : TONE_AMPLITUDE;
  let sampleIndex = 0;
  let edge = 0;
  let leftInEdge = edges[0] ?? Infinity;
  return {
    fill(frame) {
      for (let index = 0; index < frame.length; index += 1) {
        if (leftInEdge <= 0) {
          edge = (edge + 1) % edges.length;
          leftInEdge = edges[edge]!;
        }
        let sum = 0;
        if (edge % 2 === 0) for (const step of steps) sum += Math.sin(step * sampleIndex);
        frame[index] = Math.round(sum * amplitude);
        sampleIndex += 1;
        leftInEdge -= 1;
      }
      return true;
    },
  };
}

/** A recording, played `times` times; its last frame is filled up with silence. */
export function createClipSource(samples: Int16Array, times: number): SampleSource {
  let position = 0;
  let timesLeft = samples.length === 0 ? 0 : times;
  return {
    fill(frame) {
      if (timesLeft <= 0) return false;
      let filled = 0;
      while (filled < frame.length && timesLeft > 0) {
        const taken = Math.min(frame.length - filled, samples.length - position);
        frame.set(samples.subarray(position, position + taken), filled);
        filled += taken;
        position += taken;
        if (position < samples.length) continue;
        position = 0;
        timesLeft -= 1;
      }
      frame.fill(0, filled);
      return true;
    },
  };
}

/** White noise, quiet and the same in every run. */
export function createComfortNoiseSource(): SampleSource {
  let state = 0x2545f491;
  return {
    fill(frame) {
      for (let index = 0; index < frame.length; index += 1) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        frame[index] = ((state >>> 16) % (2 * COMFORT_AMPLITUDE + 1)) - COMFORT_AMPLITUDE;
      }
      return true;
    },
  };
}

export const silenceSource: SampleSource = {
  fill(frame) {
    frame.fill(0);
    return true;
  },
};

export function createSampleSource(source: PlaySource): SampleSource {
  switch (source.kind) {
    case 'tone':
      return source.tone === 'comfort' ? createComfortNoiseSource() : createToneSource(toneFor(source.country, source.tone));
    case 'clip':
      return createClipSource(source.samples, source.times);
    case 'silence':
      return silenceSource;
    default:
      return assertNever(source);
  }
}
