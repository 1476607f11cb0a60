/** Admits a dial or refuses it, once and in one transaction: destination, then how often, then how much. Writes down which, and for what reason; never the number. */
import type { DestinationReason, DialLimit } from '#contract/plan.ts';
import type { CallId, MemberId, PartyId, PartyNumber, PracticeId } from '#contract/ids.ts';
import type { DialRefusal } from '#contract/calls.ts';
import type { DialRefusalDetail, TryVerdict } from '#contract/plan.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import { appendAudit } from '../audit/index.ts';
import { decideDestination, type DestinationVerdict } from './destination-policy.ts';
import { dialRefusalOf, nextStepAfter } from './dial-refusal-policy.ts';
import { endAttempt, findStoredRate, countRates, insertAttempt, listAllowedCountries, lockDialling, readDialHistory, readLimits, readSpend, type PlanTransaction } from './plan-store.ts';
import type { PlanTables } from './plan-tables.ts';
import { decideSpend, type Rate } from './spend-policy.ts';
import { decideVelocity } from './velocity-policy.ts';

export interface DialRequest {
  /** The call's, or the added party's, if it becomes one. */
  id: CallId | PartyId;
  practice: { id: PracticeId; country: string; timeZone: string; isSandbox: boolean };
  memberId: MemberId;
  typed: string;
  liveCallCount: number;
  /** A leg to the member's own phone, in a call that was admitted before. */
  isOwnPhone?: boolean;
  /** The standing call whose further party this is. */
  addedTo?: CallId;
}

export type Admission =
  /** `country`: where the number is, as ISO 3166-1 has it; null for a service code. */
  | { ok: true; to: PartyNumber; country: string | null }
  /** `endSession`: this is a program with somebody's session. */
  | { ok: false; refusal: DialRefusal; detail: DialRefusalDetail; endSession: boolean };

interface Decision {
  admission: Admission;
  outcome: 'admitted' | 'refused' | 'limited';
  reason: DestinationReason | DialLimit | 'emergency' | 'has-extension' | null;
  country: string | null;
  isDomestic: boolean | null;
  rate: Rate | undefined;
}

export function admitDial(database: Database, request: DialRequest, nowMs: number): Promise<Admission> {
  const { id, practice, memberId, isOwnPhone = false, addedTo } = request;
  return inPractice<PlanTables, Admission>(database, practice.id, async (transaction) => {
    await lockDialling(transaction, practice.id);
    const { admission, outcome, reason, country, isDomestic, rate } = await decide(transaction, request, nowMs);
    await insertAttempt(transaction, { id, practiceId: practice.id, memberId, atMs: nowMs, outcome, reason, country, isDomestic, rate });
    if (outcome === 'admitted') {
      const act = addedTo !== undefined ? ({ action: 'party-added', subject: { kind: 'call', id: addedTo } } as const) : isOwnPhone ? ({ action: 'own-phone-rung', subject: { kind: 'own-phone', id } } as const) : ({ action: 'call-started', subject: { kind: 'call', id } } as const);
      await appendAudit(transaction, nowMs, { practiceId: practice.id, actor: { kind: 'member', memberId }, ...act });
    } else {
      const detail = { ...(reason === null ? {} : { reason }), ...(country === null ? {} : { country }) };
      await appendAudit(transaction, nowMs, { practiceId: practice.id, actor: { kind: 'member', memberId }, action: 'dial-refused', subject: { kind: 'dial', id }, detail });
    }
    return admission;
  });
}

/** What would become of the dial, by the same rules in the same order. Counts nothing, and writes nothing down. */
export async function tryDial(transaction: PlanTransaction, request: DialRequest, nowMs: number): Promise<TryVerdict> {
  const { admission, country, isDomestic, rate } = await decide(transaction, request, nowMs);
  if (!admission.ok) return { kind: 'refused', detail: admission.detail };
  if (!admission.to.startsWith('+')) return { kind: 'routed', code: admission.to };
  return { kind: 'allowed', country: country ?? request.practice.country, isDomestic: isDomestic === true, microsPerMinute: rate?.microsPerMinute ?? null };
}

async function decide(transaction: PlanTransaction, { practice, memberId, typed, liveCallCount }: DialRequest, nowMs: number): Promise<Decision> {
  const allowedCountries = await listAllowedCountries(transaction);
  const verdict = decideDestination({ practiceCountry: practice.country, isSandbox: practice.isSandbox, allowedCountries }, typed);
  const refusal = dialRefusalOf(verdict);
  if (refusal !== null) return refusedDestination(verdict, refusal);
  if (verdict.kind !== 'allowed' && verdict.kind !== 'routed') throw new Error(`A verdict of ${verdict.kind} was not refused.`);

  const limits = await readLimits(transaction);
  const place = verdict.kind === 'allowed' ? { country: verdict.country, isDomestic: verdict.isDomestic } : { country: practice.country, isDomestic: true };
  const velocity = decideVelocity(limits, { liveCallCount, ...(await readDialHistory(transaction, memberId, nowMs)) }, nowMs);
  // The sandbox rings nobody and costs nothing: a newcomer may try its patients one after another.
  if (!velocity.ok && !practice.isSandbox) return limited(velocity.limit, place, velocity.endSession, velocity.retryAtMs);

  const rate = verdict.kind === 'allowed' ? await findStoredRate(transaction, verdict.to) : undefined;
  const { talkedToCountryMs, countedTodayMicros, countedThisMonthMicros } = await readSpend(transaction, { practiceZone: practice.timeZone, country: place.country, nowMs });
  const allowed = place.isDomestic ? undefined : allowedCountries.find(({ country }) => country === place.country);
  const spend = decideSpend(limits, {
    spentTodayMicros: countedTodayMicros,
    spentThisMonthMicros: countedThisMonthMicros,
    rate,
    hasRates: (await countRates(transaction)) > 0,
    isDomestic: place.isDomestic,
    countryMinutes: allowed === undefined ? null : { talkedMs: talkedToCountryMs, allowedPerDay: allowed.minutesPerDay },
  });
  if (!spend.ok) return limited(spend.limit, place, false, null);
  return { admission: { ok: true, to: verdict.to, country: place.country }, outcome: 'admitted', reason: null, ...place, rate };
}

function refusedDestination(verdict: DestinationVerdict, refusal: DialRefusal): Decision {
  const reason = verdict.kind === 'refused' ? verdict.reason : verdict.kind === 'emergency' ? 'emergency' : 'has-extension';
  const country = verdict.kind === 'refused' || verdict.kind === 'allowed' ? verdict.country : null;
  const nextStep = verdict.kind === 'refused' ? verdict.nextStep : verdict.kind === 'emergency' ? 'use-your-own-phone' : 'dial-without-the-extension';
  return { admission: { ok: false, refusal, detail: { reason, nextStep, country, retryAt: null }, endSession: false }, outcome: 'refused', reason, country, isDomestic: null, rate: undefined };
}

function limited(limit: DialLimit, place: { country: string; isDomestic: boolean }, endSession: boolean, retryAtMs: number | null): Decision {
  const detail: DialRefusalDetail = { reason: limit, nextStep: nextStepAfter(limit), country: place.country, retryAt: retryAtMs === null ? null : new Date(retryAtMs).toISOString() };
  return { admission: { ok: false, refusal: 'limit-reached', detail, endSession }, outcome: 'limited', reason: limit, ...place, rate: undefined };
}

/** What a call, or one party of it, cost, once it is over; and that it is. `answeredAt` is null for one that was not. */
export async function recordCallEnd(database: Database, { id, practiceId, answeredAt, endedAt, isOwnPhone = false, addedTo }: { id: CallId | PartyId; practiceId: PracticeId; answeredAt: number | null; endedAt: number; isOwnPhone?: boolean; addedTo?: CallId }): Promise<void> {
  const talkedMs = answeredAt === null ? 0 : Math.max(0, endedAt - answeredAt);
  await inPractice<PlanTables, void>(database, practiceId, async (transaction) => {
    if (!(await endAttempt(transaction, id, endedAt, talkedMs))) return;
    const act = addedTo !== undefined ? ({ action: 'party-left', subject: { kind: 'call', id: addedTo } } as const) : isOwnPhone ? ({ action: 'own-phone-ended', subject: { kind: 'own-phone', id } } as const) : ({ action: 'call-ended', subject: { kind: 'call', id } } as const);
    await appendAudit(transaction, endedAt, { practiceId, actor: { kind: 'system' }, ...act, detail: { answered: answeredAt !== null, seconds: Math.round(talkedMs / 1_000) } });
  });
}
