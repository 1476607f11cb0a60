/** One call that is answered by voicemail: runs the machine's effects on a leg, a media session and a recording. Owns that leg; which calls come here is not its question. */
import { assertNever } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { SAMPLE_RATE, type IncomingCall, type MediaEngine, type MediaEvent, type MediaSession, type PartyLegEvent, type SdesPolicy } from '#server/telephony/index.ts';
import type { Recording } from './recordings.ts';
import { hearThrough, openGate } from './speech-gate-policy.ts';
import { newVoicemail, stepVoicemail, type VoicemailEffect, type VoicemailEvent } from './voicemail-machine.ts';

export interface VoicemailSounds {
  readonly greeting: Int16Array;
  readonly farewell: Int16Array;
  readonly apology: Int16Array;
}

export interface VoicemailSessionParts {
  readonly engine: MediaEngine;
  readonly sdes: SdesPolicy;
  readonly country: string;
  readonly sounds: VoicemailSounds;
  beginRecording(onLost: (cause: unknown) => void): Recording;
  onAnswered(): void;
  readonly clock: Clock;
  readonly log: Log;
}

export interface VoicemailSession {
  /** Resolves when the call is over and what was said is written, to whether there is a message. */
  readonly finished: Promise<boolean>;
  stop(): void;
}

const PARTY = 'party';
/** The longest greeting, the longest message, and what is said around them. */
const LONGEST_CALL_MS = 300_000;
const BEEP_MS = 400;
const BEEP_HZ = 1_000;

/** Undefined where no audio can be had just now: nothing was answered then. */
export function startVoicemailSession(parts: VoicemailSessionParts, call: IncomingCall): VoicemailSession | undefined {
  const { engine, clock, log } = parts;
  let voicemail = newVoicemail;
  let gate = openGate;
  let recording: Recording | undefined;
  let isMessage = false;
  let isOver = false;
  let isEnding = false;
  let frame: Int16Array = new Int16Array(0);
  let written: Promise<void> = Promise.resolve();

  const opened = engine.open({ callId: 'voicemail', onEvent: (event) => hearMedia(event) });
  if (!opened.ok) return undefined;
  const media: MediaSession = opened.value;
  let finish: (isMessage: boolean) => void;
  const finished = new Promise<boolean>((resolve) => {
    finish = resolve;
  });

  const post = (event: VoicemailEvent): void => {
    if (isOver) return;
    const step = stepVoicemail(voicemail, event);
    voicemail = step.voicemail;
    for (const effect of step.effects) run(effect);
    if (voicemail.phase === 'over') end();
  };

  const end = (): void => {
    isOver = true;
    longest.cancel();
    media.close();
    written.then(
      () => finish(isMessage),
      (cause: unknown) => {
        log.error('voicemail-not-finished', cause);
        finish(isMessage);
      },
    );
  };

  const run = (effect: VoicemailEffect): void => {
    switch (effect.do) {
      case 'play':
        return media.play(PARTY, { kind: 'clip', samples: effect.sound === 'beep' ? beep() : parts.sounds[effect.sound], times: 1 });
      case 'begin-recording':
        media.play(PARTY, { kind: 'silence' });
        media.record(PARTY, hearFrame);
        return startRecording();
      case 'keep-frame':
        return recording?.add(frame);
      case 'end-recording':
        // The last half second comes during this call.
        isEnding = true;
        media.record(PARTY, undefined);
        isMessage = effect.isMessage && recording !== undefined;
        written = recording?.end(effect.isMessage) ?? written;
        return undefined;
      case 'hang-up':
        return leg.hangUp();
      default:
        return assertNever(effect);
    }
  };

  const startRecording = (): void => {
    const lose = (cause: unknown): void => {
      log.error('voicemail-not-kept', cause);
      queueMicrotask(() => post({ type: 'not-kept' }));
    };
    try {
      recording = parts.beginRecording(lose);
    } catch (cause) {
      lose(cause);
    }
  };

  const hearFrame = (heard: Int16Array): void => {
    if (isEnding) return recording?.add(heard);
    frame = heard;
    gate = hearThrough(gate, heard);
    post({ type: 'frame', isSpeech: gate.isSpeech });
  };

  const hearMedia = (event: MediaEvent): void => {
    switch (event.type) {
      case 'playback-ended': return post({ type: 'heard-all' });
      case 'dtmf': return post({ type: 'key', key: event.digit });
      // A switchboard before the caller may say so by a tone and hold the line open.
      case 'sign-heard': return event.sign === 'busy-tone' || event.sign === 'reorder-tone' ? leaveAndHangUp() : undefined;
      case 'leg-lost':
      case 'session-failed': return leaveAndHangUp();
      case 'leg-connected':
      case 'leg-silent':
      case 'leg-restored':
      case 'held-by-peer': return undefined;
      default: return assertNever(event);
    }
  };

  const leaveAndHangUp = (): void => {
    if (isOver) return;
    post({ type: 'caller-left' });
    leg.hangUp();
  };

  const answered = (): void => {
    if (isOver) return;
    media.listen(PARTY, { stage: 'answered', country: parts.country });
    parts.onAnswered();
    post({ type: 'answered' });
  };

  const hearLeg = (event: PartyLegEvent): void => {
    switch (event.type) {
      case 'ended': return post({ type: 'caller-left' });
      case 'dtmf': return post({ type: 'key', key: event.digit });
      case 'offered': return answerOffer(event);
      case 'reanswered':
        return void media.acceptPartyAnswer(PARTY, event.answer).then((taken) => (!taken.ok ? leaveAndHangUp() : voicemail.phase === 'answering' ? answered() : undefined));
      case 'progress':
      case 'answered':
      case 'reoffer-refused': return undefined;
      default: return assertNever(event);
    }
  };

  /** Carriers refresh sessions by re-INVITE; a caller's phone moves its audio. */
  const answerOffer = ({ offer, responder }: Extract<PartyLegEvent, { type: 'offered' }>): void => {
    const answering = offer === undefined ? media.createPartyOffer(PARTY, { sdes: parts.sdes, direction: 'sendrecv' }) : media.acceptPartyOffer(PARTY, offer, { sdes: parts.sdes });
    answering.then(
      (answer) => (answer.ok ? responder.answer(answer.value) : responder.reject()),
      (cause: unknown) => {
        log.error('voicemail-offer-failed', cause);
        responder.reject();
      },
    );
  };

  const longest = clock.after(LONGEST_CALL_MS, () => post({ type: 'stopped' }));
  const leg = call.accept(hearLeg);
  const negotiating = call.offer === undefined ? media.createPartyOffer(PARTY, { sdes: parts.sdes, direction: 'sendrecv' }) : media.acceptPartyOffer(PARTY, call.offer, { sdes: parts.sdes });
  const refuse = (status: number): void => {
    if (isOver) return;
    leg.reject(status);
    post({ type: 'caller-left' });
  };
  negotiating.then(
    (answer) => {
      if (isOver) return;
      if (!answer.ok) return refuse(488);
      leg.answer(answer.value);
      // With an offer of ours in the 200, their answer comes in the ACK.
      if (call.offer !== undefined) answered();
    },
    (cause: unknown) => {
      log.error('voicemail-not-answered', cause);
      refuse(480);
    },
  );
  return { finished, stop: () => post({ type: 'stopped' }) };
}

let madeBeep: Int16Array | undefined;

/** Long enough for a machine at the other end to know it for one. */
function beep(): Int16Array {
  const length = (BEEP_MS * SAMPLE_RATE) / 1_000;
  const ramp = 0.01 * SAMPLE_RATE;
  madeBeep ??= Int16Array.from({ length }, (_, index) => Math.round(5_000 * Math.min(1, index / ramp, (length - index) / ramp) * Math.sin((2 * Math.PI * BEEP_HZ * index) / SAMPLE_RATE)));
  return madeBeep;
}
