/** The routes of a practice's plan: limits, countries, rates, spend, and the log of refusals. Members read; the admin sets. */
import type { AuditAction, AuditDetail } from '#contract/audit.ts';
import type { CallId, MemberId } from '#contract/ids.ts';
import type { PlanView } from '#contract/plan.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import { appendAudit } from '../audit/index.ts';
import { actorOf, api, assertRole, type MemberGuard, type MemberSession } from '../members/index.ts';
import { tryDial } from './dial-admission.ts';
import { listRefusedDials, removeAllowedCountry, replaceRates, writeAllowedCountry, writeLimits, type PlanTransaction } from './plan-store.ts';
import type { PlanTables } from './plan-tables.ts';
import { readPlanView } from './plan-view.ts';
import { previewRates } from './rate-preview.ts';
import { readRateTable } from './rate-table-codec.ts';

/** What is tried becomes no call. */
const NO_CALL = '00000000-0000-7000-8000-000000000000' as CallId;

export function createPlanRoutes({ database, guard, clock }: { database: Database; guard: MemberGuard; clock: Clock }) {
  const within = <Value>({ practice }: MemberSession, run: (transaction: PlanTransaction) => Promise<Value>): Promise<Value> => inPractice<PlanTables, Value>(database, practice.id, run);
  const view = (transaction: PlanTransaction, { practice }: MemberSession): Promise<PlanView> => readPlanView(transaction, practice, clock.now());
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
        return set(context.session, 'limits-changed', { callsAtOnce, dialsPerMinute, dialsPerHour, dialsPerDay }, (transaction) => writeLimits(transaction, context.session.practice.id, input, clock.now()));
      }),
      allowCountry: api.plan.allowCountry.use(guard).handler(({ input, context }) =>
        set(context.session, 'country-allowed', { country: input.country, kinds: input.kinds, minutesPerDay: input.minutesPerDay }, async (transaction) => {
          await writeAllowedCountry(transaction, context.session.practice.id, input);
          await transaction.deleteFrom('country_request').where('country', '=', input.country).execute();
        }),
      ),
      removeCountry: api.plan.removeCountry.use(guard).handler(async ({ input, context, errors }) => {
        const after = await set(context.session, 'country-removed', { country: input.country }, async (transaction) => {
          // Thrown inside, so that nothing of an act that was none stays in the audit.
          if (!(await removeAllowedCountry(transaction, input.country))) throw errors.NOT_FOUND();
        });
        return after;
      }),
      askForCountry: api.plan.askForCountry.use(guard).handler(async ({ input, context }) => {
        const { session } = context;
        await within(session, async (transaction) => {
          const values = { practice_id: session.practice.id, country: input.country, member_id: session.member.id, at: new Date(clock.now()) };
          // The first who asked stays named: a second asks for nothing new.
          const asked = await transaction.insertInto('country_request').values(values).onConflict((conflict) => conflict.doNothing()).executeTakeFirst();
          if (asked.numInsertedOrUpdatedRows === 1n) await appendAudit(transaction, clock.now(), { practiceId: session.practice.id, actor: actorOf(session), action: 'country-asked', detail: { country: input.country } });
        });
        return {};
      }),
      declineCountry: api.plan.declineCountry.use(guard).handler(async ({ input, context, errors }) => {
        const after = await set(context.session, 'country-declined', { country: input.country }, async (transaction) => {
          const declined = await transaction.deleteFrom('country_request').where('country', '=', input.country).executeTakeFirst();
          if (declined.numDeletedRows === 0n) throw errors.NOT_FOUND();
        });
        return after;
      }),
      tryNumber: api.plan.tryNumber.use(guard).handler(({ input, context }) => {
        const { practice, member } = context.session;
        return within(context.session, (transaction) => tryDial(transaction, { id: NO_CALL, practice, memberId: member.id, typed: input.number, liveCallCount: 0 }, clock.now()));
      }),
      resetBreaker: api.plan.resetBreaker.use(guard).handler(({ context }) => {
        const resetAt = new Date(clock.now());
        return set(context.session, 'breaker-reset', {}, (transaction) =>
          transaction.insertInto('spend_breaker').values({ practice_id: context.session.practice.id, reset_at: resetAt }).onConflict((conflict) => conflict.column('practice_id').doUpdateSet({ reset_at: resetAt })).execute(),
        );
      }),
      previewRates: api.plan.previewRates.use(guard).handler(({ input, context }) => {
        assertRole(context.session, 'practice-admin');
        const read = readRateTable(input.csv);
        return within(context.session, (transaction) => previewRates(transaction, read));
      }),
      importRates: api.plan.importRates.use(guard).handler(({ input, context, errors }) => {
        const read = readRateTable(input.csv);
        const [problem] = read.problems;
        if (problem !== undefined) throw errors.RATES_REFUSED({ data: problem });
        return set(context.session, 'rates-imported', { rates: read.rates.length }, (transaction) => replaceRates(transaction, context.session.practice.id, read.rates));
      }),
      listRefusals: api.plan.listRefusals.use(guard).handler(async ({ input, context }) => {
        assertRole(context.session, 'practice-admin');
        const refusals = await within(context.session, (transaction) => listRefusedDials(transaction, input));
        return refusals.map((refusal) => ({ ...refusal, memberId: refusal.memberId as MemberId }));
      }),
    },
  };
}
