/** One line: how it stands, and the next thing to do with it. What is done opens below it, one thing at a time. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { LineDetail } from '#contract/lines.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { useNow } from '../../ui/use-now.ts';
import { usePhoneNumbers } from '../calls/use-phone-numbers.tsx';
import { membersQuery } from '../members/members-queries.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import { LineForm } from './line-form.tsx';
import { isCalling, linesChanged } from './line-queries.ts';
import { lineWordsOf } from './line-words-policy.ts';
import styles from './lines-section.module.css';
import { ProofPanel } from './proof-panel.tsx';

type Open = 'nothing' | 'details' | 'proof';

export function LineRow({ line, isAdmin }: { readonly line: LineDetail; readonly isAdmin: boolean }) {
  const formats = useFormats();
  const { formatOpenly } = usePhoneNumbers();
  const nowMs = useNow(60_000);
  const members = useQuery(membersQuery);
  const [open, setOpen] = useState<Open>(line.state === 'unproven' || isCalling(line) ? 'proof' : 'nothing');
  const [hasFailed, setFailed] = useState(false);
  const provenBy = members.data?.find(({ id }) => id === line.provenBy)?.name ?? null;
  const { chip, look, text, proof } = lineWordsOf(line, provenBy, { words: words.lines, formats, nowMs });
  const wantsProof = !line.isApprovalDue && (line.state !== 'proven' || line.isReminderDue);
  const toggle = (next: Open): void => setOpen(open === next ? 'nothing' : next);

  const approve = async (): Promise<void> => {
    try {
      await api.lines.approve({ lineId: line.id });
      setFailed(false);
    } catch {
      setFailed(true);
    }
    await linesChanged();
  };

  return (
    <li className={styles['line']} aria-label={line.name}>
      <p className={styles['title']}>
        <b>{line.name}</b>
        <span className={`nowrap ${styles['number']}`}>{formatOpenly(line.number)}</span>
      </p>
      <div className={styles['stand']}>
        <p className={styles['chips']}>
          <span className={`${styles['chip']} ${styles[look]}`}>{chip}</span>
          {line.isDefault ? <span className={styles['chip']}>{words.lines.chips.practiceDefault}</span> : null}
        </p>
        <p>{text}</p>
        {proof === null ? null : <p>{proof}</p>}
        {hasFailed ? <p role="alert">{words.you.failed}</p> : null}
      </div>
      <p className={styles['acts']}>
        {line.isApprovalDue && isAdmin ? (
          <button type="button" className="btn compact" onClick={() => void approve()}>
            {words.lines.approve}
          </button>
        ) : null}
        {line.isApprovalDue && !isAdmin ? <span>{words.lines.adminApproves}</span> : null}
        {wantsProof ? (
          <button type="button" className="btn compact" aria-expanded={open === 'proof'} onClick={() => toggle('proof')}>
            {line.state === 'unproven' ? words.lines.prove : words.lines.proveAgain}
          </button>
        ) : null}
        {isAdmin ? (
          <button type="button" className="btn compact" aria-expanded={open === 'details'} onClick={() => toggle('details')}>
            {words.lines.details}
          </button>
        ) : null}
      </p>
      {open === 'proof' && !line.isApprovalDue ? <ProofPanel line={line} onEntered={() => setOpen('nothing')} /> : null}
      {open === 'details' ? <LineForm line={line} onProve={() => setOpen('proof')} onDone={() => setOpen('nothing')} /> : null}
    </li>
  );
}
