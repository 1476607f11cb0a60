/** rtpengine 10.5 as Debian ships it, in user space, as a relay between a browser and a telephone. */
import { randomBytes } from 'node:crypto';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { startRtpengine as startPeer } from '../../e2e/peers/rtpengine-peer.ts';
import { openNgCall } from '#server/telephony/media/rtpengine/ng-call.ts';
import { openNgInstance } from '#server/telephony/media/rtpengine/ng-instance.ts';
import { audioPortOf, phoneAnswerOf, type Relay } from './relay.ts';

/**
 * Undefined where Debian's rtpengine is not installed. `isBeforeUs`: as it joins two far ends of ours, with streams of its own
 * (docs/decisions/0012); otherwise as it comes, packets passed on with their numbers.
 */
export async function startRtpengine(isBeforeUs = false): Promise<Relay | undefined> {
  const peer = await startPeer({ ports: { from: 50_000, to: 59_998 } }).catch(() => undefined);
  if (peer === undefined) return undefined;
  const instance = await openNgInstance({ address: { host: '127.0.0.1', port: peer.port, weight: 1 }, clock: systemClock, random: systemRandom, log: silentLog });
  return {
    name: isBeforeUs ? 'rtpengine before us' : 'rtpengine',
    pid: peer.pid,
    async setUp(browserOffer, phonePort) {
      const call = openNgCall({ callId: randomBytes(8).toString('hex'), instance, interfaces: undefined, keepsNumbers: !isBeforeUs, log: silentLog });
      const ends = { from: { tag: 'browser', side: 'device' }, to: { tag: 'phone', side: { sdes: 'off' } } } as const;
      // c=0.0.0.0, a browser's "not yet known", is a hold to rtpengine.
      const offered = await call.offer({ ...ends, sdp: browserOffer.replace('0.0.0.0', '192.0.2.1') });
      const answered = offered.ok ? await call.answer({ ...ends, sdp: phoneAnswerOf(phonePort) }) : offered;
      if (!offered.ok || !answered.ok) throw new Error('rtpengine refused the call');
      return { browserAnswer: answered.value, phonePort: audioPortOf(offered.value), hangUp: async () => call.remove() };
    },
    async stop() {
      instance.close();
      await peer.stop();
    },
  };
}
