/** What a member does with contacts: finds, adds, changes, removes, groups, joins them, and sees what happened with each. Import and export are files of their own. */
import { isDeepStrictEqual } from 'node:util';
import parsePhoneNumber, { type CountryCode } from 'libphonenumber-js/max';
import { contactDetailsSchema, type ContactChange, type ContactDetails, type ContactId, type ContactNumber, type ContactView, type GroupView } from '#contract/contacts.ts';
import type { LineId, MemberId } from '#contract/ids.ts';
import { ok, refused, type Result } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import { maySeeContact, type Reader } from '../members/index.ts';
import type { ContactDirectories, Directory } from './contact-directory.ts';
import { foldText, inListOrder, searchEntryOf, type SearchEntry } from './contact-search-policy.ts';
import {
  findByNumber,
  findContact,
  insertContacts,
  insertGroup,
  linkCall,
  listFavourites,
  listApart,
  listChanges,
  listGroups,
  nextSequence,
  pairOf,
  returnLinks,
  setApart,
  setFavourite,
  setGroupRemoved,
  takeLinks,
  updateContact,
  updateHealth,
  writeDown,
  type ContactChangeKind,
  type ContactTables,
  type ContactTransaction,
  type Sealing,
  type StoredContact,
} from './contact-store.ts';
import { findDuplicates, mergeDetails, type DuplicateReason } from './duplicate-policy.ts';
import { inTurns } from './in-turns.ts';
import { searchRuns } from './search-runs-policy.ts';

export type ContactReader = Reader;

export interface ContactSearch {
  readonly text: string;
  readonly groupId?: string | undefined;
  readonly onlyFavourites: boolean;
  readonly limit: number;
  readonly offset: number;
}

export interface VersionedId {
  readonly id: string;
  readonly version: number;
}

export type ContactRefusal = 'contact-not-found' | 'changed-meanwhile' | 'kept-from-yourself';

export interface Contacts {
  search(reader: ContactReader, question: ContactSearch): Promise<{ contacts: ContactView[]; total: number }>;
  read(reader: ContactReader, id: string): Promise<Result<ContactView, 'contact-not-found'>>;
  add(reader: ContactReader, details: ContactDetails): Promise<ContactView>;
  change(reader: ContactReader, contact: VersionedId, details: ContactDetails): Promise<Result<ContactView, ContactRefusal>>;
  remove(reader: ContactReader, id: string): Promise<Result<undefined, 'contact-not-found'>>;
  restore(reader: ContactReader, id: string): Promise<Result<ContactView, 'contact-not-found'>>;
  setFavourite(reader: ContactReader, id: string, isFavourite: boolean): Promise<Result<ContactView, 'contact-not-found'>>;
  listChanges(reader: ContactReader, id: string): Promise<Result<ContactChange[], 'contact-not-found'>>;
  /** All that the reader sees, in the order of the list. */
  listAll(reader: ContactReader): Promise<ContactDetails[]>;
  findByNumber(reader: ContactReader, number: string): Promise<ContactView[]>;
  listGroups(reader: ContactReader): Promise<GroupView[]>;
  addGroup(reader: ContactReader, name: string): Promise<GroupView>;
  /** Resolves to whether there was one. */
  removeGroup(reader: ContactReader, groupId: string): Promise<boolean>;
  /** Brings it back with everybody who was in it. Resolves to whether one was removed. */
  restoreGroup(reader: ContactReader, groupId: string): Promise<boolean>;
  listDuplicates(reader: ContactReader): Promise<Array<{ contacts: ContactView[]; because: DuplicateReason[] }>>;
  merge(reader: ContactReader, keep: VersionedId, remove: readonly VersionedId[], details: ContactDetails | undefined): Promise<Result<ContactView, ContactRefusal>>;
  /** Keeps contacts from being called one person, or takes that back. */
  setApart(reader: ContactReader, ids: readonly string[], isApart: boolean): Promise<Result<undefined, 'contact-not-found'>>;
  /** The own lines of those who have the number as it was typed in the country: one each, null for none. */
  linesOf(reader: ContactReader, typed: string, country: string): Promise<Array<LineId | null>>;
  /** The numbers of those who are found by a text, as in a search. */
  findNumbers(reader: ContactReader, text: string): Promise<string[]>;
  /** Names for the numbers that somebody here has. */
  namesOf(reader: ContactReader, numbers: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The physicians to whom everybody with this number is kept; empty where somebody with it is the whole practice's, or nobody has it. */
  keptToOf(practiceId: string, number: string): Promise<string[]>;
  /** The language written down for whoever has this number, as it was typed there; null where none is. */
  languageOf(practiceId: string, number: string): Promise<string | null>;
  /** What calls have shown of a number, for all who have it. */
  setHealth(practiceId: string, number: string, health: Pick<ContactNumber, 'health' | 'lastReachedAt'>): Promise<void>;
  /** A call to or from a number is under way: it belongs to the history of whoever has that number. Resolves to their names. */
  noteCall(practiceId: string, callId: string, number: string, atMs: number): Promise<string[]>;
}

export interface ContactsOptions {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly directories: ContactDirectories;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: RandomSource;
}

export function createContacts({ database, sealing, directories, clock, random }: ContactsOptions): Contacts {
  const inContacts = <Value>(practiceId: string, run: (transaction: ContactTransaction) => Promise<Value>): Promise<Value> => inPractice<ContactTables, Value>(database, practiceId, run);

  /** One that is kept from the reader is not there for them. */
  const find = async (transaction: ContactTransaction, reader: ContactReader, id: string, options: Parameters<typeof findContact>[4] = {}): Promise<StoredContact | undefined> => {
    const stored = await findContact(transaction, sealing, reader.practiceId, id, options);
    return stored !== undefined && maySeeContact(reader, stored.details.keptTo) ? stored : undefined;
  };

  const seen = async (reader: ContactReader): Promise<{ directory: Directory; entries: SearchEntry[] }> => {
    const directory = await directories.read(reader.practiceId);
    return { directory, entries: directory.runs.flatMap(({ entries }) => entries.filter(({ keptTo }) => keptTo.length === 0 || maySeeContact(reader, keptTo))) };
  };

  const viewOf = async (transaction: ContactTransaction, reader: ContactReader, id: string): Promise<Result<ContactView, 'contact-not-found'>> => {
    const { practiceId, memberId } = reader;
    const stored = await find(transaction, reader, id);
    if (stored === undefined) return refused('contact-not-found');
    return ok(toView(stored, await listFavourites(transaction, practiceId, memberId)));
  };

  /** Writes the next version of a contact that was found; `isRemoved` says in which state it is looked for. */
  const write = (reader: ContactReader, id: string, change: ContactChangeKind, decide: (stored: StoredContact) => Result<ContactDetails, ContactRefusal>, isRemoved = false): Promise<Result<ContactView, ContactRefusal>> =>
    inContacts(reader.practiceId, async (transaction) => {
      const sequence = await nextSequence(transaction, reader.practiceId);
      const stored = await find(transaction, reader, id, { forUpdate: true, isRemoved });
      if (stored === undefined) return refused('contact-not-found');
      const decided = decide(stored);
      if (!decided.ok) {
        // Refused, it is shown as it is now: a reading.
        await writeDown(transaction, { ...reader, at: new Date(clock.now()) }, 'contact-read', { kind: 'contact', id });
        return decided;
      }
      if (!maySeeContact(reader, decided.value.keptTo)) return refused('kept-from-yourself');
      const fields = changedFields(stored.details, decided.value);
      const facts = { ...reader, at: new Date(clock.now()), sequence };
      await updateContact(transaction, sealing, facts, { id, version: stored.version + 1, details: decided.value, change, fields });
      if (change === 'restored') await returnLinks(transaction, reader.practiceId, id);
      return change === 'removed' ? ok(toView({ ...stored, version: stored.version + 1 }, new Set())) : viewOf(transaction, reader, id);
    });

  const setGroup = (reader: ContactReader, groupId: string, act: 'removed' | 'restored'): Promise<boolean> =>
    inContacts(reader.practiceId, async (transaction) => {
      const at = new Date(clock.now());
      if (!(await setGroupRemoved(transaction, reader.practiceId, groupId, act === 'removed' ? at : null))) return false;
      await writeDown(transaction, { ...reader, at }, act === 'removed' ? 'contact-deleted' : 'contact-written', { kind: 'contact-group', id: groupId }, { act });
      return true;
    });

  return {
    async search(reader, { text, groupId, onlyFavourites, limit, offset }) {
      const [directory, favourites] = await Promise.all([directories.read(reader.practiceId), inContacts(reader.practiceId, (transaction) => listFavourites(transaction, reader.practiceId, reader.memberId))]);
      const found = searchRuns(directory.runs, { text, groupId, favourites, onlyFavourites, maySee: (keptTo) => maySeeContact(reader, keptTo) });
      return { total: found.length, contacts: found.slice(offset, offset + limit).map(({ id }) => toView(directory.contacts.get(id)!, favourites)) };
    },

    read: (reader, id) => inContacts(reader.practiceId, (transaction) => viewOf(transaction, reader, id)),

    add(reader, details) {
      return inContacts(reader.practiceId, async (transaction) => {
        const at = new Date(clock.now());
        const id = createId(at.getTime(), random);
        const sequence = await nextSequence(transaction, reader.practiceId);
        await insertContacts(transaction, sealing, { ...reader, at, sequence }, [{ id, version: 1, details, change: 'added', fields: [] }]);
        return toView({ id, version: 1, details, updatedAt: at }, new Set());
      });
    },

    change: (reader, { id, version }, details) => write(reader, id, 'changed', (stored) => (stored.version === version ? ok(withKnownHealth(details, stored.details)) : refused('changed-meanwhile'))),

    async remove(reader, id) {
      const removed = await write(reader, id, 'removed', (stored) => ok(stored.details));
      return removed.ok ? ok(undefined) : refused('contact-not-found');
    },

    async restore(reader, id) {
      const restored = await write(reader, id, 'restored', (stored) => ok(stored.details), true);
      return restored.ok ? restored : refused('contact-not-found');
    },

    setFavourite(reader, id, isFavourite) {
      return inContacts(reader.practiceId, async (transaction) => {
        if ((await find(transaction, reader, id)) === undefined) return refused('contact-not-found');
        await setFavourite(transaction, reader.practiceId, reader.memberId, id, isFavourite);
        const view = await viewOf(transaction, reader, id);
        await writeDown(transaction, { ...reader, at: new Date(clock.now()) }, 'contact-written', { kind: 'contact', id }, { act: isFavourite ? 'favourite' : 'favouriteNoMore' });
        return view;
      });
    },

    listChanges(reader, id) {
      return inContacts(reader.practiceId, async (transaction) => {
        if ((await find(transaction, reader, id)) === undefined) return refused('contact-not-found');
        const changes = await listChanges(transaction, reader.practiceId, id);
        return ok(changes.map(({ at, by_member_id, change, fields }) => ({ at: at.toISOString(), by: by_member_id as MemberId, change, fields })));
      });
    },

    async listAll(reader) {
      const { directory, entries } = await seen(reader);
      return entries.map(({ id }) => directory.contacts.get(id)!.details);
    },

    findByNumber(reader, number) {
      return inContacts(reader.practiceId, async (transaction) => {
        const found = await findByNumber(transaction, sealing, reader.practiceId, number);
        const favourites = await listFavourites(transaction, reader.practiceId, reader.memberId);
        return found.filter(({ details }) => maySeeContact(reader, details.keptTo)).map((stored) => toView(stored, favourites));
      });
    },

    async listGroups(reader) {
      const { practiceId } = reader;
      const { entries } = await seen(reader);
      const counts = new Map<string, number>();
      for (const { groupIds } of entries) for (const groupId of groupIds) counts.set(groupId, (counts.get(groupId) ?? 0) + 1);
      const groups = await inContacts(practiceId, (transaction) => listGroups(transaction, sealing, practiceId));
      return groups.map(({ id, name }) => ({ id: id as GroupView['id'], name, count: counts.get(id) ?? 0 }));
    },

    addGroup(reader, name) {
      const { practiceId } = reader;
      return inContacts(practiceId, async (transaction) => {
        const at = new Date(clock.now());
        const id = createId(at.getTime(), random);
        await nextSequence(transaction, practiceId);
        await insertGroup(transaction, sealing, practiceId, { id, name, at });
        await writeDown(transaction, { ...reader, at }, 'contact-written', { kind: 'contact-group', id }, { act: 'added' });
        return { id: id as GroupView['id'], name, count: 0 };
      });
    },

    removeGroup: (reader, groupId) => setGroup(reader, groupId, 'removed'),
    restoreGroup: (reader, groupId) => setGroup(reader, groupId, 'restored'),

    async listDuplicates(reader) {
      const { practiceId, memberId } = reader;
      // Taken out of the directory as it was read: it may lose one of them while it is compared with the others.
      const [contacts, [favourites, apart]] = await Promise.all([seen(reader).then(({ directory, entries }) => entries.map(({ id }) => directory.contacts.get(id)!)), inContacts(practiceId, async (transaction) => [await listFavourites(transaction, practiceId, memberId), await listApart(transaction, practiceId)] as const)]);
      const sets = (await inTurns(findDuplicates(contacts, (one, other) => apart.has(pairOf(one, other).join(' '))))).slice(0, MOST_DUPLICATES);
      const alike = new Set(sets.flatMap(({ ids }) => ids));
      const byId = new Map(contacts.filter(({ id }) => alike.has(id)).map((contact) => [contact.id, contact]));
      return sets.map(({ ids, because }) => ({ contacts: ids.map((id) => toView(byId.get(id)!, favourites)), because: [...because] }));
    },

    merge(reader, keep, remove, details) {
      return inContacts(reader.practiceId, async (transaction) => {
        const { practiceId } = reader;
        const sequence = await nextSequence(transaction, practiceId);
        const take = async ({ id, version }: VersionedId): Promise<Result<StoredContact, ContactRefusal>> => {
          const stored = await find(transaction, reader, id, { forUpdate: true });
          return stored === undefined ? refused('contact-not-found') : stored.version === version ? ok(stored) : refused('changed-meanwhile');
        };
        const kept = await take(keep);
        if (!kept.ok) return kept;
        const others: StoredContact[] = [];
        for (const one of remove) {
          const other = await take(one);
          if (!other.ok) return other;
          if (one.id !== keep.id) others.push(other.value);
        }
        const merged = details ?? mergeDetails(kept.value.details, others.map((other) => other.details));
        if (!maySeeContact(reader, merged.keptTo)) return refused('kept-from-yourself');
        const facts = { ...reader, at: new Date(clock.now()), sequence };
        await updateContact(transaction, sealing, facts, { id: keep.id, version: keep.version + 1, details: merged, change: 'merged', fields: changedFields(kept.value.details, merged) });
        for (const other of others) {
          await takeLinks(transaction, practiceId, other.id, keep.id);
          await updateContact(transaction, sealing, facts, { id: other.id, version: other.version + 1, details: other.details, change: 'removed', fields: [] });
        }
        return viewOf(transaction, reader, keep.id);
      });
    },

    setApart(reader, ids, isApart) {
      return inContacts(reader.practiceId, async (transaction) => {
        const at = new Date(clock.now());
        const distinct = [...new Set(ids)];
        for (const id of distinct) if ((await find(transaction, reader, id)) === undefined) return refused('contact-not-found');
        await setApart(transaction, { ...reader, at }, distinct, isApart);
        for (const id of distinct) await writeDown(transaction, { ...reader, at }, 'contact-written', { kind: 'contact', id }, { act: isApart ? 'apart' : 'apartNoMore' });
        return ok(undefined);
      });
    },

    async linesOf(reader, typed, country) {
      const number = parsePhoneNumber(typed, country as CountryCode)?.number;
      if (number === undefined) return [];
      const found = await inContacts(reader.practiceId, (transaction) => findByNumber(transaction, sealing, reader.practiceId, number));
      return found.filter(({ details }) => maySeeContact(reader, details.keptTo)).map(({ details }) => details.lineId);
    },

    async findNumbers(reader, text) {
      // Of signs alone nothing is left to find anybody by.
      if (foldText(text) === '') return [];
      const directory = await directories.read(reader.practiceId);
      const found = searchRuns(directory.runs, { text, favourites: new Set(), onlyFavourites: false, maySee: (keptTo) => maySeeContact(reader, keptTo) }).slice(0, MOST_FOUND);
      return [...new Set(found.flatMap(({ id }) => directory.contacts.get(id)!.details.numbers.map(({ number }) => number)))];
    },

    async namesOf(reader, numbers) {
      const names = new Map<string, string>();
      // A call that begins, or goes on after a restart, must not wait until a whole practice's contacts are opened.
      if (numbers.length <= FEW_NUMBERS) {
        await inContacts(reader.practiceId, async (transaction) => {
          for (const number of numbers) {
            const sharing = (await findByNumber(transaction, sealing, reader.practiceId, number)).filter(({ details }) => maySeeContact(reader, details.keptTo));
            const [first] = sharing.map((contact) => ({ contact, entry: searchEntryOf(contact.id, contact.details, () => undefined) })).sort((one, other) => inListOrder(one.entry, other.entry));
            if (first !== undefined) names.set(number, nameOf(first.contact.details));
          }
        });
        return names;
      }
      const directory = await directories.read(reader.practiceId);
      for (const number of numbers) {
        const sharing = (directory.idsByNumber.get(number) ?? []).map((id) => directory.contacts.get(id)!);
        const contact = sharing.find(({ details }) => maySeeContact(reader, details.keptTo));
        if (contact !== undefined) names.set(number, nameOf(contact.details));
      }
      return names;
    },

    keptToOf(practiceId, number) {
      return inContacts(practiceId, async (transaction) => {
        const kept = (await findByNumber(transaction, sealing, practiceId, number)).map(({ details }) => details.keptTo);
        return kept.some((each) => each.length === 0) ? [] : [...new Set(kept.flat())];
      });
    },

    async languageOf(practiceId, number) {
      const found = await inContacts(practiceId, (transaction) => findByNumber(transaction, sealing, practiceId, number));
      return found.map(({ details }) => details.language).find((language) => language !== null) ?? null;
    },

    setHealth(practiceId, number, { health, lastReachedAt }) {
      return inContacts(practiceId, async (transaction) => {
        // First, as everybody does who writes contacts: the practice's turn, then the rows.
        const sequence = await nextSequence(transaction, practiceId);
        for (const { id, details } of await findByNumber(transaction, sealing, practiceId, number)) {
          const numbers = details.numbers.map((one) => (one.number === number ? { ...one, health, lastReachedAt } : one));
          await updateHealth(transaction, sealing, practiceId, id, { ...details, numbers }, sequence);
        }
      });
    },

    noteCall(practiceId, callId, number, atMs) {
      return inContacts(practiceId, async (transaction) => {
        const found = await findByNumber(transaction, sealing, practiceId, number);
        await linkCall(transaction, practiceId, callId, found.map(({ id }) => id), new Date(atMs));
        return found.map(({ details }) => nameOf(details));
      });
    },
  };
}

/** As many as one call has parties. */
const FEW_NUMBERS = 5;

/** More are looked at once these are joined or told apart. */
const MOST_DUPLICATES = 100;

/** Searched in the log by name, a practice's every second patient is no answer. */
const MOST_FOUND = 500;

/** What calls have shown of a number is nobody's to type, and is not lost to a page that was opened before. */
function withKnownHealth(details: ContactDetails, stored: ContactDetails): ContactDetails {
  const known = new Map(stored.numbers.map(({ number, health, lastReachedAt }) => [number, { health, lastReachedAt }]));
  return { ...details, numbers: details.numbers.map((one) => ({ ...one, ...(known.get(one.number) ?? { health: 'unknown', lastReachedAt: null }) })) };
}

/** How a contact is called on a screen. */
export function nameOf({ givenName, familyName, numbers }: ContactDetails): string {
  return `${givenName} ${familyName}`.trim() || (numbers[0]?.number ?? '');
}

function toView(stored: StoredContact, favourites: ReadonlySet<string>): ContactView {
  return { id: stored.id as ContactId, version: stored.version, details: stored.details, isFavourite: favourites.has(stored.id), updatedAt: stored.updatedAt.toISOString() };
}

function changedFields(before: ContactDetails, after: ContactDetails): string[] {
  return Object.keys(contactDetailsSchema.shape).filter((field) => !isDeepStrictEqual(before[field as keyof ContactDetails], after[field as keyof ContactDetails]));
}
