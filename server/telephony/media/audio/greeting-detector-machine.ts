/**
 * What answered, by the rhythm of its first words (telephony.md's figures): nothing for 2.5 s, or words for more than 1.5 s, is how
 * mailboxes begin; more than a person greets with, and then patience without a beep, is how a phone screens its calls. A hint each, and no proof.
 */

export type GreetingSign = 'initial-silence' | 'long-greeting' | 'greeting-waits';

export interface GreetingDetector {
  /** Each frame since the answer, by its loudness; a lost frame is undefined. */
  hear(levelDb: number | undefined): GreetingSign | undefined;
}

const FRAME_MS = 20;
/** Soft speech through a telephone lies above, a room's noise below. */
const VOICE_DB = -40;
const INITIAL_SILENCE_MS = 2_500;
const LONG_GREETING_MS = 1_500;
/** Chosen between the two recordings there are: a phone that screens speaks for 7.5 s before it waits, a person who says who she is for 2.5, and then listens as patiently. */
const SCREENING_GREETING_MS = 3_500;
/** Shorter pauses are between words. */
const PAUSE_MS = 700;
/** A click, a breath. */
const SHORTEST_VOICE_MS = 60;
/** By then a mailbox has beeped. */
const PATIENCE_MS = 2_500;
/** Later it is a conversation. */
const LONGEST_MS = 45_000;

export function createGreetingDetector(): GreetingDetector {
  let elapsedMs = 0;
  let voicedMs = 0;
  let quietMs = 0;
  /** From the first word, pauses within included. */
  let greetingMs = 0;
  let phase: 'before' | 'greeting' | 'long' | 'over' = 'before';
  let isVoiced = false;

  return {
    hear(levelDb) {
      elapsedMs += FRAME_MS;
      if (phase === 'over') return undefined;
      if (elapsedMs > LONGEST_MS) {
        phase = 'over';
        return undefined;
      }
      isVoiced = levelDb === undefined ? isVoiced : levelDb > VOICE_DB;
      voicedMs = isVoiced ? voicedMs + FRAME_MS : 0;
      quietMs = isVoiced ? 0 : quietMs + FRAME_MS;
      if (phase === 'before') {
        if (voicedMs >= SHORTEST_VOICE_MS) {
          phase = 'greeting';
          greetingMs = voicedMs;
        } else if (elapsedMs === INITIAL_SILENCE_MS) return 'initial-silence';
        return undefined;
      }
      greetingMs += FRAME_MS;
      if (phase === 'greeting') {
        if (quietMs >= PAUSE_MS) phase = 'over';
        else if (greetingMs - quietMs > LONG_GREETING_MS) {
          phase = 'long';
          return 'long-greeting';
        }
        return undefined;
      }
      if (quietMs === PAUSE_MS && greetingMs - quietMs < SCREENING_GREETING_MS) phase = 'over';
      if (quietMs < PATIENCE_MS) return undefined;
      phase = 'over';
      return 'greeting-waits';
    },
  };
}
