import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallAudio } from './call-audio.ts';
import { audioWordOf, type CallAudioWord } from './call-audio-word.ts';

const leg = { codec: 'PCMU', lostShare: 0, jitterMs: 3, missedShare: 0, roundTripMs: 20 };
const clean: CallAudio = { device: { ...leg, restoredShare: 0, concealedShare: 0 }, party: leg, added: [], report: null };

describe('how a call sounded', () => {
  it.each([
    ['clear', clean],
    ['clear', { ...clean, device: { ...clean.device, codec: 'opus', lostShare: 0.2, restoredShare: 0.19, concealedShare: 0.01 } }],
    ['they-heard-gaps', { ...clean, device: { ...clean.device, codec: 'opus', lostShare: 0.3, restoredShare: 0.1, concealedShare: 0.2 } }],
    ['they-heard-gaps', { ...clean, device: { ...clean.device, lostShare: 0.06 } }],
    ['they-heard-gaps', { ...clean, party: { ...leg, missedShare: 0.1 } }],
    ['you-heard-gaps', { ...clean, device: { ...clean.device, missedShare: 0.05 } }],
    ['you-heard-gaps', { ...clean, party: { ...leg, lostShare: 0.2, missedShare: null } }],
    ['they-heard-gaps', { ...clean, added: [leg, { ...leg, missedShare: 0.1 }] }],
    ['you-heard-gaps', { ...clean, added: [{ ...leg, lostShare: 0.2 }] }],
    ['you-heard-gaps', { ...clean, report: { path: 'relay-tls', concealedShare: 0.08 } }],
    ['gaps-both-ways', { ...clean, device: { ...clean.device, lostShare: 0.1, missedShare: 0.1 } }],
    ['nothing-came', { ...clean, device: { ...clean.device, codec: null } }],
  ] satisfies [CallAudioWord, CallAudio][])('is %s', (word, audio) => {
    expect(audioWordOf(audio)).toBe(word);
  });

  it('never gets clearer by losing more', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const badness = { clear: 0, 'they-heard-gaps': 1, 'you-heard-gaps': 1, 'gaps-both-ways': 2, 'nothing-came': 3 };
    fc.assert(
      fc.property(share, share, share, share, (lost, missed, more, moreMissed) => {
        const with_ = (lostShare: number, missedShare: number): CallAudio => ({ ...clean, device: { ...clean.device, lostShare, missedShare } });
        expect(badness[audioWordOf(with_(Math.max(lost, more), Math.max(missed, moreMissed)))]).toBeGreaterThanOrEqual(badness[audioWordOf(with_(lost, missed))]);
      }),
    );
  });
});
