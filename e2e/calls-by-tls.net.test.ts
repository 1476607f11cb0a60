/** A trunk that calls us by TLS: Kamailio, checking our certificate against its authority and showing its own, brings sipp's call to the port that the settings open. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { checkTrunkSettings, createSipCarrier } from '#server/telephony/index.ts';
import type { PartyLegEvent, SipCarrier } from '#server/telephony/index.ts';
import { startKamailio } from './peers/kamailio-peer.ts';
import { startSipp } from './peers/sipp-peer.ts';
import { makeCertificate, makeClientCertificates } from './peers/test-certificate.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const SDP = 'v=0\r\no=- 5 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';

async function openCarrier(clientCa?: 'demanded'): Promise<{ carrier: SipCarrier; directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'quietline-tls-'));
  cleanups.push(() => rm(directory, { recursive: true }));
  const ours = await makeCertificate(directory);
  await makeClientCertificates(directory);
  const checked = checkTrunkSettings({ name: 'trunk', host: '127.0.0.1', port: 9, transport: 'tls', mediaEncryption: 'required', optionsIntervalSec: 0 });
  if (!checked.ok) throw new Error(checked.refusal.join(' '));
  const carrier = await createSipCarrier({
    trunks: [checked.value], listen: { host: '127.0.0.1', udpPort: 0, tlsPort: 0, tls: { cert: ours.cert, key: ours.key, clientCa: clientCa === undefined ? undefined : ours.ca } }, clock: systemClock, random: systemRandom, log: silentLog,
  });
  cleanups.push(() => carrier.close(1_000));
  return { carrier, directory };
}

/** How sipp's call ended that Kamailio brought us; `client` names the certificate that Kamailio shows. */
async function bring({ carrier, directory }: { carrier: SipCarrier; directory: string }, client: 'good' | 'stranger', transport: 'udp' | 'tls' = 'tls'): Promise<{ finished: Promise<void>; ended: Promise<PartyLegEvent>; from: () => string | undefined }> {
  const file = (name: string): string => join(directory, name);
  const kamailio = await startKamailio({ relayTo: `127.0.0.1:${carrier.port(transport)};transport=${transport}`, asClient: { ca: file('ca.pem'), cert: file(`${client}.pem`), key: file(`${client}.key`) } });
  cleanups.push(() => kamailio.stop());
  let trunk: string | undefined;
  const ended = new Promise<PartyLegEvent>((resolve) => {
    carrier.onIncoming((call) => {
      trunk = call.trunk;
      const leg = call.accept((event) => event.type === 'ended' && resolve(event));
      leg.ring();
      leg.answer(SDP);
    });
  });
  const sipp = await startSipp({ scenario: 'uac-through-proxy', remote: `127.0.0.1:${kamailio.port}`, timeoutSec: client === 'stranger' && transport === 'tls' ? 10 : 30 });
  cleanups.push(() => sipp.stop());
  return { finished: sipp.finished(), ended, from: () => trunk };
}

describe('a call that Kamailio brings by TLS', () => {
  it('is taken, and ended by the caller', async () => {
    const call = await bring(await openCarrier(), 'stranger');
    await call.finished;
    expect(await call.ended).toMatchObject({ end: { by: 'peer', cause: 'hung-up' } });
    expect(call.from()).toBe('trunk');
  }, 30_000);

  it('is taken where a certificate is demanded and it shows a good one, and not with a stranger\'s', async () => {
    const place = await openCarrier('demanded');
    const good = await bring(place, 'good');
    await good.finished;
    expect(good.from()).toBe('trunk');
    const bad = await bring(place, 'stranger');
    await expect(bad.finished).rejects.toThrow();
    expect(bad.from()).toBeUndefined();
  }, 60_000);
});

describe('a trunk whose audio must be encrypted', () => {
  it('is refused where it calls by a datagram, which would carry the keys in the open', async () => {
    const call = await bring(await openCarrier(), 'good', 'udp');
    await expect(call.finished).rejects.toThrow(/403/);
    expect(call.from()).toBeUndefined();
  }, 30_000);
});
