/**
 * Speech through the embedded engine from a browser whose network loses packets, as the telephone hears it: intelligibility
 * (STOI) and drop-outs, beside the same speech in G.711 with the same packets simply missing, which is what a relay that mends nothing delivers.
 *
 * Random loss, and bursts (Gilbert's model). The browser is simulated and speaks as the page makes a browser speak on such a
 * network (contract/speech-codec-policy.ts): G.711 on a clean one, Opus with repeats on the others; and G.711 on those, too, as
 * the seconds before the change are. The clean network is the whole engine's, over sockets and in real time; the others run
 * through the part that mends, on a clock of its own, so that a busy machine changes nothing of their figures.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { createEmbeddedMediaEngine, encodeG711, openRtpEndpoint, FRAME_MS, FRAME_SAMPLES } from '#server/telephony/index.ts';
import { fitsRed, writeRedBefore } from '#contract/red-codec.ts';
import { repeatsAgainst } from '#contract/speech-codec-policy.ts';
import { createUplinkRepair } from '#server/telephony/media/embedded/uplink-repair.ts';
import { createOpusEncoder } from '#server/telephony/media/audio/opus.ts';
import { openSimulatedBrowser } from '#server/telephony/media/testing/simulated-browser.ts';
import { matchSpeech, type SpeechMatch } from '../e2e/audio/speech-match.ts';
import { createLosses } from '../e2e/peers/lossy-relay.ts';
import { spokenClip } from '../e2e/audio/spoken-clips.ts';
import { quantile, report, type Row } from './report.ts';

const { values: options } = parseArgs({ options: { json: { type: 'boolean', default: false }, seed: { type: 'string', default: '7' } } });
const SPOKEN = spokenClip('physician');
/** Before the speech begins: the engine judges a network by its seconds. */
const LEAD_FRAMES = 150;
const JITTER_MS = 60;

interface Network {
  name: string;
  lossShare: number;
  /** A loss takes so many on average. */
  burstPackets: number;
  jitterMs: number;
  /** What TCP makes of a loss: everything after it waits until it was sent again. */
  stalls?: { share: number; fromMs: number; toMs: number };
  /** Of intelligibility at the telephone's end. */
  goal: number;
}

const NETWORKS: readonly Network[] = [
  { name: 'clean', lossShare: 0, burstPackets: 1, jitterMs: 0, goal: 0.99 },
  { name: '60 ms jitter', lossShare: 0, burstPackets: 1, jitterMs: JITTER_MS, goal: 0.99 },
  { name: '5 % random', lossShare: 0.05, burstPackets: 1, jitterMs: 0, goal: 0.97 },
  { name: '10 % random', lossShare: 0.1, burstPackets: 1, jitterMs: 0, goal: 0.97 },
  { name: '20 % random', lossShare: 0.2, burstPackets: 1, jitterMs: 0, goal: 0.97 },
  { name: '10 % in bursts of 3', lossShare: 0.1, burstPackets: 3, jitterMs: 0, goal: 0.93 },
  { name: '20 % in bursts of 3', lossShare: 0.2, burstPackets: 3, jitterMs: 0, goal: 0.93 },
  // Measured through TURN over TCP with as much lost: bursts of so long.
  { name: 'TURN/TCP, 3 % lost', lossShare: 0, burstPackets: 1, jitterMs: 0, stalls: { share: 0.03, fromMs: 190, toMs: 263 }, goal: 0.9 },
  { name: '20 % in bursts of 5', lossShare: 0.2, burstPackets: 5, jitterMs: 0, goal: 0.93 },
];

/** Octets of each frame as the page's browser would send it. */
type Speaker = (samples: Int16Array) => Uint8Array;

const speakG711: Speaker = (samples) => {
  const payload = new Uint8Array(FRAME_SAMPLES);
  encodeG711('PCMU', samples, FRAME_SAMPLES, payload, 0);
  return payload;
};

async function speakOpus(lossShare: number): Promise<Speaker> {
  const encoder = await createOpusEncoder();
  encoder.expectLoss(lossShare);
  const repeats = repeatsAgainst(lossShare);
  const sent: Uint8Array[] = [];
  return (samples) => {
    const speech = encoder.encode(samples).slice();
    const packet = new Uint8Array(1200);
    const redundant = repeats.toReversed().flatMap((framesBack) => {
      const octets = sent.at(-framesBack);
      return octets === undefined ? [] : [{ octets, length: octets.length, timestampOffset: framesBack * 960 }];
    });
    const at = writeRedBefore(packet, 0, 111, redundant.filter(({ length, timestampOffset }) => fitsRed(length, timestampOffset)));
    packet.set(speech, at);
    sent.push(speech);
    return packet.subarray(0, at + speech.length);
  };
}

interface Heard {
  match: SpeechMatch;
  /** The same, packets missing, unmended. */
  cut: SpeechMatch;
  /** From the browser's sending to the telephone's hearing, of the frames that were sent; ms. Undefined where not every frame arrives as it was. */
  addedMs: readonly number[] | undefined;
}

async function speakOverSockets(): Promise<Heard> {
  const engine = await createEmbeddedMediaEngine({
    bindAddress: '127.0.0.1',
    advertisedAddresses: ['127.0.0.1'],
    port: 0,
    partyAddress: '127.0.0.1',
    partyPortRange: { from: 30_000, to: 39_998 },
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
  });
  const opened = engine.open({ callId: 'bench', onEvent: () => {} });
  const phone = await openRtpEndpoint({ address: '127.0.0.1', portRange: { from: 20_000, to: 29_998 }, clock: systemClock, random: systemRandom });
  if (!opened.ok || phone === undefined) throw new Error('the engine could not be opened');
  const session = opened.value;
  const browser = await openSimulatedBrowser();
  try {
    const answer = await session.acceptDeviceOffer('device', browser.offer);
    const offer = await session.createPartyOffer('party', { sdes: 'off', direction: 'sendrecv' });
    if (!answer.ok || !offer.ok) throw new Error('the engine refused the call');
    const phoneAnswer = phone.acceptOffer(offer.value);
    if (!phoneAnswer.ok) throw new Error(phoneAnswer.refusal);
    await session.acceptPartyAnswer('party', phoneAnswer.value);
    await browser.connect(answer.value);
    const heard: number[] = [];
    const heardAtMs: number[] = [];
    const sentAtMs: number[] = [];
    phone.onFrame((samples) => {
      heard.push(...samples);
      heardAtMs.push(performance.now());
    });

    const silence = new Int16Array(FRAME_SAMPLES);
    const frames = LEAD_FRAMES + Math.floor(SPOKEN.samples.length / FRAME_SAMPLES);
    const startedAt = performance.now();
    for (let frame = 0; frame < frames; frame += 1) {
      const waitMs = startedAt + frame * FRAME_MS - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      const from = (frame - LEAD_FRAMES) * FRAME_SAMPLES;
      const payload = speakG711(from >= 0 ? SPOKEN.samples.subarray(from, from + FRAME_SAMPLES) : silence);
      sentAtMs.push(performance.now());
      browser.socket.send(browser.protect(frame, frame * FRAME_SAMPLES, payload, 0), browser.server().port, browser.server().address);
    }
    await sleep(300);
    return {
      match: matchSpeech(SPOKEN, { sampleRate: SPOKEN.sampleRate, samples: Int16Array.from(heard) }),
      cut: matchSpeech(SPOKEN, SPOKEN),
      // Passed on as they come, the last frame heard is the last one sent.
      addedMs: sentAtMs.map((sentMs, index) => heardAtMs[index + heardAtMs.length - sentAtMs.length]! - sentMs),
    };
  } finally {
    browser.close();
    phone.close();
    session.close();
    await engine.close();
  }
}

/** The same speech through the part that mends, 20 ms after 20 ms of a clock that waits for nobody. */
async function speakOver(network: Network, codec: 'G.711' | 'Opus'): Promise<Heard> {
  const speak = codec === 'G.711' ? speakG711 : await speakOpus(network.lossShare);
  const isLost = createLosses(Number(options.seed));
  const draw = createDraw(Number(options.seed));
  const repair = createUplinkRepair((payloadType) => (payloadType === 111 ? 'opus' : payloadType === 63 ? 'red' : 'PCMU'), (cause) => {
    throw cause;
  });
  repair.observe({ packetsReceived: 50, packetsLost: 10, jitterMs: network.jitterMs }, 0, 0);
  const cut = SPOKEN.samples.slice();
  const silence = new Int16Array(FRAME_SAMPLES);
  const frames = LEAD_FRAMES + Math.floor(cut.length / FRAME_SAMPLES);
  const heard: number[] = [];
  const arrivals: { atMs: number; frame: number; payload: Uint8Array }[] = [];
  let dueMs = 0;
  for (let frame = 0; frame < frames; frame += 1) {
    const from = (frame - LEAD_FRAMES) * FRAME_SAMPLES;
    const payload = speak(from >= 0 ? SPOKEN.samples.subarray(from, from + FRAME_SAMPLES) : silence);
    const { stalls } = network;
    const stalledMs = stalls !== undefined && draw() < stalls.share ? stalls.fromMs + draw() * (stalls.toMs - stalls.fromMs) : 0;
    dueMs = Math.max(dueMs, frame * FRAME_MS + draw() * network.jitterMs + stalledMs);
    if (!isLost(network)) arrivals.push({ atMs: dueMs, frame, payload });
    else if (from >= 0) cut.fill(0, from, from + FRAME_SAMPLES);
  }
  let next = 0;
  // The pacer's ticks and the browser's fall as they fall.
  for (let nowMs = 7; nowMs < (frames + 25) * FRAME_MS; nowMs += FRAME_MS) {
    for (let arrival = arrivals[next]; arrival !== undefined && arrival.atMs <= nowMs; arrival = arrivals[(next += 1)]) {
      const { frame, payload, atMs } = arrival;
      const isOpus = codec === 'Opus';
      const header = { marker: false, payloadType: isOpus ? 63 : 0, sequence: frame & 0xffff, timestamp: frame * (isOpus ? 960 : FRAME_SAMPLES), ssrc: 1, payloadOffset: 0, payloadLength: payload.length };
      repair.hear(1, header, payload, isOpus ? 'red' : 'PCMU', atMs);
    }
    // The decoder is there a moment after the first packet.
    if (nowMs < 100) await sleep(1);
    heard.push(...(repair.nextFrame(nowMs) ?? silence));
  }
  repair.close();
  return {
    match: matchSpeech(SPOKEN, { sampleRate: SPOKEN.sampleRate, samples: Int16Array.from(heard) }),
    cut: matchSpeech(SPOKEN, { sampleRate: SPOKEN.sampleRate, samples: cut }),
    addedMs: undefined,
  };
}

function createDraw(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const rows: Row[] = [];
for (const network of NETWORKS) {
  const isWhole = network.lossShare === 0;
  const isPlain = isWhole && network.jitterMs === 0 && network.stalls === undefined;
  const { match, cut, addedMs } = isPlain ? await speakOverSockets() : await speakOver(network, isWhole ? 'G.711' : 'Opus');
  // Where nothing is lost, nothing is missing: what a relay delivers late is not the same speech cut.
  const beside = (peer: number): object => (isWhole ? {} : { peer, peerName: 'G.711, not mended' });
  rows.push(
    { metric: `${network.name}: intelligibility`, unit: 'STOI', ours: match.intelligibility, ...beside(cut.intelligibility), goalOf: 'ours', goal: network.goal, better: 'more' },
    { metric: `${network.name}: drop-outs`, unit: 'share', ours: match.dropOutShare, ...beside(cut.dropOutShare), goalOf: 'ours', goal: 0.02, better: 'less' },
  );
  if (addedMs !== undefined) rows.push({ metric: `${network.name}: delay added, p95`, unit: 'ms', ours: quantile(addedMs, 0.95), goal: 60, goalOf: 'ours', better: 'less' });
  if (isWhole) continue;
  // Before the browser has changed, and for one that cannot: concealed is better than missing.
  const before = await speakOver(network, 'G.711');
  rows.push({ metric: `${network.name}: G.711, concealed`, unit: 'STOI', ours: before.match.intelligibility, peer: before.cut.intelligibility, peerName: 'G.711, not mended', goal: 1, goalOf: 'ratio', better: 'more' });
}
report('quality', { runs: 1, versions: {}, note: 'a simulated browser, 22 s of English speech' }, rows, options.json);
process.exit(0);
