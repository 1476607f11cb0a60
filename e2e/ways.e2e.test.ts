/** The ways between the page's screens: by link, by the browser's own back and forward, by an address that is nowhere, and past a screen whose file does not come. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { excerpt } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import { type ChromiumUnderTest, startChromium } from './browser/chromium.ts';
import { type Product, startProduct } from './product.ts';

const SLOW = { timeout: 40_000 };

let product: Product;
let chromium: ChromiumUnderTest;
let page: Page;
beforeAll(async () => {
  product = await startProduct();
  chromium = await startChromium(excerpt(spokenClip('physician'), 0, 6000));
  const context = await chromium.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US', serviceWorkers: 'block' });
  page = await context.newPage();
  await page.goto(product.newLink());
  await headed('Calls');
});
afterAll(async () => {
  await chromium?.close();
  await product?.close();
});

const headed = (name: string): Promise<void> => page.getByRole('heading', { name, exact: true }).first().waitFor(SLOW);
const follow = (name: string): Promise<void> => page.getByRole('navigation').first().getByRole('link', { name }).click();
const path = (): string => new URL(page.url()).pathname;

it('goes by link, and back and forward again, each screen with its own title', async () => {
  expect(path()).toBe('/');
  await follow('Contacts');
  await headed('Contacts');
  expect([path(), await page.title()]).toEqual(['/contacts', 'Contacts · Quietline']);
  await page.goBack();
  await headed('Calls');
  expect([path(), await page.title()]).toEqual(['/', 'Calls · Quietline']);
  await page.goForward();
  await headed('Contacts');
});

it('marks the place where one is, and a link to it adds no step', async () => {
  await follow('Contacts');
  expect(await page.locator('nav [aria-current="page"]:visible').allInnerTexts()).toEqual(['Contacts']);
  await page.goBack();
  await headed('Calls');
});

it('leaves a click with Ctrl to the browser, which opens the place in a tab of its own', async () => {
  const [tab] = await Promise.all([page.context().waitForEvent('page', SLOW), page.getByRole('navigation').first().getByRole('link', { name: 'Contacts' }).click({ modifiers: ['Control'] })]);
  expect(path()).toBe('/');
  await tab.getByRole('heading', { name: 'Contacts', exact: true }).first().waitFor(SLOW);
  await tab.close();
});

it('says that an address is nowhere, and leads on', async () => {
  for (const nowhere of ['/nowhere', '/contacts/of-nobody', '/constructor']) {
    await page.goto(product.origin + nowhere);
    await headed('There is no such page.');
  }
  await page.getByRole('link', { name: 'Open Calls' }).click();
  await headed('Calls');
});

it('a screen whose file does not come breaks alone: the frame stays, another screen is drawn, and it is asked for again', async () => {
  await page.route(/\/assets\/handout-page-[^/]*\.js$/, (route) => route.abort());
  await follow('Handout');
  await headed('This screen broke.');
  expect(await page.getByRole('button', { name: 'Load it again' }).isVisible()).toBe(true);
  await follow('Calls');
  await headed('Calls');
  await page.unroute(/\/assets\/handout-page-[^/]*\.js$/);
  await follow('Handout');
  await page.getByRole('main').getByRole('heading', { level: 1 }).first().waitFor(SLOW);
  expect(await page.getByText('This screen broke.').count()).toBe(0);
});

it('leads whoever is not signed in to the way in', async () => {
  await page.context().clearCookies();
  await page.goto(`${product.origin}/contacts`);
  await page.getByRole('heading', { level: 1 }).first().waitFor(SLOW);
  await expect.poll(path, SLOW).toBe('/sign-in');
});
