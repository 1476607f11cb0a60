/** The operator records a call's signalling, sees it as a ladder and saves it; nothing of the patient or the line is in it. In both themes, on a phone and on a desk. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { excerpt } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import { axeFindings } from './axe.ts';
import { type ChromiumUnderTest, startChromium } from './browser/chromium.ts';
import { type MemberPage, signIn } from './member-page.ts';
import { type Product, startProduct } from './product.ts';
import { tellsOneStory } from './story.ts';

let product: Product;
let chromium: ChromiumUnderTest;
let member: MemberPage;

tellsOneStory({ pages: () => [member?.page], product: () => product });

beforeAll(async () => {
  product = await startProduct();
  chromium = await startChromium(excerpt(spokenClip('physician'), 0, 6000));
});
afterAll(async () => {
  await chromium?.close();
  await product?.close();
});

const shoot = async (name: string): Promise<void> => {
  const directory = process.env['QUIETLINE_TEST_SCREENSHOTS'];
  if (directory !== undefined) await member.page.screenshot({ path: `${directory}/sip-traces-${name}.png`, fullPage: true });
};
const looks = [{ colorScheme: 'light', width: 1280, height: 800 }, { colorScheme: 'dark', width: 390, height: 844 }] as const;

describe('the signalling of a call', () => {
  it('is not recorded until the operator says so', async () => {
    member = await signIn(await chromium.newContext({ viewport: { width: 1280, height: 800 } }), product.signInLink());
    await member.page.goto(`${product.origin}/settings/signalling`);
    await member.page.getByText('Nothing is being recorded.').waitFor();
    await member.press('Record for an hour');
    await member.page.getByText(/^Calls are recorded until /).waitFor();
  });

  it('is seen as a ladder after the call', async () => {
    await member.page.goto(product.origin);
    await member.page.getByRole('region', { name: 'Practice patients' }).getByRole('button', { name: /Wanda Lindqvist/ }).click();
    await member.seesState('Talking');
    await member.press('Hold');
    await member.seesState('On hold');
    await member.press('End call');
    await member.seesEnd('You hung up.');
    await member.page.goto(`${product.origin}/settings/signalling`);
    await member.page.getByRole('button', { name: /sandbox · answered · \d+ messages/ }).click();
    const messages = member.page.getByRole('region', { name: /^Ladder of the call/ }).getByRole('listitem');
    await messages.first().waitFor();
    const titles = (await messages.locator('b').allTextContents()).join(' ');
    expect(titles).toMatch(/^INVITE .*180 \(INVITE\).*200 \(INVITE\).*ACK.*INVITE.*BYE.*200 \(BYE\)$/);
    await member.page.getByRole('img', { name: /^\d+ messages between us and the carrier/ }).waitFor();
  });

  it('leads from the ladder to the call in the log, and shows the ladder there', async () => {
    await member.page.getByRole('link', { name: 'The call in the log' }).click();
    await member.page.getByRole('region', { name: 'Then what?' }).waitFor();
    await member.press('Show its signalling');
    await member.page.getByRole('img', { name: /^\d+ messages between us and the carrier/ }).waitFor();
    expect(await axeFindings(member.page)).toEqual([]);
    await shoot('log');
    await member.press('Hide its signalling');
    await member.page.goto(`${product.origin}/settings/signalling`);
    await member.page.getByRole('button', { name: /sandbox · answered · \d+ messages/ }).click();
    await member.page.getByRole('region', { name: /^Ladder of the call/ }).waitFor();
  });

  it('holds no number, no name and no address, on the screen and in the file', async () => {
    const [download] = await Promise.all([member.page.waitForEvent('download'), member.press('Save as text')]);
    const text = await readFile(await download.path(), 'utf8');
    const shown = await member.page.locator('main').innerText();
    expect(text).toContain('m=audio');
    for (const word of ['555', '612', 'Lakeside', 'Wanda', 'Hannah', '127.0.0.1', 'quietline@']) expect([word, text.includes(word), shown.includes(word)]).toEqual([word, false, false]);
  });

  it.each(looks)('is for everyone to read: axe finds nothing in $colorScheme at $width px', async ({ colorScheme, width, height }) => {
    await member.page.emulateMedia({ colorScheme });
    await member.page.setViewportSize({ width, height });
    await member.page.locator('summary').first().click();
    expect(await axeFindings(member.page)).toEqual([]);
    expect(await member.page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0);
    await shoot(`${colorScheme}-${width}`);
  });

  it('stops when the operator says so', async () => {
    await member.press('Stop recording');
    await member.page.getByText('Nothing is being recorded.').waitFor();
  });
});
