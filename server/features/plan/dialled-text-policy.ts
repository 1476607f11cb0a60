/** Reads what a person typed or pasted as the keys they meant: digits, a leading plus, an extension. Decides nothing about where a number leads. */
import type { DestinationReason } from '#contract/plan.ts';

export interface DialledText {
  /** ASCII digits only. */
  digits: string;
  hasPlus: boolean;
  /** Keys to press once the call is answered; null for none. */
  extension: string | null;
}

export type DialledTextReading = { ok: true; value: DialledText } | { ok: false; refusal: DestinationReason };

/** What phones, spreadsheets and web pages put around a number without meaning anything by it: spaces of every width, soft hyphens, joiners and direction marks. */
const INVISIBLE = /[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu;
/** Dashes, brackets, dots, slashes and the middle dot, as they are printed between groups of digits. */
const PUNCTUATION = /[-\u2010-\u2015\u2212()[\]./\u00b7]/gu;
/** "ext. 5", "x5", "#5", ";ext=5", and the pauses of a mobile phone's contact: ",,5". */
const EXTENSION = /^(.*\d)\s*(?:;ext=|,+|;|\bext(?:ension|n)?\.?:?|(?<![a-z])x|(?<=\d)x|#)\s*(\d{1,10})$/iu;
/** A word before the number: "Tel.:", "Cell", "phone". */
const LABEL = /^(?:tel:|[a-z][a-z .]{0,18}[:\s]\s*(?=[+(\d]))/iu;
/** No number is longer than 15 digits, an international prefix and an outside line; 40 leaves room for what we only want to name in the refusal. */
const LONGEST_DIGITS = 40;

/** ITU-T E.161's keypad letters. */
const KEYPAD = new Map(['', '', 'abc', 'def', 'ghi', 'jkl', 'mno', 'pqrs', 'tuv', 'wxyz'].flatMap((letters, digit) => Array.from(letters, (letter) => [letter, String(digit)] as const)));

export function readDialledText(typed: string): DialledTextReading {
  if (/[^\P{N}0-9]/u.test(typed)) return { ok: false, refusal: 'unicode-digits' };
  let text = typed.replace(LABEL, '').trim();
  if (text === '') return { ok: false, refusal: 'empty' };

  const extended = EXTENSION.exec(text);
  // Before '#', only a whole number makes the rest an extension: '#31#' and '5#6' stay the service codes they are.
  const hasExtension = extended !== null && digitsOf(extended[1]!).length >= 7 && !/[*#]/u.test(extended[1]!);
  if (hasExtension) text = extended[1]!;
  if (/[*#]/u.test(text)) return { ok: false, refusal: 'service-code' };

  const keys = withoutVanity(text.replace(INVISIBLE, '').replace(PUNCTUATION, ''));
  const match = /^(\+?)(\d+)$/u.exec(keys);
  if (match === null || match[2]!.length > LONGEST_DIGITS) return { ok: false, refusal: 'not-a-number' };
  return { ok: true, value: { digits: match[2]!, hasPlus: match[1] === '+', extension: hasExtension ? extended[2]! : null } };
}

/** "1-800-FLOWERS": at least three digits, then at least three letters in a row. One lone letter is a slip ('O' for zero) and must not become another number. */
function withoutVanity(keys: string): string {
  if (!/^\+?\d{3,}[a-z]{3,}\d*$/iu.test(keys)) return keys;
  return keys.replace(/[a-z]/giu, (letter) => KEYPAD.get(letter.toLowerCase())!);
}

function digitsOf(text: string): string {
  return text.replace(/\D/gu, '');
}
