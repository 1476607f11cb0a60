/** The SIP carrier against sipp: each scenario of e2e/sipp is sipp's own opinion of what must come and when. */
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { checkTrunkSettings, createSipCarrier } from '#server/telephony/index.ts';
import type { IncomingCall, IncomingLeg, PartyLeg, PartyLegEvent, SipCarrier } from '#server/telephony/index.ts';
import { startSipp } from './peers/sipp-peer.ts';
import type { SippPeer } from './peers/sipp-peer.ts';

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const sdp = (version: number): string =>
  `v=0\r\no=- 5 ${version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n`;

async function openCarrier(port: number, transport: 'udp' | 'tcp', settings: Record<string, unknown> = {}): Promise<SipCarrier> {
  const checked = checkTrunkSettings({ name: 'sipp', host: '127.0.0.1', port, transport, optionsIntervalSec: 0, ...settings });
  if (!checked.ok) throw new Error(checked.refusal.join(' '));
  const carrier = await createSipCarrier({
    trunks: [checked.value], listen: { host: '127.0.0.1', udpPort: 0, tcpPort: 0 }, clock: systemClock, random: systemRandom, log: silentLog,
  });
  cleanups.push(() => carrier.close(300));
  return carrier;
}

interface Call {
  leg: PartyLeg;
  events: PartyLegEvent[];
  /** The next event of this type that was not asked for before. */
  next<T extends PartyLegEvent['type']>(type: T): Promise<Extract<PartyLegEvent, { type: T }>>;
}

function listen(): { events: PartyLegEvent[]; onEvent: (event: PartyLegEvent) => void; next: Call['next'] } {
  const events: PartyLegEvent[] = [];
  const unread: PartyLegEvent[] = [];
  let wake = (): void => {};
  return {
    events,
    onEvent(event) {
      events.push(event);
      unread.push(event);
      // Hold, resume, moved media: taken as they come.
      if (event.type === 'offered') event.responder.answer(sdp(9));
      wake();
    },
    async next<T extends PartyLegEvent['type']>(type: T) {
      for (;;) {
        const at = unread.findIndex((event) => event.type === type);
        if (at >= 0) return unread.splice(at, 1)[0] as Extract<PartyLegEvent, { type: T }>;
        const end = events.at(-1);
        if (end?.type === 'ended') throw new Error(`ended before "${type}": ${JSON.stringify(end)}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

async function callSipp(scenario: string, transport: 'udp' | 'tcp', settings?: Record<string, unknown>): Promise<Call & { sipp: SippPeer; carrier: SipCarrier }> {
  const sipp = await startSipp({ scenario, transport });
  cleanups.push(() => sipp.stop());
  const carrier = await openCarrier(sipp.port, transport, settings);
  const heard = listen();
  const placed = carrier.place({ callId: 'c', to: '+15550100100', from: '+15550199199', displayName: 'Lakeside Clinic', offer: sdp(1), trunks: ['sipp'], ringTimeoutMs: 15_000 }, heard.onEvent);
  if (!placed.ok) throw new Error(placed.refusal);
  return { leg: placed.value, events: heard.events, next: heard.next, sipp, carrier };
}

describe.each(['udp', 'tcp'] as const)('a call to sipp over %s', (transport) => {
  it("passes sipp's own answering scenario", async () => {
    const call = await callSipp('builtin:uas', transport);
    await call.next('answered');
    call.leg.hangUp();
    expect((await call.next('ended')).end).toMatchObject({ by: 'us', cause: 'hung-up' });
    await call.sipp.finished();
  });

  it('hears early media and reads the answer of the 200 again', async () => {
    const call = await callSipp('uas-early-media', transport);
    expect((await call.next('progress')).answer).toContain('o=- 1 1 ');
    expect(await call.next('progress')).toMatchObject({ ringing: true, answer: undefined });
    expect((await call.next('answered')).answer).toContain('o=- 1 2 ');
    call.leg.hangUp();
    await call.sipp.finished();
  });

  it('acknowledges a reliable provisional answer with PRACK', async () => {
    const call = await callSipp('uas-reliable-progress', transport);
    expect((await call.next('progress')).answer).toContain('m=audio');
    await call.next('answered');
    call.leg.hangUp();
    await call.sipp.finished();
    expect(call.events.filter((event) => event.type === 'progress')).toHaveLength(1);
  });

  it('is ended by the peer', async () => {
    const call = await callSipp('uas-peer-ends', transport);
    expect((await call.next('ended')).end).toMatchObject({ by: 'peer', cause: 'hung-up', q850: 16 });
    await call.sipp.finished();
  });

  it('says busy with its Q.850 cause', async () => {
    const call = await callSipp('uas-busy-reason', transport);
    expect((await call.next('ended')).end).toMatchObject({ by: 'peer', cause: 'busy', status: 486, q850: 17 });
    await call.sipp.finished();
  });

  it('is held by direction, by 0.0.0.0, and asked for an offer', async () => {
    const call = await callSipp('uas-hold', transport);
    expect((await call.next('offered')).offer).toContain('a=sendonly');
    expect((await call.next('offered')).offer).toContain('c=IN IP4 0.0.0.0');
    expect((await call.next('offered')).offer).toBeUndefined();
    expect((await call.next('reanswered')).answer).toContain('o=- 1 4 ');
    call.leg.hangUp();
    await call.sipp.finished();
  });

  it('offers again by itself after a 491', async () => {
    const call = await callSipp('uas-glare', transport);
    await call.next('answered');
    call.leg.reoffer(sdp(2));
    expect((await call.next('reanswered')).answer).toContain('o=- 1 2 ');
    call.leg.hangUp();
    await call.sipp.finished();
  });

  it('offers again, for a longer session, after a 422', async () => {
    const call = await callSipp('uas-longer-session', transport);
    await call.next('answered');
    call.leg.reoffer(sdp(2));
    expect((await call.next('reanswered')).answer).toContain('o=- 1 2 ');
    call.leg.hangUp();
    await call.sipp.finished();
  });

  it('cancels what rings', async () => {
    const call = await callSipp('uas-cancelled', transport);
    await call.next('progress');
    call.leg.hangUp();
    expect((await call.next('ended')).end).toMatchObject({ by: 'us', cause: 'cancelled' });
    await call.sipp.finished();
  });

  it('acknowledges and ends an answer that crossed its CANCEL', async () => {
    const call = await callSipp('uas-cancel-crosses-answer', transport);
    await call.next('progress');
    call.leg.hangUp();
    expect((await call.next('ended')).end).toMatchObject({ by: 'us', cause: 'cancelled' });
    await call.sipp.finished();
  });

  it('keeps the first of two answers to one INVITE and ends the second', async () => {
    const call = await callSipp('uas-forked', transport);
    await call.next('answered');
    await new Promise((resolve) => setTimeout(resolve, 300));
    call.leg.hangUp();
    await call.sipp.finished();
    expect(call.events.filter((event) => event.type === 'answered')).toHaveLength(1);
  });

  it('answers a challenge again when its nonce went stale', async () => {
    const call = await callSipp('uas-stale-nonce', transport, { user: 'clinic', password: 'secret' });
    await call.next('answered');
    call.leg.hangUp();
    await call.sipp.finished();
  });

  it('gives credentials once only where they are refused', async () => {
    const call = await callSipp('uas-wrong-credentials', transport, { user: 'clinic', password: 'wrong' });
    expect((await call.next('ended')).end).toMatchObject({ cause: 'trunk-refused', status: 401 });
    await call.sipp.finished();
  });

  it('grants a longer session interval', async () => {
    const call = await callSipp('uas-session-interval', transport);
    await call.next('answered');
    call.leg.hangUp();
    await call.sipp.finished();
  });

  it('refuses to be transferred and takes what is harmless', async () => {
    const call = await callSipp('uas-refer', transport);
    expect(await call.next('dtmf')).toMatchObject({ digit: '7', durationMs: 200 });
    expect((await call.next('offered')).offer).toContain('a=sendonly');
    await new Promise((resolve) => setTimeout(resolve, 300));
    call.leg.hangUp();
    await call.sipp.finished();
  });

  it('does not follow a redirection', async () => {
    const call = await callSipp('uas-redirect', transport);
    expect((await call.next('ended')).end).toMatchObject({ cause: 'trunk-refused', status: 302 });
    await call.sipp.finished();
  });
});

describe.each(['udp', 'tcp'] as const)('a call from sipp over %s', (transport) => {
  const takeFrom = async (scenario: string, take: (leg: IncomingLeg, hasOffer: boolean) => void): Promise<{ sipp: SippPeer; next: Call['next'] }> => {
    const carrier = await openCarrier(9, transport);
    const heard = listen();
    carrier.onIncoming((call) => take(call.accept(heard.onEvent), call.offer !== undefined));
    await new Promise((resolve) => setTimeout(resolve, 30));
    const sipp = await startSipp({ scenario, transport, remote: `127.0.0.1:${carrier.port(transport)}` });
    cleanups.push(() => sipp.stop());
    return { sipp, next: heard.next };
  };
  const answer = (leg: IncomingLeg): void => {
    leg.ring();
    leg.answer(sdp(1));
  };

  it("passes sipp's own calling scenario", async () => {
    const { sipp, next } = await takeFrom('builtin:uac', answer);
    await sipp.finished();
    expect((await next('ended')).end).toMatchObject({ by: 'peer', cause: 'hung-up' });
  });

  it('is rejected', async () => {
    const { sipp } = await takeFrom('uac-rejected', (leg) => leg.reject(486));
    await sipp.finished();
  });

  it('says who was called first, who calls, and what the carrier verified', async () => {
    const carrier = await openCarrier(9, transport);
    const seen = new Promise<IncomingCall>((resolve) => {
      carrier.onIncoming((call) => {
        resolve(call);
        call.accept(() => {}).reject(486);
      });
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    const sipp = await startSipp({ scenario: 'uac-diverted', transport, remote: `127.0.0.1:${carrier.port(transport)}` });
    cleanups.push(() => sipp.stop());
    expect(await seen).toMatchObject({ called: '+15550100100', caller: '+15550166166', divertedFrom: '+15550144144', callerVerified: 'passed' });
    await sipp.finished();
  });

  it('is cancelled by the caller', async () => {
    const { sipp, next } = await takeFrom('uac-cancels', (leg) => leg.ring());
    await sipp.finished();
    expect((await next('ended')).end).toMatchObject({ by: 'peer', cause: 'cancelled' });
  });

  it('is answered with our offer where the caller made none', async () => {
    const { sipp, next } = await takeFrom('uac-offerless', (leg, hasOffer) => {
      expect(hasOffer).toBe(false);
      answer(leg);
    });
    expect((await next('reanswered')).answer).toContain('m=audio');
    await sipp.finished();
  });

  it('gets reliable provisional answers where it demands them', async () => {
    const { sipp } = await takeFrom('uac-reliable-progress', answer);
    await sipp.finished();
  });

  it('is refused for a session interval that is too short, or an extension nobody knows', async () => {
    for (const scenario of ['uac-short-interval', 'uac-bad-extension']) {
      const { sipp } = await takeFrom(scenario, answer);
      await sipp.finished();
    }
  });
});
