/** Drafts, versions and the public page in a real database. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { handoutSettingsSchema } from '#contract/handouts.ts';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { inInstallation, inPractice } from '#server/platform/storage/database.ts';
import { createTestDatabase, type TestDatabase } from '#server/platform/storage/test-database.ts';
import { createHandoutPress } from './handout-press.ts';
import { createHandoutPages } from './handout-routes.ts';
import { createHandouts, type HandoutEditor, type Handouts } from './handouts.ts';

let store: TestDatabase;
let handouts: Handouts;
let editor: HandoutEditor;
let lines = [{ name: 'Clinic', number: '+16125550100' }];
const press = createHandoutPress(systemClock);

beforeAll(async () => void (store = await createTestDatabase()));
afterAll(async () => {
  await press.close();
  await store.drop();
});
beforeEach(async () => {
  const [practiceId, memberId] = [randomUUID(), randomUUID()];
  await inInstallation(store.database, (transaction) => sql`insert into practice (id, name, country, time_zone, is_sandbox, created_at) values (${practiceId}, 'Lakeside Clinic', 'US', 'America/Chicago', false, now())`.execute(transaction));
  await inPractice(store.database, practiceId, (transaction) => sql`insert into member (id, practice_id, name, created_at) values (${memberId}, ${practiceId}, 'Dr. Lee', now())`.execute(transaction));
  editor = { practiceId, practiceName: 'Lakeside Clinic', country: 'US', timeZone: 'America/Chicago', memberId };
  lines = [{ name: 'Clinic', number: '+16125550100' }];
  handouts = createHandouts({ database: store.database, press, listLines: async () => lines, clock: systemClock, random: systemRandom });
});

const codeOf = async (): Promise<string> => (await handouts.read(editor)).publicPath.replace('/h/', '');

test('a practice that never looked has a draft with the safer choices, and nothing public', async () => {
  const view = await handouts.read(editor);
  expect(view).toMatchObject({ settings: { results: 'by-date', languages: ['en', 'es'] }, published: null });
  expect(view.publicPath).toMatch(/^\/h\/[23456789a-z]{6}$/);
  expect(await handouts.findPublic(await codeOf())).toBeUndefined();
});

test('publishing makes a version; publishing the same again makes none; the address stays', async () => {
  const code = await codeOf();
  expect((await handouts.publish(editor)).published).toMatchObject({ version: 1, isDraftDifferent: false });
  const views = await Promise.all([handouts.publish(editor), handouts.publish(editor)]);
  expect(views.map(({ published }) => published?.version)).toEqual([1, 1]);
  const changed = await handouts.save(editor, handoutSettingsSchema.parse({ callDays: 2 }));
  expect(changed.published).toMatchObject({ version: 1, isDraftDifferent: true });
  expect((await handouts.findPublic(code))?.page.sections[1]?.paragraphs[0]?.map(({ text }) => text).join('')).toContain('1 business day');
  expect((await handouts.publish(editor)).published).toMatchObject({ version: 2 });
  expect((await handouts.findPublic(code.toUpperCase()))?.page.sections[1]?.paragraphs[0]?.map(({ text }) => text).join('')).toContain('2 business days');
  expect((await handouts.listVersions(editor)).map(({ version }) => version)).toEqual([2, 1]);
  expect(await codeOf()).toBe(code);
});

test('a version is dated by the day of its practice, which may be yesterday in Greenwich', async () => {
  const inTheEvening = createHandouts({ database: store.database, press, listLines: async () => lines, clock: { now: () => Date.parse('2026-12-01T03:00:00Z') }, random: systemRandom });
  expect((await inTheEvening.publish(editor)).published?.isDraftDifferent).toBe(false);
  expect((await inTheEvening.findPublic(await codeOf()))?.page.footer).toContain('November 30, 2026');
  // The day it was published stays, wherever the practice moves.
  expect((await inTheEvening.read({ ...editor, timeZone: 'Asia/Tokyo' })).published?.isDraftDifferent).toBe(false);
});

test('a line that was lost stays on the published page until it is published again, and the editor is told', async () => {
  await handouts.publish(editor);
  lines = [];
  expect((await handouts.read(editor)).published?.isDraftDifferent).toBe(true);
  expect((await handouts.findPublic(await codeOf()))?.page.numbers.lines).toHaveLength(1);
});

test('the public page answers in the languages of the version and in no other, and any other code is nothing', async () => {
  await handouts.publish(editor);
  const code = await codeOf();
  const pages = createHandoutPages(handouts);
  const answer = (path: string, parameters: Record<string, string>) => pages.find((page) => page.path === path)!.answer(parameters);
  expect((await answer('/h/:code/:language', { code, language: 'es' }))?.body).toContain('lang="es"');
  expect((await answer('/h/:code/:language', { code, language: 'fr' }))?.body).toContain('<html lang="en"');
  expect((await answer('/h/:code/numbers.vcf', { code }))?.body).toContain('TEL;TYPE=WORK,PREF:+16125550100');
  const pdf = await answer('/h/:code/:language/:file', { code, language: 'es', file: 'a4.pdf' });
  expect(Buffer.from(pdf!.body).subarray(0, 5).toString()).toBe('%PDF-');
  for (const parameters of [{ code: 'zzzzzz' }, { code: '' }, { code: "' or 1=1" }]) expect(await answer('/h/:code', parameters)).toBeUndefined();
  expect(await answer('/h/:code/:language/:file', { code, language: 'es', file: 'a4' })).toBeUndefined();
  expect(await answer('/h/:code/:language/:file', { code, language: 'es', file: '../a4.pdf' })).toBeUndefined();
});

test('what a practice writes cannot make the printer fetch, run or break', async () => {
  const evil = '#image("/etc/passwd") #import "@preview/x:1.0.0" $ x $ `raw` *b* _i_ \\ // /* @ref <label> \u202E';
  await handouts.save(editor, handoutSettingsSchema.parse({ hospital: evil.slice(0, 150), corrections: { en: { title: evil.slice(0, 150), numbersHeading: '#panic()' } } }));
  const pdf = await handouts.print(editor, 'en', 'letter');
  expect(pdf!.subarray(0, 5).toString()).toBe('%PDF-');
});

test('what no page can show is refused before it is kept', () => {
  expect(handoutSettingsSchema.safeParse({ hospital: 'a\u0000b' }).success).toBe(false);
});

test('a version that is not there is not printed', async () => {
  expect(await handouts.print(editor, 'en', 'letter', 7)).toBeUndefined();
});
