/** Nothing of the member on the trunk's side: words planted in every input of the member's are sought in every byte that the trunk is sent. */
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { excerpt } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import { type ChromiumUnderTest, startChromium } from './browser/chromium.ts';
import { type MemberPage, signIn } from './member-page.ts';
import { type RecordingTrunk, startRecordingTrunk } from './peers/recording-trunk.ts';
import { type Product, startProduct } from './product.ts';
import { tellsOneStory } from './story.ts';

const MEMBER = 'Dr. Zebulon Canary-Quix';
const USER_AGENT = 'CanaryBrowser/7.7';

let trunk: RecordingTrunk;
let product: Product;
let chromium: ChromiumUnderTest;
let member: MemberPage;
let offers: string[];

tellsOneStory({ pages: () => [member?.page], product: () => product });

beforeAll(async () => {
  trunk = await startRecordingTrunk();
  product = await startProduct({ trunk: { name: 'clinic', host: '127.0.0.1', port: trunk.port, callerIdForm: 'p-asserted-identity', optionsIntervalSec: 30 } });
  const database = new Client({ connectionString: product.databaseUrl() });
  await database.connect();
  await database.query('update member set name = $1', [MEMBER]);
  await database.end();
  chromium = await startChromium(excerpt(spokenClip('physician'), 0, 6000));
  const context = await chromium.newContext({ userAgent: USER_AGENT });
  await context.addInitScript({ path: join(import.meta.dirname, 'browser/canaries.js') });
  member = await signIn(context, product.signInLink());
});
afterAll(async () => {
  await chromium?.close();
  await product?.close();
  trunk?.close();
});

/** Values of `a=name:` lines. */
const attributes = (name: string): string[] => offers.flatMap((offer) => [...offer.matchAll(new RegExp(`^a=${name}:(\\S+)`, 'gm'))].map((match) => match[1]!));

/** The member's words as the offers carried them, beside those planted elsewhere. */
function canaries(): string[] {
  return [
    'Zebulon', 'Canary', 'Quix', '203.0.113.7', '.local', 'canary-', 'CanaryBrowser',
    ...attributes('ice-ufrag'), ...attributes('ice-pwd'),
    ...offers.flatMap((offer) => [...offer.matchAll(/^a=fingerprint:\S+ (\S+)/gm)].map((match) => match[1]!)),
    'fingerprint', 'ice-ufrag', 'candidate:', 'msid', 'cname:', 'extmap',
  ];
}

/** The whole of what was sent, each way of sending apart, as text that keeps every byte. */
const everything = (): Record<'sip' | 'rtp' | 'rtcp', string> => ({
  sip: Buffer.concat(trunk.sip).toString('latin1'),
  rtp: Buffer.concat(trunk.rtp).toString('latin1'),
  rtcp: Buffer.concat(trunk.rtcp).toString('latin1'),
});

describe('what the trunk is sent', () => {
  it('is a whole call: talk, keys, hold, a refresh, and its end', async () => {
    await member.page.getByText(MEMBER).first().waitFor();
    await member.dial('(480) 555-0167');
    await member.seesState('Talking');
    await expect.poll(() => trunk.rtp.length, { timeout: 20_000 }).toBeGreaterThan(100);
    await member.pressKeys('159#');
    await member.press('Hold');
    await member.seesState('On hold');
    await member.press('Resume');
    await member.seesState('Talking');
    offers = await member.page.evaluate<string[]>('window.sentOffers');
    await member.page.reload();
    await member.seesState('Talking');
    const before = trunk.rtp.length;
    await expect.poll(() => trunk.rtp.length, { timeout: 20_000 }).toBeGreaterThan(before + 100);
    // RFC 3550 6.2: a report within some seconds.
    await expect.poll(() => trunk.rtcp.length, { timeout: 20_000 }).toBeGreaterThan(0);
    offers = [...offers, ...(await member.page.evaluate<string[]>('window.sentOffers'))];
    await member.press('End call');
    await trunk.nextSip('BYE ');
    expect(offers.length).toBeGreaterThanOrEqual(2);
  });

  it('was told apart from words that would have been found', () => {
    const offered = offers.join('\n');
    for (const word of ['canary-origin', '203.0.113.71', '203.0.113.73', 'canary-0f3a.local', 'canary-tool', 'canary-cname', 'canary-stream', 'fingerprint', 'ice-ufrag']) {
      expect(offered, word).toContain(word);
    }
    expect(everything().sip).toContain('INVITE sip:+14805550167@');
    expect(everything().sip.match(/^INVITE /gm)?.length).toBeGreaterThanOrEqual(3);
  });

  it('names the clinic\'s line in From and P-Asserted-Identity', async () => {
    const invite = await trunk.nextSip('INVITE ');
    expect(invite).toMatch(/^From:.*<sip:\+16125550100@[^>]+>/m);
    expect(invite).toMatch(/^P-Asserted-Identity:.*<sip:\+16125550100@[^>]+>/m);
  });

  it('holds nothing of the member, the browser or its session description in any byte', () => {
    const sent = everything();
    for (const word of canaries()) {
      for (const [way, bytes] of Object.entries(sent)) {
        expect(bytes.toLowerCase().includes(word.toLowerCase()), `"${word}" in ${way}`).toBe(false);
      }
    }
  });

  it('carries no source number of the browser and no header extension in RTP', () => {
    const browserSources = new Set(offers.flatMap((offer) => [...offer.matchAll(/^a=ssrc:(\d+)/gm)].map((match) => Number(match[1]))));
    expect(browserSources.size).toBeGreaterThan(0);
    const sources = new Set(trunk.rtp.map((packet) => packet.readUInt32BE(8)));
    // The embedded engine sends one unbroken stream; an rtpengine before it begins another where it joins and splits.
    if (process.env['QUIETLINE_TEST_ENGINE'] !== 'rtpengine') expect(sources.size).toBe(1);
    expect([...sources].some((source) => browserSources.has(source))).toBe(false);
    expect(trunk.rtp.every((packet) => (packet[0]! & 0x1f) === 0)).toBe(true);
    for (const packet of trunk.rtcp) {
      for (let offset = 0; offset + 4 <= packet.length; offset += 4) expect(browserSources.has(packet.readUInt32BE(offset))).toBe(false);
    }
  });
});
