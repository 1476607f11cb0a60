/**
 * Speech through the embedded engine from a browser whose network loses packets, as the telephone hears it: intelligibility
 * (STOI) and drop-outs, beside the same speech with the same packets simply missing, which is what a relay that mends nothing delivers.
 *
 * Random loss, and bursts of three packets on average (Gilbert-Elliott). The browser is simulated: G.711, no repair of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { createEmbeddedMediaEngine, encodeG711, openRtpEndpoint, FRAME_MS, FRAME_SAMPLES } from '#server/telephony/index.ts';
import { openSimulatedBrowser } from '#server/telephony/media/testing/simulated-browser.ts';
import { matchSpeech, type SpeechMatch } from '../e2e/audio/speech-match.ts';
import { spokenClip } from '../e2e/audio/spoken-clips.ts';
import { report, type Row } from './report.ts';

const { values: options } = parseArgs({ options: { json: { type: 'boolean', default: false }, seed: { type: 'string', default: '7' } } });
const SPOKEN = spokenClip('physician');
/** Before the speech begins: the engine judges a network by its seconds. */
const LEAD_FRAMES = 150;
const BURST_PACKETS = 3;

interface Network {
  name: string;
  lossShare: number;
  isBursty: boolean;
  /** What the issue asks of the telephone's end. */
  goal: number;
}

const NETWORKS: readonly Network[] = [
  { name: 'no loss', lossShare: 0, isBursty: false, goal: 0.99 },
  { name: '5 % random', lossShare: 0.05, isBursty: false, goal: 0.97 },
  { name: '10 % random', lossShare: 0.1, isBursty: false, goal: 0.97 },
  { name: '20 % random', lossShare: 0.2, isBursty: false, goal: 0.97 },
  { name: '20 % in bursts', lossShare: 0.2, isBursty: true, goal: 0.93 },
];

function createLoss({ lossShare, isBursty }: Network, seed: number): () => boolean {
  let state = seed;
  const draw = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  if (!isBursty) return () => draw() < lossShare;
  let isBad = false;
  const leave = 1 / BURST_PACKETS;
  const enter = (leave * lossShare) / (1 - lossShare);
  return () => {
    isBad = isBad ? draw() >= leave : draw() < enter;
    return isBad;
  };
}

async function speakOver(network: Network): Promise<{ ours: SpeechMatch; cut: SpeechMatch }> {
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
    phone.onFrame((samples) => heard.push(...samples));

    const isLost = createLoss(network, Number(options.seed));
    const cut = SPOKEN.samples.slice();
    const frames = LEAD_FRAMES + Math.floor(cut.length / FRAME_SAMPLES);
    const startedAt = performance.now();
    const payload = new Uint8Array(FRAME_SAMPLES);
    for (let frame = 0; frame < frames; frame += 1) {
      const waitMs = startedAt + frame * FRAME_MS - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      const from = (frame - LEAD_FRAMES) * FRAME_SAMPLES;
      payload.fill(0xff);
      if (from >= 0) encodeG711('PCMU', SPOKEN.samples.subarray(from, from + FRAME_SAMPLES), FRAME_SAMPLES, payload, 0);
      if (!isLost()) browser.socket.send(browser.protect(frame, frame * FRAME_SAMPLES, payload, 0), browser.server().port, browser.server().address);
      else if (from >= 0) cut.fill(0, from, from + FRAME_SAMPLES);
    }
    await sleep(300);
    return {
      ours: matchSpeech(SPOKEN, { sampleRate: SPOKEN.sampleRate, samples: Int16Array.from(heard) }),
      cut: matchSpeech(SPOKEN, { sampleRate: SPOKEN.sampleRate, samples: cut }),
    };
  } finally {
    browser.close();
    phone.close();
    session.close();
    await engine.close();
  }
}

const rows: Row[] = [];
for (const network of NETWORKS) {
  const { ours, cut } = await speakOver(network);
  rows.push(
    { metric: `${network.name}: intelligibility`, unit: 'STOI', ours: ours.intelligibility, peer: cut.intelligibility, peerName: 'not mended', goal: network.goal, goalOf: 'ours', better: 'more' },
    { metric: `${network.name}: drop-outs`, unit: 'share', ours: ours.dropOutShare, peer: cut.dropOutShare, peerName: 'not mended', goal: 0.02, goalOf: 'ours', better: 'less' },
  );
}
report('quality', { runs: 1, versions: {}, note: 'G.711 from a simulated browser, 22 s of English speech' }, rows, options.json);
process.exit(0);
