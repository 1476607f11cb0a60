import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_ADMISSION, decideAdmission, reckonWorkMs, type AdmissionFacts, type MediaWork } from './admission-policy.ts';

const nothing: MediaWork = { passedBy: 0, passedOn: 0, mended: 0, mixed: 0, listened: 0 };
const idle: AdmissionFacts = { sessions: 0, work: nothing, busyShare: 0.1, wasBusy: false };
/** So many calls between a browser and a telephone, of which some are mended. */
const calls = (sessions: number, mended = 0): Pick<AdmissionFacts, 'sessions' | 'work'> => ({ sessions, work: { ...nothing, passedOn: 2 * sessions - mended, mended } });

describe('one more call', () => {
  it.each([
    ['admitted', idle],
    ['admitted', { ...idle, ...calls(299) }],
    ['too-many-calls', { ...idle, ...calls(300) }],
    // A clinic behind one bad uplink: each call costs three times as much, and fewer are taken.
    ['admitted', { ...idle, ...calls(80, 80) }],
    ['too-much-work', { ...idle, ...calls(90, 90) }],
    ['too-much-work', { ...idle, sessions: 160, work: { ...nothing, mixed: 480 } }],
    ['admitted', { ...idle, sessions: 299, work: { ...nothing, passedBy: 598 } }],
    ['too-busy', { ...idle, ...calls(50), busyShare: 0.93 }],
    ['admitted', { ...idle, ...calls(50), busyShare: 0.85 }],
    // Once refused, it is calm again only when it is clearly so.
    ['too-busy', { ...idle, ...calls(50), busyShare: 0.85, wasBusy: true }],
    ['admitted', { ...idle, ...calls(50), busyShare: 0.7, wasBusy: true }],
    // A server that starts up is busy, and not with calls.
    ['admitted', { ...idle, ...calls(3), busyShare: 1 }],
    ['admitted', { ...idle, ...calls(50), busyShare: undefined }],
  ] as const)('is %s with %o', (admission, facts) => {
    expect(decideAdmission(facts, DEFAULT_ADMISSION)).toBe(admission);
  });

  it('that is refused would be refused with more calls, more work and less rest as well', () => {
    const count = fc.integer({ min: 0, max: 700 });
    const work = fc.record({ passedBy: count, passedOn: count, mended: count, mixed: count, listened: count });
    fc.assert(
      fc.property(count, work, fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), count, work, (sessions, done, busyShare, wasBusy, more, moreWork) => {
        const facts = { sessions, work: done, busyShare, wasBusy };
        if (decideAdmission(facts, DEFAULT_ADMISSION) === 'admitted') return;
        const worse = { passedBy: done.passedBy + moreWork.passedBy, passedOn: done.passedOn + moreWork.passedOn, mended: done.mended + moreWork.mended, mixed: done.mixed + moreWork.mixed, listened: done.listened + moreWork.listened };
        expect(decideAdmission({ sessions: sessions + more, work: worse, busyShare: Math.min(1, busyShare * 1.1), wasBusy: true }, DEFAULT_ADMISSION)).not.toBe('admitted');
        expect(reckonWorkMs(worse)).toBeGreaterThanOrEqual(reckonWorkMs(done));
      }),
    );
  });
});
