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

const callsOf = async (contactId: string): Promise<string[]> => ((await run(sql`select call_id from contact_call where contact_id = ${contactId} order by call_id`)) as { rows: Array<{ call_id: string }> }).rows.map(({ call_id }) => call_id);

async function addCall(): Promise<string> {
  const [id, lineId] = [randomUUID(), randomUUID()];
  await run(sql`insert into line (id, practice_id, name, number, kind, is_default, created_at) values (${lineId}, ${reader.practiceId}, 'Lakeside', ${`+1612${String(Number.parseInt(lineId.slice(0, 6), 16) % 10_000_000).padStart(7, '0')}`}, 'hosted', false, now())`);
  await run(sql`insert into call (id, practice_id, member_id, server_name, version, direction, state, number_sealed, line_id, line_name, line_number, is_sandbox, device_id, started_at)
    values (${id}, ${reader.practiceId}, ${reader.memberId}, 'test', 0, 'outgoing', 'talking', ''::bytea, ${lineId}, 'Lakeside', '+16125550100', false, ${randomUUID()}, now())`);
  return id;
}

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
    for (const answer of [it.contacts.read(other, contact.id), it.contacts.change(other, contact, contact.details), it.contacts.remove(other, contact.id), it.contacts.setFavourite(other, contact.id, true), it.contacts.listChanges(other, contact.id), it.contacts.merge(other, contact, [contact], undefined)]) {
      expect(await answer).toEqual({ ok: false, refusal: 'contact-not-found' });
    }
  });
});

const OSEI = '01890000-0000-7000-8000-0000000000d1';
const PRIYA = '01890000-0000-7000-8000-0000000000d2';

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

  test('the history says who changed which fields, and never what stood in them', async () => {
    const contact = await it.contacts.add(reader, details('Ann', 'Lee'));
    await it.contacts.change(reader, contact, { ...details('Ann', 'Lee', '+16125550101'), language: 'es' });
    const changes = await it.contacts.listChanges(reader, contact.id);
    expect(changes).toMatchObject({ ok: true, value: [{ change: 'changed', by: reader.memberId, fields: ['numbers', 'language'] }, { change: 'added' }] });
  });

  test('what calls have shown of a number is nobody’s change, and no page that was opened before takes it back', async () => {
    const contact = await it.contacts.add(reader, details('Ann', 'Lee', '+16125550101'));
    await it.contacts.setHealth(reader.practiceId, '+16125550101', { health: 'works', lastReachedAt: '2026-05-14T14:31:00.000Z' });
    const changed = await it.contacts.change(reader, contact, details('Anne', 'Lee', '+16125550101'));
    expect(changed).toMatchObject({ ok: true, value: { version: 2, details: { givenName: 'Anne', numbers: [{ health: 'works', lastReachedAt: '2026-05-14T14:31:00.000Z' }] } } });
    expect(await it.contacts.listChanges(reader, contact.id)).toMatchObject({ value: [{ change: 'changed', fields: ['givenName'] }, { change: 'added' }] });
    expect((await it.contacts.search(reader, { text: 'anne', onlyFavourites: false, limit: 9, offset: 0 })).contacts[0]?.details.numbers[0]?.health).toBe('works');
  });
});

describe('a contact kept to some physicians', () => {
  const lee = (): ContactReader => ({ ...reader, roles: ['physician'], actsFor: [] });
  const osei = (): ContactReader => ({ ...reader, memberId: OSEI, roles: ['physician'], actsFor: [] });
  const staffOf = (physicianId: string): ContactReader => ({ ...reader, memberId: PRIYA, roles: ['staff'], actsFor: [physicianId] });
  const keptTo = (...physicianIds: string[]) => ({ ...details('Ann', 'Lee', '+16125550101'), keptTo: physicianIds as ContactDetails['keptTo'] });

  test('is there for them and who works for them, and for nobody else by any way', async () => {
    const contact = await it.contacts.add(lee(), keptTo(reader.memberId));
    for (const one of [lee(), staffOf(reader.memberId)]) {
      expect(await it.contacts.read(one, contact.id)).toMatchObject({ ok: true });
      expect(await it.contacts.findByNumber(one, '+16125550101')).toHaveLength(1);
      expect(await it.contacts.findNumbers(one, 'ann')).toEqual(['+16125550101']);
      expect((await it.contacts.namesOf(one, ['+16125550101'])).get('+16125550101')).toBe('Ann Lee');
      expect(await it.contacts.listAll(one)).toHaveLength(1);
    }
    const admin: ContactReader = { ...reader, memberId: PRIYA, roles: ['practice-admin'], actsFor: [reader.memberId] };
    const operator: ContactReader = { ...reader, roles: ['operator'], actsFor: [] };
    for (const one of [osei(), staffOf(OSEI), admin, operator]) {
      for (const answer of [it.contacts.read(one, contact.id), it.contacts.change(one, contact, contact.details), it.contacts.remove(one, contact.id), it.contacts.setFavourite(one, contact.id, true), it.contacts.listChanges(one, contact.id), it.contacts.merge(one, contact, [contact], undefined)]) {
        expect(await answer).toEqual({ ok: false, refusal: 'contact-not-found' });
      }
      expect((await it.contacts.search(one, { text: '', onlyFavourites: false, limit: 9, offset: 0 })).total).toBe(0);
      expect(await it.contacts.findByNumber(one, '+16125550101')).toEqual([]);
      expect(await it.contacts.findNumbers(one, 'ann')).toEqual([]);
      expect((await it.contacts.namesOf(one, ['+16125550101'])).size).toBe(0);
      expect(await it.contacts.listAll(one)).toEqual([]);
      expect(await it.contacts.listDuplicates(one)).toEqual([]);
    }
  });

  test('cannot be kept from oneself by mistake, and is not opened to all by being joined', async () => {
    const contact = await it.contacts.add(lee(), details('Ann', 'Lee', '+16125550101'));
    expect(await it.contacts.change(lee(), contact, keptTo(OSEI))).toEqual({ ok: false, refusal: 'kept-from-yourself' });
    const other = await it.contacts.add(lee(), keptTo(reader.memberId));
    const joined = await it.contacts.merge(lee(), contact, [other], undefined);
    expect(joined).toMatchObject({ ok: true, value: { details: { keptTo: [reader.memberId] } } });
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

  test('who was joined to another and is brought back has their own calls and favourites again, and the other keeps their own', async () => {
    const kept = await it.contacts.add(reader, details('Ann', 'Lee', '+16125550101'));
    const other = await it.contacts.add(reader, details('Anne', 'Lee', '+16125550102'));
    await it.contacts.setFavourite(reader, other.id, true);
    const [call, shared] = [await addCall(), await addCall()];
    await it.contacts.noteCall(reader.practiceId, call, '+16125550102', 0);
    await it.contacts.noteCall(reader.practiceId, shared, '+16125550101', 0);
    await it.contacts.noteCall(reader.practiceId, shared, '+16125550102', 0);
    expect((await it.contacts.merge(reader, kept, [other], undefined)).ok).toBe(true);
    expect(await callsOf(kept.id)).toEqual([call, shared].sort());
    expect(await it.contacts.read(reader, kept.id)).toMatchObject({ value: { isFavourite: true } });
    expect(await it.contacts.restore(reader, other.id)).toMatchObject({ ok: true, value: { isFavourite: true } });
    expect(await callsOf(kept.id)).toEqual([shared]);
    expect(await callsOf(other.id)).toEqual([call, shared].sort());
    expect(await it.contacts.read(reader, kept.id)).toMatchObject({ value: { isFavourite: false } });
  });

  test('twins whom somebody has told apart are not called one person again, until that is taken back', async () => {
    const twin = { ...details('Ann', 'Lee', '+16125550101'), birthDate: '2019-03-04' };
    const [one, other] = [await it.contacts.add(reader, twin), await it.contacts.add(reader, { ...twin, givenName: 'Anna' })];
    expect(await it.contacts.listDuplicates(reader)).toHaveLength(1);
    expect(await it.contacts.setApart(reader, [other.id, one.id], true)).toEqual({ ok: true, value: undefined });
    expect(await it.contacts.setApart(reader, [one.id, other.id], true)).toEqual({ ok: true, value: undefined });
    expect(await it.contacts.listDuplicates(reader)).toEqual([]);
    // A third record of one of them is offered with that one alone.
    await it.contacts.add(reader, { ...twin, recordNumber: null });
    expect((await it.contacts.listDuplicates(reader)).map(({ contacts }) => contacts.length)).toEqual([2]);
    await it.contacts.setApart(reader, [one.id, other.id], false);
    expect((await it.contacts.listDuplicates(reader)).map(({ contacts }) => contacts.length)).toEqual([3]);
    expect(await it.contacts.setApart(await seedReader(store.database), [one.id, other.id], true)).toEqual({ ok: false, refusal: 'contact-not-found' });
  });

  test('joining what somebody has changed meanwhile changes nothing', async () => {
    const kept = await it.contacts.add(reader, details('Ann', 'Lee'));
    const other = await it.contacts.add(reader, details('Ann', 'Lee'));
    await it.contacts.change(reader, other, details('Anna', 'Lee'));
    expect(await it.contacts.merge(reader, kept, [other], undefined)).toEqual({ ok: false, refusal: 'changed-meanwhile' });
    expect(await namesFound('lee')).toHaveLength(2);
  });
});

describe('a group', () => {
  test('that was removed comes back with everybody who was in it', async () => {
    const group = await it.contacts.addGroup(reader, 'Transplant list');
    await it.contacts.add(reader, { ...details('Ann', 'Lee'), groupIds: [group.id] });
    expect(await it.contacts.removeGroup(reader, group.id)).toBe(true);
    expect(await it.contacts.removeGroup(reader, group.id)).toBe(false);
    expect(await it.contacts.listGroups(reader)).toEqual([]);
    expect(await it.contacts.restoreGroup(reader, group.id)).toBe(true);
    expect(await it.contacts.listGroups(reader)).toEqual([{ id: group.id, name: 'Transplant list', count: 1 }]);
    expect(await it.contacts.restoreGroup(reader, group.id)).toBe(false);
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
