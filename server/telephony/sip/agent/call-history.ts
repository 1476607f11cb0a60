/**
 * One random life of one call between two whole agents over a faulty network, from a seed: rings, answers, offers, glare, holds, hang-ups and
 * cancels at any moment. Says which invariant broke, if any; the same seed breaks the same one.
 */
import { silentLog } from '#server/platform/logging/log.ts';
import { createEventClock } from './event-clock.ts';
import type { IncomingSipLeg, SipLeg, SipLegEvent } from './leg.ts';
import { createSimulatedNetwork } from './simulated-network.ts';
import { createUserAgent } from './user-agent.ts';

export interface HistoryResult {
  /** Undefined where all held. */
  broken: string | undefined;
  /** What happened, in order, for whoever reads a failure. */
  trace: readonly string[];
}

const STEPS = 24;
/** Longer than any transaction, guard, glare wait or session interval of these agents lives. */
const SETTLE_MS = 400_000;

export async function runCallHistory(seed: number): Promise<HistoryResult> {
  const draw = seeded(seed);
  const below = (limit: number): number => Math.floor(draw() * limit);
  const clock = createEventClock();
  const trace: string[] = [];
  const say = (words: string): void => void trace.push(`${Math.round(clock.monotonic())} ${words}`);
  const network = createSimulatedNetwork(clock, { lossShare: [0, 0.05, 0.3][below(3)]!, doubleShare: [0, 0.1][below(2)]!, delaySpreadMs: [1, 50, 700][below(3)]!, draw });
  const random = {
    bytes(length: number) {
      return Uint8Array.from({ length }, () => below(256));
    },
  };
  const sessionTimer = { intervalSec: 120, minSec: 90 };
  const ended = { caller: 0, callee: 0 };
  const late = { caller: 0, callee: 0 };
  let calleeLegs = 0;
  let callerStood = false;
  let calleeLeg: IncomingSipLeg | undefined;
  let version = 0;
  const sdp = (): string => `v=0\r\no=- 1 ${++version} IN IP4 192.0.2.1\r\n`;

  const hear = (who: 'caller' | 'callee') => (event: SipLegEvent): void => {
    say(`${who} hears ${event.type}${event.type === 'ended' ? ` ${event.end.kind}` : ''}`);
    if (ended[who] > 0) late[who]++;
    if (event.type === 'ended') ended[who]++;
    if (event.type === 'answered') callerStood = true;
    if (event.type === 'offered') {
      // At once, later, or never before something else happens.
      const answer = (): void => (draw() < 0.8 ? event.answer(sdp()) : event.reject());
      if (draw() < 0.7) answer();
      else clock.after(below(3_000), answer);
    }
  };
  const base = { listen: { host: '192.0.2.1', udpPort: 0 }, clock, random, log: silentLog, sessionTimer, openTransports: network.open.bind(network) };
  const callee = await createUserAgent({
    ...base,
    onInvite(invite) {
      calleeLegs++;
      calleeLeg = invite.take(hear('callee'));
    },
  });
  const caller = await createUserAgent(base);
  const callerLeg: SipLeg = caller.call(
    { target: { transport: 'udp', address: '192.0.2.1', port: callee.port('udp')! }, requestUri: 'sip:+15550100100@192.0.2.1', from: { uri: 'sip:+15550199199@192.0.2.1' }, to: { uri: 'sip:+15550100100@192.0.2.1' }, offer: sdp(), ringTimeoutMs: 1_000 + below(60_000) },
    hear('caller'),
  );

  const acts: Record<string, () => void> = {
    'callee rings': () => calleeLeg?.progress(180),
    'callee plays early media': () => calleeLeg?.progress(183, sdp()),
    'callee answers': () => calleeLeg?.answer(sdp()),
    'callee answers again': () => calleeLeg?.answer(sdp()),
    'callee rejects': () => void (draw() < 0.2 && calleeLeg?.reject(486)),
    'callee offers': () => calleeLeg?.reoffer(sdp()),
    'caller offers': () => callerLeg.reoffer(sdp()),
    'both offer': () => {
      calleeLeg?.reoffer(sdp());
      callerLeg.reoffer(sdp());
    },
    'caller sends a key': () => callerLeg.info('application/dtmf-relay', 'Signal=1\r\nDuration=160\r\n'),
    'caller hangs up': () => void (draw() < 0.25 && callerLeg.hangUp()),
    'callee hangs up': () => void (draw() < 0.25 && calleeLeg?.hangUp()),
    'both hang up': () => {
      if (draw() >= 0.1) return;
      calleeLeg?.hangUp();
      callerLeg.hangUp();
    },
  };
  const names = Object.keys(acts);
  for (let i = 0; i < STEPS; i++) {
    await clock.pass([0, 3, 60, 600, 5_000, 130_000][below(6)]!);
    const name = names[below(names.length)]!;
    say(name);
    acts[name]!();
  }
  // Whatever state that left: both want it over now, on a network that works again.
  network.setFaults({ lossShare: 0, doubleShare: 0, delaySpreadMs: 5, draw });
  await clock.pass(40_000);
  callerLeg.hangUp();
  calleeLeg?.hangUp();
  await clock.pass(SETTLE_MS);

  const counts = { caller: caller.counts(), callee: callee.counts() };
  const pending = clock.pendingCount();
  caller.close();
  callee.close();
  const broken =
    ended.caller !== 1 ? `the caller's leg ended ${ended.caller} times`
    : calleeLegs > 1 ? `one INVITE made ${calleeLegs} legs`
    : ended.callee !== calleeLegs ? `the callee's leg ended ${ended.callee} times`
    : late.caller + late.callee > 0 ? 'something was told after the end'
    : counts.caller.dialogs + counts.callee.dialogs > 0 ? `a dialog is left: ${JSON.stringify(counts)}`
    : counts.caller.open + counts.callee.open > 0 ? `a transaction is left: ${JSON.stringify(counts)}`
    : pending > 0 ? `${pending} timers are left`
    : callerStood && calleeLegs === 0 ? 'an answer without a callee'
    : undefined;
  return { broken, trace };
}

/** mulberry32. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
