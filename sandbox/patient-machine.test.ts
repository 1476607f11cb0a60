import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parsePhoneNumberWithError } from 'libphonenumber-js/max';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { practiceInterpreter, practicePatients as patients } from './directory.ts';
import { createPatient, type Patient, type PatientEffect, type PatientEvent, stepPatient } from './patient-machine.ts';
import type { PatientScript } from './patient-script.ts';

/** Plays events to a patient and returns the effects of each turn. */
function play(script: PatientScript, ...events: PatientEvent[]): { patient: Patient; turns: readonly (readonly PatientEffect[])[] } {
  let patient = createPatient(script);
  const turns = events.map((event) => {
    const turn = stepPatient(patient, event);
    patient = turn.patient;
    return turn.effects;
  });
  return { patient, turns };
}

const called: PatientEvent = { type: 'called' };

/** The event that ends what the last effects began. */
function nextEvent(effects: readonly PatientEffect[]): PatientEvent | undefined {
  const last = effects.at(-1);
  if (last?.do === 'start-timer') return { type: 'timer-ended', timer: last.timer };
  if (last?.do === 'say' || last?.do === 'play-tone') return { type: 'playback-ended', playback: last.playback };
  return undefined;
}

/** Lets a caller who says nothing hear a patient to the end. */
function hearOut(script: PatientScript): PatientEffect[] {
  let turn = stepPatient(createPatient(script), called);
  const effects = [...turn.effects];
  for (let event = nextEvent(turn.effects); event !== undefined; event = nextEvent(turn.effects)) {
    turn = stepPatient(turn.patient, event);
    effects.push(...turn.effects);
  }
  return effects;
}

const practicePatients = [...patients, practiceInterpreter];

describe('a practice patient', () => {
  it('rings, answers, speaks and hangs up', () => {
    const effects = hearOut([{ do: 'ring', forMs: 500 }, { do: 'answer' }, { do: 'say', voice: 'hello' }, { do: 'hang-up' }]);
    expect(effects.map((effect) => effect.do)).toEqual(['ring', 'start-timer', 'answer', 'say', 'hang-up']);
  });

  it('waits for the caller to have spoken before it goes on', () => {
    const script: PatientScript = [{ do: 'listen', quietMs: 900, patienceMs: 5000 }, { do: 'say', voice: 'reply' }];
    const { turns } = play(script, called, { type: 'caller-speaks' }, { type: 'timer-ended', timer: 2 }, { type: 'caller-quiet' }, { type: 'timer-ended', timer: 4 });
    expect(turns[1]).toEqual([]);
    // The first timer was for a caller who says nothing; it is late news now.
    expect(turns[2]).toEqual([]);
    expect(turns[3]).toEqual([{ do: 'start-timer', timer: 4, afterMs: 900 }]);
    expect(turns[4]).toMatchObject([{ do: 'say', voices: ['reply'] }]);
  });

  it('does not reply in a pause between two words', () => {
    const script: PatientScript = [{ do: 'listen', quietMs: 900, patienceMs: 5000 }, { do: 'say', voice: 'reply' }];
    const { turns } = play(script, called, { type: 'caller-speaks' }, { type: 'caller-quiet' }, { type: 'caller-speaks' }, { type: 'timer-ended', timer: 4 });
    expect(turns[4]).toEqual([]);
  });

  it('asks a silent caller once, then goes on', () => {
    const script: PatientScript = [{ do: 'listen', quietMs: 900, patienceMs: 5000, prompt: 'there' }, { do: 'say', voice: 'reply' }];
    const effects = hearOut(script);
    expect(effects.flatMap((effect) => (effect.do === 'say' ? effect.voices : []))).toEqual(['there', 'reply']);
  });

  it('turns to the other branch when a caller says no name', () => {
    const script: PatientScript = [
      { do: 'listen', quietMs: 900, patienceMs: 5000, otherwise: 'nobody' }, { do: 'say', voice: 'welcome' }, { do: 'hang-up' },
      { do: 'label', name: 'nobody' }, { do: 'say', voice: 'no-name' },
    ];
    expect(hearOut(script).flatMap((effect) => (effect.do === 'say' ? effect.voices : []))).toEqual(['no-name']);
  });

  it('reads back the keys once they stop', () => {
    const script: PatientScript = [{ do: 'read-back-keys', quietMs: 1500, patienceMs: 30_000, intro: 'you-pressed' }];
    const { turns } = play(script, called, { type: 'key', key: '4' }, { type: 'key', key: 'A' }, { type: 'key', key: '#' }, { type: 'timer-ended', timer: 3 }, { type: 'timer-ended', timer: 4 });
    expect(turns[4]).toEqual([]);
    expect(turns[5]).toMatchObject([{ do: 'say', voices: ['you-pressed', 'key-4', 'key-pound'] }]);
  });

  it('stops its greeting for a key', () => {
    const script: PatientScript = [{ do: 'say', voice: 'greeting' }, { do: 'read-back-keys', quietMs: 1500, patienceMs: 30_000, intro: 'you-pressed' }];
    const { turns, patient } = play(script, called, { type: 'key', key: '4' });
    expect(turns[1]).toMatchObject([{ do: 'stop-speaking' }, { do: 'start-timer', afterMs: 1500 }]);
    expect(patient.keys).toBe('4');
  });

  it('holds and resumes', () => {
    const script: PatientScript = [{ do: 'hold', forMs: 8000 }, { do: 'say', voice: 'back' }];
    expect(hearOut(script).map((effect) => effect.do)).toEqual(['hold', 'start-timer', 'resume', 'say', 'hang-up']);
  });

  it('does nothing more once the caller is gone', () => {
    const { turns } = play([{ do: 'ring', forMs: 10 }, { do: 'answer' }], called, { type: 'caller-gone' }, { type: 'timer-ended', timer: 2 }, called);
    expect(turns.slice(1)).toEqual([[], [], []]);
  });

  it('answers at most once and ends at most once, whatever happens in whatever order', () => {
    const event = fc.oneof(
      fc.constant<PatientEvent>(called),
      fc.nat(40).map((timer): PatientEvent => ({ type: 'timer-ended', timer })),
      fc.nat(40).map((playback): PatientEvent => ({ type: 'playback-ended', playback })),
      fc.constantFrom<PatientEvent>({ type: 'caller-speaks' }, { type: 'caller-quiet' }, { type: 'key', key: '5' }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...practicePatients), fc.array(event, { maxLength: 120 }), ({ script }, events) => {
        const effects = play(script, called, ...events).turns.flat();
        const count = (...kinds: string[]): number => effects.filter((effect) => kinds.includes(effect.do)).length;
        expect(count('answer')).toBeLessThanOrEqual(1);
        expect(count('hang-up', 'refuse')).toBeLessThanOrEqual(1);
        expect(count('resume')).toBeLessThanOrEqual(count('hold'));
      }),
    );
  });
});

describe('the directory of practice patients', () => {
  it('holds only fictional numbers, each once, which parse as telephone numbers', () => {
    for (const { number } of practicePatients) {
      expect(number).toMatch(/^\+1\d{3}55501\d{2}$/);
      expect(parsePhoneNumberWithError(number).isValid()).toBe(true);
    }
    expect(new Set(practicePatients.map((patient) => patient.number)).size).toBe(practicePatients.length);
  });

  it('comes to an end with every patient but the echo', () => {
    for (const { name, script } of practicePatients) {
      const last = hearOut(script).at(-1)?.do;
      expect([name, last]).toEqual([name, name === 'Echo' ? 'start-echo' : script.some((step) => step.do === 'refuse') ? 'refuse' : 'hang-up']);
    }
  });

  it('has a recording for every word that is spoken', () => {
    const keys = [...Array(10).keys(), 'star', 'pound'].map((key) => `key-${key}`);
    const spoken = practicePatients.flatMap(({ script }) =>
      script.flatMap((step) => (step.do === 'say' ? [step.voice] : step.do === 'listen' ? [step.prompt ?? []].flat() : step.do === 'read-back-keys' ? [step.intro, ...keys] : [])),
    );
    for (const voice of spoken) expect([voice, existsSync(join(import.meta.dirname, 'voices', `${voice}.wav`))]).toEqual([voice, true]);
  });
});
