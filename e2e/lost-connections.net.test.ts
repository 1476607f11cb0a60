/** The connection to a trunk is lost while a call or a registration stands: what is owed is said over the next one, to a peer that is who it should be. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { checkTrunkSettings, createSipCarrier } from '#server/telephony/index.ts';
import type { PartyLegEvent, SipCarrier } from '#server/telephony/index.ts';
import { startPatientPhone } from './peers/baresip-peer.ts';
import { startCutRelay } from './peers/cut-relay.ts';
import { startKamailio } from './peers/kamailio-peer.ts';
import { makeCertificate } from './peers/test-certificate.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const SDP = 'v=0\r\no=t 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';

async function openCarrier(settings: Record<string, unknown>): Promise<SipCarrier> {
  const checked = checkTrunkSettings({ name: 'trunk', host: '127.0.0.1', optionsIntervalSec: 0, ...settings });
  if (!checked.ok) throw new Error(checked.refusal.join(' '));
  const carrier = await createSipCarrier({ trunks: [checked.value], listen: { host: '127.0.0.1', udpPort: 0 }, clock: systemClock, random: systemRandom, log: silentLog });
  cleanups.push(() => carrier.close(500));
  return carrier;
}

describe.each(['tcp', 'tls'] as const)('a call over %s whose connection was lost', (transport) => {
  it('is ended at the telephone all the same, over a connection made for it', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'quietline-lost-'));
    cleanups.push(() => rm(directory, { recursive: true }));
    const certificate = transport === 'tls' ? await makeCertificate(directory) : undefined;
    const phone = await startPatientPhone({ number: '+15550100100', answer: 'auto', transport, ...(certificate === undefined ? {} : { certificate }) });
    cleanups.push(() => phone.close());
    const relay = await startCutRelay(phone.port);
    cleanups.push(() => relay.close());
    // The certificate is for a name; the phone's Contact, like most carriers', is an address.
    const carrier = await openCarrier({ port: relay.port, transport, ...(certificate === undefined ? {} : { tlsCa: certificate.ca, tlsServerName: 'localhost' }) });
    const heard: PartyLegEvent['type'][] = [];
    const placed = carrier.place({ callId: 'c', to: '+15550100100', from: '+15550199199', displayName: undefined, offer: SDP, trunks: ['trunk'], ringTimeoutMs: 10_000 }, (event) => heard.push(event.type));
    if (!placed.ok) throw new Error(placed.refusal);
    await phone.nextEvent('CALL_ESTABLISHED', 10_000);
    relay.cut();
    await expect.poll(() => heard.at(-1)).toBe('answered');
    placed.value.hangUp();
    await phone.nextEvent('CALL_CLOSED', 10_000);
  }, 30_000);
});

describe('a registration whose connection was lost', () => {
  it('is made again at once, since calls came to us by that connection; but not for ever, where the registrar closes each', async () => {
    const kamailio = await startKamailio();
    cleanups.push(() => kamailio.stop());
    const relay = await startCutRelay(kamailio.port);
    cleanups.push(() => relay.close());
    const carrier = await openCarrier({ port: relay.port, transport: 'tcp', domain: kamailio.realm, user: kamailio.user, password: kamailio.password, register: true });
    const registrations = (): number => relay.heard().split(/^(?=SIP\/2\.0 )/m).filter((message) => /^SIP\/2\.0 200 [^]*^CSeq: \d+ REGISTER\r$/m.test(message)).length;
    await expect.poll(registrations, { timeout: 10_000 }).toBe(1);
    for (const made of [2, 3]) {
      relay.cut();
      await expect.poll(registrations, { timeout: 10_000 }).toBe(made);
    }
    relay.cut();
    // Another one would have come within a second.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(registrations()).toBe(3);
    expect(carrier.trunkHealth()[0]).toMatchObject({ registered: true });
  }, 30_000);
});
