/** Finding contacts as one types: how names are folded, what matches, in which order. Pure; holds no directory of its own. */
import type { ContactDetails } from '#contract/contacts.ts';

/** A contact made ready to be searched: once a change, not once a search. */
export interface SearchEntry {
  readonly id: string;
  /** Words of the name, tags and groups, folded, each led by a space: " rosalind achterberg warfarin". */
  readonly words: string;
  /** Digits of every number, each led by a space. */
  readonly digits: string;
  /** Family name first, folded: the order of a list. */
  readonly sortKey: string;
  readonly groupIds: readonly string[];
  /** The members it is kept to; empty where everybody sees it. */
  readonly keptTo: readonly string[];
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

const LETTERS_WITHOUT_PARTS: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ł: 'l', ı: 'i' };

/** Lower case, without accents: "Jörg Müller-Łukasz" is found by "jorg muller lukasz". */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ßæœøđðþłı]/g, (letter) => LETTERS_WITHOUT_PARTS[letter]!)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

export function searchEntryOf(id: string, details: ContactDetails, groupName: (groupId: string) => string | undefined): SearchEntry {
  const groups = details.groupIds.map((groupId) => groupName(groupId) ?? '');
  const words = foldText([details.givenName, details.familyName, details.recordNumber ?? '', ...details.tags, ...groups].join(' '));
  return {
    id,
    words: ` ${words}`,
    digits: details.numbers.map(({ number }) => ` ${number.slice(1)}`).join(''),
    sortKey: foldText(`${details.familyName} ${details.givenName}`) || '\uFFFF',
    groupIds: details.groupIds,
    keptTo: details.keptTo,
  };
}

/**
 * Every word of the question must begin a word of the entry, or, if it is of digits, stand anywhere in a number. `entries` come in the order of
 * their sort keys and go out in it, favourites before the others.
 */
export function searchEntries(entries: readonly SearchEntry[], { text, groupId, favourites, onlyFavourites, maySee }: SearchQuestion): SearchEntry[] {
  const matches = matcherOf(text);
  const first: SearchEntry[] = [];
  const then: SearchEntry[] = [];
  for (const entry of entries) {
    // What is dear, looking an id up, is done for those that match.
    if ((groupId !== undefined && !entry.groupIds.includes(groupId)) || !matches(entry) || (entry.keptTo.length > 0 && !maySee(entry.keptTo))) continue;
    if (favourites.size > 0 && favourites.has(entry.id)) first.push(entry);
    else if (!onlyFavourites) then.push(entry);
  }
  return first.length === 0 ? then : [...first, ...then];
}

function matcherOf(text: string): (entry: SearchEntry) => boolean {
  // "(612) 555-01" is one number and not three words.
  const asNumber = /^\s*\+?[\d\s().\-/]{3,}$/.test(text) ? text.replaceAll(/\D/g, '').replace(/^00?/, '') : undefined;
  if (asNumber !== undefined && asNumber.length >= 3) return ({ digits, words }) => digits.includes(asNumber) || words.includes(` ${asNumber}`);
  // Made ready once and not for each of ten thousand entries.
  const needles = foldText(text).split(' ').filter((word) => word !== '').map((word) => ({ begins: ` ${word}`, number: /^\d{2,}$/.test(word) ? word : undefined }));
  return ({ words, digits }) => needles.every(({ begins, number }) => words.includes(begins) || (number !== undefined && digits.includes(number)));
}
