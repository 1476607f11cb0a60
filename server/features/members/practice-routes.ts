/** The routes of practices: made by the operator with their first admin, changed by their admin. */
import { isSupportedCountry } from 'libphonenumber-js/max';
import { sql, type Transaction } from 'kysely';
import type { MemberId, PracticeId } from '#contract/ids.ts';
import { signInLinkOf } from '#contract/sign-in-link.ts';
import type { Role } from '#contract/sign-in.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import { inInstallation, inPractice, type Database } from '#server/platform/storage/database.ts';
import { appendAudit } from '../audit/index.ts';
import { actorOf, api, assertRole, type MemberGuard } from './member-guard.ts';
import type { MemberTables } from './member-tables.ts';
import type { SignIn } from './sign-in.ts';

export interface PracticeRouteParts {
  database: Database;
  signIn: SignIn;
  guard: MemberGuard;
  /** Whether real trunks are set: without, a practice can only be a sandbox. */
  hasTrunk: boolean;
  clock: Clock;
  random: RandomSource;
}

export function createPracticeRoutes({ database, signIn, guard, hasTrunk, clock, random }: PracticeRouteParts) {
  return {
    practices: {
      readFirstSteps: api.practices.readFirstSteps.use(guard).handler(({ context }) => {
        assertRole(context.session, 'operator');
        return inInstallation<MemberTables, { hasTrunk: boolean; practiceCount: number }>(database, async (transaction) => {
          const { count } = await transaction.selectFrom('practice').select((expression) => expression.fn.countAll<string>().as('count')).executeTakeFirstOrThrow();
          return { hasTrunk, practiceCount: Number(count) };
        });
      }),
      create: api.practices.create.use(guard).handler(async ({ input, context, errors }) => {
        const { session, request } = context;
        assertRole(session, 'operator');
        if (!isSupportedCountry(input.country)) throw errors.COUNTRY_UNKNOWN();
        if (!isTimeZone(input.timeZone)) throw errors.TIME_ZONE_UNKNOWN();
        if (input.calls === 'trunk' && !hasTrunk) throw errors.NO_TRUNK();
        const now = clock.now();
        const practiceId = createId(now, random) as PracticeId;
        const memberId = createId(now, random) as MemberId;
        await inInstallation<MemberTables, void>(database, async (transaction) => {
          await transaction.insertInto('practice').values({ id: practiceId, name: input.name, country: input.country, time_zone: input.timeZone, is_sandbox: input.calls === 'sandbox', created_at: new Date(now) }).execute();
          await insertFirstAdmin(transaction, { practiceId, memberId, name: input.adminName, personId: input.isAdminMe ? session.personId : null, nowMs: now });
          await appendAudit(transaction, now, { practiceId, actor: { kind: 'operator' }, action: 'practice-made', subject: { kind: 'practice', id: practiceId }, detail: { country: input.country, calls: input.calls } });
        });
        return { practiceId, memberId, link: signInLinkOf(request.origin, await signIn.issueLink(practiceId, memberId)) };
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

async function insertFirstAdmin(transaction: Transaction<MemberTables>, { practiceId, memberId, name, personId, nowMs }: { practiceId: string; memberId: string; name: string; personId: string | null; nowMs: number }): Promise<void> {
  const roles: Role[] = ['practice-admin', 'physician'];
  await transaction.insertInto('member').values({ id: memberId, practice_id: practiceId, name, created_at: new Date(nowMs), disabled_at: null, person_id: personId, roles: sql<Role[]>`${roles}::text[]` }).execute();
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
