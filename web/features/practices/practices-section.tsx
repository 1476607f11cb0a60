/** The operator's practices: which there are, a new one with its first admin's link, closing and opening one. Nothing of a patient, and nobody's name. */
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { House } from 'lucide-react';
import { useState } from 'react';
import type { PracticeView } from '#contract/practices.ts';
import { api, isRefusal } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { LoadFailed, Waiting } from '../../ui/load-states.tsx';
import { Once } from '../../ui/once.tsx';
import { SectionPage } from '../../ui/section-page.tsx';
import { useFormats } from '../sign-in/use-formats.ts';
import { NewPractice } from './new-practice.tsx';
import styles from './practices-section.module.css';

const practicesQuery = queryOptions({ queryKey: ['practices'], staleTime: 0, queryFn: () => api.practices.list() });

interface Handed {
  readonly name: string;
  readonly link: string;
}

export function PracticesSection() {
  const practices = useQuery(practicesQuery);
  const queries = useQueryClient();
  const [isMaking, setMaking] = useState(false);
  const [handed, setHanded] = useState<Handed | null>(null);
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: practicesQuery.queryKey });
  const all = practices.data ?? [];
  return (
    <SectionPage
      title={words.practices.title}
      lead={words.practices.text}
      action={
        isMaking ? null : (
          <button type="button" className="btn primary" onClick={() => setMaking(true)}>
            <House />
            {words.practices.make}
          </button>
        )
      }
    >
      {isMaking ? (
        <NewPractice
          onMade={(made) => {
            setHanded(made);
            setMaking(false);
            void refresh();
          }}
          onClose={() => setMaking(false)}
        />
      ) : null}
      {handed === null ? null : (
        <section className={`card ${styles['handed']}`} aria-label={words.practices.linkFor(handed.name)}>
          <p role="status">{words.practices.handOver(handed.name)}</p>
          <Once secret={handed.link} label={words.practices.linkFor(handed.name)} />
          <button type="button" className="btn" onClick={() => setHanded(null)}>
            {words.done}
          </button>
        </section>
      )}
      {practices.isError && all.length === 0 ? <LoadFailed text={words.you.failed} onRetry={practices.refetch} /> : null}
      {practices.isPending ? <Waiting text={words.loading(words.practices.title)} /> : null}
      <ul className={`card ${styles['list']}`}>
        {all.map((practice) => (
          <PracticeRow key={practice.id} practice={practice} onLink={(link) => setHanded({ name: practice.name, link })} onChanged={refresh} />
        ))}
      </ul>
    </SectionPage>
  );
}

function PracticeRow({ practice, onLink, onChanged }: { readonly practice: PracticeView; readonly onLink: (link: string) => void; readonly onChanged: () => Promise<void> }) {
  const { date, country } = useFormats();
  const [trouble, setTrouble] = useState<string | null>(null);
  const { id: practiceId, name, isDisabled, isInUse, isCurrent, isDemo } = practice;
  const attempt = async (act: () => Promise<unknown>): Promise<void> => {
    try {
      await act();
      setTrouble(null);
    } catch (error) {
      setTrouble(isRefusal(error, 'IN_USE') ? words.practices.inUse : words.you.failed);
    }
    await onChanged();
  };
  const facts = [country(practice.country) ?? practice.country, words.practices.since(date(practice.createdAt)), isInUse ? words.practices.members(practice.memberCount) : words.practices.waiting, ...(isDemo ? [words.practices.demo] : []), ...(isCurrent ? [words.practices.here] : [])];
  return (
    <li className={isDisabled ? styles['closed'] : ''}>
      <span className={styles['who']}>
        <b>{name}</b>
        <small>{isDisabled ? words.practices.closed : facts.join(', ')}</small>
      </span>
      <span className={styles['acts']}>
        {isInUse || isDisabled ? null : (
          <button type="button" className="btn compact" aria-label={words.practices.newLinkOf(name)} onClick={() => void attempt(async () => onLink((await api.practices.renewLink({ practiceId })).link))}>
            {words.practices.newLink}
          </button>
        )}
        {isCurrent ? null : isDisabled ? (
          <button type="button" className="btn compact" aria-label={words.practices.openWhich(name)} onClick={() => void attempt(() => api.practices.enable({ practiceId }))}>
            {words.practices.open}
          </button>
        ) : (
          <button type="button" className="btn compact" aria-label={words.practices.closeWhich(name)} onClick={() => void attempt(() => api.practices.disable({ practiceId }))}>
            {words.practices.close}
          </button>
        )}
      </span>
      {trouble === null ? null : <p role="alert">{trouble}</p>}
    </li>
  );
}
