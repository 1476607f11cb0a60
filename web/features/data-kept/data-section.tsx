/** What is kept, where, and how long; what leaves as a file; when it was last copied; and the receipts of what was destroyed. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { Link } from '../../router/link.tsx';
import { LoadFailed, Waiting } from '../../ui/load-states.tsx';
import { SectionPage } from '../../ui/section-page.tsx';
import { useFormats } from '../sign-in/use-formats.ts';
import styles from './data-section.module.css';
import { PurgeReceipts } from './purge-receipts.tsx';

const dataKeptQuery = queryOptions({ queryKey: ['data-kept'], staleTime: 0, queryFn: () => api.dataKept.read() });

export function DataSection() {
  const { data, isError, isPending, refetch } = useQuery(dataKeptQuery);
  const { number, date, dateAndTime } = useFormats();
  return (
    <SectionPage title={words.dataKept.title} lead={words.dataKept.text}>
      {isError && data === undefined ? <LoadFailed text={words.you.failed} onRetry={refetch} /> : null}
      {isPending ? <Waiting text={words.loading(words.dataKept.title)} /> : null}
      {data === undefined ? null : (
        <>
          <dl className={`card ${styles['kept']}`}>
            <Kept name="contacts" figure={number(data.contacts)}>
              <Link to="/contacts" className="btn compact">
                {words.dataKept.exportContacts}
              </Link>
            </Kept>
            <Kept name="notes" figure={number(data.notes)} more={words.dataKept.notesDestroyed(number(data.notesDestroyed))} />
            <Kept name="calls" figure={number(data.calls)} more={data.oldestCallAt === null ? undefined : words.dataKept.since(date(data.oldestCallAt))} />
            <Kept name="audit" figure={number(data.auditEntries)}>
              <Link to="/settings/audit" className="btn compact">
                {words.dataKept.openAudit}
              </Link>
            </Kept>
            <Kept name="credentials" figure={null} />
          </dl>
          <section aria-label={words.dataKept.backupTitle}>
            <h2>{words.dataKept.backupTitle}</h2>
            <p className={`card ${styles['backup']} ${data.lastBackupAt === null ? styles['never'] : ''}`}>
              <b>{data.lastBackupAt === null ? words.dataKept.neverBackedUp : words.dataKept.backedUp(dateAndTime(data.lastBackupAt))}</b>
              <span>{words.dataKept.backupText}</span>
            </p>
          </section>
        </>
      )}
      <PurgeReceipts />
    </SectionPage>
  );
}

interface KeptProps {
  readonly name: keyof typeof words.dataKept.kinds;
  /** Null where a number says nothing. */
  readonly figure: string | null;
  readonly more?: string | undefined;
  readonly children?: React.ReactNode;
}

function Kept({ name, figure, more, children }: KeptProps) {
  const kind = words.dataKept.kinds[name];
  return (
    <div>
      <dt>
        {kind.name}
        {figure === null ? null : <b>{figure}</b>}
      </dt>
      <dd>
        <p>{kind.where}</p>
        <p>{more === undefined ? kind.howLong : `${kind.howLong} ${more}`}</p>
        {children}
      </dd>
    </div>
  );
}
