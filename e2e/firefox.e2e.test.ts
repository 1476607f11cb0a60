/** The first call again, in Firefox: driven over WebDriver BiDi, heard at both ends. */
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { excerpt } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import { type FirefoxUnderTest, startFirefox } from './browser/firefox.ts';
import { heardByPage } from './browser/page-ear.ts';
import { hearNext, hearsSilence, hearsSpeech } from './listening.ts';
import { type PatientPhone, startPatientPhone } from './peers/baresip-peer.ts';
import { type Product, startProduct } from './product.ts';

const physician = excerpt(spokenClip('physician'), 0, 6000);
const patient = excerpt(spokenClip('patient'), 0, 6000);
const SLOW_MS = 20_000;

let phone: PatientPhone;
let product: Product;
let firefox: FirefoxUnderTest;
let page: Page;

beforeAll(async () => {
  phone = await startPatientPhone({ number: '+14805550167', answer: 'auto', speech: patient });
  product = await startProduct({ trunk: { name: 'clinic', host: '127.0.0.1', port: phone.port, callerIdForm: 'from', optionsIntervalSec: 0 } });
  firefox = await startFirefox(physician);
  page = await firefox.newPage();
  await page.goto(product.signInLink());
});
afterAll(async () => {
  await firefox?.close();
  await product?.close();
  await phone?.close();
});

const press = (name: string): Promise<void> => page.locator(`::-p-aria([role="button"][name="${name}"])`).setTimeout(SLOW_MS).click();
const sees = async (words: string): Promise<void> => void (await page.waitForSelector(`::-p-text(${words})`, { timeout: SLOW_MS }));

describe('the first call in Firefox', () => {
  it('is dialled, and heard at both ends', async () => {
    await page.locator('::-p-aria([role="textbox"][name="Number to call"])').setTimeout(SLOW_MS).click();
    await page.keyboard.type('4805550167');
    await page.keyboard.press('Enter');
    await phone.nextEvent('CALL_ESTABLISHED', SLOW_MS);
    await sees('Talking');
    await hearsSpeech(phone, physician);
    await hearsSpeech({ heard: () => heardByPage(page) }, patient);
  });

  it('sends its keys', async () => {
    await press('Keypad');
    await sees('Tones go to');
    await page.keyboard.type('2580#');
    await expect.poll(() => phone.digitsHeard(), { timeout: SLOW_MS }).toBe('2580#');
    await press('Done');
  });

  it('is silent while muted', async () => {
    await press('Mute');
    await sees('Talking, you are muted');
    await hearNext(phone, 1000);
    expect(await hearsSilence(phone, 2000)).toBe(true);
    await press('Unmute');
  });

  it('goes on through a refresh', async () => {
    await page.reload();
    await sees('Talking');
    await hearsSpeech(phone, physician);
    await hearsSpeech({ heard: () => heardByPage(page) }, patient);
    expect(phone.events.some(({ type }) => type === 'CALL_CLOSED')).toBe(false);
  });

  it('ends at the phone', async () => {
    await press('End call');
    await phone.nextEvent('CALL_CLOSED', SLOW_MS);
    await sees('You hung up.');
  });
});
