/** Keys to a trunk that takes neither telephone events nor INFO: real SIP and RTP, the far end a script that refuses, and what it hears put to the detector. */
import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { createKeyPresser } from '#server/features/calls/key-presser.ts';
import { checkTrunkSettings, createDtmfDetector, createEmbeddedMediaEngine, createSipCarrier, openRtpEndpoint, type PartyLegEvent } from '#server/telephony/index.ts';
import { startScriptedTrunk } from './peers/scripted-trunk.ts';

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const valueOf = <Value>(result: { ok: true; value: Value } | { ok: false; refusal: unknown }): Value => {
  if (!result.ok) throw new Error(String(result.refusal));
  return result.value;
};

test.each(['415 Unsupported Media Type', '405 Method Not Allowed', '501 Not Implemented'])('a trunk that says %s to INFO hears its keys as tones, each once and in order, and is asked no second time', async (refusal) => {
  const [clock, random, log] = [systemClock, systemRandom, silentLog];
  const trunk = await startScriptedTrunk();
  cleanups.push(() => trunk.close());
  const carrier = await createSipCarrier({ trunks: [valueOf(checkTrunkSettings({ name: 'trunk', host: '127.0.0.1', port: trunk.port, optionsIntervalSec: 0 }))], listen: { host: '127.0.0.1', udpPort: 0 }, clock, random, log });
  cleanups.push(() => carrier.close(300));
  const engine = await createEmbeddedMediaEngine({ bindAddress: '127.0.0.1', advertisedAddresses: ['127.0.0.1'], port: 0, partyAddress: '127.0.0.1', partyPortRange: { from: 30_000, to: 30_998 }, clock, random, log });
  cleanups.push(() => engine.close());
  const media = valueOf(engine.open({ callId: 'c', onEvent: () => {} }));
  const phone = (await openRtpEndpoint({ address: '127.0.0.1', portRange: { from: 21_000, to: 21_998 }, clock, random }))!;
  cleanups.push(() => phone.close());
  const heard: string[] = [];
  const keys = createDtmfDetector();
  phone.onFrame((samples) => {
    const key = keys.hear(samples);
    if (key !== undefined) heard.push(key.digit);
  });

  const offer = valueOf(await media.createPartyOffer('party', { sdes: 'off', direction: 'sendrecv' }));
  const events: PartyLegEvent[] = [];
  const leg = valueOf(carrier.place({ callId: 'c', to: '+15550100100', from: '+15550199199', displayName: undefined, offer, trunks: ['trunk'], ringTimeoutMs: 10_000 }, (event) => events.push(event)));
  const invite = await trunk.take('INVITE');
  const withoutEvents = valueOf(phone.acceptOffer(offer)).replace(/a=(rtpmap|fmtp):101.*\r\n/g, '').replace(/(m=audio.*) 101/, '$1');
  trunk.answer(invite, '200 OK', ['Content-Type: application/sdp'], withoutEvents);
  valueOf(await media.acceptPartyAnswer('party', (await vi.waitFor(() => events.find((event) => event.type === 'answered') ?? expect.fail('not answered'), 5_000)).answer));
  await trunk.take('ACK');

  const presser = createKeyPresser({ media, mediaLeg: 'party', leg: () => leg, clock });
  const pressed = presser.press(['4', '7']);
  const info = await trunk.take('INFO');
  expect(info).toContain('Signal=4');
  trunk.answer(info, refusal);
  valueOf(await pressed);
  valueOf(await presser.press(['#']));
  await expect.poll(() => heard, { timeout: 5_000 }).toEqual(['4', '7', '#']);
  expect(trunk.received.filter((message) => message.startsWith('INFO') && !message.includes('Signal=4'))).toEqual([]);
  leg.hangUp();
  trunk.answer(await trunk.take('BYE'), '200 OK');
});
