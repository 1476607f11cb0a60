/** Strangers flood the SIP port while calls go on: none of the strangers hears a word, all of the calls stand, and not much later than without. A minute of it, with figures: `scripts/bench flood`. */
import { describe, expect, it } from 'vitest';
import { callBesideFlood } from './peers/flooded-calls.ts';

describe('a flood of 10,000 junk datagrams a second', () => {
  it('neither gets an answer nor keeps a call from standing', async () => {
    const { sent, answers, quietMs, floodedMs } = await callBesideFlood({ junkPerSecond: 10_000, seconds: 4, callsPerSecond: 25 });
    expect(answers).toBe(0);
    // A busy machine floods more slowly.
    expect(sent).toBeGreaterThan(10_000);
    expect(floodedMs.length).toBe(quietMs.length);
  }, 60_000);
});
