/** Says that the spend limit has been reached, and lets an admin begin anew. What is free goes on meanwhile. */
import { useState } from 'react';
import type { PlanView } from '#contract/plan.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import type { Money } from './money.ts';
import { planChanged } from './plan-queries.ts';
import styles from './plan-section.module.css';

export function Breaker({ plan, isAdmin, money }: { readonly plan: PlanView; readonly isAdmin: boolean; readonly money: Money }) {
  const formats = useFormats();
  const [hasFailed, setFailed] = useState(false);
  const { breaker, limits } = plan;
  const { tripped } = breaker;
  const isNear = !tripped && ((limits.spendPerDayMicros !== null && breaker.countedTodayMicros >= limits.spendPerDayMicros * 0.8) || (limits.spendPerMonthMicros !== null && breaker.countedThisMonthMicros >= limits.spendPerMonthMicros * 0.8));
  if (tripped === null && !isNear) return null;
  const reset = async (): Promise<void> => {
    try {
      planChanged(await api.plan.resetBreaker());
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  if (tripped === null)
    return (
      <p className={styles['near']} role="status">
        {words.plan.breakerNear}
      </p>
    );
  const limit = tripped === 'spend-per-day' ? limits.spendPerDayMicros : limits.spendPerMonthMicros;
  return (
    <div className={styles['tripped']} role="alert">
      <b>{words.plan.breakerTitle[tripped](money(limit ?? 0))}</b>
      <p>{words.plan.breakerText}</p>
      {breaker.resetAt === null ? null : <p>{words.plan.breakerResetAt(formats.dayAndTime(breaker.resetAt))}</p>}
      {isAdmin ? (
        <button type="button" className="btn compact" onClick={() => void reset()}>
          {words.plan.breakerReset}
        </button>
      ) : null}
      {hasFailed ? <p>{words.you.failed}</p> : null}
    </div>
  );
}
