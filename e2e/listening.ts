/** Listens at either end until the speech is recognised, or says by what figures it was not. */
import { expect } from 'vitest';
import { durationMs, excerpt, isSameSpeech, matchSpeech, repeated, type SpeechMatch, silenceShare } from './audio/speech-match.ts';
import type { Recording } from './audio/wav-file.ts';

/** Whoever keeps what it hears: a phone, a page. Undefined or empty before the first packet. */
export interface Listener {
  heard(): Recording | undefined | Promise<Recording | undefined>;
}

/** Long enough for words, short enough to be judged often. */
const WINDOW_MS = 3000;

const nothing: Recording = { sampleRate: 8000, samples: new Int16Array(0) };

/** The recording from now on, once it is `lengthMs` long. */
export async function hearNext(listener: Listener, lengthMs: number): Promise<Recording> {
  let fromMs = durationMs((await listener.heard()) ?? nothing);
  let recording = nothing;
  await expect
    .poll(
      async () => {
        const heardMs = durationMs((recording = (await listener.heard()) ?? nothing));
        // A page's recording begins anew with each of its connections.
        if (heardMs < fromMs) fromMs = 0;
        return heardMs - fromMs;
      },
      { timeout: lengthMs + 20_000, interval: 200, message: 'the sound stopped' },
    )
    .toBeGreaterThanOrEqual(lengthMs);
  return excerpt(recording, fromMs, lengthMs);
}

/**
 * Resolves once three seconds on end are recognisably the looped speech. Sound heard before this call does not count; what comes in
 * between (a gap while a call is taken over, a starved machine's stutter) may last `withinMs`.
 */
export async function hearsSpeech(listener: Listener, spoken: Recording, withinMs = 30_000): Promise<SpeechMatch> {
  const loop = repeated(spoken, Math.ceil(WINDOW_MS / durationMs(spoken)) + 1);
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    const match = matchSpeech(loop, await hearNext(listener, WINDOW_MS));
    if (isSameSpeech(match)) return match;
    if (Date.now() > giveUpAt) expect.fail(`Not the speech that was spoken: ${JSON.stringify(match)}`);
  }
}

/** Whether what comes within the next `lengthMs` is silence. */
export async function hearsSilence(listener: Listener, lengthMs: number): Promise<boolean> {
  return silenceShare(await hearNext(listener, lengthMs)) > 0.99;
}
