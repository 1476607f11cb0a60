/** Contacts in a real database: sealed in their place, found as one types, changed by one at a time, joined. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { contactDetailsSchema, type ContactDetails, type ContactView } from '#contract/contacts.ts';
import { inPractice } from '#server/platform/storage/database.ts';
import { createTestDatabase, type TestDatabase } from '#server/platform/storage/test-database.ts';
import { openContactsUnderTest, seedReader, type ContactsUnderTest } from './contacts-under-test.ts';
import type { ContactReader } from './contacts.ts';

let store: TestDatabase;
let keys: string;
let it: ContactsUnderTest;
let reader: ContactReader;

beforeAll(async () => {
  store = await createTestDatabase();
  keys = mkdtempSync(join(tmpdir(), 'contacts-'));
});
afterAll(async () => {
  await store.drop();
  rmSync(keys, { recursive: true, force: true });
});
beforeEach(async () => {
  reader = await seedReader(store.database);
  it = openContactsUnderTest(store.database, keys);
});

const details = (given: string, family: string, ...numbers: string[]): ContactDetails => contactDetailsSchema.parse({ givenName: given, familyName: family, numbers: numbers.map((number) => ({ number, label: 'mobile' })) });
const namesFound = async (text: string, by = it): Promise<string[]> => (await by.contacts.search(reader, { text, onlyFavourites: false, limit: 50, offset: 0 })).contacts.map((contact) => contact.details.givenName);
const run = (statement: ReturnType<typeof sql>): Promise<unknown> => inPractice(store.database, reader.practiceId, (transaction) => statement.execute(transaction));

describe('finding', () => {
  test('what is added is found at once, by name, by number, and in another process too', async () => {
    const other = openContactsUnderTest(store.database, keys);
    expect(await namesFound('ros', other)).toEqual([]);
    await it.contacts.add(reader, details('Rosalind', 'Achterberg', '+16125550140'));
    await it.contacts.add(reader, details('Walter', 'Okafor', '+16125550151'));
    for (const by of [it, other]) {
      expect(await namesFound('achter', by)).toEqual(['Rosalind']);
      expect(await namesFound('555-0151', by)).toEqual(['Walter']);
      expect(await namesFound('', by)).toEqual(['Rosalind', 'Walter']);
    }
    expect((await it.contacts.findByNumber(reader, '+16125550140')).map((contact) => contact.details.familyName)).toEqual(['Achterberg']);
    expect(await it.contacts.findByNumber(reader, '+16125550141')).toEqual([]);
  });

  test('a hundred added by two processes at once are all found by both', async () => {
    const other = openContactsUnderTest(store.database, keys);
    await Promise.all(Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? it : other).contacts.add(reader, details(`P${index}`, 'Many')).then(() => namesFound('many', index % 3 === 0 ? it : other))));
    for (const by of [it, other]) expect((await by.contacts.search(reader, { text: 'many', onlyFavourites: false, limit: 1, offset: 0 })).total).toBe(100);
  });

  test("favourites are a member's own and come first", async () => {
    await it.contacts.add(reader, details('Ann', 'Aa'));
    const zoe = await it.contacts.add(reader, details('Zoe', 'Zz'));
    await it.contacts.setFavourite(reader, zoe.id, true);
    expect(await namesFound('')).toEqual(['Zoe', 'Ann']);
    expect((await it.contacts.search(reader, { text: '', onlyFavourites: true, limit: 9, offset: 0 })).contacts).toMatchObject([{ id: zoe.id, isFavourite: true }]);
  });

  test('a group is found by its name and counted', async () => {
    const group = await it.contacts.addGroup(reader, 'Transplant list');
    await it.contacts.add(reader, { ...details('Ann', 'Lee'), groupIds: [group.id] });
    await it.contacts.add(reader, details('Bob', 'Lee'));
    expect(await namesFound('transpl')).toEqual(['Ann']);
    expect(await it.contacts.listGroups(reader)).toEqual([{ id: group.id, name: 'Transplant list', count: 1 }]);
    expect((await it.contacts.search(reader, { text: '', groupId: group.id, onlyFavourites: false, limit: 9, offset: 0 })).total).toBe(1);
  });

  test('another practice finds nothing, by any way', async () => {
    const contact = await it.contacts.add(reader, details('Ann', 'Lee', '+16125550101'));
    const other = await seedReader(store.database);
    expect((await it.contacts.search(other, { text: '', onlyFavourites: false, limit: 9, offset: 0 })).total).toBe(0);
    expect(await it.contacts.findByNumber(other, '+16125550101')).toEqual([]);
    for (const answer of [it.contacts.read(other, contact.id), it.contacts.change(other, contact, contact.details), it.contacts.remove(other, contact.id), it.contacts.setFavourite(other, contact.id, true), it.contacts.timeline(other, contact.id), it.contacts.merge(other, contact, [contact], undefined)]) {
      expect(await answer).toEqual({ ok: false, refusal: 'contact-not-found' });
    }
  });
});

describe('changing', () => {
  test('of two who change one version, the second is told', async () => {
    const contact = await it.contacts.add(reader, details('Ann', 'Lee', '+16125550101'));
    const answers = await Promise.all([it.contacts.change(reader, contact, details('Anne', 'Lee', '+16125550102')), it.contacts.change(reader, contact, details('Anna', 'Lee'))]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(answers.find(({ ok }) => !ok)).toEqual({ ok: false, refusal: 'changed-meanwhile' });
  });

  test('a number that was taken away finds nobody any more', async () => {
    const contact = await it.contacts.add(reader, details('Ann', 'Lee', '+16125550101'));
    await it.contacts.change(reader, contact, details('Ann', 'Lee', '+16125550102'));
    expect(await it.contacts.findByNumber(reader, '+16125550101')).toEqual([]);
    expect(await it.contacts.findByNumber(reader, '+16125550102')).toHaveLength(1);
  });

  test('who was removed is gone from every list, and comes back whole', async () => {
    const contact = await it.contacts.add(reader, details('Ann', 'Lee', '+16125550101'));
    expect(await it.contacts.remove(reader, contact.id)).toEqual({ ok: true, value: undefined });
    expect(await namesFound('')).toEqual([]);
    expect(await it.contacts.findByNumber(reader, '+16125550101')).toEqual([]);
    expect(await it.contacts.read(reader, contact.id)).toEqual({ ok: false, refusal: 'contact-not-found' });
    expect(await it.contacts.restore(reader, contact.id)).toMatchObject({ ok: true, value: { details: { givenName: 'Ann' } } });
    expect(await it.contacts.findByNumber(reader, '+16125550101')).toHaveLength(1);
  });

  test('the timeline says who changed which fields, and never what stood in them', async () => {
    const contact = await it.contacts.add(reader, details('Ann', 'Lee'));
    await it.contacts.change(reader, contact, { ...details('Ann', 'Lee', '+16125550101'), language: 'es' });
    const timeline = await it.contacts.timeline(reader, contact.id);
    expect(timeline).toMatchObject({ ok: true, value: [{ kind: 'change', change: 'changed', by: reader.memberId, fields: ['numbers', 'language'] }, { kind: 'change', change: 'added' }] });
  });
});

describe('joining', () => {
  test('duplicates are found, and joined into one that has it all', async () => {
    const kept = await it.contacts.add(reader, details('Ann', 'Lee', '+16125550101'));
    const other = await it.contacts.add(reader, { ...details('Ann', 'Lee', '+16125550101', '+16125550102'), language: 'es' });
    const [set] = await it.contacts.listDuplicates(reader);
    expect(set!.contacts.map(({ id }) => id).sort()).toEqual([kept.id, other.id].sort());
    const merged = await it.contacts.merge(reader, kept, [other], undefined);
    expect(merged).toMatchObject({ ok: true, value: { id: kept.id, details: { language: 'es', numbers: [{ number: '+16125550101' }, { number: '+16125550102' }] } } });
    expect(await it.contacts.listDuplicates(reader)).toEqual([]);
    expect((await it.contacts.findByNumber(reader, '+16125550101')).map(({ id }) => id)).toEqual([kept.id]);
  });

  test('joining what somebody has changed meanwhile changes nothing', async () => {
    const kept = await it.contacts.add(reader, details('Ann', 'Lee'));
    const other = await it.contacts.add(reader, details('Ann', 'Lee'));
    await it.contacts.change(reader, other, details('Anna', 'Lee'));
    expect(await it.contacts.merge(reader, kept, [other], undefined)).toEqual({ ok: false, refusal: 'changed-meanwhile' });
    expect(await namesFound('lee')).toHaveLength(2);
  });
});

describe('at rest', () => {
  test('no row holds a name, a number or a tag', async () => {
    await it.contacts.add(reader, { ...details('Xerxes', 'Canary', '+16125550199'), tags: ['xerophthalmia'], email: 'xerxes@example.com' });
    await it.contacts.addGroup(reader, 'Xenon group');
    for (const table of ['contact', 'contact_number', 'contact_group', 'contact_change']) {
      const { rows } = (await run(sql`select row_to_json(x)::text as row from ${sql.table(table)} x`)) as { rows: Array<{ row: string }> };
      expect(rows.length).toBeGreaterThan(0);
      for (const { row } of rows) {
        const text = row.replace(/\\\\x([0-9a-f]+)/g, (_all, hex: string) => Buffer.from(hex, 'hex').toString('latin1'));
        expect(text).not.toMatch(/xer|canary|5550199|xenon/i);
      }
    }
  });

  test("one contact's sealed details do not open as another's, nor a group's name as details", async () => {
    const [a, b] = [await it.contacts.add(reader, details('Ann', 'Lee')), await it.contacts.add(reader, details('Bob', 'Lee'))] as [ContactView, ContactView];
    await run(sql`update contact set details_sealed = (select details_sealed from contact where id = ${b.id}) where id = ${a.id}`);
    await expect(it.contacts.read(reader, a.id)).rejects.toThrow(/altered-or-moved/);
    const group = await it.contacts.addGroup(reader, 'Group');
    await run(sql`update contact set details_sealed = (select name_sealed from contact_group where id = ${group.id}) where id = ${b.id}`);
    await expect(it.contacts.read(reader, b.id)).rejects.toThrow(/altered-or-moved/);
  });

  test('a contact cannot be carried into another practice by its row', async () => {
    const contact = await it.contacts.add(reader, details('Ann', 'Lee'));
    const other = await seedReader(store.database);
    const { rows } = (await run(sql`select details_sealed from contact where id = ${contact.id}`)) as { rows: Array<{ details_sealed: Buffer }> };
    await inPractice(store.database, other.practiceId, (transaction) => sql`insert into contact (practice_id, id, version, sequence, details_sealed, created_at, updated_at) values (${other.practiceId}, ${randomUUID()}, 1, 1, ${rows[0]!.details_sealed}, now(), now())`.execute(transaction));
    await inPractice(store.database, other.practiceId, (transaction) => sql`insert into contact_directory (practice_id, sequence) values (${other.practiceId}, 1)`.execute(transaction));
    await expect(it.contacts.search(other, { text: '', onlyFavourites: false, limit: 9, offset: 0 })).rejects.toThrow(/altered-or-moved/);
  });
});
