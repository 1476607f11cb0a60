/**
 * A practice patient as a pure machine: walks a script, (patient, event) to {patient, effects}. It knows neither SIP nor
 * RTP, and of the call only what a person at the phone would notice.
 */
import { assertNever } from '#contract/result.ts';
import type { PatientScript, PatientStep, VoiceName } from './patient-script.ts';

export type PatientEvent =
  | { type: 'called' }
  /** The timer of `start-timer` with this number ran out; an older number is of a timer that was replaced. */
  | { type: 'timer-ended'; timer: number }
  /** The voice or tone of `say`, `play-tone` came to its end. */
  | { type: 'playback-ended'; playback: number }
  | { type: 'caller-speaks' }
  | { type: 'caller-quiet' }
  | { type: 'key'; key: string }
  /** BYE, CANCEL, or the network's end. */
  | { type: 'caller-gone' };

export type PatientEffect =
  | { do: 'ring' }
  | { do: 'open-early-media' }
  | { do: 'answer' }
  | { do: 'refuse'; status: number; q850: number | undefined }
  | { do: 'say'; playback: number; voices: readonly VoiceName[] }
  | { do: 'play-tone'; playback: number; tone: 'ringback' | 'mailbox-beep' | 'not-in-service'; forMs: number }
  | { do: 'stop-speaking' }
  | { do: 'press-key'; key: '1' }
  | { do: 'start-echo'; delayMs: number }
  | { do: 'hold' }
  | { do: 'resume' }
  | { do: 'hang-up' }
  | { do: 'start-timer'; timer: number; afterMs: number };

export interface Patient {
  readonly script: PatientScript;
  /** The step now under way. */
  readonly index: number;
  readonly isGone: boolean;
  /** Number of the timer and of the playback that count; older ones are late news. */
  readonly timer: number;
  readonly playback: number;
  readonly isCallerSpeaking: boolean;
  /** Within a listening step: the caller has said something; the prompt was spoken. */
  readonly hasCallerSpoken: boolean;
  readonly hasPrompted: boolean;
  readonly keys: string;
}

export interface PatientTurn {
  readonly patient: Patient;
  readonly effects: readonly PatientEffect[];
}

export const createPatient = (script: PatientScript): Patient => ({
  script,
  index: -1,
  isGone: false,
  timer: 0,
  playback: 0,
  isCallerSpeaking: false,
  hasCallerSpoken: false,
  hasPrompted: false,
  keys: '',
});

const stay = (patient: Patient, ...effects: PatientEffect[]): PatientTurn => ({ patient, effects });

function withTimer(patient: Patient, afterMs: number, ...before: PatientEffect[]): PatientTurn {
  const timer = patient.timer + 1;
  return { patient: { ...patient, timer }, effects: [...before, { do: 'start-timer', timer, afterMs }] };
}

function withVoices(patient: Patient, voices: readonly VoiceName[]): PatientTurn {
  const playback = patient.playback + 1;
  return stay({ ...patient, playback }, { do: 'say', playback, voices });
}

/** Enters the step at `index`; steps that take no time lead on at once. */
function enter(before: Patient, index: number): PatientTurn {
  // Timers and playbacks of the step before no longer count.
  const patient: Patient = { ...before, index, timer: before.timer + 1, playback: before.playback + 1, hasCallerSpoken: before.isCallerSpeaking, hasPrompted: false, keys: '' };
  const step = patient.script[index];
  if (step === undefined) return stay({ ...patient, isGone: true }, { do: 'hang-up' });
  const thenOn = (effect: PatientEffect): PatientTurn => {
    const next = enter(patient, index + 1);
    return { patient: next.patient, effects: [effect, ...next.effects] };
  };
  switch (step.do) {
    case 'ring':
      return withTimer(patient, step.forMs, { do: 'ring' });
    case 'open-early-media':
      return thenOn({ do: 'open-early-media' });
    case 'answer':
      return thenOn({ do: 'answer' });
    case 'refuse':
      return stay({ ...patient, isGone: true }, { do: 'refuse', status: step.status, q850: step.q850 });
    case 'say':
      return withVoices(patient, [step.voice]);
    case 'play-tone': {
      const playback = patient.playback + 1;
      return stay({ ...patient, playback }, { do: 'play-tone', playback, tone: step.tone, forMs: step.forMs });
    }
    case 'wait':
      return withTimer(patient, step.forMs);
    case 'press-key':
      return thenOn({ do: 'press-key', key: step.key });
    case 'listen':
      return patient.isCallerSpeaking ? stay(patient) : withTimer(patient, step.patienceMs);
    case 'take-message':
      return withTimer(patient, patient.isCallerSpeaking ? step.atMostMs : step.quietMs);
    case 'echo':
      return stay(patient, { do: 'start-echo', delayMs: step.delayMs });
    case 'read-back-keys':
      return withTimer(patient, step.patienceMs);
    case 'hold':
      return withTimer(patient, step.forMs, { do: 'hold' });
    case 'hang-up':
      return stay({ ...patient, isGone: true }, { do: 'hang-up' });
    case 'label':
      return enter(patient, index + 1);
    default:
      return assertNever(step);
  }
}

const onward = (patient: Patient): PatientTurn => enter(patient, patient.index + 1);

function jump(patient: Patient, label: string): PatientTurn {
  const index = patient.script.findIndex((step) => step.do === 'label' && step.name === label);
  return enter(patient, index < 0 ? patient.script.length : index);
}

const KEY_NAMES: Readonly<Record<string, string>> = { '*': 'star', '#': 'pound' };
const voiceOfKey = (key: string): VoiceName => `key-${KEY_NAMES[key] ?? key}`;
const isReadable = (key: string): boolean => /^[0-9*#]$/.test(key);

function onTimer(patient: Patient, step: PatientStep): PatientTurn {
  switch (step.do) {
    case 'ring':
    case 'wait':
    case 'take-message':
      return onward(patient);
    case 'hold': {
      const next = onward(patient);
      return { patient: next.patient, effects: [{ do: 'resume' }, ...next.effects] };
    }
    case 'listen':
      if (patient.hasCallerSpoken) return onward(patient);
      if (step.prompt !== undefined && !patient.hasPrompted) return withVoices({ ...patient, hasPrompted: true }, [step.prompt]);
      return step.otherwise === undefined ? onward(patient) : jump(patient, step.otherwise);
    case 'read-back-keys':
      if (patient.keys === '') return onward(patient);
      return withVoices({ ...patient, keys: '' }, [step.intro, ...Array.from(patient.keys, voiceOfKey)]);
    case 'open-early-media':
    case 'answer':
    case 'refuse':
    case 'say':
    case 'play-tone':
    case 'echo':
    case 'hang-up':
    case 'label':
    case 'press-key':
      return stay(patient);
    default:
      return assertNever(step);
  }
}

function onPlaybackEnd(patient: Patient, step: PatientStep): PatientTurn {
  if (step.do === 'say' || step.do === 'play-tone') return onward(patient);
  // A prompt was spoken, or keys were read back: the waiting begins anew.
  if (step.do === 'listen') return patient.isCallerSpeaking ? stay(patient) : withTimer(patient, step.patienceMs);
  if (step.do === 'read-back-keys') return withTimer(patient, patient.keys === '' ? step.patienceMs : step.quietMs);
  return stay(patient);
}

function onCallerSpeaks(before: Patient, step: PatientStep): PatientTurn {
  const patient: Patient = { ...before, isCallerSpeaking: true };
  // The quiet is over: its timer no longer counts. A message goes on until its own end.
  if (step.do === 'listen') return stay({ ...patient, hasCallerSpoken: true, timer: patient.timer + 1 });
  if (step.do === 'take-message') return withTimer(patient, step.atMostMs);
  return stay(patient);
}

function onCallerQuiet(before: Patient, step: PatientStep): PatientTurn {
  const patient: Patient = { ...before, isCallerSpeaking: false };
  if (step.do === 'listen' || step.do === 'take-message') return withTimer(patient, step.quietMs);
  return stay(patient);
}

function onKey(patient: Patient, step: PatientStep, key: string): PatientTurn {
  if (step.do === 'read-back-keys') return withTimer({ ...patient, keys: patient.keys + key }, step.quietMs);
  const next = patient.script[patient.index + 1];
  if (step.do !== 'say' || next?.do !== 'read-back-keys') return stay(patient);
  // A key cuts the greeting short, as on every automatic line.
  return withTimer({ ...enter(patient, patient.index + 1).patient, keys: key }, next.quietMs, { do: 'stop-speaking' });
}

export function stepPatient(patient: Patient, event: PatientEvent): PatientTurn {
  if (patient.isGone) return stay(patient);
  if (event.type === 'called') return patient.index < 0 ? enter(patient, 0) : stay(patient);
  const step = patient.script[patient.index];
  if (step === undefined) return stay(patient);
  switch (event.type) {
    case 'caller-gone':
      return stay({ ...patient, isGone: true });
    case 'timer-ended':
      return event.timer === patient.timer ? onTimer(patient, step) : stay(patient);
    case 'playback-ended':
      return event.playback === patient.playback ? onPlaybackEnd(patient, step) : stay(patient);
    case 'caller-speaks':
      return onCallerSpeaks(patient, step);
    case 'caller-quiet':
      return onCallerQuiet(patient, step);
    case 'key':
      return isReadable(event.key) ? onKey(patient, step, event.key) : stay(patient);
    default:
      return assertNever(event);
  }
}
