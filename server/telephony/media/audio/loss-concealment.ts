/**
 * Fills the place of lost frames with what the voice would most likely have gone on saying (after G.711 Appendix I): the last pitch
 * period, repeated, and faded out before it becomes a tone. Owns a short memory of one talker; knows no packets.
 */
import { SAMPLE_RATE } from './sample-source.ts';

export interface LossConcealment {
  /** A frame that came: remembered, and joined without a click to what was made up before it. Changes the frame's first samples then. */
  hear(frame: Int16Array): void;
  /** Fills a frame that did not come. */
  conceal(frame: Int16Array): void;
}

/** Voices: 66 to 200 Hz in Appendix I; children's lie higher, and their double period serves as well. */
const SHORTEST_PERIOD = 40;
const LONGEST_PERIOD = 120;
const HISTORY_SAMPLES = 390;
/** The window over which periods are compared: 20 ms. */
const COMPARED_SAMPLES = 160;
/** Full strength for 10 ms, then 20 % less every 10 ms: silence after 60. */
const FULL_SAMPLES = SAMPLE_RATE / 100;
const FADE_PER_SAMPLE = 0.2 / (SAMPLE_RATE / 100);
/** The joint with the frame that comes again: 4 ms. */
const JOINT_SAMPLES = 32;

export function createLossConcealment(): LossConcealment {
  const history = new Int16Array(HISTORY_SAMPLES);
  let period = 0;
  /** Samples made up since the last frame that came; 0 while frames come. */
  let madeUp = 0;

  const remember = (frame: Int16Array): void => {
    if (frame.length >= HISTORY_SAMPLES) {
      history.set(frame.subarray(frame.length - HISTORY_SAMPLES));
      return;
    }
    history.copyWithin(0, frame.length);
    history.set(frame, HISTORY_SAMPLES - frame.length);
  };

  const nextMadeUp = (): number => {
    // From the last period of the history, over and over.
    const sample = history[HISTORY_SAMPLES - period + (madeUp % period)]!;
    const strength = madeUp < FULL_SAMPLES ? 1 : Math.max(0, 1 - (madeUp - FULL_SAMPLES) * FADE_PER_SAMPLE);
    madeUp += 1;
    return sample * strength;
  };

  return {
    hear(frame) {
      if (madeUp > 0) {
        const joint = Math.min(JOINT_SAMPLES, frame.length);
        for (let index = 0; index < joint; index += 1) {
          const share = (index + 1) / (joint + 1);
          frame[index] = Math.round(nextMadeUp() * (1 - share) + frame[index]! * share);
        }
        madeUp = 0;
      }
      remember(frame);
    },
    conceal(frame) {
      if (madeUp === 0) period = findPeriod(history);
      for (let index = 0; index < frame.length; index += 1) frame[index] = Math.round(nextMadeUp());
    },
  };
}

/** The shift at which the newest samples resemble those before them most, by normalised correlation. */
function findPeriod(history: Int16Array): number {
  const newest = HISTORY_SAMPLES - COMPARED_SAMPLES;
  let best = SHORTEST_PERIOD;
  let bestLikeness = -Infinity;
  for (let shift = SHORTEST_PERIOD; shift <= LONGEST_PERIOD; shift += 1) {
    let product = 0;
    let energy = 1;
    for (let index = newest; index < HISTORY_SAMPLES; index += 1) {
      const earlier = history[index - shift]!;
      product += history[index]! * earlier;
      energy += earlier * earlier;
    }
    const likeness = product / Math.sqrt(energy);
    if (likeness > bestLikeness) {
      bestLikeness = likeness;
      best = shift;
    }
  }
  return best;
}
