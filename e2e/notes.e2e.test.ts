/** Notes as a physician writes them: beside the call, saved by themselves, kept through a lost network, in the same place after the call. */
import { describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { axeFindings } from './axe.ts';
import type { ChromiumUnderTest } from './browser/chromium.ts';
import { type MemberPage, signIn } from './member-page.ts';
import type { Product } from './product.ts';
import { tellsSandboxStory } from './sandbox-story.ts';

/** A practice patient that answers and stays. */
const TALKING = '(612) 555-0142';
const SAVED = /Saved \d+:\d\d/;

let product: Product;
let chromium: ChromiumUnderTest;
let member: MemberPage;
let page: Page;

tellsSandboxStory((story) => {
  ({ product, chromium, member } = story);
  ({ page } = story.member);
});

const field = () => page.getByRole('textbox', { name: 'Note on this call' });
const saved = () => page.getByRole('region', { name: 'Note on this call' }).getByText(SAVED).waitFor({ timeout: 15_000 });

describe('a note', () => {
  it('is typed during the call and saves itself, saying when it will be gone', async () => {
    await member.dial(TALKING);
    await member.seesState('Talking');
    await field().fill('Pathology is benign.');
    await saved();
    await page.getByText(/If you end it now: \w{3}, \w{3} \d+, \d+:\d\d/).waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });

  it('is there again after a refresh in mid-call', async () => {
    await page.reload();
    await member.seesState('Talking');
    await expect.poll(() => field().inputValue(), { timeout: 15_000 }).toBe('Pathology is benign.');
  });

  it('a new version of the page waits for the end of the call, and says nothing until then', async () => {
    // Another address of the same scope is to the browser what another version is.
    await page.evaluate(`navigator.serviceWorker.register('/service-worker.js?newer', { scope: '/' }).then(async (registration) => {
      while (registration.waiting === null) await new Promise((resolve) => registration.installing?.addEventListener('statechange', resolve, { once: true }));
    })`);
    expect(await page.getByText('A new version is ready.').count()).toBe(0);
    await member.seesState('Talking');
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
    await page.getByText(/Destroyed \w{3}, \w{3} \d+, \d+:\d\d/).waitFor();
    const after = await field().boundingBox();
    expect([after?.x, after?.y]).toEqual([before?.x, before?.y]);
    await field().fill('After the call.');
    await saved();
    await page.getByText('Editing does not extend it.').waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });

  it('that two devices edit at once has the words of both on both, and says so', async () => {
    const other = (await signIn(await chromium.newContext(), product.newLink())).page;
    await other.getByRole('button', { name: /^More about/ }).first().click();
    const there = other.getByRole('region', { name: 'Note on this call' });
    await expect.poll(() => there.getByRole('textbox').inputValue()).toBe('After the call.');
    await page.route('**/api/calls/*/note', (route) => route.abort());
    await field().fill('After the call. The script went out.');
    await page.getByText('No network. Kept on this device until it returns.').waitFor({ timeout: 15_000 });
    await there.getByRole('textbox').fill('Told the daughter. After the call.');
    await there.getByText(SAVED).waitFor({ timeout: 15_000 });
    await page.unroute('**/api/calls/*/note');
    await page.getByText('Another device wrote here too. Both are in.').waitFor({ timeout: 15_000 });
    const both = 'Told the daughter. After the call. The script went out.';
    expect(await field().inputValue()).toBe(both);
    await expect.poll(() => there.getByRole('textbox').inputValue(), { timeout: 15_000 }).toBe(both);
    await other.context().close();
    await field().fill('After the call.');
    await saved();
  });

  it('is still there, word by word, when the new version was loaded with a tap', async () => {
    await page.getByRole('link', { name: 'Calls' }).first().click();
    await page.getByText('A new version is ready.').waitFor();
    await page.getByRole('button', { name: /^More about/ }).first().click();
    await field().waitFor();
    await field().fill('Typed before the new version.');
    await saved();
    await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Load it' }).click()]);
    await page.getByRole('navigation').first().waitFor();
    await page.getByRole('button', { name: /^More about/ }).first().click();
    await expect.poll(() => field().inputValue()).toBe('Typed before the new version.');
  });

  it('asks on its last day to be copied to the chart, above the calls, without having been opened', async () => {
    const noteOf = async (): Promise<{ callId: string; text: string; copiedAt: string | null }> => {
      const { calls } = (await (await page.request.get(`${product.origin}/api/calls`)).json()) as { calls: { id: string }[] };
      return (await page.request.get(`${product.origin}/api/calls/${calls[0]!.id}/note`)).json();
    };
    // The server's own word for it takes a week to come: notes.db.test.ts waits for that on a clock of its own.
    await page.route('**/api/notes/ending', async (route) => route.fulfill({ json: [{ ...(await noteOf()), destroyedAt: new Date(Date.now() + 20 * 3_600_000).toISOString() }] }));
    await page.reload();
    const ending = page.getByRole('region', { name: 'Notes on their last day' });
    await ending.getByText('Typed before the new version.').waitFor({ timeout: 20_000 });
    await ending.getByText(/in (?:20|19) hours/).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    expect((await noteOf()).copiedAt).toBe(null);
    await ending.getByRole('button', { name: 'Copy to chart?' }).click();
    await ending.getByText('Copied').waitFor();
    await expect.poll(async () => (await noteOf()).copiedAt).not.toBe(null);
    await page.unroute('**/api/notes/ending');
    await page.getByRole('button', { name: /^More about/ }).first().click();
    await field().fill('Typed after it was copied.');
    await saved();
    await page.getByRole('region', { name: 'Note on this call' }).getByRole('button', { name: 'Copy to chart' }).waitFor();
  });

  it('that is unsent lies sealed in the tab, and goes out after a refresh without being looked at', async () => {
    await page.route('**/api/calls/*/note', (route) => route.abort());
    await field().fill('Typed without a network.');
    await page.getByText('No network. Kept on this device until it returns.').waitFor({ timeout: 15_000 });
    await page.waitForFunction("Object.keys(sessionStorage).some((name) => name.startsWith('sealed unsaved-note '))");
    expect(await page.evaluate<string>('JSON.stringify(Object.entries(sessionStorage))')).not.toMatch(/Typed|After the call/);
    page.once('dialog', (dialog) => void dialog.accept());
    await page.goto(product.origin, { waitUntil: 'commit' });
    const sent = page.waitForResponse((response) => response.url().endsWith('/note') && response.request().method() !== 'GET' && response.ok());
    await page.unroute('**/api/calls/*/note');
    expect(await (await sent).json()).toMatchObject({ note: { text: 'Typed without a network.' } });
    await page.waitForFunction("!Object.keys(sessionStorage).some((name) => name.startsWith('sealed '))");
  });

  it('leaves nothing of the patient in the browser, nor holds the page back, when the session is ended elsewhere', async () => {
    await page.getByRole('button', { name: /^More/ }).first().click();
    await page.route('**/api/calls/*/note', (route) => route.abort());
    await field().fill('Unsaved canary words.');
    await page.getByText('No network. Kept on this device until it returns.').waitFor({ timeout: 15_000 });
    const other = await signIn(await chromium.newContext(), product.newLink());
    await other.page.request.post(`${product.origin}/api/me/sessions/end-others`, { headers: { origin: product.origin } });
    await page.waitForURL(({ pathname }) => pathname === '/sign-in', { timeout: 75_000 });
    await other.page.context().close();
    const kept = await page.evaluate(() => JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage)]));
    expect(kept).not.toMatch(/canary|benign|After the call/);
  });
});
