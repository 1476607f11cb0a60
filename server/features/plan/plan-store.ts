/** Keeps a practice's limits, allowed countries and rates, and what became of each dial. Reads facts for the policies; decides nothing. */
import { sql, type Transaction } from 'kysely';
import { allowedCountrySchema, DEFAULT_LIMITS, limitsSchema, type AllowedCountry, type Limits } from '#contract/plan.ts';
import { costOf, type Rate } from './spend-policy.ts';
import type { PlanTables } from './plan-tables.ts';
import type { DialHistory } from './velocity-policy.ts';

export type PlanTransaction = Transaction<PlanTables>;

const DAY_MS = 86_400_000;
/** The longest a call may be (calls' own limit): one that is not ended by then was left behind by a server that died. */
const LONGEST_CALL_MS = 4 * 3_600_000;

export async function readLimits(transaction: PlanTransaction): Promise<Limits> {
  const row = await transaction.selectFrom('plan_limits').select('limits').executeTakeFirst();
  return row === undefined ? DEFAULT_LIMITS : limitsSchema.parse(row.limits);
}

export async function writeLimits(transaction: PlanTransaction, practiceId: string, limits: Limits, nowMs: number): Promise<void> {
  const json = sql<Limits>`${JSON.stringify(limits)}::jsonb`;
  await transaction.insertInto('plan_limits').values({ practice_id: practiceId, limits: json, changed_at: new Date(nowMs) }).onConflict((conflict) => conflict.column('practice_id').doUpdateSet({ limits: json, changed_at: new Date(nowMs) })).execute();
}

export async function listAllowedCountries(transaction: PlanTransaction): Promise<AllowedCountry[]> {
  const rows = await transaction.selectFrom('allowed_country').selectAll().orderBy('country').execute();
  return rows.map((row) => allowedCountrySchema.parse({ country: row.country, kinds: row.kinds, minutesPerDay: row.minutes_per_day }));
}

export async function writeAllowedCountry(transaction: PlanTransaction, practiceId: string, { country, kinds, minutesPerDay }: AllowedCountry): Promise<void> {
  await transaction
    .insertInto('allowed_country')
    .values({ practice_id: practiceId, country, kinds, minutes_per_day: minutesPerDay })
    .onConflict((conflict) => conflict.columns(['practice_id', 'country']).doUpdateSet({ kinds, minutes_per_day: minutesPerDay }))
    .execute();
}

/** Resolves to whether it was there. */
export async function removeAllowedCountry(transaction: PlanTransaction, country: string): Promise<boolean> {
  return (await transaction.deleteFrom('allowed_country').where('country', '=', country).executeTakeFirst()).numDeletedRows > 0n;
}

/** In place of every rate there was: half an old table and half a new one would be nobody's prices. */
export async function replaceRates(transaction: PlanTransaction, practiceId: string, rates: readonly Rate[]): Promise<void> {
  await transaction.deleteFrom('rate').execute();
  const columns = {
    prefixes: rates.map(({ prefix }) => prefix),
    perMinute: rates.map(({ microsPerMinute }) => String(microsPerMinute)),
    connect: rates.map(({ connectMicros }) => String(connectMicros)),
    first: rates.map(({ firstStepS }) => firstStepS),
    next: rates.map(({ nextStepS }) => nextStepS),
  };
  await sql`insert into rate (practice_id, prefix, micros_per_minute, connect_micros, first_step_s, next_step_s)
    select ${practiceId}::uuid, * from unnest(${columns.prefixes}::text[], ${columns.perMinute}::bigint[], ${columns.connect}::bigint[], ${columns.first}::int[], ${columns.next}::int[])`.execute(transaction);
}

export async function countRates(transaction: PlanTransaction): Promise<number> {
  const row = await transaction.selectFrom('rate').select((expression) => expression.fn.countAll<string>().as('count')).executeTakeFirstOrThrow();
  return Number(row.count);
}

/** The longest prefix that fits. */
export async function findStoredRate(transaction: PlanTransaction, e164: string): Promise<Rate | undefined> {
  const digits = e164.replace('+', '');
  const prefixes = Array.from({ length: digits.length }, (_, index) => digits.slice(0, index + 1));
  const row = await transaction.selectFrom('rate').selectAll().where('prefix', 'in', prefixes).orderBy(sql`length(prefix)`, 'desc').limit(1).executeTakeFirst();
  if (row === undefined) return undefined;
  return { prefix: row.prefix, microsPerMinute: Number(row.micros_per_minute), connectMicros: Number(row.connect_micros), firstStepS: row.first_step_s, nextStepS: row.next_step_s };
}

/** Until the transaction ends no other dial of the practice is decided: two at one instant would both see room for one. */
export async function lockDialling(transaction: PlanTransaction, practiceId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`dial ${practiceId}`}, 0))`.execute(transaction);
}

export async function readDialHistory(transaction: PlanTransaction, memberId: string, nowMs: number): Promise<Omit<DialHistory, 'liveCallCount'>> {
  const rows = await transaction
    .selectFrom('dial_attempt')
    .select(['at', 'outcome'])
    .where('member_id', '=', memberId)
    .where('at', '>', new Date(nowMs - DAY_MS))
    .where('outcome', 'in', ['admitted', 'limited'])
    .orderBy('at')
    .execute();
  const of = (outcome: string): number[] => rows.filter((row) => row.outcome === outcome).map((row) => row.at.getTime());
  return { admittedAt: of('admitted'), limitedAt: of('limited') };
}

export interface Spend {
  spentTodayMicros: number;
  spentThisMonthMicros: number;
  /** Since the breaker was last reset, where that is later: what the limits look at. */
  countedTodayMicros: number;
  countedThisMonthMicros: number;
  talkedToCountryMs: number;
}

/** Running calls count as far as they have come, as though they had been answered at once. */
export async function readSpend(transaction: PlanTransaction, { practiceZone, country, nowMs }: { practiceZone: string; country: string; nowMs: number }): Promise<Spend> {
  const now = new Date(nowMs);
  const since = sql`least(date_trunc('month', ${now}::timestamptz, ${practiceZone}), date_trunc('day', ${now}::timestamptz, ${practiceZone}))`;
  const { rows } = await sql<{ at: Date; is_today: boolean; is_counted: boolean; country: string | null; is_domestic: boolean; ended_at: Date | null; talked_ms: string; cost_micros: string; micros_per_minute: string | null; connect_micros: string | null; first_step_s: number | null; next_step_s: number | null }>`
    select at, at >= date_trunc('day', ${now}::timestamptz, ${practiceZone}) as is_today, at >= coalesce((select reset_at from spend_breaker), '-infinity') as is_counted, country, is_domestic, ended_at, talked_ms, cost_micros, micros_per_minute, connect_micros, first_step_s, next_step_s
    from dial_attempt
    where outcome = 'admitted' and (micros_per_minute is not null or not is_domestic) and at >= ${since}`.execute(transaction);
  const spend: Spend = { spentTodayMicros: 0, spentThisMonthMicros: 0, countedTodayMicros: 0, countedThisMonthMicros: 0, talkedToCountryMs: 0 };
  for (const row of rows) {
    const isRunning = row.ended_at === null && row.at.getTime() > nowMs - LONGEST_CALL_MS;
    const talkedMs = isRunning ? nowMs - row.at.getTime() : Number(row.talked_ms);
    const costMicros = isRunning && row.micros_per_minute !== null ? costOf(rateOfRow(row), talkedMs) : Number(row.cost_micros);
    spend.spentThisMonthMicros += costMicros;
    if (row.is_counted) spend.countedThisMonthMicros += costMicros;
    if (!row.is_today) continue;
    spend.spentTodayMicros += costMicros;
    if (row.is_counted) spend.countedTodayMicros += costMicros;
    if (row.country === country && !row.is_domestic) spend.talkedToCountryMs += talkedMs;
  }
  return spend;
}

export interface AttemptRecord {
  id: string;
  practiceId: string;
  memberId: string;
  atMs: number;
  outcome: 'admitted' | 'refused' | 'limited';
  reason: string | null;
  country: string | null;
  isDomestic: boolean | null;
  rate: Rate | undefined;
}

export async function insertAttempt(transaction: PlanTransaction, { id, practiceId, memberId, atMs, outcome, reason, country, isDomestic, rate }: AttemptRecord): Promise<void> {
  await transaction
    .insertInto('dial_attempt')
    .values({
      id,
      practice_id: practiceId,
      member_id: memberId,
      at: new Date(atMs),
      outcome,
      reason,
      country,
      is_domestic: isDomestic,
      micros_per_minute: rate === undefined ? null : String(rate.microsPerMinute),
      connect_micros: rate === undefined ? null : String(rate.connectMicros),
      first_step_s: rate?.firstStepS ?? null,
      next_step_s: rate?.nextStepS ?? null,
      ended_at: null,
      talked_ms: '0',
      cost_micros: '0',
    })
    .execute();
}

/** Resolves to false, having done nothing, for one that has ended or was never admitted. */
export async function endAttempt(transaction: PlanTransaction, id: string, endedAtMs: number, talkedMs: number): Promise<boolean> {
  const row = await transaction.selectFrom('dial_attempt').selectAll().where('id', '=', id).where('outcome', '=', 'admitted').where('ended_at', 'is', null).forUpdate().executeTakeFirst();
  if (row === undefined) return false;
  const cost = row.micros_per_minute === null ? 0 : costOf(rateOfRow(row), talkedMs);
  await transaction.updateTable('dial_attempt').set({ ended_at: new Date(endedAtMs), talked_ms: String(talkedMs), cost_micros: String(cost) }).where('id', '=', id).execute();
  return true;
}

export interface RefusedDial {
  id: string;
  at: string;
  memberId: string;
  reason: string;
  country: string | null;
}

/** Newest first: what was refused and stopped, of whom and why; never to which number. */
export async function listRefusedDials(transaction: PlanTransaction, { before, memberId, reason, limit }: { before?: string | undefined; memberId?: string | undefined; reason?: string | undefined; limit: number }): Promise<RefusedDial[]> {
  let query = transaction.selectFrom('dial_attempt').selectAll().where('outcome', '<>', 'admitted').orderBy('id', 'desc').limit(limit);
  if (before !== undefined) query = query.where('id', '<', before);
  if (memberId !== undefined) query = query.where('member_id', '=', memberId);
  if (reason !== undefined) query = query.where('reason', '=', reason);
  return (await query.execute()).map((row) => ({ id: row.id, at: row.at.toISOString(), memberId: row.member_id, reason: row.reason ?? 'unknown', country: row.country }));
}

function rateOfRow(row: { micros_per_minute: string | null; connect_micros: string | null; first_step_s: number | null; next_step_s: number | null }): Omit<Rate, 'prefix'> {
  return { microsPerMinute: Number(row.micros_per_minute ?? 0), connectMicros: Number(row.connect_micros ?? 0), firstStepS: row.first_step_s ?? 60, nextStepS: row.next_step_s ?? 60 };
}
