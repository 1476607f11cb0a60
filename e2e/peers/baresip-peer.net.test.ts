import { afterEach, describe, expect, it } from 'vitest';
import { isSameSpeech, matchSpeech, excerpt, durationMs, repeated } from '../audio/speech-match.ts';
import { spokenClip } from '../audio/spoken-clips.ts';
import { type PatientPhone, startPatientPhone } from './baresip-peer.ts';

const phones: PatientPhone[] = [];
afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.close()));
});

describe('the patient\'s phone', () => {
  it('takes a call of another phone, and each hears the other', async () => {
    const speech = excerpt(spokenClip('physician'), 0, 5000);
    const caller = await startPatientPhone({ number: '+16125550100', answer: 'manual', speech });
    const callee = await startPatientPhone({ number: '+14805550167', answer: 'auto' });
    phones.push(caller, callee);
    await caller.dial(callee.uri);
    await callee.nextEvent('CALL_ESTABLISHED');
    await expect.poll(() => durationMs(callee.heard() ?? { samples: new Int16Array(0), sampleRate: 8000 }), { timeout: 20_000 }).toBeGreaterThan(4000);
    const heard = excerpt(callee.heard()!, 500, 3000);
    expect(isSameSpeech(matchSpeech(repeated(speech, 2), heard))).toBe(true);
    await caller.press('7');
    await callee.nextEvent('CALL_DTMF_START');
    expect(callee.digitsHeard()).toBe('7');
    await callee.hangUp();
    await caller.nextEvent('CALL_CLOSED');
  });
});
