/** What calls cost and when a practice has spent enough: rates and seconds in, money and decision out. Money is whole millionths of the table's currency, never a fraction. */
import type { Limits } from '#contract/plan.ts';

export interface Rate {
  /** Digits behind the plus; the longest that fits a number is the number's. */
  prefix: string;
  microsPerMinute: number;
  connectMicros: number;
  /** Carriers bill a call's first seconds as a whole, then in steps: 60/60, 30/6, 1/1. */
  firstStepS: number;
  nextStepS: number;
}

/** The rate of a number, or undefined. Ten thousand rates are looked up by at most 15 prefixes, not by ten thousand comparisons. */
export function findRate(rates: ReadonlyMap<string, Rate>, e164: string): Rate | undefined {
  const digits = e164.replace('+', '');
  for (let length = digits.length; length > 0; length -= 1) {
    const rate = rates.get(digits.slice(0, length));
    if (rate !== undefined) return rate;
  }
  return undefined;
}

/** The cost of a call that was answered for `talkedMs`; an unanswered one costs nothing. Rounded up, as bills are. */
export function costOf(rate: Omit<Rate, 'prefix'>, talkedMs: number): number {
  if (talkedMs <= 0) return 0;
  const talkedS = Math.ceil(talkedMs / 1_000);
  const beyondS = Math.max(0, talkedS - rate.firstStepS);
  const billedS = rate.firstStepS + Math.ceil(beyondS / rate.nextStepS) * rate.nextStepS;
  return rate.connectMicros + Math.ceil((rate.microsPerMinute * billedS) / 60);
}

export interface SpendFacts {
  /** Ended calls and the running ones as far as they have come, since midnight and since the first of the month, in the practice's zone. */
  spentTodayMicros: number;
  spentThisMonthMicros: number;
  /** What the new call costs at the least. */
  rate: Rate | undefined;
  hasRates: boolean;
  isDomestic: boolean;
  /** To this country today; null for domestic calls, which are not counted. */
  countryMinutes: { talkedMs: number; allowedPerDay: number } | null;
}

export type SpendVerdict = { ok: true } | { ok: false; limit: 'spend-per-day' | 'spend-per-month' | 'country-minutes' | 'no-rate' };

/** Lets no new call start past a limit; a call that runs is never cut, since a patient is on it. */
export function decideSpend(limits: Limits, facts: SpendFacts): SpendVerdict {
  const { countryMinutes, rate } = facts;
  if (countryMinutes !== null && countryMinutes.talkedMs >= countryMinutes.allowedPerDay * 60_000) return { ok: false, limit: 'country-minutes' };
  // Where prices are known, a foreign number without one is the kind nobody meant to pay for.
  if (!facts.isDomestic && facts.hasRates && rate === undefined) return { ok: false, limit: 'no-rate' };
  // What costs nothing goes on: a breaker that tripped abroad must not keep a patient at home from being called.
  if (rate === undefined) return { ok: true };
  const leastMicros = costOf(rate, 1);
  if (limits.spendPerDayMicros !== null && facts.spentTodayMicros + leastMicros > limits.spendPerDayMicros) return { ok: false, limit: 'spend-per-day' };
  if (limits.spendPerMonthMicros !== null && facts.spentThisMonthMicros + leastMicros > limits.spendPerMonthMicros) return { ok: false, limit: 'spend-per-month' };
  return { ok: true };
}
