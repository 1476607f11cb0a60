import { expect, test } from 'vitest';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { openRtpEndpoint, type RtpEndpoint } from './rtp-endpoint.ts';

const open = async (preferredLaw: 'PCMU' | 'PCMA'): Promise<RtpEndpoint> => {
  const endpoint = await openRtpEndpoint({ address: '127.0.0.1', portRange: { from: 21_000, to: 29_000 }, clock: systemClock, random: systemRandom, preferredLaw });
  if (endpoint === undefined) throw new Error('no free port pair');
  return endpoint;
};

test('two endpoints negotiate, hear each other and press keys', async () => {
  const caller = await open('PCMA');
  const called = await open('PCMU');
  try {
    const answer = called.acceptOffer(caller.createOffer());
    if (!answer.ok) throw new Error(answer.refusal);
    expect(caller.acceptAnswer(answer.value)).toEqual({ ok: true, value: undefined });

    const keys: string[] = [];
    let peak = 0;
    let frames = 0;
    called.onDtmf((digit) => keys.push(digit));
    called.onFrame((samples) => {
      frames += 1;
      for (const sample of samples) peak = Math.max(peak, sample);
    });
    const clip = Int16Array.from({ length: 1600 }, (_, index) => Math.round(8000 * Math.sin(index / 4)));
    expect(await caller.play({ kind: 'clip', samples: clip, times: 1 })).toBe(true);
    await caller.sendDtmf(['1', '#', '9']);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(frames).toBe(10);
    expect(peak).toBeGreaterThan(7500);
    expect(keys).toEqual(['1', '#', '9']);
    expect(answer.value).toContain('m=audio');
  } finally {
    caller.close();
    called.close();
  }
});
