/** Contacts as a clinic uses them: imported from a spreadsheet, found as one types, changed, called, undone. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { excerpt } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import { axeFindings } from './axe.ts';
import { type ChromiumUnderTest, startChromiumShell } from './browser/chromium.ts';
import { type MemberPage, signIn } from './member-page.ts';
import { type Product, startProduct } from './product.ts';
import { tellsOneStory } from './story.ts';

const CSV = '\uFEFFPatient Last Name;Patient First Name;Mobile Phone;DOB;Labels\r\n"Achterberg";Rosalind;(612) 555-0142;04/30/1961;Warfarin\r\nOkafor;Walter;(612) 555-0143;;"Tuesday, list"\r\nPeña;José;12;;\r\n;;;;\r\n';

let product: Product;
let chromium: ChromiumUnderTest;
let member: MemberPage;
let page: Page;
let folder: string;
/** Every address that the page asked for, its own included. */
const asked: string[] = [];

tellsOneStory({ pages: () => [member?.page], product: () => product });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'contacts-e2e-'));
  writeFileSync(join(folder, 'patients.csv'), CSV);
  product = await startProduct();
  chromium = await startChromiumShell(excerpt(spokenClip('physician'), 0, 6000));
  member = await signIn(await chromium.newContext(), product.signInLink());
  page = member.page;
  page.on('request', (request) => void asked.push(request.url()));
  page.on('framenavigated', (frame) => void asked.push(frame.url()));
});
afterAll(async () => {
  await chromium?.close();
  await product?.close();
  rmSync(folder, { recursive: true, force: true });
});

const rows = () => page.getByRole('region', { name: 'Contacts' }).getByRole('listitem');

describe('contacts', () => {
  it('are empty at first, and say what to do', async () => {
    await page.getByRole('link', { name: 'Contacts' }).first().click();
    await page.getByText('Import from your EHR, or add someone you call.').waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });

  it('come in from a spreadsheet, with columns guessed and problems told by row', async () => {
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.locator('input[type=file]').setInputFiles(join(folder, 'patients.csv'));
    await page.getByRole('heading', { name: 'What is in which column?' }).waitFor({ timeout: 20_000 });
    expect(await page.getByRole('combobox').evaluateAll((all) => all.map((one) => (one as unknown as { value: string }).value))).toEqual(['familyName', 'givenName', 'mobile', 'birthDate', 'tags']);
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Add 4 contacts' }).click();
    await page.getByText(/3 contacts added\..*1 could not be read\./).waitFor({ timeout: 20_000 });
    await page.getByText('What could not be read').click();
    await page.getByText('Row 4: Mobile, not a phone number').waitFor();
    expect(await rows().count()).toBe(3);
  });

  it('whose import one has left is found again after a reload, with its report as a file', async () => {
    await page.reload();
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByRole('region', { name: 'Imports so far' }).getByRole('button', { name: /^Look at it: the import of/ }).click();
    await page.getByText('What could not be read').click();
    const [report] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save the report as CSV' }).click()]);
    expect(readFileSync(await report.path(), 'utf8').split('\r\n')).toEqual(['\uFEFF"Row","Column","Problem"', '"4","Mobile","not a phone number"', '"5","","neither a name nor a number"', '']);
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Done' }).click();
  });

  it('whose file is sent while the server is out of reach arrive once it is back, and none of them is added before one says so', async () => {
    writeFileSync(join(folder, 'more.csv'), `Name,Mobile\r\n${Array.from({ length: 2_000 }, (_, index) => `Person ${index},(612) 555-${String(index).padStart(4, '0')}`).join('\r\n')}\r\n`);
    let refused = 0;
    await page.route('**/api/contact-imports/*/bytes', (route) => ((refused += 1) <= 2 ? (refused === 1 ? route.abort() : route.fulfill({ status: 429 })) : route.continue()));
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.locator('input[type=file]').setInputFiles(join(folder, 'more.csv'));
    await page.getByText('The server does not answer. Sending goes on by itself when it does.').waitFor();
    await page.getByRole('button', { name: 'Add 2,000 contacts' }).waitFor({ timeout: 20_000 });
    await page.unroute('**/api/contact-imports/*/bytes');
    await page.getByRole('button', { name: 'Leave this file' }).click();
    await page.getByText('taken back').waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    expect(await rows().count()).toBe(3);
  });

  it('that came in by thousands are taken back with how far it is in sight', async () => {
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.locator('input[type=file]').setInputFiles(join(folder, 'more.csv'));
    await page.getByRole('button', { name: 'Add 2,000 contacts' }).click();
    await page.getByText('2,000 contacts added.').waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Undo this import' }).click();
    await page.getByRole('progressbar', { name: 'Undo this import' }).waitFor();
    await page.getByText('2,000 contacts were taken out again.').waitFor({ timeout: 30_000 });
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Done' }).click();
    await expect.poll(() => rows().count()).toBe(3);
  });

  it('are found by name, accents or not, by number and by tag', async () => {
    const search = page.getByRole('searchbox');
    for (const [text, name] of [['pena jo', 'José Peña'], ['555-0143', 'Walter Okafor'], ['warf', 'Rosalind Achterberg']] as const) {
      await search.fill(text);
      await expect.poll(() => rows().count()).toBe(1);
      await rows().filter({ hasText: name }).waitFor();
    }
    await search.fill('nobody at all');
    await page.getByText('Nobody is found by “nobody at all”.').waitFor();
    await search.fill('');
  });

  it('are changed in place, and their history says so', async () => {
    await rows().filter({ hasText: 'José' }).getByRole('button').first().click();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('textbox', { name: 'Phone, called first' }).fill('612 555');
    await page.getByRole('button', { name: 'Save contact' }).click();
    await page.getByText('Not a whole phone number yet.').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.getByLabel('Time zone, where it is not the practice’s').selectOption('America/Phoenix');
    await page.getByRole('button', { name: 'Add a time' }).click();
    await page.getByLabel('New group').fill('Transplant list');
    await page.getByRole('button', { name: 'Add the group' }).click();
    await page.getByRole('checkbox', { name: 'Transplant list', checked: true }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('combobox', { name: 'Language' }).selectOption('Spanish');
    const number = page.getByRole('textbox', { name: 'Phone, called first' });
    await number.fill('6125550144');
    await number.blur();
    expect(await number.inputValue()).toBe('(612) 555-0144');
    await page.getByRole('button', { name: 'Save contact' }).click();
    await page.getByText('Changed: numbers, language, time zone, preferred times, groups').waitFor();
    await page.getByText(/in Phoenix/).waitFor();
    await page.getByText(/^Mon – Fri, 12:00\sPM – 2:00\sPM$/).waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });

  it('changed by somebody else meanwhile keep what was typed here, and take over the rest', async () => {
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('textbox', { name: 'First name' }).fill('José María');
    await page.evaluate(async () => {
      const answer = await fetch('/api/contacts/search', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text: 'peña' }) });
      const { contacts: [contact] } = (await answer.json()) as { contacts: { id: string; version: number; details: object }[] };
      await fetch(`/api/contacts/${contact!.id}`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ version: contact!.version, details: { ...contact!.details, tags: ['Needs a ride'], textConsent: { state: 'withdrawn', at: null } } }) });
    });
    await page.getByRole('button', { name: 'Save contact' }).click();
    await page.getByText('Somebody changed this contact meanwhile.').waitFor();
    expect(await page.getByRole('textbox', { name: 'First name' }).inputValue()).toBe('José María');
    expect(await page.getByRole('textbox', { name: 'Tags, with commas between' }).inputValue()).toBe('Needs a ride');
    await page.getByRole('button', { name: 'Save contact' }).click();
    await page.getByRole('heading', { name: 'José María Peña' }).waitFor();
    await page.getByText('Refused').waitFor();
  });

  it('say so where a favourite or a file could not be had', async () => {
    await page.route('**/api/contacts/**', (route) => route.abort());
    await page.getByRole('button', { name: 'Make a favourite' }).click();
    await page.getByText('That did not work. Nothing was changed; try again.').waitFor();
    await page.getByRole('button', { name: 'Back to Contacts' }).click();
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByRole('button', { name: 'CSV, for a spreadsheet or a record system' }).click();
    await page.getByText('Nothing was saved: the server did not answer. Try again.').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.unroute('**/api/contacts/**');
  });

  it.each([
    ['CSV, for a spreadsheet or a record system', 'contacts.csv', /^\uFEFFFirst name,Last name,[^]*Rosalind,Achterberg,/],
    ['vCards, for a phone', 'contacts.vcf', /^BEGIN:VCARD[^]*FN:Rosalind Achterberg/],
  ])('go out as a file: %s', async (button, name, content) => {
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()]);
    expect(file.suggestedFilename()).toBe(name);
    expect(readFileSync(await file.path(), 'utf8')).toMatch(content);
    await page.getByText(`${name} was saved.`).waitFor();
  });

  it('are shown by name on the call, which stands in their history afterwards', async () => {
    await page.getByRole('button', { name: 'Call Rosalind Achterberg' }).click();
    await member.seesState('Talking');
    await page.getByRole('heading', { name: 'Rosalind Achterberg' }).waitFor();
    await member.press('End call');
    await member.seesEnd('You hung up.');
    await member.backToCalls();
    await page.getByRole('region', { name: 'Recent calls' }).getByText('Rosalind Achterberg').waitFor();
    await page.getByRole('link', { name: 'Contacts' }).first().click();
    await rows().filter({ hasText: 'Rosalind' }).getByRole('button').first().click();
    await page.getByRole('region', { name: 'History' }).getByText(/^Talked, /).waitFor();
  });

  it('are removed, and brought back by Undo', async () => {
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('Rosalind Achterberg was removed.').waitFor();
    await expect.poll(() => rows().count()).toBe(2);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => rows().count()).toBe(3);
  });

  it('are shown by group, taken out of one, and the group deleted, each with Undo', async () => {
    await page.getByRole('combobox', { name: 'Group' }).selectOption('Transplant list (1)');
    await expect.poll(() => rows().allInnerTexts()).toEqual([expect.stringContaining('José')]);
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: /^Take José.* out of Transplant list$/ }).click();
    await page.getByText('Nobody is in this group yet.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await rows().filter({ hasText: 'José' }).waitFor();
    await page.getByRole('button', { name: 'Delete the group' }).click();
    await expect.poll(() => rows().count()).toBe(3);
    await page.getByText('The group Transplant list was deleted; the people stay.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('combobox', { name: 'Group' }).selectOption('Transplant list (1)');
    await expect.poll(() => rows().count()).toBe(1);
    await page.getByRole('combobox', { name: 'Group' }).selectOption('All groups');
  });

  it('that are one person are joined under the name one chooses, with what tells them apart in sight, and parted again', async () => {
    const add = (details: object) => page.evaluate(async (body) => (await fetch('/api/contacts', { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status, JSON.stringify({ details }));
    for (const [givenName, recordNumber] of [['Jon', 'A-1'], ['John', 'B-2']]) expect(await add({ givenName, familyName: 'Mbeki', birthDate: '1948-02-29', recordNumber, numbers: [{ number: '+16125550177', label: 'home' }] })).toBe(200);
    await page.getByRole('button', { name: 'Duplicates' }).click();
    await page.getByText('Born: February 29, 1948 · Record number: A-1').waitFor();
    await page.getByText('Their record numbers differ: they may be two people, such as twins.').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Join as John Mbeki' }).click();
    await page.getByText('They are joined.').waitFor();
    await rows().filter({ hasText: 'John Mbeki' }).waitFor();
    await rows().filter({ hasText: 'Jon Mbeki' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await rows().filter({ hasText: 'Jon Mbeki' }).waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
  });

  it('that are two people are told apart, and not asked about again', async () => {
    await page.getByRole('button', { name: 'Duplicates' }).click();
    const tellApart = page.getByRole('button', { name: /^Not the same person: Joh?n Mbeki$/ });
    await tellApart.click();
    await page.getByText('They stay two people, and are not asked about again.').waitFor();
    await page.getByText('No two contacts look like one person.').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Undo' }).click();
    await tellApart.click();
    await page.getByText('No two contacts look like one person.').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Duplicates' }).click();
    await page.getByText('No two contacts look like one person.').waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
  });

  it('fit a phone, one thing at a time', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await rows().filter({ hasText: 'Walter' }).getByRole('button').first().click();
    await page.getByRole('heading', { name: 'Walter Okafor' }).waitFor();
    expect(await page.getByRole('searchbox').isVisible()).toBe(false);
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Back to Contacts' }).click();
    await page.getByRole('searchbox').waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });

  it('stand in no address that the page asked for', () => {
    expect(asked.length).toBeGreaterThan(20);
    const telling = /achterberg|rosalind|okafor|walter|pe%C3%B1a|peña|pena|warf|5550142|555-0142|0143|1961/iu;
    expect(asked.filter((address) => telling.test(decodeURIComponent(address)))).toEqual([]);
  });
});
