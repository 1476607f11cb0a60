/** How a member reads the screens: their language and their clock, kept with them on every device. */
import { useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { Preferences } from '#contract/sign-in.ts';
import { api } from '../../api/api-client.ts';
import { sessionQuery } from '../../api/queries.ts';
import { followMember } from '../../messages/chosen-language.ts';
import { createFormats } from '../../messages/formats.ts';
import { languageNames } from '../../messages/languages.ts';
import { words } from '../../messages/messages.ts';
import { useSession } from '../sign-in/use-session.ts';
import styles from './device-card.module.css';

/** An afternoon, so that one sees at a glance what the clock does. */
const example = Date.UTC(2026, 0, 5, 14, 31);

export function Reading() {
  const { preferences, practice } = useSession();
  const queries = useQueryClient();
  const [hasFailed, setFailed] = useState(false);
  const languageId = useId();
  const clockId = useId();

  const set = async (change: Partial<Preferences>): Promise<void> => {
    try {
      const kept = await api.me.setPreferences({ ...preferences, ...change });
      queries.setQueryData(sessionQuery.queryKey, (session) => (session === null || session === undefined ? session : { ...session, preferences: kept }));
      setFailed(false);
      followMember(kept.language);
    } catch {
      setFailed(true);
    }
  };
  const written = (clock: Preferences['clock']): string => createFormats({ language: words.language, country: practice.country, timeZone: 'UTC', clock }).time(example);

  return (
    <section className={`card ${styles['card']}`} aria-label={words.reading.title}>
      <h2>{words.reading.title}</h2>
      <label htmlFor={languageId}>{words.reading.language}</label>
      <select id={languageId} value={preferences.language ?? ''} onChange={(event) => void set({ language: event.target.value === '' ? null : event.target.value })}>
        <option value="">{words.reading.browsersLanguage}</option>
        {Object.entries(languageNames).map(([tag, name]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
      <label htmlFor={clockId}>{words.reading.clock}</label>
      <select id={clockId} value={preferences.clock ?? ''} onChange={(event) => void set({ clock: event.target.value === '' ? null : (event.target.value as '12-hour' | '24-hour') })}>
        <option value="">{words.reading.countrysClock(written(null))}</option>
        <option value="24-hour">{written('24-hour')}</option>
        <option value="12-hour">{written('12-hour')}</option>
      </select>
      <p>{words.reading.text}</p>
      <p role="alert">{hasFailed ? words.reading.failed : null}</p>
    </section>
  );
}
