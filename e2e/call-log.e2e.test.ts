/** The log as a practice lives with it: what came of a call, what is next, on every device at once; found again, taken along; called by staff in a physician's name, and seen by nobody else. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spokenClip } from './audio/spoken-clips.ts';
import { excerpt } from './audio/speech-match.ts';
import { findingsInBothThemes } from './axe.ts';
import { type ChromiumUnderTest, startChromiumShell } from './browser/chromium.ts';
import { type MemberPage, signIn } from './member-page.ts';
import { type Product, startProduct } from './product.ts';
import { tellsOneStory } from './story.ts';

/** Practice patients: one that answers and talks, one that is busy. */
const WANDA = '(612) 555-0141';
const BRUNO = '(651) 555-0143';
const SLOW = { timeout: 20_000 };
const OSEI = '01890000-0000-7000-8000-0000000000c1';
const PRIYA = '01890000-0000-7000-8000-0000000000c2';

let product: Product;
let chromium: ChromiumUnderTest;
/** Dr. Lee at a desk, and with a phone in the other hand. */
let lee: MemberPage;
let phone: MemberPage;
let priya: MemberPage;
let osei: MemberPage;

tellsOneStory({ pages: () => [lee, phone, priya, osei].map((each) => each?.page), product: () => product });

beforeAll(async () => {
  product = await startProduct();
  chromium = await startChromiumShell(excerpt(spokenClip('physician'), 0, 6000));
  lee = await signIn(await chromium.newContext(), product.signInLink());
  phone = await signIn(await chromium.newContext({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 }), product.newLink());
});
afterAll(async () => {
  await chromium?.close();
  await product?.close();
});

/** A member of the practice, and a link that lets them in once. */
async function addMember(id: string, name: string, role: string): Promise<string> {
  const owner = new Client({ connectionString: product.databaseUrl() });
  await owner.connect();
  const token = id.replaceAll('-', '').padEnd(43, 'x');
  const { rows } = await owner.query<{ practice_id: string }>(`insert into member (id, practice_id, name, created_at, roles) select $1, id, $2, now(), array[$3] from practice limit 1 returning practice_id`, [id, name, role]);
  await owner.query(`insert into sign_in_link (token_hash, practice_id, member_id, created_at, expires_at) values ($1, $2, $3, now(), now() + interval '1 hour')`, [createHash('sha256').update(token).digest(), rows[0]!.practice_id, id]);
  await owner.end();
  return product.signInLink().replace(/#.*$/, `#${token}`);
}

const recent = (page: Page) => page.getByRole('region', { name: 'Recent calls' });
const howDidItGo = (page: Page) => page.getByRole('region', { name: 'How did it go?' });
const worksForLee = () => lee.page.getByRole('group', { name: 'Works for Priya Nair, RN' }).getByRole('checkbox', { name: 'Dr. Hannah Lee' });
const lowerKeypad = async (page: Page): Promise<void> => {
  const hide = page.getByRole('button', { name: 'Hide the keypad' });
  if (await hide.isVisible()) await hide.click();
};

describe('what came of a call', () => {
  it('is suggested at its end, confirmed with one tap, and seen on the other device at once', async () => {
    await lee.dial(WANDA);
    await lee.seesState('Talking');
    await lee.press('End call');
    await lee.seesEnd('You hung up.');
    await howDidItGo(lee.page).getByRole('button', { name: /^Confirm: Reached/ }).click(SLOW);
    await howDidItGo(lee.page).getByText('Confirmed by you.').waitFor(SLOW);
    await lowerKeypad(phone.page);
    await recent(phone.page).getByText(/^Reached, /).waitFor(SLOW);
    expect(await findingsInBothThemes(lee.page)).toEqual([]);
  });

  it('is taken back for ten seconds, and is then what was observed', async () => {
    await howDidItGo(lee.page).getByRole('button', { name: 'Undo' }).click(SLOW);
    await howDidItGo(lee.page).getByRole('button', { name: /^Confirm: Reached/ }).waitFor(SLOW);
    await recent(phone.page).getByText(/^Talked, /).waitFor(SLOW);
    await howDidItGo(lee.page).getByRole('button', { name: 'Voicemail left' }).click(SLOW);
    await recent(phone.page).getByText(/^Voicemail left, /).waitFor(SLOW);
  });

  it('keeps what was tapped in sight where the server does not answer, and says so', async () => {
    await lee.page.route('**/api/calls/*/outcome', (route) => route.abort());
    await howDidItGo(lee.page).getByRole('button', { name: 'Reached', exact: true }).click(SLOW);
    await howDidItGo(lee.page).getByRole('alert').getByText('Not saved').waitFor(SLOW);
    await lee.page.unroute('**/api/calls/*/outcome');
    await howDidItGo(lee.page).getByRole('button', { name: 'Reached', exact: true }).click(SLOW);
    await recent(phone.page).getByText(/^Reached, /).waitFor(SLOW);
  });
});

describe('a next step', () => {
  it('is written for a day, stands above everything on the other device, and is done there', async () => {
    await lee.page.getByLabel('What is to be done next').fill('Ask whether the wound is dry');
    await lee.page.getByRole('radio', { name: 'Today' }).check(SLOW);
    await lee.press('Keep this step');
    const due = phone.page.getByRole('region', { name: 'Do next' });
    await due.getByText('Due today').waitFor(SLOW);
    await due.getByText('Ask whether the wound is dry').waitFor(SLOW);
    expect(await findingsInBothThemes(phone.page)).toEqual([]);
    await due.getByRole('button', { name: 'Done' }).click(SLOW);
    await lee.page.getByRole('region', { name: 'Then what?' }).getByText('Done by Dr. Hannah Lee').waitFor(SLOW);
    await phone.page.getByRole('button', { name: 'Undo' }).click(SLOW);
    await lee.page.getByRole('region', { name: 'Then what?' }).getByRole('button', { name: 'Done', exact: true }).waitFor(SLOW);
  });
});

describe('the log', () => {
  it('is narrowed to an outcome, searched by name and by number, and says where nothing fits', async () => {
    await lee.backToCalls();
    await lee.dial(BRUNO);
    await lee.seesEnd(/line is busy/);
    await lee.press('Back to Calls');
    const search = lee.page.getByRole('searchbox', { name: 'Name, or a whole number' });
    await lee.press(/^Find in your calls/);
    await lee.page.getByLabel('Outcome').selectOption('busy');
    await recent(lee.page).getByText('Bruno Okafor').waitFor(SLOW);
    await expect.poll(() => recent(lee.page).getByText('Wanda Lindqvist').count(), SLOW).toBe(0);
    expect(await findingsInBothThemes(lee.page)).toEqual([]);
    await lee.press('Clear filters');
    for (const [text, found, missing] of [['bruno', 'Bruno Okafor', 'Wanda Lindqvist'], ['(612) 555-0141', 'Wanda Lindqvist', 'Bruno Okafor']] as const) {
      await search.fill(text);
      await expect.poll(() => recent(lee.page).getByText(missing).count(), SLOW).toBe(0);
      await recent(lee.page).getByText(found).first().waitFor(SLOW);
    }
    await search.fill('zzz');
    await lee.page.getByText('No call fits.').waitFor(SLOW);
    expect(lee.page.url()).not.toMatch(/bruno|0141|zzz/);
    await lee.press('Clear filters');
  });

  it('goes out as a file', async () => {
    const [download] = await Promise.all([lee.page.waitForEvent('download', SLOW), lee.press('Save as CSV')]);
    const text = await readFile(await download.path(), 'utf8');
    expect(text.split('\r\n').slice(1, 3).map((line) => line.split(',').slice(3, 11).join(','))).toEqual([
      expect.stringMatching(/^Bruno Okafor,\+1 651 555 0143,Lakeside Clinic,Dr\. Hannah Lee,,busy,,busy \(suggested\)$/),
      expect.stringMatching(/^Wanda Lindqvist,\+1 612 555 0141,Lakeside Clinic,Dr\. Hannah Lee,,hung-up-by-member,\d+,reached$/),
    ]);
    await lee.page.getByText('2 calls saved.').waitFor(SLOW);
    await lee.press(/^Find in your calls/);
  });

  it('opens a call with its outcome, its step and its note', async () => {
    await lee.page.getByRole('button', { name: 'More about the call to Wanda Lindqvist' }).click();
    await recent(lee.page).getByRole('textbox', { name: 'Note on this call' }).waitFor(SLOW);
    await recent(lee.page).getByText('Ask whether the wound is dry').first().waitFor(SLOW);
    expect(await findingsInBothThemes(lee.page)).toEqual([]);
  });
});

describe('staff', () => {
  it('are told by the admin for whom they work', async () => {
    const [toPriya, toOsei] = [await addMember(PRIYA, 'Priya Nair, RN', 'staff'), await addMember(OSEI, 'Dr. Kwame Osei', 'physician')];
    priya = await signIn(await chromium.newContext(), toPriya);
    osei = await signIn(await chromium.newContext(), toOsei);
    await priya.page.getByText('Hear your first call.').waitFor(SLOW);
    await lee.page.goto(`${product.origin}/settings/members`);
    await worksForLee().click(SLOW);
    await expect.poll(() => worksForLee().isChecked(), SLOW).toBe(true);
    expect(await findingsInBothThemes(lee.page)).toEqual([]);
  });

  it('see that physician’s calls from then on, and call in their name; the physician sees it, another does not', async () => {
    await priya.page.reload();
    await recent(priya.page).getByText(/Dr\. Hannah Lee$/).first().waitFor(SLOW);
    expect(await priya.page.getByLabel('Call for').inputValue()).not.toBe('');
    await priya.dial(WANDA);
    await priya.seesState('Talking');
    await priya.page.getByRole('textbox', { name: 'Note on this call' }).fill('Daughter will bring the list.');
    await priya.page.getByText(/Saved \d/).waitFor(SLOW);
    await priya.press('End call');
    await priya.page.getByText('You for Dr. Hannah Lee').waitFor(SLOW);
    await lee.page.goto(product.origin);
    await recent(lee.page).getByText('Priya Nair, RN for Dr. Hannah Lee').waitFor(SLOW);
    await lee.page.getByRole('button', { name: 'More about the call to Wanda Lindqvist' }).first().click();
    await expect.poll(() => recent(lee.page).getByRole('textbox', { name: 'Note on this call' }).inputValue(), SLOW).toBe('Daughter will bring the list.');
    await osei.page.reload();
    await osei.page.getByText('Hear your first call.').waitFor(SLOW);
    expect(await osei.page.getByText('Wanda Lindqvist, Dr. Hannah Lee').count()).toBe(0);
  });

  it('stand in the history of the patient, with the note, by whom and for whom', async () => {
    await lee.page.evaluate(async () => fetch('/api/contacts', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ details: { givenName: 'Rosalind', familyName: 'Achterberg', timeZone: 'America/Phoenix', numbers: [{ number: '+16125550141', label: 'mobile' }] } }) }));
    await lee.page.goto(`${product.origin}/contacts`);
    await lee.page.getByRole('button', { name: /^Rosalind Achterberg/ }).click(SLOW);
    const history = lee.page.getByRole('region', { name: 'History' });
    await history.getByText('Daughter will bring the list.').waitFor(SLOW);
    await history.getByText('Written by Priya Nair, RN for Dr. Hannah Lee').waitFor(SLOW);
    await history.getByText(/^Destroyed /).waitFor(SLOW);
    await lee.page.getByText(/in Phoenix/).waitFor(SLOW);
    await lee.page.getByText('Patient will see').waitFor(SLOW);
    expect(await findingsInBothThemes(lee.page)).toEqual([]);
    await lee.page.setViewportSize({ width: 390, height: 844 });
    expect(await findingsInBothThemes(lee.page)).toEqual([]);
    await lee.page.setViewportSize({ width: 1280, height: 720 });
  });

  it('leave nothing that another physician could reach by its id', async () => {
    const { calls } = await lee.page.evaluate(async () => (await fetch('/api/calls')).json() as Promise<{ calls: { id: string }[] }>);
    const statuses = await osei.page.evaluate(
      async (ids) => Promise.all(ids.flatMap((id) => [`/api/calls/${id}`, `/api/calls/${id}/note`].map(async (path) => (await fetch(path)).status))),
      calls.map(({ id }) => id),
    );
    expect(new Set(statuses)).toEqual(new Set([404]));
  });

  it('lose sight of it with the assignment', async () => {
    await lee.page.goto(`${product.origin}/settings/members`);
    await worksForLee().click(SLOW);
    await expect.poll(() => worksForLee().isChecked(), SLOW).toBe(false);
    await expect.poll(() => priya.page.evaluate(async () => ((await (await fetch('/api/calls')).json()) as { calls: unknown[] }).calls.length), SLOW).toBe(0);
  });
});
