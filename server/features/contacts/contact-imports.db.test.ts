/** Imports in a real database: files as the world writes them, killed at any moment, gone on with, undone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ImportView } from '#contract/contacts.ts';
import { inPractice } from '#server/platform/storage/database.ts';
import { createTestDatabase, type TestDatabase } from '#server/platform/storage/test-database.ts';
import { exportCsv, exportVCards } from './contact-export-policy.ts';
import { csvOfPeople, openContactsUnderTest, seedReader, uploadFile, type ContactsUnderTest } from './contacts-under-test.ts';
import type { ContactReader } from './contacts.ts';

let store: TestDatabase;
let keys: string;
let it: ContactsUnderTest;
let reader: ContactReader;

beforeAll(async () => {
  store = await createTestDatabase();
  keys = mkdtempSync(join(tmpdir(), 'imports-'));
});
afterAll(async () => {
  await store.drop();
  rmSync(keys, { recursive: true, force: true });
});
beforeEach(async () => {
  reader = await seedReader(store.database);
  it = openContactsUnderTest(store.database, keys);
});

const stateOf = async (id: string): Promise<ImportView> => {
  const read = await it.imports.read(reader, id);
  if (!read.ok) throw new Error(read.refusal);
  return read.value;
};

/** Uploads, takes the suggested mapping, and waits until the last row is in. */
async function importFile(kind: 'csv' | 'vcard', file: Buffer | string): Promise<ImportView> {
  const id = await uploadFile(it.imports, reader, kind, Buffer.from(file));
  await startSuggested(id);
  await it.imports.resume();
  return stateOf(id);
}

async function startSuggested(id: string): Promise<void> {
  const { columns } = await stateOf(id);
  await it.imports.start(reader, id, columns.map(({ suggested }) => suggested));
}

/** Has another process go on with an import, and kills it as soon as it has got on. */
async function killWhile(state: ImportView['state'], id: string, howFar: (view: ImportView) => number): Promise<void> {
  const before = howFar(await stateOf(id));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'import-until-killed.ts'), store.url, keys], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  while (howFar(await stateOf(id)) === before) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGKILL');
  await exited;
  expect((await stateOf(id)).state).toBe(state);
}

const people = async (): Promise<string[]> => (await it.contacts.search(reader, { text: '', onlyFavourites: false, limit: 200, offset: 0 })).contacts.map((contact) => `${contact.details.givenName} ${contact.details.familyName} ${contact.details.numbers.map(({ number }) => number).join(' ')}`.trim());
const countOf = async (): Promise<number> => (await it.contacts.search(reader, { text: '', onlyFavourites: false, limit: 1, offset: 0 })).total;

describe('files as they come', () => {
  const text = 'Name;Teléfono móvil;Name\r\n"Peña, José";(612) 555-0140;x\r\nOkafor, Walter;612.555.0151;y\r\n';
  test.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with its mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16 little-endian', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16 big-endian', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
    ['Windows-1252', Buffer.from(text, 'latin1')],
    ["Excel's separator line", Buffer.from(`sep=;\r\n${text}`)],
  ])('%s, with semicolons and a header twice', async (_what, file) => {
    expect(await importFile('csv', file)).toMatchObject({ state: 'done', rowsDone: 2, rowsTotal: 2, added: 2, failed: 0 });
    expect(await people()).toEqual(['Walter Okafor +16125550151', 'José Peña +16125550140']);
  });

  test('columns are shown with samples and a guess, and a person may say otherwise', async () => {
    const id = await uploadFile(it.imports, reader, 'csv', Buffer.from('Code,Who,Phone,Phone\nA1,Ann Lee,612-555-0101,612-555-0102\n'));
    const { columns } = await stateOf(id);
    expect(columns).toEqual([
      { header: 'Code', samples: ['A1'], suggested: null },
      { header: 'Who', samples: ['Ann Lee'], suggested: null },
      { header: 'Phone', samples: ['612-555-0101'], suggested: 'otherNumber' },
      { header: 'Phone (2)', samples: ['612-555-0102'], suggested: 'otherNumber' },
    ]);
    await it.imports.start(reader, id, ['recordNumber', 'name', 'mobile', 'work']);
    await it.imports.resume();
    expect(await people()).toEqual(['Ann Lee +16125550101 +16125550102']);
  });

  test('problems are told by row, and the other rows are added', async () => {
    const done = await importFile('csv', 'Name,Mobile,DOB\nAnn Lee,123,2/30/1970\n,,\nBob Lee,612-555-0102,1/31/1970\n,,x\n"open');
    expect(done).toMatchObject({ state: 'done', rowsDone: 5, added: 2, failed: 3 });
    const problems = await it.imports.listProblems(reader, done.id);
    expect(problems).toEqual({
      ok: true,
      value: [
        { row: 1, field: 'mobile', problem: 'number-invalid' },
        { row: 1, field: 'birthDate', problem: 'birth-date-invalid' },
        { row: 2, field: null, problem: 'no-name-and-no-number' },
        { row: 4, field: 'birthDate', problem: 'birth-date-invalid' },
        { row: 5, field: null, problem: 'quote-not-closed' },
      ],
    });
  });

  test('cards of phones come in too', async () => {
    expect(await importFile('vcard', 'BEGIN:VCARD\nVERSION:2.1\nN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Pe=C3=B1a;Jos=C3=A9\nTEL;CELL:612-555-0140\nEND:VCARD\nBEGIN:VCARD\nVERSION:4.0\nEND:VCARD\n')).toMatchObject({ state: 'done', added: 1, failed: 1 });
    expect(await people()).toEqual(['José Peña +16125550140']);
  });

  test.each([['nothing', ''], ['a header and no row', 'Name,Phone\n'], ['a picture', '\u0000\u0001\u0002']])('%s is unreadable and says so', async (_what, file) => {
    const id = await uploadFile(it.imports, reader, 'csv', Buffer.from(file));
    expect((await stateOf(id)).state).toBe('unreadable');
  });

  test('importing the same file again adds nobody', async () => {
    await importFile('csv', csvOfPeople(50));
    expect(await importFile('csv', csvOfPeople(50))).toMatchObject({ added: 0, duplicates: 50 });
    expect(await countOf()).toBe(50);
  });

  test('what was exported is what is imported, formulas and all', async () => {
    await importFile('csv', 'First name,Last name,Mobile\n"=HYPERLINK(""x"")",@Sum,612-555-0140\n-Ann,"+Lee, ""Jr""",612-555-0141\n');
    const directory = await it.directories.read(reader.practiceId);
    const all = [...directory.contacts.values()].map(({ details }) => details);
    const before = await people();
    for (const [kind, file] of [['csv', [...exportCsv(all)].join('')], ['vcard', [...exportVCards(all)].join('')]] as const) {
      reader = await seedReader(store.database);
      expect(await importFile(kind, file)).toMatchObject({ added: 2, failed: 0 });
      expect(await people()).toEqual(before);
    }
  });

  test('a refusal of texts, a language and an interpreter survive the way out and in again', async () => {
    await importFile('csv', 'Name,Mobile,Language,Interpreter,Text consent\nAnn Lee,612-555-0140,Somali,yes,withdrawn\n');
    const { contacts: [before] } = await it.contacts.search(reader, { text: '', onlyFavourites: false, limit: 1, offset: 0 });
    expect(before?.details).toMatchObject({ language: 'so', needsInterpreter: true, textConsent: { state: 'withdrawn' } });
    reader = await seedReader(store.database);
    expect(await importFile('csv', [...exportCsv([before!.details])].join(''))).toMatchObject({ added: 1, failed: 0 });
    const { contacts: [after] } = await it.contacts.search(reader, { text: '', onlyFavourites: false, limit: 1, offset: 0 });
    expect(after?.details).toEqual(before?.details);
  });

  test('a file is one act in the audit, however many pieces it travelled in and batches it was added by', async () => {
    const done = await importFile('csv', csvOfPeople(1_500));
    const entries = await inPractice(store.database, reader.practiceId, (transaction) => sql<{ detail: unknown }>`select detail from audit_entry where subject_id = ${done.id} order by seq`.execute(transaction));
    expect(entries.rows.map(({ detail }) => detail)).toEqual([{ act: 'begun' }, { act: 'looked-at' }, { act: 'started' }, { act: 'imported', contacts: 1_500 }]);
  });

  test('pieces sent twice, or out of order, are kept once and in order', async () => {
    const file = csvOfPeople(3_000);
    const { id } = await it.imports.create(reader, 'csv');
    const piece = (at: number) => it.imports.upload(reader, id, at, file.subarray(at, at + 45_000));
    await piece(0);
    await piece(90_000);
    await piece(0);
    for (let at = 45_000; at < file.length; at += 45_000) await Promise.all([piece(at), piece(at)]);
    await it.imports.finishUpload(reader, id);
    expect(await stateOf(id)).toMatchObject({ bytesReceived: file.length, rowsTotal: 3_000 });
  });
});

describe('killed, gone on with, undone', () => {
  test('kill -9 in the middle leaves whole rows and a count that is true; the next start adds the rest, none twice', async () => {
    const id = await uploadFile(it.imports, reader, 'csv', csvOfPeople(6_000));
    const mapping = (await stateOf(id)).columns.map(({ suggested }) => suggested);
    await inPractice(store.database, reader.practiceId, (transaction) => sql`update contact_import set state = 'running', mapping = ${JSON.stringify(mapping)} where id = ${id}`.execute(transaction));
    for (let kills = 0; kills < 3; kills += 1) {
      await killWhile('running', id, ({ rowsDone }) => rowsDone);
      const { rowsDone, added } = await stateOf(id);
      expect(await countOf()).toBe(added);
      expect(added).toBe(rowsDone);
    }
    await it.imports.resume();
    expect(await stateOf(id)).toMatchObject({ state: 'done', rowsDone: 6_000, added: 6_000 });
    expect(await countOf()).toBe(6_000);
  });

  test('two servers that go on with one import add each row once', async () => {
    const id = await uploadFile(it.imports, reader, 'csv', csvOfPeople(1_500));
    const other = openContactsUnderTest(store.database, keys);
    await startSuggested(id);
    await Promise.all([it.imports.resume(), other.imports.resume()]);
    await it.imports.resume();
    expect(await stateOf(id)).toMatchObject({ state: 'done', added: 1_500 });
    expect(await countOf()).toBe(1_500);
  });

  test('undone, it is as if it had not been, but for whom somebody has changed since', async () => {
    const kept = await it.contacts.add(reader, (await import('#contract/contacts.ts')).contactDetailsSchema.parse({ givenName: 'Before' }));
    const { id } = await importFile('csv', csvOfPeople(300));
    const [changed] = (await it.contacts.search(reader, { text: 'given7', onlyFavourites: false, limit: 1, offset: 0 })).contacts;
    await it.contacts.change(reader, changed!, { ...changed!.details, language: 'fr' });
    expect(await it.imports.undo(reader, id)).toMatchObject({ ok: true, value: { state: 'undoing', added: 300, takenOut: 0 } });
    await it.imports.resume();
    expect(await stateOf(id)).toMatchObject({ state: 'undone', takenOut: 299, kept: 1 });
    expect(await countOf()).toBe(2);
    expect((await it.contacts.read(reader, kept.id)).ok).toBe(true);
    expect(await it.imports.undo(reader, id)).toEqual({ ok: false, refusal: 'import-not-ready' });
    expect(await importFile('csv', csvOfPeople(300))).toMatchObject({ added: 299, duplicates: 1 });
  });

  test('kill -9 while it is taken back leaves a count that is true; the next start takes out the rest, and the audit has it once', async () => {
    const { id } = await importFile('csv', csvOfPeople(6_000));
    await inPractice(store.database, reader.practiceId, (transaction) => sql`update contact_import set state = 'undoing', undone_by = ${reader.memberId} where id = ${id}`.execute(transaction));
    await killWhile('undoing', id, ({ takenOut }) => takenOut);
    const { takenOut } = await stateOf(id);
    expect(takenOut).toBeGreaterThan(0);
    expect(await countOf()).toBe(6_000 - takenOut);
    await it.imports.resume();
    expect(await stateOf(id)).toMatchObject({ state: 'undone', takenOut: 6_000, kept: 0 });
    expect(await countOf()).toBe(0);
    const entries = await inPractice(store.database, reader.practiceId, (transaction) => sql<{ detail: unknown }>`select detail from audit_entry where subject_id = ${id} and action = 'contact-deleted'`.execute(transaction));
    expect(entries.rows).toEqual([{ detail: { act: 'undone', contacts: 6_000 } }]);
  });

  test('taken back while it is still adding, it ends with none of it there', async () => {
    const id = await uploadFile(it.imports, reader, 'csv', csvOfPeople(3_000));
    await startSuggested(id);
    while ((await stateOf(id)).rowsDone === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await it.imports.undo(reader, id)).toMatchObject({ ok: true, value: { state: 'undoing' } });
    await it.imports.resume();
    const { added, takenOut, state } = await stateOf(id);
    expect(state).toBe('undone');
    expect(takenOut).toBe(added);
    expect(await countOf()).toBe(0);
  });

  test('thousands that come or go at once are searched whole or not at all, and whoever has read before keeps what they read', async () => {
    await importFile('csv', csvOfPeople(10));
    const few = await it.directories.read(reader.practiceId);
    const { id } = await importFile('csv', csvOfPeople(3_000));
    const many = await it.directories.read(reader.practiceId);
    expect([few, many].map(({ contacts, runs, idsByNumber }) => [contacts.size, runs.flatMap(({ entries }) => entries).length, idsByNumber.size])).toEqual([[10, 10, 10], [3_000, 3_000, 3_000]]);
    await it.imports.undo(reader, id);
    await it.imports.resume();
    const left = await it.directories.read(reader.practiceId);
    expect([few, many, left].map(({ contacts, idsByNumber }) => [contacts.size, idsByNumber.size])).toEqual([[10, 10], [3_000, 3_000], [10, 10]]);
    expect(await countOf()).toBe(10);
  });

  test('a file that nobody went on with is forgotten, by hand or with the first one a day later', async () => {
    const pieces = async (): Promise<number> => (await inPractice(store.database, reader.practiceId, (transaction) => sql`select 1 from contact_import_piece`.execute(transaction))).rows.length;
    const byHand = await uploadFile(it.imports, reader, 'csv', csvOfPeople(3));
    expect(await it.imports.undo(reader, byHand)).toMatchObject({ ok: true, value: { state: 'undone', columns: [] } });
    expect(await pieces()).toBe(0);
    const left = await uploadFile(it.imports, reader, 'csv', csvOfPeople(3));
    await it.imports.create(reader, 'csv');
    expect((await stateOf(left)).state).toBe('mapping');
    await inPractice(store.database, reader.practiceId, (transaction) => sql`update contact_import set created_at = created_at - interval '25 hours' where id = ${left}`.execute(transaction));
    await it.imports.create(reader, 'csv');
    expect(await stateOf(left)).toMatchObject({ state: 'undone', columns: [] });
    expect(await pieces()).toBe(0);
  });

  test("another practice's import is not to be found", async () => {
    const id = await uploadFile(it.imports, reader, 'csv', csvOfPeople(3));
    const other = await seedReader(store.database);
    for (const answer of [it.imports.read(other, id), it.imports.start(other, id, []), it.imports.undo(other, id), it.imports.listProblems(other, id), it.imports.upload(other, id, 0, Buffer.from('x'))]) {
      expect(await answer).toEqual({ ok: false, refusal: 'import-not-found' });
    }
  });

  test('no row of the upload holds a name, and nothing of the file stays when it is done', async () => {
    const id = await uploadFile(it.imports, reader, 'csv', Buffer.from('Name,Mobile\nXerxes Canary,612-555-0199\n'));
    const dump = async (table: string): Promise<string> => {
      const { rows } = await inPractice(store.database, reader.practiceId, (transaction) => sql<{ row: string }>`select row_to_json(x)::text as row from ${sql.table(table)} x`.execute(transaction));
      return rows.map(({ row }) => row.replace(/\\\\x([0-9a-f]+)/g, (_all, hex: string) => Buffer.from(hex, 'hex').toString('latin1'))).join('\n');
    };
    expect((await dump('contact_import_piece')).length).toBeGreaterThan(0);
    for (const table of ['contact_import', 'contact_import_piece']) expect(await dump(table)).not.toMatch(/xerxes|canary|WGVyeGVz/i);
    await startSuggested(id);
    await it.imports.resume();
    expect(await dump('contact_import_piece')).toBe('');
  });
});
