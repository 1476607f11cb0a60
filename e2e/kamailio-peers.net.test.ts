/** The SIP carrier against Kamailio as a registrar and proxy that challenges: UDP, TCP and TLS, MD5 and SHA-256, Record-Route. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { checkTrunkSettings, createSipCarrier } from '#server/telephony/index.ts';
import type { IncomingCall, PartyLegEvent, SipCarrier } from '#server/telephony/index.ts';
import { tryTrunk } from '#server/telephony/sip/carrier/trunk-trial.ts';
import { startKamailio } from './peers/kamailio-peer.ts';
import type { KamailioOptions, KamailioPeer } from './peers/kamailio-peer.ts';
import { startSipp } from './peers/sipp-peer.ts';

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const SDP = 'v=0\r\no=- 5 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';

async function openKamailio(options: KamailioOptions = {}): Promise<KamailioPeer> {
  const kamailio = await startKamailio(options);
  cleanups.push(() => kamailio.stop());
  return kamailio;
}

async function openCarrier(kamailio: KamailioPeer, transport: 'udp' | 'tcp' | 'tls', settings: Record<string, unknown> = {}): Promise<SipCarrier> {
  const checked = checkTrunkSettings({
    name: 'pbx', host: transport === 'tls' ? 'localhost' : '127.0.0.1', port: transport === 'tls' ? kamailio.tlsPort : kamailio.port, transport, domain: kamailio.realm,
    user: kamailio.user, password: kamailio.password, register: true, optionsIntervalSec: 0, callerIdForm: 'p-asserted-identity',
    ...(transport === 'tls' ? { tlsCa: kamailio.ca, acceptFrom: ['127.0.0.1'] } : {}), ...settings,
  });
  if (!checked.ok) throw new Error(checked.refusal.join(' '));
  const carrier = await createSipCarrier({
    trunks: [checked.value], listen: { host: '127.0.0.1', udpPort: 0, tcpPort: 0 }, clock: systemClock, random: systemRandom, log: silentLog,
  });
  cleanups.push(() => carrier.close(1_000));
  return carrier;
}

const registered = (carrier: SipCarrier, wanted = true): Promise<void> =>
  new Promise((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error(`not ${wanted ? 'registered' : 'refused'}: ${JSON.stringify(carrier.trunkHealth())}`)), 8_000);
    const check = (): void => {
      if (carrier.trunkHealth()[0]?.registered === wanted) {
        clearTimeout(deadline);
        resolve();
      }
    };
    carrier.onTrunkHealth(check);
    check();
  });

const placed = (carrier: SipCarrier, to: string, until: PartyLegEvent['type']) =>
  new Promise<{ event: PartyLegEvent; hangUp(): void }>((resolve, reject) => {
    const result = carrier.place({ callId: 'c', to, from: '+15550199199', displayName: undefined, offer: SDP, trunks: ['pbx'], ringTimeoutMs: 10_000 }, (event) => {
      if (event.type === until || event.type === 'ended') resolve({ event, hangUp: () => result.ok && result.value.hangUp() });
    });
    if (!result.ok) reject(new Error(result.refusal));
  });

describe.each(['udp', 'tcp', 'tls'] as const)('a Kamailio registrar over %s', (transport) => {
  it.each(['MD5', 'SHA-256'] as const)('takes our registration with %s, and back again', async (algorithm) => {
    const kamailio = await openKamailio({ algorithm });
    const carrier = await openCarrier(kamailio, transport);
    await registered(carrier);
    expect(carrier.trunkHealth()).toEqual([{ trunk: 'pbx', state: 'up', registered: true }]);
  });

  it('relays a challenged call through its Record-Route to sipp, and its end back', async () => {
    const sipp = await startSipp({ scenario: 'uas-early-media' });
    cleanups.push(() => sipp.stop());
    const kamailio = await openKamailio({ relayTo: `127.0.0.1:${sipp.port}` });
    const carrier = await openCarrier(kamailio, transport);
    await registered(carrier);
    const call = await placed(carrier, '+15550100100', 'answered');
    expect(call.event.type).toBe('answered');
    call.hangUp();
    await sipp.finished();
    // sipp answers the BYE to whoever brought the INVITE: we hear of it only where the BYE took the recorded route.
    await vi.waitFor(() => expect(carrier.counts().dialogs).toBe(0));
  });

  it('brings us the calls for our account, over the way we registered by', async () => {
    const kamailio = await openKamailio();
    const carrier = await openCarrier(kamailio, transport);
    await registered(carrier);
    const incoming = new Promise<IncomingCall>((resolve) => carrier.onIncoming(resolve));
    const sipp = await startSipp({ scenario: 'uac-through-proxy', remote: `127.0.0.1:${kamailio.port}`, service: kamailio.user });
    cleanups.push(() => sipp.stop());
    const call = await incoming;
    expect(call.caller).toBe('+15550177177');
    const ended = new Promise<PartyLegEvent>((resolve) => {
      const leg = call.accept((event) => event.type === 'ended' && resolve(event));
      leg.ring();
      leg.answer(SDP);
    });
    await sipp.finished();
    expect(await ended).toMatchObject({ end: { by: 'peer', cause: 'hung-up' } });
  });
});

describe('a trial of a trunk that Kamailio plays', () => {
  const trial = async (kamailio: KamailioPeer, settings: Record<string, unknown>, call?: { from: string; to: string }): Promise<string[]> => {
    const checked = checkTrunkSettings({ name: 'pbx', host: '127.0.0.1', port: kamailio.port, domain: kamailio.realm, user: kamailio.user, password: kamailio.password, register: true, callerIdForm: 'p-asserted-identity', ...settings });
    if (!checked.ok) throw new Error(checked.refusal.join(' '));
    const found: string[] = [];
    await tryTrunk({ trunk: checked.value, clock: systemClock, random: systemRandom, call, listenHost: '127.0.0.1', tell: (finding) => found.push(`${finding.isGood ? 'good' : 'wrong'}: ${finding.sentence}`) });
    return found;
  };

  it('finds nothing wrong, and lets a phone ring', async () => {
    const sipp = await startSipp({ scenario: 'uas-cancelled' });
    cleanups.push(() => sipp.stop());
    const found = await trial(await openKamailio({ relayTo: `127.0.0.1:${sipp.port}` }), {}, { from: '+15550199199', to: '+15550100100' });
    expect(found.map((line) => line.slice(0, 5))).toEqual(['good:', 'good:', 'good:', 'good:']);
    expect(found.at(-1)).toContain('rings');
  });

  it('says what to do about a wrong password, a wrong port, a certificate for another name', async () => {
    const kamailio = await openKamailio();
    expect((await trial(kamailio, { password: 'wrong' })).at(-1)).toContain('Check "user" and "password"');
    expect((await trial(kamailio, { port: 9, transport: 'tcp' })).at(-1)).toContain('Check "port" and "transport"');
    const tls = { host: 'localhost', port: kamailio.tlsPort, transport: 'tls', tlsCa: kamailio.ca };
    expect((await trial(kamailio, tls)).at(-1)).toContain('Registered');
    expect((await trial(kamailio, { ...tls, tlsServerName: 'sip.example.com' })).at(-1)).toContain('is not for "sip.example.com"');
    expect((await trial(kamailio, { ...tls, tlsCa: undefined })).at(-1)).toContain('not from an authority that this machine trusts');
    expect((await trial(kamailio, { ...tls, port: 9 })).at(-1)).toContain('nothing listens there');
  });

  it('says what to do where the trunk demands a certificate: none, an expired one, a stranger\'s; and registers with a good one', async () => {
    const kamailio = await openKamailio({ demandsCertificate: true });
    const { good, expired, stranger } = kamailio.clients!;
    const tls = { host: 'localhost', port: kamailio.tlsPort, transport: 'tls', tlsCa: kamailio.ca };
    const showing = ({ cert, key }: { cert: string; key: string }) => ({ ...tls, tlsCert: cert, tlsKey: key });
    expect((await trial(kamailio, tls)).at(-1)).toContain('Set "tlsCert" and "tlsKey"');
    const ofExpired = await trial(kamailio, showing(expired));
    expect(ofExpired.at(-2)).toContain('which is not now');
    expect(ofExpired.at(-1)).toContain('does not accept our certificate (ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED');
    expect((await trial(kamailio, showing(stranger))).at(-1)).toContain('does not accept our certificate');
    expect((await trial(kamailio, showing(good))).at(-1)).toContain('Registered');
  });
});

describe('a Kamailio registrar', () => {
  it('that demands a certificate gets ours, and carries calls', async () => {
    const sipp = await startSipp({ scenario: 'uas-early-media' });
    cleanups.push(() => sipp.stop());
    const kamailio = await openKamailio({ demandsCertificate: true, relayTo: `127.0.0.1:${sipp.port}` });
    const carrier = await openCarrier(kamailio, 'tls', { tlsCert: kamailio.clients!.good.cert, tlsKey: kamailio.clients!.good.key });
    await registered(carrier);
    const call = await placed(carrier, '+15550100100', 'answered');
    expect(call.event.type).toBe('answered');
    call.hangUp();
    await sipp.finished();
    // sipp answers the BYE to whoever brought the INVITE: we hear of it only where the BYE took the recorded route.
    await vi.waitFor(() => expect(carrier.counts().dialogs).toBe(0));
  });

  it('whose certificate is for another name, or that demands ours, or that speaks no TLS, is told of in the trunk\'s health', async () => {
    const probing = { optionsIntervalSec: 1, register: false };
    const demanding = await openKamailio({ demandsCertificate: true });
    const troubleOf = (carrier: SipCarrier) => () => carrier.trunkHealth()[0]?.trouble;
    await expect.poll(troubleOf(await openCarrier(demanding, 'tls', { ...probing, tlsServerName: 'sip.example.com' })), { timeout: 10_000 }).toBe('their-certificate');
    await expect.poll(troubleOf(await openCarrier(demanding, 'tls', probing)), { timeout: 10_000 }).toBe('our-certificate');
    await expect.poll(troubleOf(await openCarrier(demanding, 'tls', { ...probing, port: demanding.port })), { timeout: 20_000 }).toBe('no-tls');
  }, 60_000);

  it('refuses a wrong password, and we say so', async () => {
    const carrier = await openCarrier(await openKamailio(), 'udp', { password: 'wrong' });
    await registered(carrier, false);
  });

  it('asks for a longer life (423) and gets it', async () => {
    const carrier = await openCarrier(await openKamailio({ minExpiresSec: 600 }), 'udp', { registerExpiresSec: 60 });
    await registered(carrier);
  });

  it('is not spoken to over TLS where its certificate is for another name', async () => {
    const carrier = await openCarrier(await openKamailio(), 'tls', { tlsServerName: 'sip.example.com' });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(carrier.trunkHealth()[0]?.registered).toBe(false);
    const { event } = await placed(carrier, '+15550100100', 'ended');
    expect(event).toMatchObject({ type: 'ended', end: { cause: 'trunk-down' } });
  });
});
