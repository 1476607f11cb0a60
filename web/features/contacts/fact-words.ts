/** Languages and weekdays as the reader's own language calls them. Codes in, words out. */
import { spokenLanguages } from '#contract/spoken-languages.ts';
import { words } from '../../messages/messages.ts';

/** "German" of "de"; what is no language's code stays as it was written. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames([words.language], { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** The languages one chooses from, by name in the reader's order; with those that are none of them and stand somewhere already. */
export function namedLanguages(standing: readonly string[]): Array<{ readonly code: string; readonly name: string }> {
  const codes = [...new Set<string>([...spokenLanguages, ...standing])];
  return codes.map((code) => ({ code, name: languageName(code) })).sort((one, other) => one.name.localeCompare(other.name, words.language));
}

/** January 5, 2026 was a Monday. */
const MONDAY_MS = Date.UTC(2026, 0, 5, 12);

export const weekdayName = (weekday: number): string => new Intl.DateTimeFormat(words.language, { weekday: 'short', timeZone: 'UTC' }).format(MONDAY_MS + (weekday - 1) * 86_400_000);

/** "Mon – Fri" where they follow one another, else "Mon, Wed". */
export function weekdaysInWords(weekdays: readonly number[]): string {
  const sorted = [...new Set(weekdays)].sort((one, other) => one - other);
  const isRow = sorted.length > 2 && sorted.every((weekday, index) => index === 0 || weekday === sorted[index - 1]! + 1);
  return isRow ? `${weekdayName(sorted[0]!)} – ${weekdayName(sorted.at(-1)!)}` : sorted.map(weekdayName).join(', ');
}
