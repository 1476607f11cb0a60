/** The SIP carrier against linphone, both ways: UDP, TCP and TLS, and UDP that loses 5 and 30 % of datagrams each way and reorders others. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { checkTrunkSettings, createSipCarrier, openRtpEndpoint } from '#server/telephony/index.ts';
import type { IncomingCall, PartyLegEvent, RtpEndpoint, SipCarrier } from '#server/telephony/index.ts';
import { startLinphone } from './peers/linphone-peer.ts';
import type { LinphonePeer } from './peers/linphone-peer.ts';
import { startLossyRelay } from './peers/lossy-sip-relay.ts';
import { makeCertificate } from './peers/test-certificate.ts';

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function openAudio(): Promise<RtpEndpoint> {
  const audio = (await openRtpEndpoint({ address: '127.0.0.1', portRange: { from: 19_000, to: 19_998 }, clock: systemClock, random: systemRandom }))!;
  cleanups.push(() => audio.close());
  return audio;
}

async function openCarrier(port: number, transport: 'udp' | 'tcp', tls?: { key: string; cert: string }): Promise<SipCarrier> {
  const checked = checkTrunkSettings({ name: 'linphone', host: '127.0.0.1', port, transport, optionsIntervalSec: 0 });
  if (!checked.ok) throw new Error(checked.refusal.join(' '));
  const carrier = await createSipCarrier({ trunks: [checked.value], listen: { host: '127.0.0.1', udpPort: 0, tcpPort: 0, ...(tls === undefined ? {} : { tlsPort: 0, tls }) }, clock: systemClock, random: systemRandom, log: silentLog });
  cleanups.push(() => carrier.close(1_000));
  return carrier;
}

async function openLinphone(options: Parameters<typeof startLinphone>[0]): Promise<LinphonePeer> {
  const linphone = await startLinphone(options);
  cleanups.push(() => linphone.stop());
  return linphone;
}

/** Calls it, waits for its answer, hangs up; resolves to how it ended. */
async function callIt(carrier: SipCarrier): Promise<PartyLegEvent[]> {
  const audio = await openAudio();
  return new Promise((resolve, reject) => {
    const events: PartyLegEvent[] = [];
    const placed = carrier.place({ callId: 'c', to: '+15550177177', from: '+15550199199', displayName: 'Lakeside Clinic', offer: audio.createOffer(), trunks: ['linphone'], ringTimeoutMs: 30_000 }, (event) => {
      events.push(event);
      if (event.type === 'answered' && placed.ok) {
        audio.acceptAnswer(event.answer);
        setTimeout(() => placed.ok && placed.value.hangUp(), 500);
      }
      if (event.type === 'offered' && event.offer !== undefined) {
        const answer = audio.acceptOffer(event.offer);
        if (answer.ok) event.responder.answer(answer.value);
      }
      if (event.type === 'ended') resolve(events);
    });
    if (!placed.ok) reject(new Error(placed.refusal));
  });
}

/** It calls us, we answer, it hangs up. */
async function letItCall(carrier: SipCarrier, linphone: LinphonePeer, address: string): Promise<{ call: IncomingCall; end: PartyLegEvent }> {
  const audio = await openAudio();
  const taken = new Promise<{ call: IncomingCall; end: PartyLegEvent }>((resolve) => {
    carrier.onIncoming((call) => {
      const leg = call.accept((event) => event.type === 'ended' && resolve({ call, end: event }));
      const answer = audio.acceptOffer(call.offer!);
      if (answer.ok) leg.answer(answer.value);
    });
  });
  linphone.call(address);
  await linphone.says(/Call \d+ with .* connected|Media streams established/);
  linphone.hangUp();
  return taken;
}

describe.each(['udp', 'tcp'] as const)('linphone over %s', (transport) => {
  it('answers our call and hears its end', async () => {
    const linphone = await openLinphone({ transport, answers: true });
    const events = await callIt(await openCarrier(linphone.port, transport));
    expect(events.map(({ type }) => type)).toContain('answered');
    expect(events.at(-1)).toMatchObject({ type: 'ended', end: { by: 'us', cause: 'hung-up' } });
    await linphone.says(/ended/);
  });

  it('calls us, is answered, and hangs up', async () => {
    const linphone = await openLinphone({ transport });
    const carrier = await openCarrier(linphone.port, transport);
    const { call, end } = await letItCall(carrier, linphone, `sip:+16125550100@127.0.0.1:${carrier.port(transport)};transport=${transport}`);
    expect(call).toMatchObject({ called: '+16125550100', trunk: 'linphone' });
    expect(end).toMatchObject({ end: { by: 'peer', cause: 'hung-up' } });
  });
});

describe('linphone over tls', () => {
  it('calls us, is answered, and hangs up', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'quietline-linphone-tls-'));
    cleanups.push(() => rm(directory, { recursive: true, force: true }));
    const linphone = await openLinphone({ transport: 'tls' });
    const carrier = await openCarrier(linphone.port, 'udp', await makeCertificate(directory));
    const { end } = await letItCall(carrier, linphone, `sip:+16125550100@127.0.0.1:${carrier.port('tls')};transport=tls`);
    expect(end).toMatchObject({ end: { by: 'peer', cause: 'hung-up' } });
  });
});

describe.each([5, 30])('linphone over udp that loses %i percent each way', (percent) => {
  it('answers our call, and both sides end it', async () => {
    const relay = await startLossyRelay({ lossShare: percent / 100, reorderShare: 0.1, seed: 7 + percent });
    cleanups.push(() => relay.close());
    const linphone = await openLinphone({ transport: 'udp', answers: true, contactPort: relay.port });
    relay.aimAt(linphone.port);
    const carrier = await openCarrier(relay.port, 'udp');
    for (let calls = 0; calls < 3; calls++) {
      const events = await callIt(carrier);
      expect(events.map(({ type }) => type)).toContain('answered');
      expect(events.at(-1)).toMatchObject({ type: 'ended', end: { by: 'us', cause: 'hung-up' } });
    }
  }, 120_000);
});
