/** The audit: who did what to which record, and when; filtered, read page by page, taken away as a file, and its chain checked. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { FileDown } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { LoadFailed, Waiting } from '../../ui/load-states.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { SectionPage } from '../../ui/section-page.tsx';
import { membersQuery } from '../members/members-queries.ts';
import { AuditFilters } from './audit-filters.tsx';
import { AuditRow } from './audit-row.tsx';
import { auditQuery, type AuditChoice, EVERYTHING, filterOf } from './audit-queries.ts';
import styles from './audit-section.module.css';
import { ChainState } from './chain-state.tsx';

const files = { csv: { name: 'audit.csv', type: 'text/csv' }, jsonl: { name: 'audit.jsonl', type: 'application/jsonl' } } as const;

export function AuditSection() {
  const [choice, setChoice] = useState<AuditChoice>(EVERYTHING);
  const entries = useInfiniteQuery(auditQuery(choice));
  const members = useQuery(membersQuery);
  const [news, setNews] = useState<string | null>(null);
  const all = entries.data?.pages.flat() ?? [];

  const save = async (format: keyof typeof files): Promise<void> => {
    try {
      const { text, entryCount, isWhole } = await api.audit.export({ ...filterOf(choice), format });
      saveFile(files[format].name, files[format].type, text);
      setNews(isWhole ? words.audit.exported(entryCount) : words.audit.exportedPart(entryCount));
    } catch {
      setNews(words.you.failed);
    }
  };

  return (
    <SectionPage title={words.audit.title} lead={words.audit.text}>
      <ChainState />
      <AuditFilters choice={choice} members={members.data ?? []} onChange={setChoice} />
      <div className={styles['take']}>
        <p role="status">{news ?? words.audit.exportText}</p>
        <button type="button" className="btn compact" onClick={() => void save('csv')}>
          <FileDown className="small" />
          {words.audit.csv}
        </button>
        <button type="button" className="btn compact" onClick={() => void save('jsonl')}>
          <FileDown className="small" />
          {words.audit.jsonl}
        </button>
      </div>
      {entries.isError && all.length === 0 ? <LoadFailed text={words.you.failed} onRetry={entries.refetch} /> : null}
      {entries.isPending ? <Waiting text={words.loading(words.audit.title)} /> : null}
      {entries.isSuccess && all.length === 0 ? <p className={styles['quiet']}>{words.audit.none}</p> : null}
      {all.length === 0 ? null : (
        <ol className={`card ${styles['entries']}`} aria-label={words.audit.title}>
          {all.map((entry) => (
            <AuditRow key={entry.seq} entry={entry} members={members.data ?? []} />
          ))}
        </ol>
      )}
      {entries.hasNextPage ? (
        <button type="button" className={`btn ${styles['older']}`} disabled={entries.isFetchingNextPage} onClick={() => void entries.fetchNextPage()}>
          {words.audit.older}
        </button>
      ) : null}
    </SectionPage>
  );
}
