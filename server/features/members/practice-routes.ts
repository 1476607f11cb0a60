/** The routes of practices: made, closed and opened by the operator, changed by their own admin. */
import { isSupportedCountry } from 'libphonenumber-js/max';
import type { Transaction } from 'kysely';
import type { MemberId, PracticeId } from '#contract/ids.ts';
import type { PracticeView, TrunkState } from '#contract/practices.ts';
import { signInLinkOf } from '#contract/sign-in-link.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import { inInstallation, inPractice, type Database } from '#server/platform/storage/database.ts';
import { appendAudit } from '../audit/index.ts';
import { actorOf, api, assertRole, type MemberGuard } from './member-guard.ts';
import type { MemberTables } from './member-tables.ts';
import { findFirstAdmin, insertPractice, listPractices, setPracticeDisabled } from './practices.ts';
import type { MemberSession, SignIn } from './sign-in.ts';

export interface PracticeRouteParts {
  database: Database;
  signIn: SignIn;
  guard: MemberGuard;
  /** The real trunks and how they are; without any, every practice calls in the sandbox. */
  trunks: () => TrunkState[];
  /** Gives a new practice what the sandbox needs for a first call. */
  prepareSandbox: (practice: { practiceId: PracticeId; name: string }) => Promise<void>;
  clock: Clock;
  random: RandomSource;
}

type Tables = Transaction<MemberTables>;

export function createPracticeRoutes({ database, signIn, guard, trunks, prepareSandbox, clock, random }: PracticeRouteParts) {
  const installation = <Value>(run: (transaction: Tables) => Promise<Value>): Promise<Value> => inInstallation<MemberTables, Value>(database, run);
  const auditOperator = (transaction: Tables, practiceId: PracticeId, action: 'practice-made' | 'practice-link-made' | 'practice-disabled' | 'practice-enabled', detail = {}) =>
    appendAudit(transaction, clock.now(), { practiceId, actor: { kind: 'operator' }, action, subject: { kind: 'practice', id: practiceId }, detail });

  /** Undefined where there is no such practice. */
  const setDisabled = (session: MemberSession, practiceId: PracticeId, isDisabled: boolean): Promise<PracticeView | undefined> =>
    installation(async (transaction) => {
      if (!(await setPracticeDisabled(transaction, practiceId, isDisabled ? new Date(clock.now()) : null))) return undefined;
      await auditOperator(transaction, practiceId, isDisabled ? 'practice-disabled' : 'practice-enabled');
      return (await listPractices(transaction, session.practice.id)).find(({ id }) => id === practiceId);
    });

  return {
    practices: {
      readFirstSteps: api.practices.readFirstSteps.use(guard).handler(({ context }) => {
        assertRole(context.session, 'operator');
        return installation(async (transaction) => {
          const { count } = await transaction.selectFrom('practice').select((expression) => expression.fn.countAll<string>().as('count')).executeTakeFirstOrThrow();
          return { trunks: trunks(), practiceCount: Number(count) };
        });
      }),
      list: api.practices.list.use(guard).handler(({ context }) => {
        assertRole(context.session, 'operator');
        return installation((transaction) => listPractices(transaction, context.session.practice.id));
      }),
      create: api.practices.create.use(guard).handler(async ({ input, context, errors }) => {
        const { session, request } = context;
        assertRole(session, 'operator');
        if (!isSupportedCountry(input.country)) throw errors.COUNTRY_UNKNOWN();
        if (!isTimeZone(input.timeZone)) throw errors.TIME_ZONE_UNKNOWN();
        const now = clock.now();
        const practiceId = createId(now, random) as PracticeId;
        const memberId = createId(now, random) as MemberId;
        const isSandbox = trunks().length === 0;
        await installation(async (transaction) => {
          await insertPractice(transaction, { ...input, practiceId, memberId, isSandbox, operatorId: input.isAdminMe ? session.personId : null }, now);
          await auditOperator(transaction, practiceId, 'practice-made', { country: input.country, isSandbox });
        });
        if (isSandbox) await prepareSandbox({ practiceId, name: input.name });
        return { practiceId, memberId, link: signInLinkOf(request.origin, await signIn.issueLink(practiceId, memberId)) };
      }),
      renewLink: api.practices.renewLink.use(guard).handler(async ({ input, context, errors }) => {
        const { session, request } = context;
        assertRole(session, 'operator');
        const { practiceId } = input;
        const admin = await installation(async (transaction) => {
          const found = await findFirstAdmin(transaction, practiceId);
          if (found.ok) await auditOperator(transaction, practiceId, 'practice-link-made');
          return found;
        });
        if (!admin.ok) throw admin.refusal === 'in-use' ? errors.IN_USE() : errors.NOT_FOUND();
        return { practiceId, memberId: admin.value, link: signInLinkOf(request.origin, await signIn.issueLink(practiceId, admin.value)) };
      }),
      disable: api.practices.disable.use(guard).handler(async ({ input, context, errors }) => {
        const { session } = context;
        assertRole(session, 'operator');
        // Whoever closed the practice they stand in could not open it again.
        if (input.practiceId === session.practice.id) throw errors.OWN_PRACTICE();
        const view = await setDisabled(session, input.practiceId, true);
        if (view === undefined) throw errors.NOT_FOUND();
        await signIn.endSessionsOfPractice(input.practiceId);
        return view;
      }),
      enable: api.practices.enable.use(guard).handler(async ({ input, context, errors }) => {
        assertRole(context.session, 'operator');
        const view = await setDisabled(context.session, input.practiceId, false);
        if (view === undefined) throw errors.NOT_FOUND();
        return view;
      }),
      read: api.practices.read.use(guard).handler(({ context }) => {
        const { name, country, timeZone } = context.session.practice;
        return { name, country, timeZone };
      }),
      change: api.practices.change.use(guard).handler(async ({ input, context, errors }) => {
        const { session } = context;
        assertRole(session, 'practice-admin');
        if (!isSupportedCountry(input.country)) throw errors.COUNTRY_UNKNOWN();
        if (!isTimeZone(input.timeZone)) throw errors.TIME_ZONE_UNKNOWN();
        await inPractice<MemberTables, void>(database, session.practice.id, async (transaction) => {
          await transaction.updateTable('practice').set({ name: input.name, country: input.country, time_zone: input.timeZone }).where('id', '=', session.practice.id).execute();
          await appendAudit(transaction, clock.now(), { practiceId: session.practice.id, actor: actorOf(session), action: 'practice-changed', detail: { country: input.country } });
        });
        return input;
      }),
    },
  };
}

function isTimeZone(name: string): boolean {
  try {
    // The runtime's own table; it takes links ("US/Central") as well as names.
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Za-z]+(?:[/_+-][A-Za-z0-9_+-]+)*$/.test(name);
  } catch {
    return false;
  }
}
