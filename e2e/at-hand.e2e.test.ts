/** What lies at hand on every screen: languages, palette, keys, discreet mode, telephone links, and a sign-out that leaves nothing of a patient in the browser. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { excerpt } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import { type ChromiumUnderTest, startChromiumShell } from './browser/chromium.ts';
import { type MemberPage, signIn } from './member-page.ts';
import { type Product, startProduct } from './product.ts';
import { tellsOneStory } from './story.ts';

const GIVEN = 'Zephyrine';
const FAMILY = 'Quackenbush';
const NUMBER = '+16125550142';
const TAG = 'warfarin-canary';
const NOTE = 'potassium of the canary';

let product: Product;
let chromium: ChromiumUnderTest;
let context: BrowserContext;
let member: MemberPage;
let page: Page;

tellsOneStory({ pages: () => [page], product: () => product });

beforeAll(async () => {
  product = await startProduct();
  chromium = await startChromiumShell(excerpt(spokenClip('physician'), 0, 6000));
  context = await chromium.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
  member = await signIn(context, product.signInLink());
  ({ page } = member);
  const details = { givenName: GIVEN, familyName: FAMILY, numbers: [{ number: NUMBER, label: 'mobile' }], tags: [TAG] };
  const status = await page.evaluate(async (body) => (await fetch('/api/contacts', { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status, JSON.stringify({ details }));
  expect(status).toBe(200);
});
afterAll(async () => {
  await chromium?.close();
  await product?.close();
});

const palette = () => page.getByRole('combobox', { name: 'Find people, calls, places and actions' });
const openPalette = async (): Promise<void> => {
  await page.keyboard.press('Control+k');
  await palette().waitFor();
};
const numberField = () => page.getByRole('textbox', { name: 'Number to call' });
const read = async (): Promise<string> => `${await page.title()}\n${await page.locator('body').innerText()}\n${(await numberField().isVisible()) ? await numberField().inputValue() : ''}`;

describe('the palette', () => {
  it('opens on Ctrl K, finds a contact by the beginning of a name, and puts the number where one sees what the patient will see', async () => {
    await openPalette();
    await page.keyboard.type('quack');
    const option = page.getByRole('option', { name: `${GIVEN} ${FAMILY}` });
    await option.waitFor();
    expect(await option.getAttribute('aria-selected')).toBe('true');
    expect(await palette().getAttribute('aria-activedescendant')).toBe(await option.getAttribute('id'));
    await page.keyboard.press('Enter');
    await expect.poll(() => numberField().inputValue()).toMatch(/612/);
    expect(await page.getByRole('region', { name: 'Dial' }).getByText('Patient will see').isVisible()).toBe(true);
    expect(new URL(page.url()).pathname).toBe('/');
  });

  it('goes to a place by arrows and Enter, and Escape gives the screen back', async () => {
    await openPalette();
    await page.keyboard.type('conta');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowDown');
    await page.getByRole('option', { name: 'Contacts' }).click();
    await page.getByRole('heading', { name: 'Contacts', exact: true }).waitFor();
    await openPalette();
    await page.keyboard.press('Escape');
    await palette().waitFor({ state: 'detached' });
  });

  it('is opened by the search field of Calls as well', async () => {
    await page.getByRole('link', { name: 'Calls' }).first().click();
    await page.getByRole('button', { name: /Name, number, or paste one/ }).click();
    await palette().waitFor();
    await page.keyboard.press('Escape');
  });
});

it('a key of the keypad is put where the cursor was moved to', async () => {
  await page.getByRole('link', { name: 'Calls' }).first().click();
  const field = page.locator('[data-number-field] input');
  await field.fill('612555');
  // Behind the bracket and the first figure: (6|12) 555.
  await field.press('Home');
  await field.press('ArrowRight');
  await field.press('ArrowRight');
  await page.getByRole('group', { name: 'Keypad' }).getByRole('button', { name: /^9/ }).click();
  expect((await field.inputValue()).replaceAll(/\D/g, '')).toBe('6912555');
  await field.fill('');
});

describe('the sheet of keys', () => {
  it('opens on “?”, and never while one types', async () => {
    await page.getByRole('link', { name: 'Contacts' }).first().click();
    await page.getByRole('searchbox').click();
    await page.keyboard.type('what?');
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await page.getByRole('searchbox').inputValue()).toBe('what?');
    await page.getByRole('searchbox').fill('');
    await page.getByRole('heading', { name: 'Contacts', exact: true }).click();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
  });

  it('opens on “?” right after the palette was left, before its field has given up the focus', async () => {
    for (let time = 0; time < 5; time++) {
      await openPalette();
      await page.evaluate(`{
        const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
        document.querySelector('dialog[open]').close();
        press('?');
      }`);
      await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
  });

  it('names every key that a control of the stage has, and no other', async () => {
    await page.getByRole('link', { name: 'Calls' }).first().click();
    await page.getByRole('region', { name: 'Practice patients' }).getByRole('button', { name: /Echo/ }).click();
    await member.seesState('Talking');
    const controls = await page.locator('main [aria-keyshortcuts^="Alt+"]').evaluateAll((all) => all.map((each) => (each as { getAttribute(name: string): string }).getAttribute('aria-keyshortcuts').slice(-1)));
    await page.locator('main h1').click();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    const listed = await page.getByRole('dialog', { name: 'Keyboard' }).locator('kbd').allInnerTexts();
    expect(listed.filter((key) => key.startsWith('Alt ')).map((key) => key.slice(-1)).sort()).toEqual([...new Set(controls)].sort());
    await page.keyboard.press('Escape');
    await page.getByRole('textbox', { name: 'Note on this call' }).fill(NOTE);
    await page.getByText(/Saved \d/).waitFor();
    await member.press('End call');
    await member.seesEnd('You hung up.');
    await member.backToCalls();
  });
});

describe('discreet mode', () => {
  it('shows neither name, number, tag nor note on any screen, in the palette or in the title, and stays over a reload', async () => {
    await page.getByRole('button', { name: 'Discreet' }).click();
    await page.reload();
    await page.getByRole('heading', { name: 'Calls', exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Discreet' }).getAttribute('aria-pressed')).toBe('true');
    const screens: string[] = [await read()];
    await page.getByRole('link', { name: 'Contacts' }).first().click();
    await page.getByText('Z. Q.').first().waitFor();
    screens.push(await read());
    await page.getByRole('button', { name: /Z\. Q\./ }).first().click();
    await page.getByText('ending 42').filter({ visible: true }).first().waitFor();
    screens.push(await read());
    await openPalette();
    await page.keyboard.type('quack');
    await page.getByRole('option', { name: 'Z. Q.' }).waitFor();
    screens.push(await page.getByRole('listbox').innerText());
    await page.keyboard.press('Enter');
    await page.getByText('Patient will see').first().waitFor();
    screens.push(await read());
    for (const screen of screens) for (const secret of [GIVEN, FAMILY, '555-0142', '5550142', TAG, NOTE, 'Echo ']) expect(screen).not.toContain(secret);
    expect(await numberField().inputValue()).toBe('ending 42');
  });

  it('holds on a live call, in its bar and after it', async () => {
    await page.getByRole('region', { name: 'Dial' }).getByRole('button', { name: /^Call\b/ }).click();
    await member.seesState('Talking');
    const stage = await read();
    await page.getByRole('link', { name: /Back to Calls/ }).click();
    const bar = await read();
    for (const screen of [stage, bar]) for (const secret of [GIVEN, FAMILY, '555-0142', '5550142']) expect(screen).not.toContain(secret);
    await page.getByRole('button', { name: /^End call$|^End$/ }).first().click();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Discreet' }).click();
  });
});

describe('a telephone link', () => {
  it('puts its number onto the keypad, dials nothing, and leaves no number in any address', async () => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${product.origin}/dial#tel%3A%2B14805550142`);
    await expect.poll(() => numberField().inputValue()).toMatch(/480 ?\)? 555/);
    expect(page.url()).toBe(`${product.origin}/`);
    expect(asked.filter((url) => url.split('#')[0]!.includes('4805550142'))).toEqual([]);
    expect(await page.getByRole('region', { name: 'Call', exact: true }).count()).toBe(0);
  });

  it('without a number says so', async () => {
    await page.goto(`${product.origin}/dial#tel:nobody`);
    await page.getByRole('heading', { name: 'This link holds no telephone number.' }).waitFor();
    // Another link into the same tab, which loads nothing anew.
    await page.goto(`${product.origin}/dial#tel:+14805550143`);
    await expect.poll(() => numberField().inputValue()).toMatch(/0143/);
    expect(page.url()).toBe(`${product.origin}/`);
  });
});

describe('the language', () => {
  it('is Spanish where the browser asks for it, and no English file is loaded', async () => {
    const spanish = await chromium.newContext({ locale: 'es-MX' });
    const other = await spanish.newPage();
    const scripts: string[] = [];
    other.on('response', (response) => scripts.push(new URL(response.url()).pathname));
    await other.goto(`${product.origin}/sign-in`);
    await other.getByRole('button', { name: 'Entrar con una llave de acceso' }).waitFor();
    expect(await other.locator('html').getAttribute('lang')).toBe('es');
    expect(scripts.filter((path) => path.startsWith('/assets/en-'))).toEqual([]);
    await spanish.close();
  });

  it('goes with the member: chosen once, it is there on another device', async () => {
    await page.goto(`${product.origin}/settings/me`);
    await page.getByRole('combobox', { name: 'Language' }).selectOption('es');
    await page.getByRole('heading', { name: 'Mi cuenta' }).waitFor();
    const otherDevice = await chromium.newContext({ locale: 'en-US' });
    const other = await otherDevice.newPage();
    await other.goto(product.newLink());
    await other.getByRole('heading', { name: 'Llamadas', exact: true }).waitFor();
    expect(await other.locator('html').getAttribute('lang')).toBe('es');
    await otherDevice.close();
    await page.getByRole('combobox', { name: 'Idioma' }).selectOption('en');
    await page.getByRole('heading', { name: 'Me', exact: true }).waitFor();
  });
});

describe('signing out', () => {
  it('warns of a note that did not reach the server, and leaves nothing of a patient in any of the browser’s storages', async () => {
    await page.goto(product.origin);
    await page.getByRole('region', { name: 'Practice patients' }).getByRole('button', { name: /Echo/ }).click();
    await member.seesState('Talking');
    await page.route(/\/api\/.*note/, (route) => route.abort());
    await page.getByRole('textbox', { name: 'Note on this call' }).fill(NOTE);
    // Kept over a refresh, and sealed.
    await expect.poll(() => everythingKept()).toContain('sealed unsaved-note');
    expect(await everythingKept()).not.toContain(NOTE);
    await member.press('End call');
    await member.seesEnd('You hung up.');
    await page.getByRole('link', { name: 'Settings' }).first().click();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByText(/words that did not reach the server/).waitFor();
    await page.getByRole('button', { name: 'Sign out and destroy them' }).click();
    await page.waitForURL(/sign-in/);
    const kept = await everythingKept();
    for (const secret of [NOTE, GIVEN, FAMILY, '6125550142', TAG, 'Echo']) expect(kept).not.toContain(secret);
    expect(kept).not.toMatch(/\/api\//);
    expect((await context.cookies()).map(({ name }) => name)).toEqual([]);
  });
});

/** Local and session storage, databases, and every file of every cache, with their texts. */
const everythingKept = (): Promise<string> =>
  page.evaluate<string>(`(async () => {
    const parts = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie, JSON.stringify(await indexedDB.databases())];
    for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) parts.push(request.url);
    return parts.join('\\n');
  })()`);
