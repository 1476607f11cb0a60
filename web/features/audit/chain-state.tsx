/** Whether the audit is whole: computed on the server from the newest signed entry on, and, when asked for, from the first, part by part. */
import { useQuery } from '@tanstack/react-query';
import { Link2, TriangleAlert } from 'lucide-react';
import type { AuditVerification } from '#contract/audit.ts';
import { words } from '../../messages/all-words.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import styles from './audit-section.module.css';
import { verificationQuery } from './audit-queries.ts';
import { useWholeCheck } from './use-whole-check.ts';

export function ChainState() {
  const sinceSigned = useQuery(verificationQuery);
  const whole = useWholeCheck();
  const { time, number } = useFormats();
  // What was checked from the first entry says more than the look at the end that came with the screen.
  const data = whole.verified ?? sinceSigned.data;
  const isBroken = data !== undefined && data.findings.length > 0;
  const hasFailed = whole.hasFailed || (data === undefined && sinceSigned.isError);
  const title = (): string => {
    if (whole.isRunning && whole.verified !== undefined && !isBroken) return words.audit.checked(number(doneOf(whole.verified)), number(whole.verified.lastSeq));
    if (hasFailed) return words.audit.notChecked;
    if (data === undefined || whole.isRunning) return words.audit.checking;
    if (isBroken) return words.audit.broken;
    return data.fromSeq === 1 ? words.audit.whole(number(data.lastSeq)) : words.audit.wholeSince(number(data.fromSeq));
  };
  return (
    <section className={`card ${styles['chain']} ${isBroken ? styles['broken'] : ''}`} aria-label={words.audit.chain} role={isBroken ? 'alert' : undefined}>
      {isBroken ? <TriangleAlert /> : <Link2 />}
      <div>
        {/* Said once a check is done: a count that runs is seen, and not read out. */}
        <b role={whole.isRunning ? undefined : 'status'}>{title()}</b>
        {whole.isRunning && whole.verified !== undefined ? <progress aria-label={words.audit.checking} value={doneOf(whole.verified)} max={whole.verified.lastSeq} /> : null}
        {data === undefined ? null : <p>{isBroken ? words.audit.brokenText : words.audit.signed(number(data.signedUpToSeq), time(data.checkedAt))}</p>}
        {isBroken ? (
          <ul>
            {data.findings.map(({ kind, seq }) => (
              <li key={`${kind} ${seq}`}>{words.audit.findings[kind](number(seq))}</li>
            ))}
          </ul>
        ) : null}
      </div>
      <button type="button" className="btn compact" onClick={whole.isRunning ? whole.stop : whole.start}>
        {whole.isRunning ? words.audit.stopChecking : words.audit.checkAll}
      </button>
    </section>
  );
}

const doneOf = ({ nextSeq, lastSeq }: AuditVerification): number => nextSeq ?? lastSeq;
