/** The practice's lines: whose each is, where calls back go, until when it may be shown; added and proven in place. */
import { useQuery } from '@tanstack/react-query';
import { Info, Plus } from 'lucide-react';
import { useState } from 'react';
import { words } from '../../messages/all-words.ts';
import { SectionPage } from '../../ui/section-page.tsx';
import { useSession } from '../sign-in/use-session.ts';
import { AddLine } from './add-line.tsx';
import { lineDetailsQuery } from './line-queries.ts';
import { LineRow } from './line-row.tsx';
import styles from './lines-section.module.css';

export function LinesSection() {
  const isAdmin = useSession().roles.includes('practice-admin');
  const lines = useQuery(lineDetailsQuery);
  const [isAdding, setAdding] = useState(false);
  const all = lines.data ?? [];
  const add =
    !isAdmin || isAdding ? null : (
      <button type="button" className="btn" onClick={() => setAdding(true)}>
        <Plus />
        {words.lines.add}
      </button>
    );
  return (
    <SectionPage title={words.lines.title} lead={words.lines.text} action={add}>
      {isAdding ? <AddLine onDone={() => setAdding(false)} /> : null}
      {lines.isError && lines.data === undefined ? (
        <p role="alert" className={styles['trouble']}>
          {words.you.failed}
        </p>
      ) : null}
      {lines.isPending ? <p className={styles['wait']}>{words.loading(words.lines.title)}</p> : null}
      {lines.isSuccess && all.length === 0 && !isAdding ? <p className={styles['empty']}>{isAdmin ? words.lines.none : words.lines.noneForOthers}</p> : null}
      {all.length === 0 ? null : (
        <ul className={`card ${styles['list']}`}>
          {all.map((line) => (
            <LineRow key={line.id} line={line} isAdmin={isAdmin} />
          ))}
        </ul>
      )}
      <p className={styles['say']}>
        <Info className="small" />
        {words.lines.whyAgain}
      </p>
    </SectionPage>
  );
}
