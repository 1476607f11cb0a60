/** A practice's contacts opened in memory, to be searched as one types: follows the database by its change numbers, so that no index of names need lie on the disk. Decides nothing about who may see whom. */
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import { searchEntryOf, type SearchEntry } from './contact-search-policy.ts';
import { listChangedSince, listGroups, openDetails, readSequence, type ContactTables, type ContactTransaction, type Sealing, type StoredContact } from './contact-store.ts';

export interface Directory {
  readonly contacts: ReadonlyMap<string, StoredContact>;
  /** In the order of their sort keys. */
  readonly entries: readonly SearchEntry[];
  readonly groups: ReadonlyMap<string, string>;
  /** By number: all who share it, in the order of the list. */
  readonly idsByNumber: ReadonlyMap<string, readonly string[]>;
}

export interface ContactDirectories {
  /** The practice's directory as it is at the moment of the question. The first opens all of it (bench/app/records.ts says how long that takes); then what has changed since the last. */
  read(practiceId: string): Promise<Directory>;
}

interface Held {
  sequence: bigint;
  contacts: Map<string, StoredContact>;
  entries: SearchEntry[];
  groups: Map<string, string>;
  idsByNumber: Map<string, string[]>;
  usedAtMs: number;
}

/** Rows opened between two looks at everything else the process has to do: 4 ms. */
const ROWS_A_TURN = 400;
/** A directory nobody asked for this long is let go: opened names need not lie in memory overnight. */
const FORGET_AFTER_MS = 30 * 60_000;

export function createContactDirectories({ database, sealing, monotonicMs }: { database: Database; sealing: Sealing; monotonicMs: () => number }): ContactDirectories {
  const held = new Map<string, Held>();
  const turns = new Map<string, Promise<Held>>();

  const follow = async (practiceId: string): Promise<Held> => {
    const known = held.get(practiceId) ?? { sequence: 0n, contacts: new Map(), entries: [], groups: new Map(), idsByNumber: new Map(), usedAtMs: 0 };
    const changed = await inPractice<ContactTables, { sequence: bigint; rows: Array<ContactTables['contact']>; groups: Array<{ id: string; name: string }> } | undefined>(database, practiceId, async (transaction: ContactTransaction) => {
      const sequence = await readSequence(transaction, practiceId);
      if (sequence === known.sequence) return undefined;
      return { sequence, rows: await listChangedSince(transaction, practiceId, known.sequence), groups: await listGroups(transaction, sealing, practiceId) };
    });
    if (changed !== undefined) await apply(practiceId, known, changed);
    known.usedAtMs = monotonicMs();
    held.set(practiceId, known);
    return known;
  };

  const apply = async (practiceId: string, known: Held, { sequence, rows, groups }: { sequence: bigint; rows: ReadonlyArray<ContactTables['contact']>; groups: ReadonlyArray<{ id: string; name: string }> }): Promise<void> => {
    const groupNames = new Map(groups.map(({ id, name }) => [id, name]));
    const opened: Array<{ stored: StoredContact; entry: SearchEntry }> = [];
    const removed: string[] = [];
    let lastSeen = sequence;
    for (const [index, row] of rows.entries()) {
      if (index % ROWS_A_TURN === ROWS_A_TURN - 1) await yieldToOthers();
      const rowSequence = BigInt(row.sequence);
      // A writer may have committed between the two readings; its rows were then read too.
      if (rowSequence > lastSeen) lastSeen = rowSequence;
      if (row.removed_at !== null || row.details_sealed === null) removed.push(row.id);
      else {
        const details = openDetails(sealing.cipher, practiceId, row.id, row.details_sealed);
        opened.push({ stored: { id: row.id, version: row.version, details, updatedAt: row.updated_at }, entry: searchEntryOf(row.id, details, (groupId) => groupNames.get(groupId)) });
      }
    }
    // From here on without a pause: who searches meanwhile sees all of the change or nothing of it.
    for (const id of removed) known.contacts.delete(id);
    for (const { stored } of opened) known.contacts.set(stored.id, stored);
    const changed = new Set([...removed, ...opened.map(({ stored }) => stored.id)]);
    known.groups = groupNames;
    known.sequence = lastSeen;
    // Two runs that are in order are merged, which takes a step an entry; sorting all of them anew takes seventeen.
    known.entries = [...known.entries.filter(({ id }) => !changed.has(id)), ...opened.map(({ entry }) => entry).sort(inListOrder)].sort(inListOrder);
    known.idsByNumber = new Map();
    for (const { id } of known.entries) {
      for (const { number } of known.contacts.get(id)!.details.numbers) {
        const sharing = known.idsByNumber.get(number);
        if (sharing === undefined) known.idsByNumber.set(number, [id]);
        else if (!sharing.includes(id)) sharing.push(id);
      }
    }
  };

  const forgetUnused = (): void => {
    for (const [practiceId, { usedAtMs }] of held) if (monotonicMs() - usedAtMs > FORGET_AFTER_MS) held.delete(practiceId);
  };

  return {
    async read(practiceId) {
      forgetUnused();
      // One after the other for each practice, so that two never load the same rows at once; each question looks at the number anew.
      const turn = (turns.get(practiceId) ?? Promise.resolve()).then(
        () => follow(practiceId),
        () => follow(practiceId),
      );
      turns.set(practiceId, turn);
      try {
        return await turn;
      } finally {
        if (turns.get(practiceId) === turn) turns.delete(practiceId);
      }
    },
  };
}

export function inListOrder(a: SearchEntry, b: SearchEntry): number {
  return a.sortKey < b.sortKey ? -1 : a.sortKey > b.sortKey ? 1 : a.id < b.id ? -1 : 1;
}
