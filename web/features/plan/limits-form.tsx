/** How often one member may dial, and what the practice may spend. Kept as typed until it is saved whole. */
import { type SubmitEvent, useState } from 'react';
import { type Limits, limitsSchema } from '#contract/plan.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { microsOf } from './money.ts';
import { planChanged } from './plan-queries.ts';
import styles from './plan-section.module.css';

const counts = ['callsAtOnce', 'dialsPerMinute', 'dialsPerHour', 'dialsPerDay'] as const;
const amounts = ['spendPerDayMicros', 'spendPerMonthMicros'] as const;
type Field = (typeof counts)[number] | (typeof amounts)[number] | 'currency';

const shown = (micros: number | null): string => (micros === null ? '' : String(micros / 1_000_000));

export function LimitsForm({ limits }: { readonly limits: Limits }) {
  const [draft, setDraft] = useState<Record<Field, string>>({
    callsAtOnce: String(limits.callsAtOnce),
    dialsPerMinute: String(limits.dialsPerMinute),
    dialsPerHour: String(limits.dialsPerHour),
    dialsPerDay: String(limits.dialsPerDay),
    spendPerDayMicros: shown(limits.spendPerDayMicros),
    spendPerMonthMicros: shown(limits.spendPerMonthMicros),
    currency: limits.currency,
  });
  const [wrong, setWrong] = useState<readonly Field[]>([]);
  const [said, setSaid] = useState<string | null>(null);

  const save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const read = limitsSchema.safeParse({
      ...Object.fromEntries(counts.map((field) => [field, Number(draft[field])])),
      ...Object.fromEntries(amounts.map((field) => [field, microsOf(draft[field])])),
      currency: draft.currency.trim().toUpperCase(),
    });
    const fields = read.success ? [] : read.error.issues.map(({ path }) => path[0] as Field);
    setWrong(fields);
    if (!read.success) {
      setSaid(null);
      return document.getElementById(`limit-${fields[0]}`)?.focus();
    }
    try {
      planChanged(await api.plan.setLimits(read.data));
      setSaid(words.plan.saved);
    } catch {
      setSaid(words.you.failed);
    }
  };
  const field = (name: Field) => (
    <div key={name} className={styles['field']}>
      <label htmlFor={`limit-${name}`}>{words.plan.limits[name]}</label>
      <input id={`limit-${name}`} inputMode={name === 'currency' ? 'text' : 'decimal'} value={draft[name]} autoComplete="off" aria-invalid={wrong.includes(name)} aria-describedby={wrong.includes(name) ? `limit-${name}-wrong` : undefined} onChange={(event) => setDraft({ ...draft, [name]: event.target.value })} />
      {wrong.includes(name) ? (
        <small id={`limit-${name}-wrong`} role="alert">
          {words.plan.limitWrong[name]}
        </small>
      ) : null}
    </div>
  );

  return (
    <section aria-label={words.plan.limitsTitle}>
      <h2>{words.plan.limitsTitle}</h2>
      <form className={`card ${styles['limits']}`} onSubmit={(event) => void save(event)} noValidate>
        <p>{words.plan.limitsText}</p>
        <div className={styles['fields']}>{counts.map(field)}</div>
        <p>{words.plan.spendText}</p>
        <div className={styles['fields']}>
          {amounts.map(field)}
          {field('currency')}
        </div>
        <span className={styles['row']}>
          <button type="submit" className="btn">
            {words.plan.saveLimits}
          </button>
          <span role="status">{said}</span>
        </span>
      </form>
    </section>
  );
}
