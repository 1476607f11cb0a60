/** Dates, times and numbers as the one who is signed in reads them. */
import { createFormats, type Formats } from '../../messages/formats.ts';
import { words } from '../../messages/messages.ts';
import { useSession } from './use-session.ts';

/** One for all rows of all lists: the browser's formatters are slow to make. */
const made = new Map<string, Formats>();

export function useFormats(): Formats {
  const { practice, preferences } = useSession();
  const { country, timeZone } = practice;
  const { clock } = preferences;
  const key = [words.language, country, timeZone, clock].join();
  const found = made.get(key) ?? createFormats({ language: words.language, country, timeZone, clock });
  made.set(key, found);
  return found;
}
