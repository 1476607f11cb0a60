/** A practice's contacts opened in memory, to be searched as one types: follows the database by its change numbers, so that no index of names need lie on the disk. Decides nothing about who may see whom. */
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import { inListOrder, searchEntryOf, type SearchEntry } from './contact-search-policy.ts';
import { listChangedSince, listGroups, openDetails, readSequence, type ContactTables, type ContactTransaction, type Sealing, type StoredContact } from './contact-store.ts';
import { inTurns } from './in-turns.ts';
import { changeRuns, type SearchRun } from './search-runs-policy.ts';

export interface Directory {
  readonly contacts: ReadonlyMap<string, StoredContact>;
  /** All of them in the order of the list. */
  readonly runs: readonly SearchRun[];
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
  entryById: Map<string, SearchEntry>;
  runs: readonly SearchRun[];
  groups: Map<string, string>;
  idsByNumber: Map<string, string[]>;
  usedAtMs: number;
}

interface Opened {
  readonly stored: StoredContact;
  readonly entry: SearchEntry;
}

/** Rows opened between two looks at everything else the process has to do: 4 ms. */
const ROWS_A_TURN = 400;
/** Contacts written without a pause: more are some ten milliseconds, and a call on the same server is heard to stutter. */
const MOST_AT_ONCE = 2_000;
const WRITES_A_TURN = 1_000;
/** A directory nobody asked for this long is let go: opened names need not lie in memory overnight. */
const FORGET_AFTER_MS = 30 * 60_000;

export function createContactDirectories({ database, sealing, monotonicMs }: { database: Database; sealing: Sealing; monotonicMs: () => number }): ContactDirectories {
  const held = new Map<string, Held>();
  const turns = new Map<string, Promise<Held>>();

  const follow = async (practiceId: string): Promise<Held> => {
    const known = held.get(practiceId) ?? { sequence: 0n, contacts: new Map(), entryById: new Map(), runs: [], groups: new Map(), idsByNumber: new Map(), usedAtMs: 0 };
    const changed = await inPractice<ContactTables, { sequence: bigint; rows: Array<ContactTables['contact']>; groups: Array<{ id: string; name: string }> } | undefined>(database, practiceId, async (transaction: ContactTransaction) => {
      const sequence = await readSequence(transaction, practiceId);
      if (sequence === known.sequence) return undefined;
      return { sequence, rows: await listChangedSince(transaction, practiceId, known.sequence), groups: await listGroups(transaction, sealing, practiceId) };
    });
    const now = changed === undefined ? known : await apply(practiceId, known, changed);
    now.usedAtMs = monotonicMs();
    held.set(practiceId, now);
    return now;
  };

  const apply = async (practiceId: string, known: Held, { sequence, rows, groups }: { sequence: bigint; rows: ReadonlyArray<ContactTables['contact']>; groups: ReadonlyArray<{ id: string; name: string }> }): Promise<Held> => {
    const groupNames = new Map(groups.map(({ id, name }) => [id, name]));
    const opened: Opened[] = [];
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
    const changed = new Set([...removed, ...opened.map(({ stored }) => stored.id)]);
    const gone = new Set([...changed].map((id) => known.entryById.get(id)).filter((entry) => entry !== undefined));
    const runs = await inTurns(changeRuns(known.runs, { removed: gone, added: opened.map(({ entry }) => entry) }));
    if (changed.size > MOST_AT_ONCE) {
      // Into copies, in turns: whoever has read before keeps what they have, whole.
      const copy = await inTurns(copyOf(known));
      await inTurns(write(copy, changed, opened));
      return Object.assign(copy, { groups: groupNames, sequence: lastSeen, runs });
    }
    // Without a pause: who searches meanwhile sees all of the change or nothing of it.
    for (const _pause of write(known, changed, opened));
    return Object.assign(known, { groups: groupNames, sequence: lastSeen, runs });
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

function* copyOf(known: Held): Generator<undefined, Held, undefined> {
  return { ...known, contacts: yield* copyOfMap(known.contacts), entryById: yield* copyOfMap(known.entryById), idsByNumber: yield* copyOfMap(known.idsByNumber) };
}

function* copyOfMap<Key, Value>(map: ReadonlyMap<Key, Value>): Generator<undefined, Map<Key, Value>, undefined> {
  const copy = new Map<Key, Value>();
  for (const [key, value] of map) {
    copy.set(key, value);
    if (copy.size % WRITES_A_TURN === 0) yield;
  }
  return copy;
}

/** What has changed: `opened` as it is now, the others gone. */
function* write({ contacts, entryById, idsByNumber }: Held, changed: ReadonlySet<string>, opened: readonly Opened[]): Generator<undefined, void, undefined> {
  let writes = 0;
  const isTurnOver = (): boolean => ++writes % WRITES_A_TURN === 0;
  /** By number: who shares it once all is written. */
  const sharing = new Map<string, Set<string>>();
  const sharers = (number: string): Set<string> => {
    const known = sharing.get(number) ?? new Set(idsByNumber.get(number)?.filter((id) => !changed.has(id)));
    sharing.set(number, known);
    return known;
  };
  for (const id of changed) {
    for (const { number } of contacts.get(id)?.details.numbers ?? []) sharers(number);
    contacts.delete(id);
    entryById.delete(id);
    if (isTurnOver()) yield;
  }
  for (const { stored, entry } of opened) {
    for (const { number } of stored.details.numbers) sharers(number).add(stored.id);
    contacts.set(stored.id, stored);
    entryById.set(stored.id, entry);
    if (isTurnOver()) yield;
  }
  for (const [number, ids] of sharing) {
    if (ids.size === 0) idsByNumber.delete(number);
    else idsByNumber.set(number, [...ids].sort((one, other) => inListOrder(entryById.get(one)!, entryById.get(other)!)));
    if (isTurnOver()) yield;
  }
}
