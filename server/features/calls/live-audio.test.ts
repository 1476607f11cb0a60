import { describe, expect, it } from 'vitest';
import type { CallAudio } from '#contract/call-audio.ts';
import { createFakeClock } from '#server/platform/clock/fake-clock.ts';
import type { LegStatistics } from '#server/telephony/index.ts';
import { createLiveAudio } from './live-audio.ts';

const leg = (name: string): LegStatistics => ({ leg: name, codec: 'PCMU', packetsReceived: 0, packetsSent: 0, packetsLost: 0, jitterMs: 3, remoteFractionLost: 0, roundTripMs: 20, packetsRefused: 0, mended: { frames: 0, restored: 0, concealed: 0 }, protection: 'none' });

function listening() {
  const clock = createFakeClock();
  const told: CallAudio[] = [];
  let device = leg('device');
  let party = leg('party');
  const live = createLiveAudio({ look: () => ({ device, parties: [party] }), tell: (audio) => told.push(audio), clock });
  /** Two seconds of a call, of which so many packets of the device never come. */
  const pass = (lost: number, received = 100 - lost): void => {
    device = { ...device, packetsReceived: device.packetsReceived + received, packetsLost: device.packetsLost + lost };
    party = { ...party, packetsReceived: party.packetsReceived + 100 };
    clock.advance(2_000);
  };
  return { clock, told, live, pass, change: (facts: Partial<LegStatistics>) => (party = { ...party, ...facts }) };
}

describe('a live call’s audio', () => {
  it('is told as it was in the last six seconds, not since the call began', () => {
    const { told, live, pass } = listening();
    live.begin();
    for (const lost of [20, 20, 20, 20, 0, 0, 0]) pass(lost);
    expect(told[0]?.device.lostShare).toBe(0.2);
    expect(told.at(-1)?.device.lostShare).toBe(0);
    live.end();
  });

  it('is told once while nothing changes, and again after ten seconds', () => {
    const { told, live, pass } = listening();
    live.begin();
    for (let count = 0; count < 6; count += 1) pass(0);
    expect(told).toHaveLength(1);
    pass(0);
    expect(told).toHaveLength(2);
    live.end();
  });

  it('carries what the far end reports', () => {
    const { told, live, pass, change } = listening();
    live.begin();
    pass(0);
    pass(0);
    change({ remoteFractionLost: 0.125 });
    pass(0);
    expect(told.map(({ party }) => party.missedShare)).toEqual([0, 0.125]);
    live.end();
  });

  it('is not told where too little came to tell: the device is gone, or its packets pass by', () => {
    const { told, live, pass } = listening();
    live.begin();
    for (let count = 0; count < 5; count += 1) pass(0, 10);
    expect(told).toEqual([]);
    live.end();
  });

  it('begins anew where the device comes another way, and leaves no timer at its end', () => {
    const { clock, told, live, pass } = listening();
    live.begin();
    pass(50);
    live.begin();
    pass(0);
    pass(0);
    expect(told.map(({ device }) => device.lostShare)).toEqual([0]);
    live.end();
    clock.advance(60_000);
    expect(told).toHaveLength(1);
  });
});
