/** The handout as a practice makes it in two minutes, and as a patient opens it without an account. */
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import jsqr from 'jsqr';
import type { Locator, Page } from 'playwright-core';
import { axeFindings } from './axe.ts';
import type { ChromiumUnderTest } from './browser/chromium.ts';
import type { Product } from './product.ts';
import { tellsSandboxStory } from './sandbox-story.ts';

let product: Product;
let chromium: ChromiumUnderTest;
let page: Page;

tellsSandboxStory((story) => {
  ({ product, chromium } = story);
  ({ page } = story.member);
});

/** What a phone's camera makes of a code on the screen. */
async function scan(seen: Page, code: Locator): Promise<string | undefined> {
  await code.scrollIntoViewIfNeeded();
  const picture = (await code.screenshot()).toString('base64');
  const blank = await seen.context().newPage();
  const { width, height, pixels } = await blank.evaluate<{ width: number; height: number; pixels: number[] }>(PIXELS_OF(picture));
  await blank.close();
  return jsqr(new Uint8ClampedArray(pixels), width, height)?.data;
}
const PIXELS_OF = (picture: string): string => `(async () => {
  const image = new Image();
  image.src = 'data:image/png;base64,${picture}';
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
  canvas.drawImage(image, 0, 0);
  return { width: image.width, height: image.height, pixels: [...canvas.getImageData(0, 0, image.width, image.height).data] };
})()`;

describe('the handout', () => {
  it('begins with the safer choices, and shows the page beside them', async () => {
    await page.getByRole('link', { name: 'Handout' }).first().click();
    await page.getByText('You will hear from us by the date on your visit summary.').waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });

  it('changes as one chooses, in every language', async () => {
    await page.getByRole('combobox', { name: 'Calls and voicemails' }).selectOption('3');
    await page.getByRole('textbox', { name: 'Hospital and its address' }).fill('Lakeside General, 400 Harbor Street');
    await page.getByRole('checkbox', { name: 'العربية' }).check();
    await page.getByRole('article').getByText('3 business days').waitFor();
    await page.getByRole('button', { name: 'العربية' }).click();
    await page.getByRole('article').getByText('3 أيام عمل').waitFor();
    expect(await page.getByRole('article').getAttribute('dir')).toBe('rtl');
    // The longest page ends before what one presses below it.
    const [paper, below] = await Promise.all([page.getByRole('article').evaluate((article: { readonly scrollHeight: number; readonly clientHeight: number }) => article.scrollHeight - article.clientHeight), page.getByRole('button', { name: 'PDF, A4' }).isVisible()]);
    expect([paper, below]).toEqual([0, true]);
    expect(await axeFindings(page)).toEqual([]);
  });

  it('says where the practice does not keep what it promises, and promises what it could', async () => {
    const owner = new Client({ connectionString: product.databaseUrl() });
    await owner.connect();
    // A missed call, and the call back: of four patients within half a day, of five others after four weeks.
    for (const [patient, daysLater] of [0.5, 0.5, 0.5, 0.5, 28, 28, 28, 28, 28].entries()) {
      for (const [direction, daysAgo, isTaken] of [['incoming', 40, false], ['outgoing', 40 - daysLater, true]] as const)
        await owner.query(
          `insert into call (id, practice_id, member_id, server_name, version, direction, state, number_sealed, number_index, line_id, line_name, line_number, is_sandbox, device_id, started_at, answered_at, ended_at, end_reason)
           select gen_random_uuid(), member.practice_id, member.id, 'e2e', 0, $1, 'ended', ''::bytea, $2, line.id, line.name, line.number, true, gen_random_uuid(), at, case when $4 then at end, at, 'hung-up-by-party'
           from member join line using (practice_id) cross join (select now() - $3 * interval '1 day' as at) then_at limit 1`,
          [direction, Buffer.from(`patient ${patient}`), daysAgo, isTaken],
        );
    }
    await owner.end();
    await page.reload();
    const card = page.getByRole('note').filter({ hasText: 'You promise' });
    await card.getByText('You promise a call back within 3 business days; the median was 20.').waitFor();
    await card.getByText('From your log of the last 90 days: 9 missed calls, 9 called back.').waitFor();
    expect(await card.getByRole('button').count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
  });

  it('keeps what was changed just before one left, and shows it to whoever comes back', async () => {
    await page.getByRole('textbox', { name: 'Hospital and its address' }).fill('Harbor General, 12 Pier Road');
    await page.getByRole('link', { name: 'Contacts' }).first().click();
    await page.getByRole('heading', { name: 'Contacts' }).waitFor();
    const kept = async (): Promise<unknown> => ((await (await page.request.get(`${product.origin}/api/handout`)).json()) as { settings: { hospital: string } }).settings.hospital;
    await expect.poll(kept, { timeout: 20_000 }).toBe('Harbor General, 12 Pier Road');
    await page.getByRole('link', { name: 'Handout' }).first().click();
    await expect.poll(() => page.getByRole('textbox', { name: 'Hospital and its address' }).inputValue()).toBe('Harbor General, 12 Pier Road');
  });

  it('says that it was not saved, keeps what was chosen, and saves it when asked again', async () => {
    await page.route('**/api/handout', (route) => route.abort());
    await page.getByRole('textbox', { name: 'Hospital and its address' }).fill('Lakeside General, 400 Harbor Street');
    await page.getByText('Not saved: the server did not answer.').waitFor();
    await page.unroute('**/api/handout');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText(/Saved \d/).waitFor();
  });

  it('takes a number as people here write it, and refuses half of one', async () => {
    const night = page.getByRole('textbox', { name: 'Day and night number' });
    await night.fill('612 555');
    await page.getByText('This is not a whole number yet.').waitFor();
    await night.fill('612-555-0199');
    await night.blur();
    expect(await night.inputValue()).toBe('(612) 555-0199');
    await page.getByRole('article').getByText('(612) 555-0199').waitFor();
  });

  it('says the hours of the days it is open', async () => {
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('checkbox', { name: 'Fri', exact: true }).uncheck();
    await page.getByRole('article').getByText(/Monday to Thursday/).waitFor();
  });

  it('lets any sentence be corrected, warns of what would be missing, and takes the label away once it is approved', async () => {
    await page.getByRole('button', { name: 'العربية' }).click();
    await page.getByRole('article').getByText('تُرجم آلياً ولم يراجعه شخص بعد.').waitFor();
    await page.getByText('Correct a sentence: العربية').click();
    const sentence = page.getByRole('textbox', { name: /^Send a message in the portal/ });
    expect(await sentence.getAttribute('dir')).toBe('rtl');
    await sentence.fill('راسلونا متى شئتم.');
    await page.getByText('Without {days} the page does not say it.').waitFor();
    await page.getByRole('article').getByText('راسلونا متى شئتم.').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await sentence.fill('');
    await sentence.blur();
    await page.getByRole('article').getByText('أرسلوا رسالة عبر بوابة المرضى').waitFor();
    await page.getByRole('checkbox', { name: 'العربية: I have read it and approve it' }).check();
    await page.getByRole('article').getByText('تُرجم آلياً ولم يراجعه شخص بعد.').waitFor({ state: 'detached' });
  });

  it('is edited or looked at on a phone, one at a time', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.getByRole('article').isVisible()).toBe(false);
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('article').waitFor();
    expect(await page.getByRole('combobox', { name: 'Calls and voicemails' }).isVisible()).toBe(false);
    expect(await axeFindings(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(await scan(page, page.getByRole('article').locator('svg'))).toContain('TEL;TYPE=WORK,PREF:+16125550100');
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.setViewportSize({ width: 1280, height: 720 });
  });

  it('is public once it is published, to anyone who types the address', async () => {
    await page.getByText(/^Saved .*not yet published/).waitFor();
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByText(/published as version 1/).waitFor();
    const address = await page.getByRole('link', { name: /\/h\// }).getAttribute('href');
    const patient = await (await chromium.newContext({ microphone: 'denied', viewport: { width: 390, height: 844 } })).newPage();
    await patient.goto(`${product.origin}${address}`);
    await patient.getByText('We call back within 3 business days.').waitFor();
    expect(await scan(patient, patient.locator('img'))).toContain('TEL;TYPE=WORK,PREF:+16125550100');
    expect(await axeFindings(patient)).toEqual([]);
    await patient.getByRole('link', { name: 'العربية' }).click();
    await patient.getByRole('heading', { level: 1, name: 'كيف تتواصلون معنا' }).waitFor();
    expect(await axeFindings(patient)).toEqual([]);
    expect(await patient.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(await patient.getByRole('link', { name: '911' }).getAttribute('href')).toBe('tel:911');
    const pdf = await patient.request.get(`${product.origin}${address}/ar/a4.pdf`);
    expect((await pdf.body()).subarray(0, 5).toString()).toBe('%PDF-');
    await patient.context().close();
  });

  it('keeps each version, to be had again as it was', async () => {
    await page.getByRole('combobox', { name: 'Calls and voicemails' }).selectOption('1');
    await page.getByText(/changed since version 1/).waitFor();
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByText(/published as version 2/).waitFor();
    await page.getByText('Published versions').click();
    const [first] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'PDF of version 1' }).click()]);
    expect(first.suggestedFilename()).toBe('handout-ar-letter.pdf');
    expect(await page.getByText(/^Version 2, /).count()).toBe(1);
    expect(await axeFindings(page)).toEqual([]);
  });
});
