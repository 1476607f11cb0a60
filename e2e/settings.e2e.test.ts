/** What one does in Settings beyond its screens, which every-screen.e2e.test.ts looks at: the check of the network. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { excerpt } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import { axeFindings } from './axe.ts';
import { type ChromiumUnderTest, startChromium } from './browser/chromium.ts';
import { signIn } from './member-page.ts';
import { type Product, startProduct } from './product.ts';

let product: Product;
let chromium: ChromiumUnderTest;

beforeAll(async () => {
  product = await startProduct();
  chromium = await startChromium(excerpt(spokenClip('physician'), 0, 1000));
});
afterAll(async () => {
  await chromium?.close();
  await product?.close();
});

it('the network check says by which way a call goes and how it will sound, and what to do where nothing comes through', async () => {
  const { page } = await signIn(await chromium.newContext({ viewport: { width: 390, height: 844 } }), product.newLink());
  await page.goto(`${product.origin}/settings/sound`);
  await page.getByRole('button', { name: 'Check', exact: true }).last().click();
  await page.getByText('Calls go straight through.').waitFor({ timeout: 30_000 });
  await page.getByText(/to the server\./).waitFor();
  await page.getByText('What was tried').click();
  expect(await page.getByRole('listitem').filter({ hasText: /Straight|relay/ }).allInnerTexts()).toEqual(['Straight, over UDP: open', 'Straight, over TCP: open', 'There is no relay here to try.']);
  expect(await axeFindings(page)).toEqual([]);
  // As in a network that takes every packet and passes none on: the answers lead to an address where nobody is (RFC 5737).
  await page.evaluate(`{
    const apply = RTCPeerConnection.prototype.setRemoteDescription;
    RTCPeerConnection.prototype.setRemoteDescription = function (description) { return apply.call(this, { type: description.type, sdp: description.sdp.replace(/(a=candidate:\\S+ 1 \\S+ \\d+ )\\S+/g, '$1192.0.2.1') }); };
  }`);
  await page.getByRole('button', { name: 'Check again' }).click();
  await page.getByText('This network lets no call through.').waitFor({ timeout: 30_000 });
  await page.getByText(/can set up a relay/).waitFor();
  await page.close();
});
