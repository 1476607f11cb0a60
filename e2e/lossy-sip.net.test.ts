/** Calls over UDP that loses one datagram in five each way, by a seed: retransmission must repair all of it, against sipp. */
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { checkTrunkSettings, createSipCarrier } from '#server/telephony/index.ts';
import type { LegEnd } from '#server/telephony/index.ts';
import { startLossyRelay } from './peers/lossy-sip-relay.ts';
import { startSipp } from './peers/sipp-peer.ts';

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const SDP = 'v=0\r\no=- 5 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
const CALLS = 60;

describe('calls over a network that loses 20 % of datagrams each way', () => {
  it('are all answered and all ended, seen from both sides', async () => {
    const relay = await startLossyRelay({ lossShare: 0.2, reorderShare: 0.1, seed: 20 });
    cleanups.push(() => relay.close());
    // Its Contact is the relay, so that ACK and BYE are lost as well.
    const sipp = await startSipp({ scenario: 'uas-patient', calls: CALLS, timeoutSec: 55, contactPort: relay.port });
    cleanups.push(() => sipp.stop());
    relay.aimAt(sipp.port);
    const checked = checkTrunkSettings({ name: 'lossy', host: '127.0.0.1', port: relay.port, optionsIntervalSec: 0 });
    if (!checked.ok) throw new Error(checked.refusal.join(' '));
    const carrier = await createSipCarrier({ trunks: [checked.value], listen: { host: '127.0.0.1', udpPort: 0 }, clock: systemClock, random: systemRandom, log: silentLog });
    cleanups.push(() => carrier.close(500));

    const call = (): Promise<{ answered: boolean; end: LegEnd }> =>
      new Promise((resolve, reject) => {
        let answered = false;
        const placed = carrier.place({ callId: 'c', to: '+15550100100', from: '+15550199199', displayName: undefined, offer: SDP, trunks: ['lossy'], ringTimeoutMs: 30_000 }, (event) => {
          if (event.type === 'answered') {
            answered = true;
            setTimeout(() => placed.ok && placed.value.hangUp(), 200);
          }
          if (event.type === 'ended') resolve({ answered, end: event.end });
        });
        if (!placed.ok) reject(new Error(placed.refusal));
      });
    const calls = await Promise.all(
      Array.from({ length: CALLS }, async (_, index) => {
        await new Promise((resolve) => setTimeout(resolve, index * 20));
        return call();
      }),
    );
    expect(calls.filter((one) => one.answered && one.end.cause === 'hung-up')).toHaveLength(CALLS);
    await sipp.finished();
    const { lost, passed } = relay.counts();
    expect(lost / (lost + passed)).toBeGreaterThan(0.1);
  }, 60_000);
});
