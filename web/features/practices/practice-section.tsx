/** The practice itself: its name, its country, its time zone, and whether it is the sandbox. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getCountries } from 'libphonenumber-js/min';
import { type SubmitEvent, useState } from 'react';
import { api, isRefusal } from '../../api/api-client.ts';
import { sessionQuery } from '../../api/queries.ts';
import { words } from '../../messages/all-words.ts';
import { SectionPage } from '../../ui/section-page.tsx';
import { InterpretersCard } from '../interpreters/interpreters-card.tsx';
import { useFormats } from '../sign-in/use-formats.ts';
import { useSession } from '../sign-in/use-session.ts';
import styles from './practice-section.module.css';

const practiceQuery = { queryKey: ['practice'], queryFn: () => api.practices.read() };
const zones = Intl.supportedValuesOf('timeZone');

export function PracticeSection() {
  const { practice } = useSession();
  const read = useQuery(practiceQuery);
  return (
    <SectionPage title={words.practice.title} lead={words.practice.text}>
      {read.isPending ? <p className={styles['wait']}>{words.loading(words.practice.title)}</p> : null}
      {read.isError ? (
        <p role="alert" className={styles['trouble']}>
          {words.you.failed}
        </p>
      ) : null}
      {read.data === undefined ? null : <PracticeForm key={JSON.stringify(read.data)} settings={read.data} />}
      <section className={`card ${styles['calls']}`} aria-label={words.practice.callsTitle}>
        <h2>{words.practice.callsTitle}</h2>
        <p>{practice.sandbox ? words.practice.sandbox : words.practice.trunk}</p>
      </section>
      <InterpretersCard />
    </SectionPage>
  );
}

type Settings = Awaited<ReturnType<typeof api.practices.read>>;

function PracticeForm({ settings }: { readonly settings: Settings }) {
  const formats = useFormats();
  const queries = useQueryClient();
  const [draft, setDraft] = useState(settings);
  const [trouble, setTrouble] = useState<{ readonly field: 'name' | 'country' | 'timeZone' | null; readonly text: string } | null>(null);
  const [isSaved, setSaved] = useState(false);
  const set = (change: Partial<Settings>): void => {
    setDraft({ ...draft, ...change });
    setSaved(false);
  };
  const countries = getCountries()
    .flatMap((code) => {
      const name = formats.country(code);
      return name === null ? [] : [{ code, name }];
    })
    .toSorted((a, b) => a.name.localeCompare(b.name, words.language));

  const save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setTrouble(null);
    if (draft.name.trim() === '') {
      setTrouble({ field: 'name', text: words.practice.nameMissing });
      return document.getElementById('practice-name')?.focus();
    }
    try {
      await api.practices.change({ ...draft, name: draft.name.trim() });
      setSaved(true);
      await Promise.all([queries.invalidateQueries({ queryKey: sessionQuery.queryKey }), queries.invalidateQueries({ queryKey: ['plan'] })]);
    } catch (error) {
      if (isRefusal(error, 'COUNTRY_UNKNOWN')) setTrouble({ field: 'country', text: words.practice.countryUnknown });
      else if (isRefusal(error, 'TIME_ZONE_UNKNOWN')) setTrouble({ field: 'timeZone', text: words.practice.zoneUnknown });
      else setTrouble({ field: null, text: words.you.failed });
    }
  };
  const said = (field: 'name' | 'country' | 'timeZone') =>
    trouble?.field === field ? (
      <p id={`practice-${field}-trouble`} role="alert" className={styles['trouble']}>
        {trouble.text}
      </p>
    ) : null;
  const marks = (field: 'name' | 'country' | 'timeZone') => (trouble?.field === field ? { 'aria-invalid': true, 'aria-describedby': `practice-${field}-trouble` } : {});

  return (
    <form className={`card ${styles['form']}`} aria-label={words.practice.title} onSubmit={(event) => void save(event)} noValidate>
      <label htmlFor="practice-name">{words.practice.name}</label>
      <input id="practice-name" maxLength={120} value={draft.name} autoComplete="organization" {...marks('name')} onChange={(event) => set({ name: event.target.value })} />
      {said('name')}
      <label htmlFor="practice-country">{words.practice.country}</label>
      <select id="practice-country" value={draft.country} aria-describedby="practice-country-help" {...marks('country')} onChange={(event) => set({ country: event.target.value })}>
        {countries.map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
      <small id="practice-country-help">{words.practice.countryHelp}</small>
      {said('country')}
      <label htmlFor="practice-zone">{words.practice.timeZone}</label>
      <input id="practice-zone" list="practice-zones" value={draft.timeZone} autoComplete="off" spellCheck={false} {...marks('timeZone')} onChange={(event) => set({ timeZone: event.target.value })} />
      <datalist id="practice-zones">
        {zones.map((zone) => (
          <option key={zone} value={zone}>
            {zone}
          </option>
        ))}
      </datalist>
      {said('timeZone')}
      {trouble !== null && trouble.field === null ? (
        <p role="alert" className={styles['trouble']}>
          {trouble.text}
        </p>
      ) : null}
      <span className={styles['row']}>
        <button type="submit" className="btn primary">
          {words.practice.save}
        </button>
        <span role="status">{isSaved ? words.practice.saved : ''}</span>
      </span>
    </form>
  );
}
