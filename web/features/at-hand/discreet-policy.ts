/** How a name and a number are shortened: for a sentence, and for a screen that others can see. Pure; knows no language. */

/** "R. A." of "Rosalind Achterberg", "D. O." of "Dr. Osei": the first and the last word, titles counted as words. */
export function initialsOf(name: string): string {
  const words = name.normalize('NFC').split(/[\s,]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const [first, last] = [words.at(0), words.length > 1 ? words.at(-1) : undefined];
  return [first, last].flatMap((word) => (word === undefined ? [] : [`${initialOf(word)}.`])).join(' ');
}

const initialOf = (word: string): string => /[\p{L}\p{N}]\p{M}*/u.exec(word)?.[0]?.toLocaleUpperCase() ?? '';

/** "67" of "+14805550167"; all of it where it is no longer than that. */
export const endingOf = (number: string): string => number.replaceAll(/\D/gu, '').slice(-2);

/** "Rosalind" of "Rosalind Achterberg"; titles and practice names stay whole. */
export function firstNameOf(name: string): string {
  const [first = name] = name.split(' ');
  return first.endsWith('.') ? name : first;
}
