/** Finding contacts as one types: how names are folded, what a question asks for, in which order they stand. Pure; search-runs-policy.ts does the finding. */
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

/** The order of a list. */
export function inListOrder(a: SearchEntry, b: SearchEntry): number {
  return a.sortKey < b.sortKey ? -1 : a.sortKey > b.sortKey ? 1 : a.id < b.id ? -1 : 1;
}

/** What one word of a question asks of an entry: that a word of it begins so, or, of digits, that they stand anywhere in a number. */
export interface Needle {
  readonly begins: string;
  readonly number: string | undefined;
}

/** What a text asks for; an entry is found where it has all of it. Of signs alone nothing is left, and everybody has that. */
export function needlesOf(text: string): Needle[] {
  // "(612) 555-01" is one number and not three words.
  const asNumber = /^\s*\+?[\d\s().\-/]{3,}$/.test(text) ? text.replaceAll(/\D/g, '').replace(/^00?/, '') : '';
  if (asNumber.length >= 3) return [{ begins: ` ${asNumber}`, number: asNumber }];
  return foldText(text)
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => ({ begins: ` ${word}`, number: /^\d{2,}$/.test(word) ? word : undefined }));
}
