/** Whether the plan lets a number be called at all, whoever asks and however often: for one that is kept to be called later. Counts nothing. */
import type { E164 } from '#contract/ids.ts';
import { decideDestination } from './destination-policy.ts';
import { listAllowedCountries, type PlanTransaction } from './plan-store.ts';

/** The number as it will be dialled; undefined where it will not be. */
export async function mayBeDialled(transaction: unknown, practice: { readonly country: string; readonly isSandbox: boolean }, typed: string): Promise<E164 | undefined> {
  const allowedCountries = await listAllowedCountries(transaction as PlanTransaction);
  const verdict = decideDestination({ practiceCountry: practice.country, isSandbox: practice.isSandbox, allowedCountries }, typed);
  return verdict.kind === 'allowed' && verdict.extension === null ? verdict.to : undefined;
}
