/** Whatever the servers of several trunks do, the patient's phone rings at one of them at most, and the call ends once: random lives over a simulated network, by seed. */
import { describe, expect, it } from 'vitest';
import { silentLog } from '#server/platform/logging/log.ts';
import { createEventClock } from '../agent/event-clock.ts';
import type { IncomingInvite } from '../agent/incoming-leg.ts';
import { createSimulatedNetwork } from '../agent/simulated-network.ts';
import { createUserAgent } from '../agent/user-agent.ts';
import type { PartyLegEvent } from '../call-port.ts';
import { createSipCarrier } from './sip-carrier.ts';
import { checkTrunkSettings } from './trunk-settings.ts';

const SDP = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n';
const TRUNKS = 3;
const SETTLE_MS = 400_000;

/** What a trunk's server does with an INVITE. 'dead': nothing listens to it at all. */
const BEHAVIOURS = ['dead', 'mute after 100', '503', '500 after 3 s', '503 after ringing', '486', '404', '603', '480 at once', '480 after 6 s', '408 at once', '403', '302', 'answers', 'rings and answers', 'plays early media, then 503', 'rings for ever'] as const;
type Behaviour = (typeof BEHAVIOURS)[number];
/** After these no other trunk may be asked: the phone rang, or the answer is the phone's own. */
const FINAL: ReadonlySet<Behaviour> = new Set(['503 after ringing', '486', '404', '603', '480 after 6 s', 'answers', 'rings and answers', 'plays early media, then 503', 'rings for ever', 'mute after 100']);

async function live(seed: number): Promise<{ broken: string | undefined; story: string }> {
  let state = seed >>> 0;
  const draw = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(draw() * limit);
  const clock = createEventClock({ settleTurns: 24 });
  // Nothing is lost here: a trunk whose every word is lost looks dead, and then nobody can tell whether its phone rang.
  const network = createSimulatedNetwork(clock, { lossShare: 0, doubleShare: [0, 0.2][below(2)]!, delaySpreadMs: [1, 40, 300][below(3)]!, draw });
  const base = { listen: { host: '192.0.2.1', udpPort: 0 }, clock, random: { bytes: (length: number) => Uint8Array.from({ length }, () => below(256)) }, log: silentLog, openTransports: network.open.bind(network) };
  const behaviours = Array.from({ length: TRUNKS }, () => BEHAVIOURS[below(BEHAVIOURS.length)]!);
  const asked: number[] = [];
  const rang: number[] = [];
  const agents: { close(): void }[] = [];
  const settings = [];
  for (const [index, behaviour] of behaviours.entries()) {
    const agent = await createUserAgent({
      ...base,
      onInvite(invite: IncomingInvite) {
        asked.push(index);
        const leg = invite.take(() => {});
        const ring = (status = 180, sdp?: string): void => {
          rang.push(index);
          leg.progress(status, sdp);
        };
        switch (behaviour) {
          case 'dead':
          case 'mute after 100': return undefined;
          case '503': return leg.reject(503);
          case '500 after 3 s': return void clock.after(3_000, () => leg.reject(500));
          case '503 after ringing': ring(); return void clock.after(500, () => leg.reject(503));
          case '486': return leg.reject(486);
          case '404': return leg.reject(404);
          case '603': return leg.reject(603);
          case '480 at once': return leg.reject(480);
          case '480 after 6 s': return void clock.after(6_000, () => leg.reject(480));
          case '408 at once': return leg.reject(408);
          case '403': return leg.reject(403);
          case '302': return leg.reject(302);
          case 'answers': rang.push(index); return leg.answer(SDP);
          case 'rings and answers': ring(); return void clock.after(2_000, () => leg.answer(SDP));
          case 'plays early media, then 503': ring(183, SDP); return void clock.after(1_000, () => leg.reject(503));
          case 'rings for ever': return ring();
        }
      },
    });
    agents.push(agent);
    // A port nobody listens on is a server that is off.
    const checked = checkTrunkSettings({ name: `t${index}`, host: '192.0.2.1', port: behaviour === 'dead' ? 9 : agent.port('udp'), optionsIntervalSec: 0 });
    if (!checked.ok) throw new Error(checked.refusal.join(' '));
    settings.push(checked.value);
  }
  const carrier = await createSipCarrier({ ...base, trunks: settings });
  const events: PartyLegEvent[] = [];
  const placed = carrier.place({ callId: 'c', to: '+15550100100', from: '+15550199199', displayName: undefined, offer: SDP, trunks: settings.map(({ name }) => name), ringTimeoutMs: 30_000 }, (event) => events.push(event));
  if (!placed.ok) throw new Error(placed.refusal);
  if (draw() < 0.5) clock.after(below(20_000), () => placed.value.hangUp());
  await clock.pass(60_000);
  placed.value.hangUp();
  await clock.pass(SETTLE_MS);
  const counts = carrier.counts();
  void carrier.close(0);
  await clock.pass(1_000);
  for (const agent of agents) agent.close();
  const ends = events.filter((event) => event.type === 'ended').length;
  const inOrder = [...new Set(asked)];
  const afterFinal = inOrder.slice(0, -1).find((index) => FINAL.has(behaviours[index]!));
  const broken =
    new Set(rang).size > 1 ? 'the phone rang at two trunks'
    : ends !== 1 ? `the call ended ${ends} times`
    : events.at(-1)?.type !== 'ended' ? 'something was told after the end'
    : afterFinal !== undefined ? `another trunk was asked after "${behaviours[afterFinal]}"`
    : counts.dialogs + counts.open > 0 ? `something is left: ${JSON.stringify(counts)}`
    : undefined;
  return { broken, story: `seed ${seed}: ${behaviours.join(' | ')}; asked ${inOrder.join()}; rang ${rang.join()}; ${events.map((event) => event.type === 'ended' ? JSON.stringify(event.end) : event.type).join()}` };
}

describe('a call over three trunks', () => {
  it('rings one phone at most, ends once, and asks nobody after the phone itself has spoken', async () => {
    for (let seed = 1; seed <= 600; seed++) {
      const { broken, story } = await live(seed);
      expect(broken, story).toBeUndefined();
    }
  }, 60_000);
});
