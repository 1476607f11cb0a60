/** A practice's plan as its screens show it, read in one transaction: limits, countries with their prices, what is spent, what was asked for. Changes nothing. */
import { getCountryCallingCode, type CountryCode } from 'libphonenumber-js/max';
import { sql } from 'kysely';
import type { MemberId } from '#contract/ids.ts';
import type { Limits, PlanView } from '#contract/plan.ts';
import { countRates, listAllowedCountries, readLimits, readSpend, type PlanTransaction, type Spend } from './plan-store.ts';

export async function readPlanView(transaction: PlanTransaction, practice: { readonly country: string; readonly timeZone: string }, nowMs: number): Promise<PlanView> {
  const limits = await readLimits(transaction);
  const allowedCountries = await listAllowedCountries(transaction);
  const spend = await readSpend(transaction, { practiceZone: practice.timeZone, country: practice.country, nowMs });
  const requests = await transaction.selectFrom('country_request').selectAll().orderBy('at').execute();
  const breaker = await transaction.selectFrom('spend_breaker').select('reset_at').executeTakeFirst();
  const { spentTodayMicros, spentThisMonthMicros, countedTodayMicros, countedThisMonthMicros } = spend;
  return {
    limits,
    allowedCountries,
    rateCount: await countRates(transaction),
    spentTodayMicros,
    spentThisMonthMicros,
    breaker: { tripped: await trippedBy(transaction, limits, spend, practice.timeZone, nowMs), resetAt: breaker?.reset_at.toISOString() ?? null, countedTodayMicros, countedThisMonthMicros },
    countryRates: await readCountryRates(transaction, [...allowedCountries.map(({ country }) => country), ...requests.map(({ country }) => country)]),
    requests: requests.map(({ country, member_id, at }) => ({ country, memberId: member_id as MemberId, at: at.toISOString() })),
  };
}

/** Spent to the limit; or so near to it that a call was refused for it since it was last set, reset or begun anew. */
async function trippedBy(transaction: PlanTransaction, limits: Limits, spend: Spend, zone: string, nowMs: number): Promise<PlanView['breaker']['tripped']> {
  const now = new Date(nowMs);
  for (const { limit, most, counted, unit } of [
    { limit: 'spend-per-day', most: limits.spendPerDayMicros, counted: spend.countedTodayMicros, unit: 'day' },
    { limit: 'spend-per-month', most: limits.spendPerMonthMicros, counted: spend.countedThisMonthMicros, unit: 'month' },
  ] as const) {
    if (most === null) continue;
    if (counted >= most) return limit;
    const { rows } = await sql`
      select from dial_attempt
      where outcome = 'limited' and reason = ${limit} and at >= date_trunc(${unit}, ${now}::timestamptz, ${zone})
        and at > greatest((select reset_at from spend_breaker), (select changed_at from plan_limits), '-infinity')
      limit 1`.execute(transaction);
    if (rows.length > 0) return limit;
  }
  return null;
}

/** From the cheapest to the dearest prefix of a country's calling code. Codes that several countries share tell nothing of one. */
async function readCountryRates(transaction: PlanTransaction, countries: readonly string[]): Promise<PlanView['countryRates']> {
  const found: PlanView['countryRates'] = [];
  for (const country of new Set(countries)) {
    const code = callingCodeOf(country);
    if (code === null || code === '1') continue;
    const { rows } = await sql<{ from_micros: string | null; to_micros: string | null }>`
      select min(micros_per_minute) as from_micros, max(micros_per_minute) as to_micros from rate where prefix like ${`${code}%`}`.execute(transaction);
    const [row] = rows;
    if (row !== undefined && row.from_micros !== null && row.to_micros !== null) found.push({ country, fromMicros: Number(row.from_micros), toMicros: Number(row.to_micros) });
  }
  return found;
}

function callingCodeOf(country: string): string | null {
  try {
    return getCountryCallingCode(country as CountryCode);
  } catch {
    return null;
  }
}
