/** A hotel whose network lets nothing out but TCP 443: page, signalling and audio come through that one port, and the relay leads nowhere else. */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { excerpt } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import { type ChromiumUnderTest, startChromium } from './browser/chromium.ts';
import { hearsSpeech } from './listening.ts';
import { type MemberPage, signIn } from './member-page.ts';
import { buildHotel, type Hotel } from './networks/hotel.ts';
import { canMakeNetworks } from './networks/namespaces.ts';
import { type CoturnPeer, credentialsFor, relayRules, startCoturn, tryRelay } from './peers/coturn-peer.ts';
import { startTethered } from './peers/tethered-process.ts';
import { MEDIA_PORTS, ON_RTPENGINE, type Product, startProduct } from './product.ts';
import { tellsOneStory } from './story.ts';

const physician = excerpt(spokenClip('physician'), 0, 6000);
const inTenMinutes = (): number => Math.floor(Date.now() / 1000) + 600;
/** What coturn's client says once it has an allocation and leave to send. */
const COMPLETE = /Total connect time/;
const SECRET = 'the secret of this test, which is long';

let hotel: Hotel;
let coturn: CoturnPeer;
let product: Product;
let chromium: ChromiumUnderTest;
let member: MemberPage;

describe.skipIf(!canMakeNetworks)('behind a network that lets nothing out but TCP 443', () => {
  tellsOneStory({ pages: () => [member?.page], product: () => product });

  beforeAll(async () => {
    hotel = buildHotel();
    hotel.loadRules(relayRules(MEDIA_PORTS));
    const { clinicAddress, inClinic, inHotel } = hotel;
    coturn = await startCoturn({ inside: inClinic, mediaAddress: clinicAddress, secret: SECRET });
    product = await startProduct({
      place: {
        inside: inClinic,
        origin: `https://${clinicAddress}`,
        mediaAddress: clinicAddress,
        words: ['--https', '--port', '443', '--public-url', `https://${clinicAddress}`, '--turn-behind', '127.0.0.1:3478'],
        environment: { QUIETLINE_TURN_SECRET: SECRET },
      },
    });
    const authority = execFileSync(inClinic[0]!, [...inClinic.slice(1), 'curl', '--silent', '--insecure', `https://${clinicAddress}/authority.crt`], { encoding: 'utf8' });
    chromium = await startChromium(physician, { inside: inHotel, authority });
    member = await signIn(await chromium.newContext(), product.signInLink());
  });
  afterAll(async () => {
    await chromium?.close();
    await product?.close();
    await coturn?.stop();
    hotel?.close();
  });

  it('is said before a call: it goes through the relay, and may be a little late', async () => {
    const { page } = member;
    await page.getByText('Check your network').waitFor();
    await page.getByRole('button', { name: 'Check', exact: true }).last().click();
    await page.getByText('This network blocks calls over UDP; your call goes through the relay: expect a little delay.').waitFor({ timeout: 60_000 });
    await page.getByText('What was tried').click();
    // TCP to the media port is the embedded engine's alone.
    const straight = ON_RTPENGINE ? ['Straight, over UDP: blocked'] : ['Straight, over UDP: blocked', 'Straight, over TCP: blocked'];
    expect(await page.getByRole('listitem').filter({ hasText: /: (open|blocked)$/ }).allInnerTexts()).toEqual([...straight, 'Through the relay, over TLS: open']);
  });

  it('a call is heard both ways: what is said to Echo comes back', async () => {
    await member.page.getByRole('region', { name: 'Practice patients' }).getByRole('button', { name: /Echo/ }).click();
    await member.seesState('Talking');
    await hearsSpeech(member, physician, 60_000);
  });

  it('through the relay, and after the direct ways were tried in vain', () => {
    expect(coturn.output()).toMatch(/ALLOCATE processed, success/);
    expect(hotel.droppedCount()).toBeGreaterThan(0);
  });

  it('goes on through a refresh of the page', async () => {
    await member.page.reload();
    await member.seesState('Talking');
    await hearsSpeech(member, physician, 60_000);
    await member.press('End call');
    await member.seesEnd('You hung up.');
  });

  it('the relay reaches no other host', async () => {
    const credentials = credentialsFor(SECRET, inTenMinutes());
    expect(await tryRelay(hotel.inClinic, credentials, { address: hotel.hotelAddress, port: MEDIA_PORTS.from })).toMatch(/403 \(Forbidden IP\)/);
    expect(await tryRelay(hotel.inClinic, credentials, { address: '127.0.0.1', port: MEDIA_PORTS.from })).toMatch(/403 \(Forbidden IP\)/);
  });

  it('nor any other port of the clinic’s', async () => {
    const hear = `require('node:dgram').createSocket('udp4').on('message', (text) => console.log('reached by ' + text.length)).bind(40401, '0.0.0.0', function () { console.log('listening'); this.send('ours', 40401, '${hotel.clinicAddress}'); })`;
    const [command, ...words] = [...hotel.inClinic, process.execPath, '-e', hear];
    const listener = startTethered(command, words);
    try {
      // Whoever sends by itself reaches it: only the relay does not.
      await listener.waitForOutput(/reached by 4/, 10_000);
      const said = await tryRelay(hotel.inClinic, credentialsFor(SECRET, inTenMinutes()), { address: hotel.clinicAddress, port: 40_401 }, 30_000);
      expect(said).toMatch(COMPLETE);
      expect(said).toMatch(/send/);
      expect(listener.output().match(/reached/g)).toHaveLength(1);
      await expect.poll(() => hotel.readRules(), { timeout: 10_000 }).toMatch(/counter packets [1-9]\d* .* drop/);
    } finally {
      await listener.kill();
    }
  });

  it('takes no credentials that have expired, and none of another secret', async () => {
    const peer = { address: hotel.clinicAddress, port: MEDIA_PORTS.from };
    expect(await tryRelay(hotel.inClinic, credentialsFor(SECRET, inTenMinutes()), peer)).toMatch(COMPLETE);
    for (const refused of [credentialsFor(SECRET, Math.floor(Date.now() / 1000) - 1), credentialsFor(`${SECRET}!`, inTenMinutes())]) {
      expect(await tryRelay(hotel.inClinic, refused, peer)).not.toMatch(COMPLETE);
    }
    expect(coturn.output()).toMatch(/error 401/);
  });
});
