/** The routes of a practice's plan: limits, countries, rates, spend, and the log of refusals. Members read; the admin sets. */
import type { AuditAction, AuditDetail } from '#contract/audit.ts';
import type { MemberId } from '#contract/ids.ts';
import type { PlanView } from '#contract/plan.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import { appendAudit } from '../audit/index.ts';
import { actorOf, api, assertRole, type MemberGuard, type MemberSession } from '../members/index.ts';
import { countRates, listAllowedCountries, listRefusedDials, readLimits, readSpend, removeAllowedCountry, replaceRates, writeAllowedCountry, writeLimits, type PlanTransaction } from './plan-store.ts';
import type { PlanTables } from './plan-tables.ts';
import { readRateTable } from './rate-table-codec.ts';

export function createPlanRoutes({ database, guard, clock }: { database: Database; guard: MemberGuard; clock: Clock }) {
  const within = <Value>({ practice }: MemberSession, run: (transaction: PlanTransaction) => Promise<Value>): Promise<Value> => inPractice<PlanTables, Value>(database, practice.id, run);
  const view = async (transaction: PlanTransaction, { practice }: MemberSession): Promise<PlanView> => {
    const { spentTodayMicros, spentThisMonthMicros } = await readSpend(transaction, { practiceZone: practice.timeZone, country: practice.country, nowMs: clock.now() });
    return { limits: await readLimits(transaction), allowedCountries: await listAllowedCountries(transaction), rateCount: await countRates(transaction), spentTodayMicros, spentThisMonthMicros };
  };
  /** The admin's act, its entry in the audit, and the plan as it is then, in one transaction. */
  const set = (session: MemberSession, action: AuditAction, detail: AuditDetail, run: (transaction: PlanTransaction) => Promise<unknown>): Promise<PlanView> => {
    assertRole(session, 'practice-admin');
    return within(session, async (transaction) => {
      await run(transaction);
      const after = await view(transaction, session);
      await appendAudit(transaction, clock.now(), { practiceId: session.practice.id, actor: actorOf(session), action, detail });
      return after;
    });
  };

  return {
    plan: {
      read: api.plan.read.use(guard).handler(({ context }) => within(context.session, (transaction) => view(transaction, context.session))),
      setLimits: api.plan.setLimits.use(guard).handler(({ input, context }) => {
        const { callsAtOnce, dialsPerMinute, dialsPerHour, dialsPerDay } = input;
        return set(context.session, 'limits-changed', { callsAtOnce, dialsPerMinute, dialsPerHour, dialsPerDay }, (transaction) => writeLimits(transaction, context.session.practice.id, input));
      }),
      allowCountry: api.plan.allowCountry.use(guard).handler(({ input, context }) =>
        set(context.session, 'country-allowed', { country: input.country, kinds: input.kinds, minutesPerDay: input.minutesPerDay }, (transaction) => writeAllowedCountry(transaction, context.session.practice.id, input)),
      ),
      removeCountry: api.plan.removeCountry.use(guard).handler(async ({ input, context, errors }) => {
        const after = await set(context.session, 'country-removed', { country: input.country }, async (transaction) => {
          // Thrown inside, so that nothing of an act that was none stays in the audit.
          if (!(await removeAllowedCountry(transaction, input.country))) throw errors.NOT_FOUND();
        });
        return after;
      }),
      importRates: api.plan.importRates.use(guard).handler(({ input, context, errors }) => {
        const read = readRateTable(input.csv);
        if (!read.ok) throw errors.RATES_REFUSED({ data: read.refusal });
        return set(context.session, 'rates-imported', { rates: read.value.length }, (transaction) => replaceRates(transaction, context.session.practice.id, read.value));
      }),
      listRefusals: api.plan.listRefusals.use(guard).handler(async ({ input, context }) => {
        assertRole(context.session, 'practice-admin');
        const refusals = await within(context.session, (transaction) => listRefusedDials(transaction, { before: input.before, limit: input.limit }));
        return refusals.map((refusal) => ({ ...refusal, memberId: refusal.memberId as MemberId }));
      }),
    },
  };
}
