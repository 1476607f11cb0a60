/** A box to try a number: the server's own rules answer, and nothing is dialled. */
import { type SubmitEvent, useState } from 'react';
import type { TryVerdict } from '#contract/plan.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import type { Money } from './money.ts';
import styles from './plan-section.module.css';

export function TryNumber({ money }: { readonly money: Money }) {
  const formats = useFormats();
  const [typed, setTyped] = useState('');
  const [said, setSaid] = useState<{ readonly isAllowed: boolean; readonly text: string } | null>(null);

  const sentence = (verdict: TryVerdict): string => {
    if (verdict.kind === 'routed') return words.plan.tryRouted(verdict.code);
    if (verdict.kind === 'allowed') {
      const place = formats.country(verdict.country) ?? verdict.country;
      return verdict.isDomestic ? words.plan.tryFree(place) : verdict.microsPerMinute === null ? words.plan.tryAllowed(place) : words.plan.tryPriced(place, money(verdict.microsPerMinute));
    }
    const { reason, country, retryAt } = verdict.detail;
    return words.refusalReasons[reason]({ place: country === null ? null : formats.country(country), retryAt: retryAt === null ? null : formats.time(retryAt) });
  };
  const attempt = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (typed.trim() === '') return;
    try {
      const verdict = await api.plan.tryNumber({ number: typed });
      setSaid({ isAllowed: verdict.kind !== 'refused', text: sentence(verdict) });
    } catch {
      setSaid({ isAllowed: false, text: words.you.failed });
    }
  };

  return (
    <form className={`card ${styles['try']}`} aria-label={words.plan.tryTitle} onSubmit={(event) => void attempt(event)}>
      <label htmlFor="try-number">{words.plan.tryTitle}</label>
      <p>{words.plan.tryText}</p>
      <span className={styles['row']}>
        <input id="try-number" type="text" inputMode="tel" maxLength={128} value={typed} autoComplete="off" onChange={(event) => setTyped(event.target.value)} />
        <button type="submit" className="btn">
          {words.plan.tryNow}
        </button>
      </span>
      <p role="status" className={said === null ? '' : styles[said.isAllowed ? 'yes' : 'no']}>
        {said === null ? '' : `${said.isAllowed ? words.plan.yes : words.plan.no} ${said.text}`}
      </p>
    </form>
  );
}
