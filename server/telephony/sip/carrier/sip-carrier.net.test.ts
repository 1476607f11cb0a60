/** The carrier against trunks played by our own user agent: identity, failover, registration, strangers. Peers of others' making are in e2e. */
import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { createDigestServer } from '../agent/digest.ts';
import type { IncomingInvite } from '../agent/incoming-leg.ts';
import { createUserAgent } from '../agent/user-agent.ts';
import type { UserAgent, UserAgentOptions } from '../agent/user-agent.ts';
import type { PartyLegEvent } from '../call-port.ts';
import { createTokens } from '../transactions/tokens.ts';
import { createSipCarrier } from './sip-carrier.ts';
import type { SipCarrier } from './sip-carrier.ts';
import { checkTrunkSettings } from './trunk-settings.ts';
import type { TrunkSettings } from './trunk-settings.ts';

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const timers = { t1Ms: 100, t2Ms: 400, t4Ms: 200 };
const SDP = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';

const openTrunk = async (options: Partial<UserAgentOptions>): Promise<UserAgent> => {
  const agent = await createUserAgent({ listen: { host: '127.0.0.1', udpPort: 0 }, clock: systemClock, random: systemRandom, log: silentLog, timers, ...options });
  cleanups.push(() => agent.close());
  return agent;
};
const trunk = (settings: Record<string, unknown>): TrunkSettings => {
  const checked = checkTrunkSettings({ host: '127.0.0.1', optionsIntervalSec: 0, ...settings });
  if (!checked.ok) throw new Error(checked.refusal.join(' '));
  return checked.value;
};
const openCarrier = async (trunks: TrunkSettings[]): Promise<SipCarrier> => {
  const carrier = await createSipCarrier({ trunks, listen: { host: '127.0.0.1', udpPort: 0 }, clock: systemClock, random: systemRandom, log: silentLog, timers });
  cleanups.push(() => carrier.close(500));
  return carrier;
};
const place = (carrier: SipCarrier, trunks: string[], until: PartyLegEvent['type'] = 'ended', ringTimeoutMs = 8_000) =>
  new Promise<{ events: PartyLegEvent[]; last: PartyLegEvent }>((resolve, reject) => {
    const events: PartyLegEvent[] = [];
    const placed = carrier.place(
      { callId: 'call-1', to: '+15550100100', from: '+15550199199', displayName: 'Lakeside Clinic', offer: SDP, trunks, ringTimeoutMs },
      (event) => {
        events.push(event);
        if (event.type === until || event.type === 'ended') resolve({ events, last: event });
      },
    );
    if (!placed.ok) reject(new Error(placed.refusal));
  });

describe('a SIP carrier', () => {
  it('shows the line where the trunk looks for it, and answers a challenge', async () => {
    const digest = createDigestServer({ realm: 'trunk', algorithms: ['SHA-256', 'MD5'], tokens: createTokens(systemRandom) });
    const seen: Record<string, string | undefined>[] = [];
    const agent = await openTrunk({
      onInvite(invite: IncomingInvite) {
        if (digest.verify(invite.header('proxy-authorization'), 'INVITE', (user) => (user === 'clinic' ? 'secret' : undefined)) !== 'good') {
          return invite.reject(407, { challenges: digest.challenge(false) });
        }
        seen.push({ from: invite.header('from'), asserted: invite.header('p-asserted-identity'), called: invite.called });
        return invite.take(() => {}).answer(SDP);
      },
    });
    const carrier = await openCarrier([trunk({ name: 'one', port: agent.port('udp'), callerIdForm: 'p-asserted-identity', user: 'clinic', password: 'secret', domain: 'trunk.example' })]);
    const { last } = await place(carrier, ['one'], 'answered');
    expect(last.type).toBe('answered');
    expect(seen[0]).toMatchObject({ called: '+15550100100', asserted: '"Lakeside Clinic" <sip:+15550199199@trunk.example>' });
    expect(seen[0]!['from']).toMatch(/^"Lakeside Clinic" <sip:clinic@trunk\.example>;tag=/);
  });

  it('goes on to the next trunk after a 503 and after silence, within four seconds and a little', async () => {
    const silent = createSocket('udp4');
    await new Promise<void>((resolve) => silent.bind(0, '127.0.0.1', resolve));
    cleanups.push(() => void silent.close());
    const failing = await openTrunk({ onInvite: (invite) => invite.reject(503) });
    const good = await openTrunk({ onInvite: (invite) => invite.take(() => {}).answer(SDP) });
    const carrier = await openCarrier([
      trunk({ name: 'failing', port: failing.port('udp'), priority: 1 }), trunk({ name: 'silent', port: silent.address().port, priority: 2 }), trunk({ name: 'good', port: good.port('udp'), priority: 3 }),
    ]);
    const startedMs = performance.now();
    const { last } = await place(carrier, ['failing', 'silent', 'good'], 'answered');
    expect(last.type).toBe('answered');
    expect(performance.now() - startedMs).toBeLessThan(4_500);
  }, 8_000);

  it('asks the trunk of the lowest priority first, and shares calls among equals', async () => {
    const asked: string[] = [];
    const refusing = async (name: string): Promise<number> =>
      (await openTrunk({ onInvite(invite) {
        asked.push(name);
        invite.reject(486);
      } })).port('udp')!;
    const settings = [trunk({ name: 'spare', port: await refusing('spare'), priority: 20 }), trunk({ name: 'left', port: await refusing('left') }), trunk({ name: 'right', port: await refusing('right') })];
    const carrier = await openCarrier(settings);
    for (let calls = 0; calls < 40; calls++) await place(carrier, settings.map(({ name }) => name));
    // Drawn as SRV's are: that one of two equals gets none of forty happens once in 10^11.
    expect([...new Set(asked)].toSorted()).toEqual(['left', 'right']);
  });

  it('never tries another trunk once a phone may have rung', async () => {
    let secondTrunkCalls = 0;
    const ringing = await openTrunk({
      onInvite(invite) {
        const leg = invite.take(() => {});
        leg.progress(180);
        setTimeout(() => leg.reject(503), 100);
      },
    });
    const other = await openTrunk({ onInvite: (invite) => {
      secondTrunkCalls++;
      invite.reject(486);
    } });
    const carrier = await openCarrier([trunk({ name: 'ringing', port: ringing.port('udp'), priority: 1 }), trunk({ name: 'other', port: other.port('udp'), priority: 2 })]);
    const { last } = await place(carrier, ['ringing', 'other']);
    expect(last).toMatchObject({ type: 'ended', end: { cause: 'network-busy', status: 503, trunksTried: ['ringing'] } });
    expect(secondTrunkCalls).toBe(0);
  });

  it('says nothing at all to a stranger', async () => {
    const carrier = await openCarrier([trunk({ name: 'far', host: '192.0.2.1' })]);
    const stranger = createSocket('udp4');
    await new Promise<void>((resolve) => stranger.bind(0, '127.0.0.1', resolve));
    cleanups.push(() => void stranger.close());
    let answers = 0;
    stranger.on('message', () => answers++);
    stranger.send('OPTIONS sip:100@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKa;rport\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n', carrier.port('udp'), '127.0.0.1');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(answers).toBe(0);
  });

  it('hands over a call from the trunk with what the trunk says of the caller', async () => {
    const agent = await openTrunk({});
    const carrier = await openCarrier([trunk({ name: 'one', port: agent.port('udp') })]);
    const called = new Promise<string>((resolve) => {
      carrier.onIncoming((call) => {
        expect(call).toMatchObject({ called: '+15550100100', caller: '+15550177177', callerVerified: 'unknown', trunk: 'one' });
        const leg = call.accept((event) => event.type === 'ended' && resolve(event.end.by));
        leg.ring();
        leg.answer(SDP);
      });
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const leg = agent.call(
      { target: { transport: 'udp', address: '127.0.0.1', port: carrier.port('udp')! }, requestUri: 'sip:5550100100@127.0.0.1', from: { uri: 'sip:+15550177177@127.0.0.1' }, to: { uri: 'sip:5550100100@127.0.0.1' }, offer: SDP, ringTimeoutMs: 2_000 },
      (event) => event.type === 'answered' && leg.hangUp(),
    );
    expect(await called).toBe('peer');
  });

  it('registers, refuses a wrong password once, and takes its binding back at the end', async () => {
    const digest = createDigestServer({ realm: 'pbx', algorithms: ['MD5'], tokens: createTokens(systemRandom) });
    const lives: number[] = [];
    const agent = await openTrunk({
      onOutsideRequest(request) {
        if (request.method !== 'REGISTER') return false;
        if (digest.verify(request.header('authorization'), 'REGISTER', () => 'secret') !== 'good') request.respond(401, { challenges: digest.challenge(false).map((value) => ({ isProxy: false, value })) });
        else {
          const sec = Number(request.header('expires'));
          lives.push(sec);
          request.respond(200, sec === 0 ? {} : { contactBindings: [{ uri: 'sip:other@192.0.2.1', expiresSec: 10 }, { uri: request.header('contact')!.slice(1, -1), expiresSec: sec }] });
        }
        return true;
      },
    });
    const carrier = await openCarrier([trunk({ name: 'pbx', port: agent.port('udp'), register: true, user: 'clinic', password: 'secret' })]);
    await new Promise<void>((resolve) => carrier.onTrunkHealth((health) => health.registered === true && resolve()));
    expect(carrier.trunkHealth()[0]).toEqual({ trunk: 'pbx', state: 'up', registered: true });
    await carrier.close(1_000);
    expect(lives).toEqual([300, 0]);
  });
});
