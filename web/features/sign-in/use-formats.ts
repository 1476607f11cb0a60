/** Dates, times and numbers as the one who is signed in reads them. */
import { useMemo } from 'react';
import { createFormats, type Formats } from '../../messages/formats.ts';
import { words } from '../../messages/messages.ts';
import { useSession } from './use-session.ts';

export function useFormats(): Formats {
  const { practice, preferences } = useSession();
  const { country, timeZone } = practice;
  const { clock } = preferences;
  return useMemo(() => createFormats({ language: words.language, country, timeZone, clock }), [country, timeZone, clock]);
}
