/** What an import of rates would change, before it does: beside the table in effect, prefix by prefix. Changes nothing. */
import type { RatePreview } from '#contract/plan.ts';
import type { PlanTransaction } from './plan-store.ts';
import type { RateTable } from './rate-table-codec.ts';

const PROBLEMS_SHOWN = 100;
const DEAREST_SHOWN = 5;

export async function previewRates(transaction: PlanTransaction, { rates, problems }: RateTable): Promise<RatePreview> {
  const before = new Map((await transaction.selectFrom('rate').select(['prefix', 'micros_per_minute']).execute()).map((row) => [row.prefix, Number(row.micros_per_minute)]));
  const counts = { added: 0, dearer: 0, cheaper: 0 };
  for (const { prefix, microsPerMinute } of rates) {
    const known = before.get(prefix);
    if (known === undefined) counts.added += 1;
    else if (microsPerMinute > known) counts.dearer += 1;
    else if (microsPerMinute < known) counts.cheaper += 1;
  }
  return {
    rateCount: rates.length,
    problems: problems.slice(0, PROBLEMS_SHOWN),
    problemCount: problems.length,
    ...counts,
    removed: before.size - (rates.length - counts.added),
    dearest: rates.toSorted((a, b) => b.microsPerMinute - a.microsPerMinute).slice(0, DEAREST_SHOWN).map(({ prefix, microsPerMinute }) => ({ prefix, microsPerMinute })),
  };
}
