/** The media engine against real browsers, without a page or a call of ours between: what an engine owes whatever stands above it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Page as FirefoxPage } from 'puppeteer-core';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { createEmbeddedMediaEngine, openRtpEndpoint, type MediaEngine, type MediaEvent, type MediaSession, type RtpEndpoint } from '#server/telephony/index.ts';
import { excerpt, isSameSpeech, matchSpeech, repeated } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import type { Recording } from './audio/wav-file.ts';
import { startChromium, type ChromiumUnderTest } from './browser/chromium.ts';
import { startFirefox } from './browser/firefox.ts';
import { heardByPage } from './browser/page-ear.ts';
import { startLossyRelay, type LossyRelay } from './peers/lossy-relay.ts';

const doctor = spokenClip('physician');
const patient = spokenClip('patient');
let engine: MediaEngine;
let chromium: ChromiumUnderTest;
/** A page with nothing on it; a loopback address is secure enough for a microphone. */
const blank = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<!doctype html><title>test</title>'));
const blankUrl = (): string => `http://127.0.0.1:${(blank.address() as AddressInfo).port}/`;
const closers: (() => Promise<void> | void)[] = [];

/** Firefox binds to the interface of its default route and never pairs it with loopback. */
const localAddresses = (): string[] => ['127.0.0.1', ...Object.values(networkInterfaces()).flatMap((list) => (list ?? []).filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address))];

beforeAll(async () => {
  engine = await createEmbeddedMediaEngine({
    bindAddress: '0.0.0.0',
    advertisedAddresses: localAddresses(),
    port: 0,
    partyAddress: '127.0.0.1',
    partyPortRange: { from: 30_000, to: 39_998 },
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
  });
  chromium = await startChromium(doctor);
  await new Promise<void>((resolve) => void blank.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

afterAll(async () => {
  blank.closeAllConnections();
  blank.close();
  await chromium.close();
  await engine.close();
});

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const valueOf = <Value>(result: { ok: true; value: Value } | { ok: false; refusal: string }): Value => {
  if (!result.ok) throw new Error(result.refusal);
  return result.value;
};

interface Evaluating {
  evaluate(expression: string): Promise<unknown>;
}

/** What a page of ours would do, in few words. */
const PAGE = `
  window.offerCall = async () => {
    window.microphone ??= await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
    window.call?.close();
    window.call = new RTCPeerConnection();
    for (const track of window.microphone.getAudioTracks()) window.call.addTrack(track, window.microphone);
    window.call.addEventListener('track', ({ track }) => { const player = new Audio(); player.srcObject = new MediaStream([track]); player.play(); window.player = player; });
    await window.call.setLocalDescription();
    return window.call.localDescription.sdp;
  };
  window.reofferCall = async (iceRestart, direction) => {
    if (iceRestart) window.call.restartIce();
    for (const transceiver of window.call.getTransceivers()) transceiver.direction = direction;
    await window.call.setLocalDescription();
    return window.call.localDescription.sdp;
  };
  window.takeAnswer = (sdp) => window.call.setRemoteDescription({ type: 'answer', sdp });
  'ready'`;

async function openPage(page: Evaluating): Promise<void> {
  await page.evaluate(PAGE);
}

/** `told` is what the page hears of the engine's answer. */
async function connect(page: Evaluating, session: MediaSession, offering = 'offerCall()', told = (answer: string): string => answer): Promise<void> {
  const offer = String(await page.evaluate(offering));
  const answer = valueOf(await session.acceptDeviceOffer('device', offer));
  await page.evaluate(`takeAnswer(${JSON.stringify(told(answer))})`);
}

const withoutUdp = (answer: string): string => answer.replaceAll(/^a=candidate:\S+ 1 udp.*\r\n/gm, '');

interface OpenCall {
  session: MediaSession;
  events: MediaEvent[];
  phone: RtpEndpoint;
  /** What the telephone has heard since it was last asked. */
  heardByPhone(): Recording;
}

async function openCall(): Promise<OpenCall> {
  const events: MediaEvent[] = [];
  const session = valueOf(engine.open({ callId: 'e2e', onEvent: (event) => events.push(event) }));
  const phone = await openRtpEndpoint({ address: '127.0.0.1', portRange: { from: 20_000, to: 29_998 }, clock: systemClock, random: systemRandom });
  if (phone === undefined) throw new Error('no free ports');
  closers.push(() => {
    phone.close();
    session.close();
  });
  const offer = valueOf(await session.createPartyOffer('party', { sdes: 'off', direction: 'sendrecv' }));
  valueOf(await session.acceptPartyAnswer('party', valueOf(phone.acceptOffer(offer))));
  let samples: number[] = [];
  phone.onFrame((frame) => samples.push(...frame));
  return {
    session,
    events,
    phone,
    heardByPhone() {
      const heard = { sampleRate: 8000, samples: Int16Array.from(samples) };
      samples = [];
      return heard;
    },
  };
}

async function chromiumPage(): Promise<Page> {
  const context = await chromium.newContext();
  closers.push(() => context.close());
  const page = await context.newPage();
  await page.goto(blankUrl());
  await openPage(page);
  return page;
}

const until = async (isTrue: () => boolean | Promise<boolean>, withinMs = 8000): Promise<void> => {
  for (const endsAt = performance.now() + withinMs; performance.now() < endsAt; await sleep(50)) if (await isTrue()) return;
  throw new Error('it did not happen in time');
};

/** Speaks from the telephone for as long as it takes to judge both directions. */
async function expectSpeechBothWays(call: OpenCall, page: Evaluating): Promise<void> {
  await until(() => call.events.some((event) => event.type === 'leg-connected' && event.leg === 'device'));
  call.heardByPhone();
  void call.phone.play({ kind: 'clip', samples: patient.samples, times: Infinity });
  await sleep(6000);
  call.phone.stopPlaying();
  // Read before anything is judged: judging takes a second, in which the page hears silence.
  const heard = await heardByPage(page);
  const atPhone = matchSpeech(repeated(doctor, 3), excerpt(call.heardByPhone(), 500, 5000));
  const atPage = matchSpeech(repeated(patient, 3), excerpt(heard, Math.max(0, (heard.samples.length * 1000) / heard.sampleRate - 5500), 5000));
  expect(isSameSpeech(atPhone), `at the telephone: ${JSON.stringify(atPhone)}`).toBe(true);
  expect(isSameSpeech(atPage), `at the page: ${JSON.stringify(atPage)}`).toBe(true);
}

/** A starved machine makes a browser's sound device run slow: what the page recorded is then stretched, and judged once more. */
const STARVED = { retry: 1 } as const;

test('Chromium and a telephone hear each other’s speech', STARVED, async () => {
  const page = await chromiumPage();
  const call = await openCall();
  await connect(page, call.session);
  await expectSpeechBothWays(call, page);
  expect(call.session.statistics()).toMatchObject([{ leg: 'party', packetsLost: 0, packetsRefused: 0 }, { leg: 'device', packetsLost: 0, packetsRefused: 0 }]);
});

test('an ICE restart, a browser’s own hold and a whole new PeerConnection leave the telephone’s stream unbroken', STARVED, async () => {
  const page = await chromiumPage();
  const call = await openCall();
  await connect(page, call.session);
  const hears = async (): Promise<void> => {
    call.heardByPhone();
    await until(() => call.heardByPhone().samples.some((sample) => Math.abs(sample) > 2000));
  };
  await hears();
  const party = () => call.session.statistics().find(({ leg }) => leg === 'party')!;
  await connect(page, call.session, `reofferCall(true, 'sendrecv')`);
  await hears();
  await connect(page, call.session, `reofferCall(false, 'inactive')`);
  await sleep(500);
  call.heardByPhone();
  const sentBefore = party().packetsSent;
  await sleep(1000);
  expect(Math.max(...call.heardByPhone().samples.map(Math.abs))).toBeLessThanOrEqual(8);
  expect(party().packetsSent - sentBefore).toBeGreaterThan(15);
  await connect(page, call.session, `reofferCall(false, 'sendrecv')`);
  await hears();
  await connect(page, call.session);
  await hears();
  await page.reload();
  await openPage(page);
  await connect(page, call.session);
  await expectSpeechBothWays(call, page);
});

/** For the figure of 40: LOSSY_SETUPS=40 vitest run --project calls e2e/media-engine.e2e.test.ts -t lost */
const LOSSY_SETUPS = Number(process.env['LOSSY_SETUPS'] ?? 12);

test('with 15 % of packets lost each way, every set-up has media both ways', { timeout: LOSSY_SETUPS * 10_000 }, async () => {
  const tookMs: number[] = [];
  const page = await chromiumPage();
  const relays: LossyRelay[] = [];
  closers.push(() => relays.forEach((relay) => relay.close()));
  for (let attempt = 1; attempt <= LOSSY_SETUPS; attempt += 1) {
    const session = valueOf(engine.open({ callId: 'loss', onEvent: () => {} }));
    const offer = String(await page.evaluate('offerCall()'));
    const answer = valueOf(await session.acceptDeviceOffer('device', offer));
    const [candidate, port] = /^a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 (\d+) typ host/m.exec(answer)!;
    const relay = await startLossyRelay(Number(port), 0.15, attempt);
    relays.push(relay);
    const told = answer.replaceAll(/^a=candidate:.*\r\n/gm, '').replace('a=end-of-candidates', `${candidate.replace(port!, String(relay.port))}\r\na=end-of-candidates`);
    const answeredAtMs = performance.now();
    await page.evaluate(`takeAnswer(${JSON.stringify(told)})`);
    await until(async () => {
      const down = await page.evaluate(`call.getStats().then((stats) => [...stats.values()].find(({ type }) => type === 'inbound-rtp')?.packetsReceived ?? 0)`);
      return Number(down) > 10 && (session.statistics()[0]?.packetsReceived ?? 0) > 10;
    });
    tookMs.push(Math.round(performance.now() - answeredAtMs));
    session.close();
  }
  tookMs.sort((one, other) => one - other);
  process.stdout.write(`set-ups with 15 % loss: ${tookMs.length} of ${LOSSY_SETUPS} with media both ways; median ${tookMs[tookMs.length >> 1]!} ms, slowest ${tookMs.at(-1)!} ms\n`);
});

test('a browser whose network lets no UDP out is heard over TCP', STARVED, async () => {
  const page = await chromiumPage();
  const call = await openCall();
  await connect(page, call.session, 'offerCall()', withoutUdp);
  await expectSpeechBothWays(call, page);
  await connect(page, call.session, `reofferCall(true, 'sendrecv')`, withoutUdp);
  call.heardByPhone();
  await until(() => call.heardByPhone().samples.some((sample) => Math.abs(sample) > 2000));
});

test('keys that the browser itself sends reach the telephone', async () => {
  const page = await chromiumPage();
  const call = await openCall();
  let keys = '';
  call.phone.onDtmf((digit) => (keys += digit));
  await connect(page, call.session);
  await until(() => call.events.some((event) => event.type === 'leg-connected' && event.leg === 'device'));
  await page.evaluate(`call.getSenders()[0].dtmf.insertDTMF('12#', 100, 100)`);
  await until(() => keys === '12#');
  expect(call.events.filter((event) => event.type === 'dtmf').map((event) => event.type === 'dtmf' && event.digit).join('')).toBe('12#');
});

test('Firefox and a telephone hear each other’s speech', STARVED, async () => {
  const firefox = await startFirefox(doctor);
  try {
    const page: FirefoxPage = await firefox.newPage();
    await page.goto(blankUrl());
    await openPage(page);
    const call = await openCall();
    await connect(page, call.session);
    await expectSpeechBothWays(call, page);
  } finally {
    await firefox.close();
  }
});
