/**
 * Our user agent in a process of its own, so that its CPU time can be read alone. `relay PORT`: a back-to-back agent towards that
 * port. `answer`: answers and keeps its calls. Prints its port; on 'heap' prints the octets in use after a collection.
 */
import { createInterface } from 'node:readline';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { createUserAgent } from '#server/telephony/index.ts';
import type { IncomingInvite, IncomingSipLeg, SipLeg, UserAgent } from '#server/telephony/index.ts';

const [role, port] = process.argv.slice(2);
const SDP = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';

/** Call and called stand in two dialogs of ours; what one leg says the other hears. */
function relay(invite: IncomingInvite): void {
  const inward: IncomingSipLeg = invite.take((event) => {
    if (event.type === 'ended') onward.hangUp();
  });
  const onward: SipLeg = agent.call(
    {
      target: { transport: 'udp', address: '127.0.0.1', port: Number(port) }, requestUri: `sip:${invite.called ?? 'service'}@127.0.0.1:${port}`, from: { uri: 'sip:+15550199199@127.0.0.1' },
      to: { uri: `sip:${invite.called ?? 'service'}@127.0.0.1` }, offer: invite.offer ?? SDP, ringTimeoutMs: 30_000,
    },
    (event) => {
      if (event.type === 'progress') inward.progress(event.status, event.sdp);
      else if (event.type === 'answered') inward.answer(event.sdp);
      else if (event.type === 'ended') {
        if (event.end.status === undefined) inward.hangUp();
        else inward.reject(event.end.status);
      }
    },
  );
}

const agent: UserAgent = await createUserAgent({
  listen: { host: '127.0.0.1', udpPort: 0 }, clock: systemClock, random: systemRandom, log: silentLog,
  onInvite: role === 'relay' ? relay : (invite) => invite.take(() => {}).answer(SDP),
});
console.log(agent.port('udp'));
createInterface({ input: process.stdin }).on('line', () => {
  globalThis.gc?.();
  console.log(`${process.memoryUsage().heapUsed} ${agent.counts().dialogs}`);
});
