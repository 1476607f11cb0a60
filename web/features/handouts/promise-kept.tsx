/** For admins: what the practice's own log says about calls back, beside what the handout promises, and the promise it could keep. Says nothing to anybody else, nor where nobody was missed. */
import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { TriangleAlert } from 'lucide-react';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import { useSession } from '../sign-in/use-session.ts';
import styles from './handout-page.module.css';

/** What may be promised, in business days. */
export const PROMISED_DAYS = [1, 2, 3, 4, 5, 7, 10] as const;

interface PromiseKeptProps {
  readonly promisedDays: number;
  /** On which the practice is open, from Monday, 1. */
  readonly weekdays: readonly number[];
  readonly onPromise: (days: number) => void;
}

export function PromiseKept({ promisedDays, weekdays, onPromise }: PromiseKeptProps) {
  const isAdmin = useSession().roles.includes('practice-admin');
  const formats = useFormats();
  const { data } = useQuery({ queryKey: ['calls', 'callback-times', weekdays], queryFn: isAdmin ? () => api.calls.measureCallbacks({ weekdays: [...weekdays] }) : skipToken, placeholderData: keepPreviousData });
  if (data === undefined || data.missed === 0) return null;
  const { days, missed, calledBack, medianDays } = data;
  const text = words.handouts.kept;
  const isLate = medianDays === null || medianDays > promisedDays;
  const couldKeep = medianDays === null ? undefined : PROMISED_DAYS.find((each) => each >= medianDays);
  return (
    <div className={`${styles['kept']} ${isLate ? styles['late'] : ''}`} role="note">
      {isLate ? <TriangleAlert className="small" aria-hidden="true" /> : null}
      <p>
        <b>{medianDays === null ? text.notHalf(promisedDays) : text.measured(promisedDays, formats.number(medianDays))}</b> <small>{text.counts(days, missed, calledBack)}</small>
      </p>
      {isLate && couldKeep !== undefined ? (
        <button type="button" className="btn compact" onClick={() => onPromise(couldKeep)}>
          {text.promiseMore(couldKeep)}
        </button>
      ) : null}
    </div>
  );
}
