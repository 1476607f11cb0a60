/**
 * Our user agent in a process of its own, so that its CPU time can be read alone. `relay PORT`: a back-to-back agent towards that
 * port. `answer`: answers and keeps its calls. `call PORT`: calls that port as often as it is told, and keeps those. Prints its port; on
 * 'heap' the octets in use after a collection and how many dialogs stand; on 'call N', when N more stand, 'done'.
 */
import { createInterface } from 'node:readline';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { createUserAgent } from '#server/telephony/index.ts';
import type { IncomingInvite, IncomingSipLeg, SipLeg, UserAgent } from '#server/telephony/index.ts';

const [role, port] = process.argv.slice(2);
/** As long as a trunk's usually is. */
const SDP = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', 'm=audio 4000 RTP/AVP 0 8 101', 'a=rtpmap:0 PCMU/8000', 'a=rtpmap:8 PCMA/8000', 'a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-15', 'a=ptime:20', 'a=sendrecv', ''].join('\r\n');

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

/** One call that stands. */
function call(): Promise<void> {
  return new Promise((resolve, reject) => {
    agent.call(
      {
        target: { transport: 'udp', address: '127.0.0.1', port: Number(port) }, requestUri: 'sip:+15550100100@127.0.0.1', from: { uri: 'sip:+15550199199@127.0.0.1', displayName: 'Lakeside Clinic' }, to: { uri: 'sip:+15550100100@127.0.0.1' },
        identity: { assertedIdentity: { uri: 'sip:+15550199199@127.0.0.1' }, privacy: 'none' }, offer: SDP, ringTimeoutMs: 60_000,
      },
      (event) => (event.type === 'answered' ? resolve() : event.type === 'ended' ? reject(new Error(event.end.kind)) : undefined),
    );
  });
}

async function callMany(count: number): Promise<void> {
  for (let done = 0; done < count; done += 20) await Promise.all(Array.from({ length: Math.min(20, count - done) }, call));
}

const agent: UserAgent = await createUserAgent({
  listen: { host: '127.0.0.1', udpPort: 0 }, clock: systemClock, random: systemRandom, log: silentLog,
  onInvite: role === 'relay' ? relay : (invite) => invite.take(() => {}).answer(SDP),
});
console.log(agent.port('udp'));
createInterface({ input: process.stdin }).on('line', (line) => {
  if (line.startsWith('call ')) return void callMany(Number(line.slice(5))).then(() => console.log('done'));
  globalThis.gc?.();
  console.log(`${process.memoryUsage().heapUsed} ${agent.counts().dialogs}`);
});
