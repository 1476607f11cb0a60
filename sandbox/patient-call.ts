/** One call of a practice patient: runs the machine's effects on a SIP leg and an RTP endpoint, and tells it what happens there. */
import { assertNever } from '#contract/result.ts';
import type { Clock, Timer } from '#server/platform/clock/clock.ts';
import type { IncomingSipLeg, RtpEndpoint, SipLegEvent } from '#server/telephony/index.ts';
import { createPatient, type PatientEffect, type PatientEvent, stepPatient } from './patient-machine.ts';
import type { PatientScript } from './patient-script.ts';
import { holdMusicClip, mailboxBeepClip, notInServiceClip, ringbackClip } from './tone-clips.ts';
import { hearFrame, quietRoom } from './voice-activity-policy.ts';
import type { VoiceLibrary } from './voices.ts';

export interface PatientCallOptions {
  leg: IncomingSipLeg;
  /** Negotiated already; this call owns it from here on. */
  endpoint: RtpEndpoint;
  /** The answer to the caller's offer, for the 183 and the 200. */
  answer: string;
  script: PatientScript;
  voices: VoiceLibrary;
  clock: Clock;
}

export interface PatientCall {
  onLegEvent(event: SipLegEvent): void;
  hangUp(): void;
}

/** A caller whose packets stop in the middle of a word is quiet, too. */
const PACKETS_MISSED_MS = 400;

const TONES = { ringback: ringbackClip, 'mailbox-beep': mailboxBeepClip, 'not-in-service': notInServiceClip } as const;

function joined(clips: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(clips.reduce((total, clip) => total + clip.length, 0));
  let offset = 0;
  for (const clip of clips) {
    whole.set(clip, offset);
    offset += clip.length;
  }
  return whole;
}

export function startPatientCall(options: PatientCallOptions): PatientCall {
  const { leg, endpoint, clock, voices } = options;
  let patient = createPatient(options.script);
  let timer: Timer | undefined;
  let activity = quietRoom;
  let silenceTimer: Timer | undefined;
  /** Frames on their way back to the caller, oldest first; undefined where nothing is echoed. */
  let echo: { queue: Int16Array[]; depth: number } | undefined;
  let hasEnded = false;

  const feed = (event: PatientEvent): void => {
    if (hasEnded) return;
    const turn = stepPatient(patient, event);
    patient = turn.patient;
    for (const effect of turn.effects) run(effect);
  };

  /** A real phone sends sound all the time; its caller would take silence on the wire for a dead line. */
  const idle = (): void => void endpoint.play({ kind: 'tone', tone: 'comfort', country: 'US' });

  const playThenTell = (samples: Int16Array, playback: number): void => {
    void endpoint.play({ kind: 'clip', samples, times: 1 }).then((isAtItsEnd) => {
      if (!isAtItsEnd || hasEnded) return;
      idle();
      feed({ type: 'playback-ended', playback });
    });
  };

  const run = (effect: PatientEffect): void => {
    switch (effect.do) {
      case 'ring':
        return leg.progress(180);
      case 'open-early-media':
        leg.progress(183, options.answer);
        return idle();
      case 'answer':
        leg.answer(options.answer);
        return idle();
      case 'refuse':
        leg.reject(effect.status, effect.q850 === undefined ? {} : { reason: { protocol: 'Q.850', cause: effect.q850 } });
        return end();
      case 'say':
        return playThenTell(joined(effect.voices.map(voices)), effect.playback);
      case 'play-tone':
        return playThenTell(TONES[effect.tone](effect.forMs), effect.playback);
      case 'press-key':
        return void endpoint.sendDtmf([effect.key]);
      case 'stop-speaking':
        return idle();
      case 'start-echo':
        echo = { queue: [], depth: Math.round(effect.delayMs / 20) };
        return endpoint.stopPlaying();
      case 'hold':
        leg.reoffer(endpoint.createOffer('sendonly'));
        return void endpoint.play({ kind: 'clip', samples: holdMusicClip, times: Infinity });
      case 'resume':
        leg.reoffer(endpoint.createOffer('sendrecv'));
        return idle();
      case 'hang-up':
        leg.hangUp();
        return end();
      case 'start-timer':
        timer?.cancel();
        timer = clock.after(effect.afterMs, () => feed({ type: 'timer-ended', timer: effect.timer }));
        return undefined;
      default:
        return assertNever(effect);
    }
  };

  const end = (): void => {
    if (hasEnded) return;
    hasEnded = true;
    timer?.cancel();
    silenceTimer?.cancel();
    endpoint.close();
  };

  const becomeQuiet = (): void => {
    activity = quietRoom;
    feed({ type: 'caller-quiet' });
  };

  endpoint.onFrame((samples) => {
    if (hasEnded) return;
    if (echo !== undefined) {
      echo.queue.push(samples.slice());
      if (echo.queue.length > echo.depth) endpoint.sendFrame(echo.queue.shift()!);
    }
    const before = activity.isSpeaking;
    activity = hearFrame(activity, samples);
    silenceTimer?.cancel();
    if (activity.isSpeaking) silenceTimer = clock.after(PACKETS_MISSED_MS, becomeQuiet);
    if (activity.isSpeaking !== before) feed({ type: activity.isSpeaking ? 'caller-speaks' : 'caller-quiet' });
  });
  endpoint.onDtmf((key) => feed({ type: 'key', key }));
  feed({ type: 'called' });

  return {
    onLegEvent(event) {
      switch (event.type) {
        case 'offered': {
          if (event.offer === undefined) return event.answer(endpoint.createOffer());
          const answer = endpoint.acceptOffer(event.offer);
          return answer.ok ? event.answer(answer.value) : event.reject();
        }
        case 'reanswered':
          return void endpoint.acceptAnswer(event.sdp);
        case 'ended':
          feed({ type: 'caller-gone' });
          return end();
        // Nothing that a person at the phone would notice.
        case 'progress':
        case 'answered':
        case 'confirmed':
        case 'reoffer-refused':
        case 'info':
          return undefined;
        default:
          return assertNever(event);
      }
    },
    hangUp() {
      leg.hangUp();
      end();
    },
  };
}
