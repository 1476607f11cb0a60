/** For admins: what the practice's own log says about calls back, beside what the handout promises. Says nothing to anybody else, nor where nobody was missed. */
import { skipToken, useQuery } from '@tanstack/react-query';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { useSession } from '../sign-in/use-session.ts';
import styles from './handout-page.module.css';

const HOUR = 60;

/** `promisedDays`: working days. */
export function PromiseKept({ promisedDays }: { readonly promisedDays: number }) {
  const isAdmin = useSession().roles.includes('practice-admin');
  const { data } = useQuery({ queryKey: ['calls', 'callback-times'], queryFn: isAdmin ? () => api.calls.measureCallbacks() : skipToken });
  if (data === undefined || data.missed === 0) return null;
  const { days, missed, calledBack, sharePercent, withinMinutes } = data;
  const text = words.handouts.kept;
  return (
    <p className={styles['kept']}>
      {text.promise(promisedDays)} {withinMinutes === null ? text.slower(days, missed, calledBack) : text.measured(days, missed, sharePercent, withinMinutes < HOUR ? text.minutes(withinMinutes) : text.hours(Math.ceil(withinMinutes / HOUR)))}
    </p>
  );
}
