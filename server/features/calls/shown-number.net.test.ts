/** The number a call shows, read off the wire: decided from any requests, defaults and lines, sent by the real carrier, and picked from the bytes a trunk received by nothing of ours. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { checkTrunkSettings, createSipCarrier, type CallCarrier } from '#server/telephony/index.ts';
import { decideDial, type DialFacts } from './dial-policy.ts';
import { anyDial } from './test-dials.ts';

const DIALS = 100_000;
const AT_ONCE = 50;
const OFFER = 'v=0\r\no=q 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 20000 RTP/AVP 0\r\n';

const trunk = createSocket('udp4');
/** By whom was called: the line that was chosen, and the proven ones it was chosen from. */
const expected = new Map<string, { from: string; dial: DialFacts }>();
const wrong: string[] = [];
let seen = 0;
let carrier: CallCarrier & { close(withinMs: number): Promise<void> };

beforeAll(async () => {
  trunk.bind(0, '127.0.0.1');
  await once(trunk, 'listening');
  trunk.on('message', (datagram, { port, address }) => {
    const text = datagram.toString('latin1');
    if (!text.startsWith('INVITE ')) return;
    judge(text);
    const line = (name: string): string => new RegExp(`^${name}:.*$`, 'im').exec(text)![0];
    trunk.send(['SIP/2.0 486 Busy Here', line('Via'), line('From'), `${line('To').trim()};tag=busy`, line('Call-ID'), line('CSeq'), 'Content-Length: 0', '', ''].map((each) => each.trim()).join('\r\n'), port, address);
  });
  const settings = checkTrunkSettings({ name: 'recorder', host: '127.0.0.1', port: trunk.address().port, callerIdForm: 'both', optionsIntervalSec: 0 });
  if (!settings.ok) throw new Error(settings.refusal.join(' '));
  carrier = await createSipCarrier({ trunks: [settings.value], listen: { host: '127.0.0.1', udpPort: 0 }, clock: systemClock, random: systemRandom, log: silentLog });
});
afterAll(async () => {
  await carrier?.close(1_000);
  trunk.close();
});

const place = (to: string, from: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const placed = carrier.place({ callId: crypto.randomUUID(), to, from, displayName: undefined, offer: OFFER, trunks: ['recorder'], ringTimeoutMs: 30_000 }, (event) => event.type === 'ended' && resolve());
    if (!placed.ok) reject(new Error(placed.refusal));
  });

/** Reads one INVITE as it came; a retransmission of one that was judged is passed over. */
function judge(invite: string): void {
  const to = /^INVITE sip:(\+\d+)@/.exec(invite)?.[1] ?? '';
  const known = expected.get(to);
  if (known === undefined) return;
  expected.delete(to);
  seen += 1;
  const { from, dial } = known;
  // Nothing else that looks like a number stands in it: only the called one and the line.
  const numbers = new Set(invite.match(/\+\d{7,15}/g));
  const isRight = numberIn(invite, 'From') === from && numberIn(invite, 'P-Asserted-Identity') === from && dial.lines.some(({ number }) => number === from) && numbers.size === 2 && numbers.has(to) && numbers.has(from);
  if (!isRight) wrong.push(invite);
}

const numberIn = (invite: string, header: string): string | undefined => new RegExp(`^${header}:[^<\\r\\n]*<sip:(\\+\\d+)@`, 'im').exec(invite)?.[1];

describe('the INVITE', () => {
  test('names the line that was chosen in From and P-Asserted-Identity and no number that is not proven, in 100,000 dials', async () => {
    let placed = 0;
    for (let first = 0; first < DIALS; first += AT_ONCE) {
      const dials = fc.sample(anyDial, AT_ONCE);
      await Promise.all(
        dials.map(async (dial, index) => {
          const decision = decideDial(dial);
          if (!decision.ok) return;
          placed += 1;
          // Each is told apart at the far end by whom it calls.
          const to = `+1480${String(5_000_000 + first + index)}`;
          expected.set(to, { from: decision.value.line.number, dial });
          await place(to, decision.value.line.number);
        }),
      );
    }
    expect(wrong).toEqual([]);
    expect(seen).toBe(placed);
    expect(placed).toBeGreaterThan(DIALS / 5);
  }, 240_000);
});
