/** Reads a number that was typed whole into the log's search, as the practice's country writes it; anything else is no number. Pure. */
import parsePhoneNumber from 'libphonenumber-js/max';
import type { CountryCode } from 'libphonenumber-js/max';

/** Sealed numbers are found by a blind index, which knows whole ones alone: half a number is searched among contacts, as a text. */
export function readWholeNumber(text: string, country: string): string | undefined {
  if (!/^[+\d(][\d\s().\-/]*$/.test(text)) return undefined;
  // Short codes stand as they are dialled (contract/ids.ts).
  if (text === '988' || text === '711') return text;
  const parsed = parsePhoneNumber(text, country as CountryCode);
  return parsed?.isPossible() === true ? String(parsed.number) : undefined;
}
