/** The practices of an installation as its operator keeps them: made with a first admin, closed and opened again. Sees no member's name and nothing of a patient. */
import { sql, type Transaction } from 'kysely';
import type { MemberId, PracticeId } from '#contract/ids.ts';
import type { PracticeView } from '#contract/practices.ts';
import { ok, refused, type Result } from '#contract/result.ts';
import type { Role } from '#contract/sign-in.ts';
import { inInstallation, type Database } from '#server/platform/storage/database.ts';
import type { MemberTables } from './member-tables.ts';

type Tables = Transaction<MemberTables>;

/** The demo first, then as they were made. In the installation's transaction. */
export async function listPractices(transaction: Tables, currentId: string): Promise<PracticeView[]> {
  const rows = await transaction
    .selectFrom('practice')
    .selectAll()
    .select((expression) => expression.selectFrom('member').whereRef('member.practice_id', '=', 'practice.id').where('member.disabled_at', 'is', null).select((inner) => inner.fn.countAll<string>().as('count')).as('member_count'))
    .select((expression) => expression.exists(expression.selectFrom('session').whereRef('session.practice_id', '=', 'practice.id').select('session.id')).as('is_in_use'))
    .orderBy('is_demo', 'desc')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    id: row.id as PracticeId,
    name: row.name,
    country: row.country,
    timeZone: row.time_zone,
    isDemo: row.is_demo,
    isDisabled: row.disabled_at !== null,
    isCurrent: row.id === currentId,
    memberCount: Number(row.member_count),
    isInUse: Boolean(row.is_in_use),
    createdAt: row.created_at.toISOString(),
  }));
}

export interface NewPractice {
  practiceId: string;
  memberId: string;
  name: string;
  country: string;
  timeZone: string;
  isSandbox: boolean;
  adminName: string;
  /** Where it is the operator in person: they stay the operator, whichever of their practices they are in. */
  operatorId: string | null;
}

export async function insertPractice(transaction: Tables, { practiceId, memberId, name, country, timeZone, isSandbox, adminName, operatorId }: NewPractice, nowMs: number): Promise<void> {
  await transaction.insertInto('practice').values({ id: practiceId, name, country, time_zone: timeZone, is_sandbox: isSandbox, created_at: new Date(nowMs) }).execute();
  const roles: Role[] = ['practice-admin', 'physician', ...(operatorId === null ? [] : (['operator'] as const))];
  await transaction.insertInto('member').values({ id: memberId, practice_id: practiceId, name: adminName, created_at: new Date(nowMs), disabled_at: null, person_id: operatorId, roles: sql<Role[]>`${roles}::text[]` }).execute();
}

/** The admin to whom a practice was given, while nobody has come in. */
export async function findFirstAdmin(transaction: Tables, practiceId: string): Promise<Result<MemberId, 'not-found' | 'in-use'>> {
  const admin = await transaction.selectFrom('member').select('id').where('practice_id', '=', practiceId).where('disabled_at', 'is', null).orderBy('id').executeTakeFirst();
  if (admin === undefined) return refused('not-found');
  const session = await transaction.selectFrom('session').select('id').where('practice_id', '=', practiceId).limit(1).executeTakeFirst();
  return session === undefined ? ok(admin.id as MemberId) : refused('in-use');
}

/** Resolves to whether there is such a practice. */
export async function setPracticeDisabled(transaction: Tables, practiceId: string, disabledAt: Date | null): Promise<boolean> {
  const changed = await transaction.updateTable('practice').set({ disabled_at: disabledAt }).where('id', '=', practiceId).executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}

/**
 * There is one way to the telephone network, the configuration's: every practice calls in the sandbox, or none does. Resolves to the
 * practices that changed.
 */
export async function followCarrier(database: Database, isSandbox: boolean): Promise<PracticeId[]> {
  const changed = await inInstallation<MemberTables, { id: string }[]>(database, (transaction) => transaction.updateTable('practice').set({ is_sandbox: isSandbox }).where('is_sandbox', '<>', isSandbox).returning('id').execute());
  return changed.map(({ id }) => id as PracticeId);
}
