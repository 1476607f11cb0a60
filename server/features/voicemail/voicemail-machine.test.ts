import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FRAME_MS, LONGEST_MESSAGE_MS, newVoicemail, QUIET_ENDS_MS, SHORTEST_SPEECH_MS, stepVoicemail, type Voicemail, type VoicemailEffect, type VoicemailEvent, type VoicemailPhase } from './voicemail-machine.ts';

const at = (phase: VoicemailPhase, more: Partial<Voicemail> = {}): Voicemail => ({ ...newVoicemail, phase, ...more });
const answered: VoicemailEvent = { type: 'answered' };
const heardAll: VoicemailEvent = { type: 'heard-all' };
const speech: VoicemailEvent = { type: 'frame', isSpeech: true };
const quiet: VoicemailEvent = { type: 'frame', isSpeech: false };
const key: VoicemailEvent = { type: 'key', key: '1' };
const hash: VoicemailEvent = { type: 'key', key: '#' };
const left: VoicemailEvent = { type: 'caller-left' };
const notKept: VoicemailEvent = { type: 'not-kept' };
const stopped: VoicemailEvent = { type: 'stopped' };
const all = { answered, heardAll, speech, quiet, key, hash, left, notKept, stopped };

const play = (sound: 'greeting' | 'beep' | 'farewell' | 'apology'): VoicemailEffect => ({ do: 'play', sound });
const END: VoicemailEffect = { do: 'end-recording', isMessage: false };
const HANG_UP: VoicemailEffect = { do: 'hang-up' };

/** Every state by every event: where it leads and what is done; what is not named stays and does nothing. */
const TABLE: Record<VoicemailPhase, Partial<Record<keyof typeof all, readonly [VoicemailPhase, ...VoicemailEffect[]]>>> = {
  answering: { answered: ['greeting', play('greeting')], left: ['over'], stopped: ['over', HANG_UP] },
  greeting: { heardAll: ['beep', play('beep')], key: ['beep', play('beep')], hash: ['beep', play('beep')], left: ['over'], stopped: ['over', HANG_UP] },
  beep: { heardAll: ['recording', { do: 'begin-recording' }], left: ['over'], stopped: ['over', HANG_UP] },
  recording: {
    speech: ['recording', { do: 'keep-frame' }],
    quiet: ['recording', { do: 'keep-frame' }],
    hash: ['farewell', END, play('farewell')],
    left: ['over', END],
    notKept: ['farewell', END, play('apology')],
    stopped: ['over', END, HANG_UP],
  },
  farewell: { heardAll: ['over', HANG_UP], left: ['over'], stopped: ['over', HANG_UP] },
  over: {},
};

describe('voicemail', () => {
  it.each(Object.entries(TABLE).flatMap(([phase, row]) => Object.entries(all).map(([name, event]) => ({ phase: phase as VoicemailPhase, name, event, cell: row[name as keyof typeof all] ?? [phase as VoicemailPhase] }))))('$phase, $name', ({ phase, event, cell: [next, ...effects] }) => {
    const step = stepVoicemail(at(phase), event);
    expect([step.voicemail.phase, ...step.effects]).toEqual([next, ...effects]);
  });

  it('keeps what was spoken for as long as no cough is, and drops what was not', () => {
    const after = (spokenMs: number) => stepVoicemail(at('recording', { spokenMs, recordedMs: 9_000 }), left).effects;
    expect(after(SHORTEST_SPEECH_MS)).toEqual([{ do: 'end-recording', isMessage: true }]);
    expect(after(SHORTEST_SPEECH_MS - FRAME_MS)).toEqual([END]);
  });

  it('ends with eight seconds of quiet, and a word in between begins them anew', () => {
    let { voicemail } = stepVoicemail(at('recording'), speech);
    const hear = (event: VoicemailEvent, ms: number): void => {
      for (let heard = 0; heard < ms; heard += FRAME_MS) ({ voicemail } = stepVoicemail(voicemail, event));
    };
    hear(quiet, QUIET_ENDS_MS - FRAME_MS);
    hear(speech, FRAME_MS);
    hear(quiet, QUIET_ENDS_MS - FRAME_MS);
    expect(voicemail.phase).toBe('recording');
    hear(quiet, FRAME_MS);
    expect(voicemail.phase).toBe('farewell');
  });

  it('ends after three minutes, whoever still speaks', () => {
    const step = stepVoicemail(at('recording', { recordedMs: LONGEST_MESSAGE_MS - FRAME_MS, spokenMs: 60_000 }), speech);
    expect(step).toMatchObject({ voicemail: { phase: 'farewell' }, effects: [{ do: 'keep-frame' }, { do: 'end-recording', isMessage: true }, play('farewell')] });
  });

  it('in whatever order things happen: no frame is kept but between a beginning and its one end, nobody is hung up on twice, and the greeting comes first', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...Object.values(all)), { maxLength: 60 }), (events) => {
        let voicemail = newVoicemail;
        const done: VoicemailEffect[] = [];
        for (const event of events) {
          const step = stepVoicemail(voicemail, event);
          ({ voicemail } = step);
          done.push(...step.effects);
        }
        const count = (what: VoicemailEffect['do']): number => done.filter((effect) => effect.do === what).length;
        const begun = done.findIndex((effect) => effect.do === 'begin-recording');
        const ended = done.findIndex((effect) => effect.do === 'end-recording');
        expect(count('begin-recording')).toBeLessThanOrEqual(1);
        expect(count('end-recording')).toBeLessThanOrEqual(count('begin-recording'));
        expect(count('hang-up')).toBeLessThanOrEqual(1);
        if (begun >= 0 && voicemail.phase !== 'recording') expect(ended).toBeGreaterThan(begun);
        for (const [index, effect] of done.entries()) if (effect.do === 'keep-frame') expect(index > begun && (ended < 0 || index < ended)).toBe(true);
        const sounds = done.flatMap((effect) => (effect.do === 'play' ? effect.sound : []));
        if (sounds.length > 0) expect(sounds[0]).toBe('greeting');
      }),
      { numRuns: 2_000 },
    );
  });
});
