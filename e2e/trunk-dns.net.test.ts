/** A trunk that is a name: NAPTR, SRV and addresses from a real DNS server on loopback, real servers behind them, and what happens when some of them fail. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { checkTrunkSettings, createSipCarrier, createUserAgent } from '#server/telephony/index.ts';
import type { IncomingInvite, LegEnd, SipCarrier } from '#server/telephony/index.ts';
import { createSystemNames } from '#server/telephony/sip/carrier/trunk-targets.ts';
import { tryTrunk } from '#server/telephony/sip/carrier/trunk-trial.ts';
import { startDnsPeer } from './peers/dns-peer.ts';
import type { DnsPeer } from './peers/dns-peer.ts';
import { freeUdpPort } from './peers/free-port.ts';
import { createHurriedClock } from './peers/hurried-clock.ts';

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const SDP = 'v=0\r\no=- 5 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
const HOST = 'carrier.example';
/** Of tests that wait for a silence: eight and ten seconds of it are a second and a half. */
const HURRY = 6;

async function openDns(): Promise<DnsPeer> {
  const dns = await startDnsPeer();
  cleanups.push(() => dns.close());
  return dns;
}

/** A carrier's server: counts the phones it let ring. */
async function openServer(answer: (invite: IncomingInvite) => void, port = 0): Promise<{ port: number; invites(): number }> {
  let invites = 0;
  const agent = await createUserAgent({
    listen: { host: '127.0.0.1', udpPort: port }, clock: systemClock, random: systemRandom, log: silentLog,
    onInvite(invite) {
      invites++;
      answer(invite);
    },
  });
  cleanups.push(() => agent.close());
  return { port: agent.port('udp')!, invites: () => invites };
}
const answers = (invite: IncomingInvite): void => invite.take(() => {}).answer(SDP);

async function openCarrier(dns: DnsPeer, settings: Record<string, unknown> = {}, clock = systemClock): Promise<SipCarrier> {
  const checked = checkTrunkSettings({ name: 'carrier', host: HOST, optionsIntervalSec: 0, ...settings });
  if (!checked.ok) throw new Error(checked.refusal.join(' '));
  const carrier = await createSipCarrier({ trunks: [checked.value], listen: { host: '127.0.0.1', udpPort: 0 }, clock, random: systemRandom, log: silentLog, names: createSystemNames({ servers: [dns.server] }) });
  cleanups.push(() => carrier.close(300));
  return carrier;
}

const call = (carrier: SipCarrier): Promise<{ answered: boolean; end: LegEnd }> =>
  new Promise((resolve, reject) => {
    let answered = false;
    const placed = carrier.place({ callId: 'c', to: '+15550100100', from: '+15550199199', displayName: undefined, offer: SDP, trunks: ['carrier'], ringTimeoutMs: 20_000 }, (event) => {
      if (event.type === 'answered' && placed.ok) {
        answered = true;
        placed.value.hangUp();
      }
      if (event.type === 'ended') resolve({ answered, end: event.end });
    });
    if (!placed.ok) reject(new Error(placed.refusal));
  });

const a = (address = '127.0.0.1') => ({ type: 'A', address }) as const;
const srv = (port: number, priority: number, weight = 10, target = 'sbc.carrier.example') => ({ type: 'SRV', priority, weight, port, target }) as const;

describe('a trunk whose servers DNS names', () => {
  it('is found by NAPTR, then SRV, then A (RFC 3263 4)', async () => {
    const dns = await openDns();
    const server = await openServer(answers);
    dns.set(HOST, [{ type: 'NAPTR', order: 10, preference: 1, flags: 'S', service: 'SIPS+D2T', replacement: '_sips._tcp.other.example' }, { type: 'NAPTR', order: 20, preference: 1, flags: 'S', service: 'SIP+D2U', replacement: '_sip._udp.pop1.carrier.example' }]);
    dns.set('_sip._udp.pop1.carrier.example', [srv(server.port, 10)]);
    dns.set('sbc.carrier.example', [a()]);
    const carrier = await openCarrier(dns);
    expect((await call(carrier)).answered).toBe(true);
    expect(dns.questions()).toEqual([`NAPTR ${HOST}`, 'SRV _sip._udp.pop1.carrier.example', 'A sbc.carrier.example']);
  });

  it('is found by the usual SRV name without NAPTR, and by its address alone without SRV', async () => {
    const dns = await openDns();
    const server = await openServer(answers);
    dns.set(`_sip._udp.${HOST}`, [srv(server.port, 10)]);
    dns.set('sbc.carrier.example', [a()]);
    expect((await call(await openCarrier(dns))).answered).toBe(true);
    dns.set(HOST, [a()]);
    // RFC 3263 4.2: a port leaves SRV out.
    expect((await call(await openCarrier(dns, { port: server.port }))).answered).toBe(true);
    expect(dns.questions().at(-1)).toBe(`A ${HOST}`);
  });

  it('goes to the next priority when the first server is off or refuses, and to the first again only after its time in the corner', async () => {
    const dns = await openDns();
    const refusing = await openServer((invite) => invite.reject(503));
    const good = await openServer(answers);
    dns.set(`_sip._udp.${HOST}`, [srv(refusing.port, 10), srv(good.port, 20)]);
    dns.set('sbc.carrier.example', [a()]);
    const carrier = await openCarrier(dns);
    expect((await call(carrier)).answered).toBe(true);
    expect((await call(carrier)).answered).toBe(true);
    // The second call went to the good one at once: the other had refused for itself.
    expect([refusing.invites(), good.invites()]).toEqual([1, 2]);
  });

  it('is not asked twice for one phone: after 486, 404 and 603 the next server hears nothing', async () => {
    const dns = await openDns();
    const statuses = [486, 404, 603];
    const first = await openServer((invite) => invite.reject(statuses.shift() ?? 486));
    const second = await openServer(answers);
    dns.set(`_sip._udp.${HOST}`, [srv(first.port, 10), srv(second.port, 20)]);
    dns.set('sbc.carrier.example', [a()]);
    const carrier = await openCarrier(dns);
    expect([(await call(carrier)).end.cause, (await call(carrier)).end.cause, (await call(carrier)).end.cause]).toEqual(['busy', 'not-in-service', 'rejected']);
    expect(second.invites()).toBe(0);
  });

  it('survives a resolver that goes silent: what was known stays in use', async () => {
    const dns = await openDns();
    const server = await openServer(answers);
    dns.set(`_sip._udp.${HOST}`, [srv(server.port, 10)]);
    dns.set('sbc.carrier.example', [a()]);
    const carrier = await openCarrier(dns);
    expect((await call(carrier)).answered).toBe(true);
    dns.silence(true);
    expect((await call(carrier)).answered).toBe(true);
  });

  it('with one server that is silent, ends in ten seconds and says the trunk does not answer', async () => {
    const dns = await openDns();
    dns.set(`_sip._udp.${HOST}`, [srv(await freeUdpPort(), 10)]);
    dns.set('sbc.carrier.example', [a()]);
    const { answered, end } = await call(await openCarrier(dns, {}, createHurriedClock(HURRY)));
    expect(answered).toBe(false);
    expect(end).toMatchObject({ by: 'network', cause: 'trunk-down', trunksTried: ['carrier'] });
  }, 20_000);

  it('that resolves to nothing ends the call at once', async () => {
    const dns = await openDns();
    const { end } = await call(await openCarrier(dns));
    expect(end.cause).toBe('trunk-down');
  });
});

describe('a trial of such a trunk', () => {
  const trial = async (dns: DnsPeer, call?: { from: string; to: string }, settings: Record<string, unknown> = {}): Promise<string[]> => {
    const checked = checkTrunkSettings({ name: 'carrier', host: HOST, ...settings });
    if (!checked.ok) throw new Error(checked.refusal.join(' '));
    const found: string[] = [];
    await tryTrunk({ trunk: checked.value, clock: createHurriedClock(HURRY), random: systemRandom, names: createSystemNames({ servers: [dns.server] }), listenHost: '127.0.0.1', call, tell: ({ isGood, sentence }) => found.push(`${isGood ? 'good' : 'wrong'}: ${sentence}`) });
    return found;
  };

  it('names each server that does not answer, and goes on with one that does', async () => {
    const dns = await openDns();
    const good = await openServer(answers);
    const dead = await freeUdpPort();
    dns.set(`_sip._udp.${HOST}`, [srv(dead, 10), srv(good.port, 20)]);
    dns.set('sbc.carrier.example', [a()]);
    const found = await trial(dns, { from: '+15550199199', to: '+15550100100' });
    expect(found[1]).toContain(`wrong: 127.0.0.1:${dead} does not answer.`);
    expect(found[2]).toBe(`good: 127.0.0.1:${good.port} answers (200 to OPTIONS).`);
    expect(found[3]).toContain('good: A call from +15550199199 to +15550100100 rings.');
  }, 20_000);

  it('offers keys for the audio where the settings do', async () => {
    const dns = await openDns();
    const offers: (string | undefined)[] = [];
    const server = await openServer((invite) => {
      offers.push(invite.offer);
      invite.reject(486);
    });
    dns.set(`_sip._udp.${HOST}`, [srv(server.port, 10)]);
    dns.set('sbc.carrier.example', [a()]);
    for (const mediaEncryption of ['off', 'optional']) await trial(dns, { from: '+15550199199', to: '+15550100100' }, { mediaEncryption });
    expect(offers.map((offer) => /^a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:[\w+/]{40}\r$/m.test(offer ?? ''))).toEqual([false, true]);
  }, 20_000);

  it('says what a refused call means', async () => {
    const dns = await openDns();
    const statuses = [403, 404, 488, 607];
    const server = await openServer((invite) => invite.reject(statuses.shift() ?? 500));
    dns.set(`_sip._udp.${HOST}`, [srv(server.port, 10)]);
    dns.set('sbc.carrier.example', [a()]);
    const last = async (): Promise<string> => (await trial(dns, { from: '+15550199199', to: '+15550100100' })).at(-1)!;
    expect(await last()).toContain('refuses the caller id +15550199199');
    expect(await last()).toContain('does not know the number +15550100100');
    expect(await last()).toContain('no codec or encryption in common');
    expect(await last()).toContain('blocks calls from +15550199199 as unwanted');
  }, 20_000);
});

describe('OPTIONS probing', () => {
  it('calls a trunk down after two silent probes, not after one, and up again with its first answer', async () => {
    const dns = await openDns();
    const port = await freeUdpPort();
    dns.set(`_sip._udp.${HOST}`, [srv(port, 10)]);
    dns.set('sbc.carrier.example', [a()]);
    const carrier = await openCarrier(dns, { optionsIntervalSec: 1 }, createHurriedClock(HURRY));
    const states: string[] = [];
    carrier.onTrunkHealth((health) => states.push(health.state));
    await vi.waitFor(() => expect(states).toEqual(['down']), { timeout: 30_000, interval: 100 });
    await openServer(answers, port);
    await vi.waitFor(() => expect(states).toEqual(['down', 'up']), { timeout: 30_000, interval: 100 });
  }, 70_000);
});
