/** A call whose browser loses a fifth of its packets each way: it changes to Opus by itself, repeats what it says, and is understood. In both browsers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { excerpt, matchSpeech, repeated } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import { startChromium } from './browser/chromium.ts';
import { startFirefox } from './browser/firefox.ts';
import { heardByPage } from './browser/page-ear.ts';
import { hearNext, hearsSpeech } from './listening.ts';
import { startLossyRelay, type LossyRelay } from './peers/lossy-relay.ts';
import { type PatientPhone, startPatientPhone } from './peers/baresip-peer.ts';
import { type Product, startProduct } from './product.ts';

const physician = excerpt(spokenClip('physician'), 0, 6000);
const patient = excerpt(spokenClip('patient'), 0, 6000);

/** Before the page's own code: every answer leads to the relay instead of the server, and the newest connection can be asked. */
const THROUGH_RELAY = `{
  const apply = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = async function (description) {
    window.connection = this;
    const candidate = /a=candidate:\\S+ 1 udp \\d+ (\\S+) (\\d+) typ host/.exec(description.sdp);
    if (candidate === null) return apply.call(this, description);
    const port = await window.openRelay(Number(candidate[2]));
    const sdp = description.sdp.replace(/a=candidate:.*\\r\\n/g, (line) => (line.includes(' udp ') ? line.replace(' ' + candidate[2] + ' typ', ' ' + port + ' typ') : ''));
    return apply.call(this, { type: description.type, sdp });
  };
  window.sentCodec = async () => {
    const stats = [...(await window.connection.getStats()).values()];
    const sent = stats.find(({ type }) => type === 'outbound-rtp');
    return stats.find(({ id }) => id === sent?.codecId)?.mimeType;
  };
}`;

interface TestedPage {
  goto(url: string): Promise<unknown>;
  evaluate(expression: string): Promise<unknown>;
  exposeFunction(name: string, callback: (port: number) => Promise<number>): Promise<unknown>;
  keyboard: { type(text: string): Promise<void>; press(key: 'Enter'): Promise<void> };
}

let phone: PatientPhone;
let product: Product;
const relays: LossyRelay[] = [];
let lossShare = 0;

beforeAll(async () => {
  phone = await startPatientPhone({ number: '+14805550167', answer: 'auto', speech: patient });
  product = await startProduct({ trunk: { name: 'clinic', host: '127.0.0.1', port: phone.port, callerIdForm: 'from', optionsIntervalSec: 0 } });
});
afterAll(async () => {
  for (const relay of relays) relay.close();
  await product?.close();
  await phone?.close();
});

async function openRelay(serverPort: number): Promise<number> {
  const relay = await startLossyRelay(serverPort, { lossShare }, 11, { address: '0.0.0.0' });
  relays.push(relay);
  return relay.port;
}

/** The call is up on a clean network, which then goes bad. */
async function callThrough(page: TestedPage, link: string): Promise<void> {
  lossShare = 0;
  await page.exposeFunction('openRelay', openRelay);
  await page.goto(link);
  await expect.poll(() => page.evaluate(`document.querySelector('input[inputmode=tel], input[type=tel]') !== null`), { timeout: 30_000 }).toBe(true);
  await page.evaluate(`document.querySelector('input[inputmode=tel], input[type=tel]').focus()`);
  await page.keyboard.type('4805550167');
  await page.keyboard.press('Enter');
  await phone.nextEvent('CALL_ESTABLISHED', 30_000);
  await hearsSpeech(phone, physician);
  expect(await page.evaluate('sentCodec()')).toMatch(/pcm[ua]/i);
}

/** On a calm machine .91 to .95 was heard; a busy one takes more than the network does. What repair is worth is measured by scripts/bench quality. */
const UNDERSTOOD = { intelligibility: 0.85, dropOutShare: 0.1 } as const;
/** On a busy machine a browser, a server or a phone stutters for seconds, which is no network's doing: what is looked for is one stretch without. */
const STRETCHES = 4;

async function comesThrough(): Promise<void> {
  const heard: string[] = [];
  for (let stretch = 0; stretch < STRETCHES; stretch += 1) {
    const match = matchSpeech(repeated(physician, 3), await hearNext(phone, 8000));
    heard.push(`STOI ${match.intelligibility.toFixed(3)} with ${(100 * match.dropOutShare).toFixed(1)} % missing`);
    if (match.intelligibility >= UNDERSTOOD.intelligibility && match.dropOutShare < UNDERSTOOD.dropOutShare) {
      process.stdout.write(`a fifth of all packets lost: ${heard.join(', ')}\n`);
      return;
    }
  }
  expect.fail(`Never understood: ${heard.join(', ')}`);
}

async function understoodThroughLoss(page: TestedPage): Promise<void> {
  const listening = hearNext(phone, 12_000);
  for (const relay of relays) relay.change({ lossShare: 0.2 });
  await expect.poll(() => page.evaluate('sentCodec()'), { timeout: 20_000 }).toMatch(/opus/i);
  const atChange = matchSpeech(repeated(physician, 3), await listening);
  // The seconds before the change are G.711 with its losses concealed, on a machine that may starve a browser; none is missing whole.
  expect(atChange.dropOutShare, JSON.stringify(atChange)).toBeLessThan(0.15);
  await comesThrough();
  await hearsSpeech({ heard: () => heardByPage(page) }, patient);
}

/** What rtpengine cannot do is lost where it stands before us: docs/decisions/0012. */
const HAS_OPUS = process.env['QUIETLINE_TEST_ENGINE'] !== 'rtpengine';

describe.runIf(HAS_OPUS).each([
  ['Chromium', async () => {
    const browser = await startChromium(physician);
    const page = await (await browser.newContext()).newPage();
    await page.addInitScript(THROUGH_RELAY);
    return { page: page as unknown as TestedPage, close: () => browser.close() };
  }],
  ['Firefox', async () => {
    const browser = await startFirefox(physician);
    const page = await browser.newPage();
    await page.evaluateOnNewDocument(THROUGH_RELAY);
    return { page: page as unknown as TestedPage, close: () => browser.close() };
  }],
])('with a fifth of all packets lost, %s', (_name, start) => {
  it('changes to Opus in mid-call and is understood at the far end, and hears it', { retry: 1 }, async () => {
    const { page, close } = await start();
    try {
      await callThrough(page, product.newLink());
      await understoodThroughLoss(page);
    } finally {
      await close();
      for (const relay of relays.splice(0)) relay.close();
      await phone.hangUp();
    }
  });
});
