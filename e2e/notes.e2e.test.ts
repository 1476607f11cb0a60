/** Notes as a physician writes them: beside the call, saved by themselves, kept through a lost network, in the same place after the call. */
import axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { spokenClip } from './audio/spoken-clips.ts';
import { excerpt } from './audio/speech-match.ts';
import { type ChromiumUnderTest, startChromium } from './browser/chromium.ts';
import { type MemberPage, signIn } from './member-page.ts';
import { type Product, startProduct } from './product.ts';
import { tellsOneStory } from './story.ts';

/** A practice patient that answers and stays. */
const TALKING = '(612) 555-0142';
const SAVED = /Saved \d\d:\d\d/;

let product: Product;
let chromium: ChromiumUnderTest;
let member: MemberPage;
let page: Page;

tellsOneStory({ pages: () => [member?.page], product: () => product });

beforeAll(async () => {
  product = await startProduct();
  chromium = await startChromium(excerpt(spokenClip('physician'), 0, 6000));
  member = await signIn(await chromium.newContext(), product.signInLink());
  page = member.page;
});
afterAll(async () => {
  await chromium?.close();
  await product?.close();
});

const field = () => page.getByRole('textbox', { name: 'Note on this call' });
const saved = () => page.getByRole('region', { name: 'Note on this call' }).getByText(SAVED).waitFor({ timeout: 15_000 });

async function breaches(): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => (await (globalThis as unknown as { axe: typeof axe }).axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`));
}

describe('a note', () => {
  it('is typed during the call and saves itself, saying when it will be gone', async () => {
    await member.dial(TALKING);
    await member.seesState('Talking');
    await field().fill('Pathology is benign.');
    await saved();
    await page.getByText(/If you end it now: \w{3} \w{3} \d+, \d\d:\d\d/).waitFor();
    expect(await breaches()).toEqual([]);
  });

  it('is there again after a refresh in mid-call', async () => {
    await page.reload();
    await member.seesState('Talking');
    await expect.poll(() => field().inputValue(), { timeout: 15_000 }).toBe('Pathology is benign.');
  });

  it('is kept on the device while the network is down, sent when it is back, and not doubled', async () => {
    await page.route('**/api/calls/*/note', (route) => route.abort());
    await field().fill('Pathology is benign. Stitches out Tuesday.');
    await page.getByText('No network. Kept on this device until it returns.').waitFor({ timeout: 15_000 });
    await page.unroute('**/api/calls/*/note');
    await saved();
    expect(await field().inputValue()).toBe('Pathology is benign. Stitches out Tuesday.');
  });

  it('whose answer was lost on the way is not doubled', async () => {
    let lost = 0;
    await page.route('**/api/calls/*/note', async (route) => {
      if (route.request().method() !== 'PUT' || lost > 0) return route.continue();
      lost += 1;
      await route.fetch();
      return route.abort();
    });
    await field().fill('Pathology is benign. Stitches out Tuesday. SPF 50.');
    await expect.poll(() => lost).toBe(1);
    await saved();
    await page.unroute('**/api/calls/*/note');
    await page.reload();
    await expect.poll(() => field().inputValue(), { timeout: 15_000 }).toBe('Pathology is benign. Stitches out Tuesday. SPF 50.');
  });

  it('stays where it was when the call ends, with the exact instant of its end', async () => {
    await member.seesState('Talking');
    const before = await field().boundingBox();
    await member.press('End call');
    await member.seesEnd('You hung up.');
    await page.getByText(/Destroyed \w{3} \w{3} \d+, \d\d:\d\d/).waitFor();
    const after = await field().boundingBox();
    expect([after?.x, after?.y]).toEqual([before?.x, before?.y]);
    await field().fill('After the call.');
    await saved();
    await page.getByText('Editing does not extend it.').waitFor();
    expect(await breaches()).toEqual([]);
  });

  it('leaves nothing of the patient in the browser after sign-out', async () => {
    await page.route('**/api/calls/*/note', (route) => route.abort());
    await field().fill('Unsaved canary words.');
    await page.getByText('No network. Kept on this device until it returns.').waitFor({ timeout: 15_000 });
    await page.getByRole('link', { name: 'Dr. Hannah Lee' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/sign-in', { timeout: 15_000 });
    const kept = await page.evaluate(() => JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage)]));
    expect(kept).not.toMatch(/canary|benign|After the call/);
  });
});
