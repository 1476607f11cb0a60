/** What a member does with contacts: finds, adds, changes, removes, groups, joins them, and sees what happened with each. Import and export are files of their own. */
import { isDeepStrictEqual } from 'node:util';
import { contactDetailsSchema, type ContactDetails, type ContactId, type ContactView, type GroupView, type TimelineEntry } from '#contract/contacts.ts';
import type { CallId, MemberId } from '#contract/ids.ts';
import { ok, refused, type Result } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import type { ContactDirectories } from './contact-directory.ts';
import { searchEntries } from './contact-search-policy.ts';
import {
  findByNumber,
  findContact,
  insertContacts,
  insertGroup,
  linkCall,
  listFavourites,
  listGroups,
  listTimeline,
  moveLinks,
  nextSequence,
  setFavourite,
  updateContact,
  type ContactChangeKind,
  type ContactTables,
  type ContactTransaction,
  type Sealing,
  type StoredContact,
} from './contact-store.ts';
import { findDuplicates, mergeDetails, type DuplicateReason } from './duplicate-policy.ts';

export interface ContactReader {
  readonly practiceId: string;
  readonly memberId: string;
}

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

export type ContactRefusal = 'contact-not-found' | 'changed-meanwhile';

export interface Contacts {
  search(reader: ContactReader, question: ContactSearch): Promise<{ contacts: ContactView[]; total: number }>;
  read(reader: ContactReader, id: string): Promise<Result<ContactView, 'contact-not-found'>>;
  add(reader: ContactReader, details: ContactDetails): Promise<ContactView>;
  change(reader: ContactReader, contact: VersionedId, details: ContactDetails): Promise<Result<ContactView, ContactRefusal>>;
  remove(reader: ContactReader, id: string): Promise<Result<undefined, 'contact-not-found'>>;
  restore(reader: ContactReader, id: string): Promise<Result<ContactView, 'contact-not-found'>>;
  setFavourite(reader: ContactReader, id: string, isFavourite: boolean): Promise<Result<ContactView, 'contact-not-found'>>;
  timeline(reader: ContactReader, id: string): Promise<Result<TimelineEntry[], 'contact-not-found'>>;
  findByNumber(reader: ContactReader, number: string): Promise<ContactView[]>;
  listGroups(reader: ContactReader): Promise<GroupView[]>;
  addGroup(reader: ContactReader, name: string): Promise<GroupView>;
  /** Resolves to whether there was one. */
  removeGroup(reader: ContactReader, groupId: string): Promise<boolean>;
  listDuplicates(reader: ContactReader): Promise<Array<{ contacts: ContactView[]; because: DuplicateReason[] }>>;
  merge(reader: ContactReader, keep: VersionedId, remove: readonly VersionedId[], details: ContactDetails | undefined): Promise<Result<ContactView, ContactRefusal>>;
  /** Names for the numbers that somebody here has. */
  namesOf(practiceId: string, numbers: readonly string[]): Promise<ReadonlyMap<string, string>>;
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

  const viewOf = async (transaction: ContactTransaction, { practiceId, memberId }: ContactReader, id: string): Promise<Result<ContactView, 'contact-not-found'>> => {
    const stored = await findContact(transaction, sealing, practiceId, id);
    if (stored === undefined) return refused('contact-not-found');
    return ok(toView(stored, await listFavourites(transaction, practiceId, memberId)));
  };

  /** Writes the next version of a contact that was found; `isRemoved` says in which state it is looked for. */
  const write = (reader: ContactReader, id: string, change: ContactChangeKind, decide: (stored: StoredContact) => Result<ContactDetails, ContactRefusal>, isRemoved = false): Promise<Result<ContactView, ContactRefusal>> =>
    inContacts(reader.practiceId, async (transaction) => {
      const sequence = await nextSequence(transaction, reader.practiceId);
      const stored = await findContact(transaction, sealing, reader.practiceId, id, { forUpdate: true, isRemoved });
      if (stored === undefined) return refused('contact-not-found');
      const decided = decide(stored);
      if (!decided.ok) return decided;
      const fields = changedFields(stored.details, decided.value);
      const facts = { practiceId: reader.practiceId, memberId: reader.memberId, at: new Date(clock.now()), sequence };
      await updateContact(transaction, sealing, facts, { id, version: stored.version + 1, details: decided.value, change, fields });
      return change === 'removed' ? ok(toView({ ...stored, version: stored.version + 1 }, new Set())) : viewOf(transaction, reader, id);
    });

  return {
    async search(reader, { text, groupId, onlyFavourites, limit, offset }) {
      const [directory, favourites] = await Promise.all([directories.read(reader.practiceId), inContacts(reader.practiceId, (transaction) => listFavourites(transaction, reader.practiceId, reader.memberId))]);
      const found = searchEntries(directory.entries, { text, groupId, favourites, onlyFavourites });
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

    change: (reader, { id, version }, details) => write(reader, id, 'changed', (stored) => (stored.version === version ? ok(details) : refused('changed-meanwhile'))),

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
        if ((await findContact(transaction, sealing, reader.practiceId, id)) === undefined) return refused('contact-not-found');
        await setFavourite(transaction, reader.practiceId, reader.memberId, id, isFavourite);
        return viewOf(transaction, reader, id);
      });
    },

    timeline(reader, id) {
      return inContacts(reader.practiceId, async (transaction) => {
        if ((await findContact(transaction, sealing, reader.practiceId, id)) === undefined) return refused('contact-not-found');
        const { changes, calls } = await listTimeline(transaction, reader.practiceId, id);
        const entries: TimelineEntry[] = [
          ...changes.map(({ at, by_member_id, change, fields }) => ({ kind: 'change', at: at.toISOString(), by: by_member_id as MemberId, change, fields }) as const),
          ...calls.map(({ call_id, at }) => ({ kind: 'call', at: at.toISOString(), callId: call_id as CallId }) as const),
        ];
        return ok(entries.sort((a, b) => (a.at < b.at ? 1 : -1)));
      });
    },

    findByNumber(reader, number) {
      return inContacts(reader.practiceId, async (transaction) => {
        const found = await findByNumber(transaction, sealing, reader.practiceId, number);
        const favourites = await listFavourites(transaction, reader.practiceId, reader.memberId);
        return found.map((stored) => toView(stored, favourites));
      });
    },

    async listGroups({ practiceId }) {
      const directory = await directories.read(practiceId);
      const counts = new Map<string, number>();
      for (const { groupIds } of directory.entries) for (const groupId of groupIds) counts.set(groupId, (counts.get(groupId) ?? 0) + 1);
      const groups = await inContacts(practiceId, (transaction) => listGroups(transaction, sealing, practiceId));
      return groups.map(({ id, name }) => ({ id: id as GroupView['id'], name, count: counts.get(id) ?? 0 }));
    },

    addGroup({ practiceId }, name) {
      return inContacts(practiceId, async (transaction) => {
        const at = new Date(clock.now());
        const id = createId(at.getTime(), random);
        await nextSequence(transaction, practiceId);
        await insertGroup(transaction, sealing, practiceId, { id, name, at });
        return { id: id as GroupView['id'], name, count: 0 };
      });
    },

    async removeGroup({ practiceId }, groupId) {
      return inContacts(practiceId, async (transaction) => {
        const removed = await transaction.updateTable('contact_group').set({ removed_at: new Date(clock.now()) }).where('practice_id', '=', practiceId).where('id', '=', groupId).where('removed_at', 'is', null).executeTakeFirst();
        if (removed.numUpdatedRows === 0n) return false;
        await nextSequence(transaction, practiceId);
        return true;
      });
    },

    async listDuplicates(reader) {
      const [directory, favourites] = await Promise.all([directories.read(reader.practiceId), inContacts(reader.practiceId, (transaction) => listFavourites(transaction, reader.practiceId, reader.memberId))]);
      const sets = findDuplicates([...directory.contacts.values()]).slice(0, 100);
      return sets.map(({ ids, because }) => ({ contacts: ids.map((id) => toView(directory.contacts.get(id)!, favourites)), because: [...because] }));
    },

    merge(reader, keep, remove, details) {
      return inContacts(reader.practiceId, async (transaction) => {
        const { practiceId, memberId } = reader;
        const sequence = await nextSequence(transaction, practiceId);
        const find = async ({ id, version }: VersionedId): Promise<Result<StoredContact, ContactRefusal>> => {
          const stored = await findContact(transaction, sealing, practiceId, id, { forUpdate: true });
          return stored === undefined ? refused('contact-not-found') : stored.version === version ? ok(stored) : refused('changed-meanwhile');
        };
        const kept = await find(keep);
        if (!kept.ok) return kept;
        const others: StoredContact[] = [];
        for (const one of remove) {
          const other = await find(one);
          if (!other.ok) return other;
          if (one.id !== keep.id) others.push(other.value);
        }
        const merged = details ?? mergeDetails(kept.value.details, others.map((other) => other.details));
        const facts = { practiceId, memberId, at: new Date(clock.now()), sequence };
        await updateContact(transaction, sealing, facts, { id: keep.id, version: keep.version + 1, details: merged, change: 'merged', fields: changedFields(kept.value.details, merged) });
        for (const other of others) {
          await moveLinks(transaction, practiceId, other.id, keep.id);
          await updateContact(transaction, sealing, facts, { id: other.id, version: other.version + 1, details: other.details, change: 'removed', fields: [] });
        }
        return viewOf(transaction, reader, keep.id);
      });
    },

    async namesOf(practiceId, numbers) {
      const directory = await directories.read(practiceId);
      const names = new Map<string, string>();
      for (const number of numbers) {
        const id = directory.idByNumber.get(number);
        const contact = id === undefined ? undefined : directory.contacts.get(id);
        if (contact !== undefined) names.set(number, nameOf(contact.details));
      }
      return names;
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
