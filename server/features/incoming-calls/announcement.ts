/** Answers a call and says why nobody will: the sentence in each of the practice's languages, twice where there is one, then the end. Owns that one leg and its audio; asks nobody anything. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GreetingLanguage } from '#contract/voicemail.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { decodeG711, SAMPLE_RATE } from '#server/telephony/index.ts';
import type { IncomingCall, MediaEngine, PartyLegEvent, SdesPolicy } from '#server/telephony/index.ts';

export interface AnnouncementParts {
  readonly engine: MediaEngine;
  readonly sdes: SdesPolicy;
  readonly clock: Clock;
  readonly log: Log;
}

const PARTY = 'party';
/** Two sentences and their breaths: whatever keeps the playback from ending ends here. */
const LONGEST_MS = 45_000;
const PAUSE_MS = 1_200;

export type AnnouncementOutcome = 'heard' | 'hung-up' | 'not-possible';

/** Resolves when the caller heard it all, or hung up, or could not be spoken to. */
export function announce(parts: AnnouncementParts, call: IncomingCall, languages: readonly GreetingLanguage[]): Promise<AnnouncementOutcome> {
  const { engine, clock, log } = parts;
  return new Promise((resolve) => {
    let isOver = false;
    const end = (outcome: AnnouncementOutcome, close: () => void = () => leg.hangUp()): void => {
      if (isOver) return;
      isOver = true;
      longest.cancel();
      close();
      if (media.ok) media.value.close();
      resolve(outcome);
    };
    const media = engine.open({
      callId: 'announcement',
      onEvent(event) {
        if (event.type === 'playback-ended') end('heard');
        else if (event.type === 'session-failed') end('not-possible');
      },
    });
    const hear = (event: PartyLegEvent): void => {
      if (event.type === 'ended') end('hung-up', () => {});
      // A machine speaks: whatever is changed in the call is refused, and it goes on as it was.
      else if (event.type === 'offered') event.responder.reject();
      else if (event.type === 'reanswered' && media.ok) void media.value.acceptPartyAnswer(PARTY, event.answer).then((taken) => (taken.ok ? speak() : end('not-possible')));
    };
    const speak = (): void => {
      if (!isOver && media.ok) media.value.play(PARTY, { kind: 'clip', samples: sentences(languages), times: languages.length === 1 ? 2 : 1 });
    };
    const longest = clock.after(LONGEST_MS, () => end('heard'));
    const leg = call.accept(hear);
    // 480 leaves a carrier's own announcement to speak in our place.
    if (!media.ok) return end('not-possible', () => leg.reject(480));
    const answering = call.offer === undefined ? media.value.createPartyOffer(PARTY, { sdes: parts.sdes, direction: 'sendrecv' }) : media.value.acceptPartyOffer(PARTY, call.offer, { sdes: parts.sdes });
    answering.then(
      (answer) => {
        if (isOver) return;
        if (!answer.ok) return end('not-possible', () => leg.reject(488));
        leg.answer(answer.value);
        // With an offer of ours in the 200, their answer comes in the ACK, and the speaking begins then.
        if (call.offer !== undefined) speak();
      },
      (cause: unknown) => {
        log.error('announcement-failed', cause);
        end('not-possible', () => leg.reject(480));
      },
    );
  });
}

/** Raw mu-law: one byte a sample, no header. Read when somebody is about to hear it. */
export function sentences(languages: readonly GreetingLanguage[]): Int16Array {
  const pauseSamples = (PAUSE_MS * SAMPLE_RATE) / 1_000;
  const files = languages.map((language) => readFileSync(join(import.meta.dirname, 'voices', `nobody-here-${language}.ulaw`)));
  const samples = new Int16Array(files.reduce((length, file) => length + file.length + pauseSamples, 0));
  let offset = 0;
  for (const file of files) {
    decodeG711('PCMU', file, 0, file.length, samples.subarray(offset));
    offset += file.length + pauseSamples;
  }
  return samples;
}
