/** Calls a number and speaks a code to whoever answers: one leg, no member on it. Knows how it went, and not what the code is for. */
import { assertNever } from '#contract/result.ts';
import type { Clock, Timer } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { CallCarrier, DtmfDigit, LegEnd, MediaEngine, MediaSession, PartyLeg, PartyLegEvent, SdesPolicy } from '#server/telephony/index.ts';
import { speakCode } from './spoken-code.ts';

export interface CodeCallRequest {
  /** For the log alone. */
  readonly callId: string;
  readonly to: string;
  readonly from: { readonly number: string; readonly name: string };
  /** Pressed once the clinic's own system has answered; null for none. */
  readonly extension: string | null;
  readonly code: string;
}

export interface CodeCallParts {
  readonly carrier: CallCarrier;
  readonly engine: MediaEngine;
  /** As the trunks demand of the audio; off where nothing is said. */
  readonly sdes?: SdesPolicy;
  readonly clock: Clock;
  readonly log: Log;
}

export type CodeCallStep = 'ringing' | 'speaking';
/** 'spoken': it was said at least once, whole, to something that had answered; 'cut-short': less than once. */
export type CodeCallOutcome = 'spoken' | 'cut-short' | 'busy' | 'no-answer' | 'rejected' | 'not-in-service' | 'not-reached' | 'stopped';

const RING_TIMEOUT_MS = 45_000;
const TIMES_SPOKEN = 3;
/** Somebody lifts the receiver to the ear; a switchboard says its greeting's first words. */
const BEFORE_SPEAKING_MS = 1_000;
const BEFORE_EXTENSION_MS = 2_500;
/** The switchboard connects, and the desk phone rings. */
const AFTER_EXTENSION_MS = 6_000;
const LONGEST_CALL_MS = 180_000;
const PARTY = 'party';

export interface RunningCall {
  hangUp(): void;
}

/** Undefined where no call could be placed at all. `onStep` as it goes on; `onOver` once and last. */
export async function placeCodeCall(parts: CodeCallParts, request: CodeCallRequest, listener: { onStep(step: CodeCallStep): void; onOver(outcome: CodeCallOutcome): void }): Promise<RunningCall | undefined> {
  const { carrier, engine, clock } = parts;
  const log = parts.log.child({ callId: request.callId });
  const timers = new Set<Timer>();
  let leg: PartyLeg | undefined;
  let hasAnswered = false;
  let hasSpoken = false;
  let isOver = false;

  const after = (delayMs: number, run: () => void): void => {
    // What was begun before the end may come to its own end only now.
    if (isOver) return;
    const timer = clock.after(delayMs, () => {
      timers.delete(timer);
      run();
    });
    timers.add(timer);
  };
  const end = (why: CodeCallOutcome = 'not-reached'): void => {
    if (isOver) return;
    isOver = true;
    for (const timer of timers) timer.cancel();
    leg?.hangUp();
    media.close();
    listener.onOver(hasSpoken ? 'spoken' : hasAnswered && why !== 'stopped' ? 'cut-short' : why);
  };
  const call: RunningCall = { hangUp: () => end('stopped') };

  const opened = engine.open({
    callId: request.callId,
    onEvent(event) {
      if (event.type === 'playback-ended') hasSpoken = true;
      if (event.type === 'playback-ended' || event.type === 'leg-lost' || event.type === 'session-failed') end();
    },
  });
  if (!opened.ok) return undefined;
  const media: MediaSession = opened.value;
  const offer = await media.createPartyOffer(PARTY, { sdes: parts.sdes ?? 'off', direction: 'sendrecv' });
  if (!offer.ok) {
    media.close();
    return undefined;
  }

  const speak = (): void => {
    media.play(PARTY, { kind: 'clip', samples: speakCode(request.code), times: TIMES_SPOKEN });
    // Said once whole, it counts, even to one who hangs up during the second time.
    after(Math.ceil(speakCode(request.code).length / 8), () => (hasSpoken = true));
  };
  const answered = async (answer: string): Promise<void> => {
    hasAnswered = true;
    const accepted = await media.acceptPartyAnswer(PARTY, answer);
    if (isOver) return;
    if (!accepted.ok) return end();
    listener.onStep('speaking');
    after(LONGEST_CALL_MS, () => end());
    const { extension } = request;
    if (extension === null) return after(BEFORE_SPEAKING_MS, speak);
    after(BEFORE_EXTENSION_MS, () => {
      media.sendDtmf(PARTY, extension.split('') as DtmfDigit[]).then(() => after(AFTER_EXTENSION_MS, speak), (cause: unknown) => {
        log.error('extension-not-pressed', cause);
        end();
      });
    });
  };
  const hear = (event: PartyLegEvent): void => {
    switch (event.type) {
      case 'answered':
        if (!hasAnswered) answered(event.answer).catch((cause: unknown) => {
          log.error('code-call-failed', cause);
          end();
        });
        return;
      // Nobody holds a call that reads digits out: whatever is changed in it is refused, and goes on as it was.
      case 'offered': return event.responder.reject();
      case 'ended':
        leg = undefined;
        return end(outcomeOf(event.end.cause));
      case 'progress':
        if (!hasAnswered && !isOver) listener.onStep('ringing');
        return;
      case 'reanswered':
      case 'reoffer-refused':
      case 'dtmf': return;
    }
  };

  const trunks = carrier.trunkHealth().map(({ trunk }) => trunk);
  const placed = carrier.place({ callId: request.callId, to: request.to, from: request.from.number, displayName: request.from.name, offer: offer.value, trunks, ringTimeoutMs: RING_TIMEOUT_MS }, hear);
  if (!placed.ok) {
    media.close();
    return undefined;
  }
  leg = placed.value;
  return call;
}

/** Each has its own sentence on the screen; what a person at the desk cannot mend is one. */
function outcomeOf(cause: LegEnd['cause']): CodeCallOutcome {
  switch (cause) {
    case 'busy':
    case 'no-answer':
    case 'rejected':
      return cause;
    case 'not-in-service':
    case 'number-changed':
    case 'number-incomplete':
      return 'not-in-service';
    case 'hung-up':
    case 'cancelled':
    case 'blocked':
    case 'network-busy':
    case 'trunk-refused':
    case 'trunk-down':
    case 'connection-lost':
    case 'media-refused':
      return 'not-reached';
    default:
      return assertNever(cause);
  }
}
