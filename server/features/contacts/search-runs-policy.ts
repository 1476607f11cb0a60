/**
 * A practice's entries in the order of the list, cut into runs, and searched run by run. Each run keeps its entries' words as one text and their
 * digits as another: a search then reads through memory in its order, and does not visit each of a hundred thousand entries where it happens to
 * lie. A change writes anew only the runs it touches. Pure.
 */
import { inListOrder, needlesOf, type SearchEntry } from './contact-search-policy.ts';

export interface SearchRun {
  /** In the order of the list. */
  readonly entries: readonly SearchEntry[];
  readonly words: JoinedText;
  readonly digits: JoinedText;
  readonly placeById: ReadonlyMap<string, number>;
  /** Places of those that not everybody sees. */
  readonly kept: readonly number[];
}

interface JoinedText {
  readonly text: string;
  /** Where each entry's part ends. */
  readonly ends: Uint32Array;
}

export interface SearchQuestion {
  readonly text: string;
  readonly groupId?: string | undefined;
  /** Ids that come first; with `onlyFavourites`, the only ones. */
  readonly favourites: ReadonlySet<string>;
  readonly onlyFavourites: boolean;
  /** Whether the reader sees what is kept to these members; asked of nothing that is everybody's. */
  readonly maySee: (keptTo: readonly string[]) => boolean;
}

/** Entries of a run as it is made: some tenths of a millisecond to write anew. It is cut where it has grown to twice that. */
const RUN_LENGTH = 1_000;
/** Entries looked at between two pauses: some tenths of a millisecond. */
const A_TURN = 1_000;

/** The runs after a change. Those it does not touch are the same as before. Pauses after each that is written. */
export function* changeRuns(runs: readonly SearchRun[], { removed, added }: { readonly removed: ReadonlySet<SearchEntry>; readonly added: readonly SearchEntry[] }): Generator<undefined, SearchRun[], undefined> {
  if (runs.length === 0) return yield* cutIntoRuns(yield* inOrder(added));
  const touched = new Map<number, SearchEntry[]>();
  let seen = 0;
  for (const entry of removed) {
    touched.set(placeOf(runs, entry), []);
    if (++seen % A_TURN === 0) yield;
  }
  for (const entry of added) {
    const place = placeOf(runs, entry);
    const there = touched.get(place);
    if (there === undefined) touched.set(place, [entry]);
    else there.push(entry);
    if (++seen % A_TURN === 0) yield;
  }
  const changed: SearchRun[] = [];
  for (const [place, run] of runs.entries()) {
    const coming = touched.get(place);
    if (coming === undefined) changed.push(run);
    else changed.push(...(yield* cutIntoRuns(yield* inOrder([...run.entries.filter((entry) => !removed.has(entry)), ...coming]))));
  }
  return changed;
}

/** Sorted: pieces first, then two and two of them as one. */
function* inOrder(entries: readonly SearchEntry[]): Generator<undefined, SearchEntry[], undefined> {
  let pieces: SearchEntry[][] = [];
  for (let from = 0; from < entries.length; from += A_TURN) {
    pieces.push(entries.slice(from, from + A_TURN).sort(inListOrder));
    yield;
  }
  while (pieces.length > 1) {
    const longer: SearchEntry[][] = [];
    for (let at = 0; at < pieces.length; at += 2) longer.push(yield* merged(pieces[at]!, pieces[at + 1] ?? []));
    pieces = longer;
  }
  return pieces[0] ?? [];
}

function* merged(one: readonly SearchEntry[], other: readonly SearchEntry[]): Generator<undefined, SearchEntry[], undefined> {
  const both: SearchEntry[] = [];
  let [atOne, atOther] = [0, 0];
  while (atOne < one.length && atOther < other.length) {
    both.push(inListOrder(one[atOne]!, other[atOther]!) < 0 ? one[atOne++]! : other[atOther++]!);
    if (both.length % A_TURN === 0) yield;
  }
  return both.concat(one.slice(atOne), other.slice(atOther));
}

/** The last run that begins before the entry or with it; what comes before all of them belongs to the first. */
function placeOf(runs: readonly SearchRun[], entry: SearchEntry): number {
  let [low, high] = [0, runs.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (runs[middle]!.entries[0] === entry || inListOrder(runs[middle]!.entries[0]!, entry) < 0) low = middle;
    else high = middle;
  }
  return low;
}

function* cutIntoRuns(entries: readonly SearchEntry[]): Generator<undefined, SearchRun[], undefined> {
  const length = entries.length <= 2 * RUN_LENGTH ? entries.length : RUN_LENGTH;
  const runs: SearchRun[] = [];
  for (let from = 0; from < entries.length; from += length) {
    runs.push(runOf(entries.slice(from, from + length)));
    yield;
  }
  return runs;
}

function runOf(entries: readonly SearchEntry[]): SearchRun {
  return {
    entries,
    words: join(entries.map(({ words }) => words)),
    digits: join(entries.map(({ digits }) => digits)),
    placeById: new Map(entries.map(({ id }, place) => [id, place])),
    kept: entries.flatMap(({ keptTo }, place) => (keptTo.length > 0 ? [place] : [])),
  };
}

/** Each word and each number is led by a space, and no needle has another: none is found across two entries. */
function join(parts: readonly string[]): JoinedText {
  const ends = new Uint32Array(parts.length);
  let end = 0;
  for (const [place, part] of parts.entries()) ends[place] = end += part.length;
  return { text: parts.join(''), ends };
}

/** Those that have all a question asks for, in the order of the list, favourites before the others. */
export function searchRuns(runs: readonly SearchRun[], { text, groupId, favourites, onlyFavourites, maySee }: SearchQuestion): SearchEntry[] {
  const needles = needlesOf(text);
  const first: SearchEntry[] = [];
  const then: SearchEntry[] = [];
  for (const run of runs) {
    // How many of the needles each entry has, as far as they were looked for.
    const has = new Uint16Array(run.entries.length);
    for (const [index, { begins, number }] of needles.entries()) {
      mark(run.words, begins, has, index);
      if (number !== undefined) mark(run.digits, number, has, index);
    }
    const isFound = (place: number): boolean => has[place] === needles.length && (groupId === undefined || run.entries[place]!.groupIds.includes(groupId));
    for (const place of run.kept) if (isFound(place) && !maySee(run.entries[place]!.keptTo)) has[place] = NOT_FOUND;
    const ofFavourites = [...favourites].map((id) => run.placeById.get(id)).filter((place) => place !== undefined);
    for (const place of ofFavourites.sort((one, other) => one - other)) {
      if (!isFound(place)) continue;
      first.push(run.entries[place]!);
      has[place] = NOT_FOUND;
    }
    if (!onlyFavourites) for (let place = 0; place < has.length; place += 1) if (isFound(place)) then.push(run.entries[place]!);
  }
  return first.length === 0 ? then : [...first, ...then];
}

const NOT_FOUND = 0xffff;

/** Raises to `before + 1` those that stood at `before` and have the needle. */
function mark({ text, ends }: JoinedText, needle: string, has: Uint16Array, before: number): void {
  for (let [at, place] = [text.indexOf(needle), 0]; at >= 0; at = text.indexOf(needle, ends[place])) {
    while (ends[place]! <= at) place += 1;
    if (has[place] === before) has[place] = before + 1;
  }
}
