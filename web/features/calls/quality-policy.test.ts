import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { CallAudio } from '#contract/call-audio.ts';
import { concealedShare, judgeQuality, lostShare, type QualitySample } from './quality-policy.ts';

const before: QualitySample = { atMs: 0, packetsReceived: 100, packetsLost: 0, samplesPlayed: 0, samplesConcealed: 0, jitterSeconds: 0.002, uplinkLost: null, roundTripMs: 40 };
const after = (change: Partial<QualitySample>): QualitySample => ({ ...before, atMs: 5_000, packetsReceived: 350, ...change });

const leg = { codec: 'PCMU', lostShare: 0, jitterMs: 3, missedShare: 0, roundTripMs: 20 };
interface ServerView {
  readonly device?: Partial<CallAudio['device']>;
  readonly party?: Partial<CallAudio['party']>;
  readonly added?: Partial<CallAudio['party']>;
}
const seen = ({ device, party, added }: ServerView): CallAudio => ({ device: { ...leg, restoredShare: 0, concealedShare: 0, ...device }, party: { ...leg, ...party }, added: added === undefined ? [] : [{ ...leg, ...added }], report: null });

describe('by the page’s own counts', () => {
  it.each([
    ['clear', {}],
    ['clear', { packetsLost: 5, uplinkLost: 0.01 }],
    ['you-may-hear-gaps', { packetsLost: 30 }],
    ['clear', { packetsLost: 30, samplesPlayed: 240_000, samplesConcealed: 2_400 }],
    ['you-may-hear-gaps', { samplesPlayed: 240_000, samplesConcealed: 24_000 }],
    ['they-may-hear-gaps', { uplinkLost: 0.1 }],
    ['gaps-both-ways', { packetsLost: 30, uplinkLost: 0.1 }],
    ['weak', { jitterSeconds: 0.09 }],
    ['weak', { roundTripMs: 900 }],
  ] as const)('is %s with %o', (quality, change) => {
    expect(judgeQuality(before, after(change), null)).toBe(quality);
  });
});

describe('with what the server saw of both legs', () => {
  it.each([
    ['clear', {}, {}],
    // A fifth lost on the way to us, and restored from later packets: nobody hears a gap.
    ['clear', { uplinkLost: 0.2 }, { device: { codec: 'opus', lostShare: 0.2, restoredShare: 0.18, concealedShare: 0.02 } }],
    ['they-may-hear-gaps', { uplinkLost: 0 }, { device: { codec: 'opus', lostShare: 0.4, restoredShare: 0.25, concealedShare: 0.15 } }],
    ['they-may-hear-gaps', {}, { device: { lostShare: 0.08 } }],
    ['they-may-hear-gaps', {}, { party: { missedShare: 0.1 } }],
    ['you-may-hear-gaps', {}, { party: { lostShare: 0.1 } }],
    ['you-may-hear-gaps', { samplesPlayed: 240_000, samplesConcealed: 24_000 }, {}],
    ['gaps-both-ways', { packetsLost: 40 }, { party: { missedShare: 0.1 } }],
    ['gaps-both-ways', {}, { party: { lostShare: 0.1, missedShare: 0.1 } }],
    ['weak', {}, { party: { roundTripMs: 900 } }],
    ['clear', {}, { party: { missedShare: null, roundTripMs: null } }],
  ] as const)('is %s with %o here and %o there', (quality, change, view) => {
    expect(judgeQuality(before, after(change), seen(view))).toBe(quality);
  });

  it('no side is ever said to hear better by missing more', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const gaps = { clear: [false, false], weak: [false, false], 'they-may-hear-gaps': [true, false], 'you-may-hear-gaps': [false, true], 'gaps-both-ways': [true, true] } as const;
    fc.assert(
      fc.property(share, share, share, share, (missed, lost, moreMissed, moreLost) => {
        const judge = (missedShare: number, partyLost: number) => gaps[judgeQuality(before, after({}), seen({ party: { missedShare, lostShare: partyLost } }))];
        const [they, you] = judge(missed, lost);
        const [theyThen, youThen] = judge(Math.max(missed, moreMissed), Math.max(lost, moreLost));
        expect([they && !theyThen, you && !youThen]).toEqual([false, false]);
      }),
    );
  });
});

test('too few packets tell nothing', () => {
  expect(lostShare(before, after({ packetsReceived: 110, packetsLost: 9 }))).toBeNull();
  expect(lostShare(before, after({ packetsLost: 10 }))).toBeCloseTo(0.038, 3);
  expect(concealedShare(before, after({ samplesPlayed: 160 }))).toBeNull();
  expect(concealedShare(before, after({ samplesPlayed: 48_000, samplesConcealed: 4_800 }))).toBeCloseTo(0.1, 3);
});
