/** People and their memberships: one person may be a member of several practices. Knows no secret of theirs. */
import type { Transaction } from 'kysely';
import type { MemberId, PracticeId } from '#contract/ids.ts';
import type { CredentialsView, MembershipView } from '#contract/sign-in.ts';
import type { MemberTables } from './member-tables.ts';

/** Where the person may go in, the practice they were in last first. */
export async function listMemberships(transaction: Transaction<MemberTables>, personId: string, currentMemberId?: string): Promise<MembershipView[]> {
  const rows = await transaction
    .selectFrom('member')
    .innerJoin('practice', 'practice.id', 'member.practice_id')
    .where('member.person_id', '=', personId)
    .where('member.disabled_at', 'is', null)
    .where('practice.disabled_at', 'is', null)
    .select(['member.id', 'member.practice_id', 'member.roles', 'practice.name'])
    .select((expression) => expression.selectFrom('session').whereRef('session.member_id', '=', 'member.id').select((inner) => inner.fn.max('session.created_at').as('at')).as('last_at'))
    .orderBy('last_at', (order) => order.desc().nullsLast())
    .orderBy('practice.name')
    .execute();
  return rows.map((row) => ({ memberId: row.id as MemberId, practiceId: row.practice_id as PracticeId, practiceName: row.name, roles: row.roles, isCurrent: row.id === currentMemberId }));
}

export async function readCredentials(transaction: Transaction<MemberTables>, personId: string | null): Promise<CredentialsView> {
  if (personId === null) return { email: null, passkeys: [], hasAuthenticator: false, hasCommunity: false, recoveryCodesLeft: 0 };
  const person = await transaction.selectFrom('person').selectAll().where('id', '=', personId).executeTakeFirstOrThrow();
  const passkeys = await transaction.selectFrom('passkey').selectAll().where('person_id', '=', personId).orderBy('created_at').execute();
  const identity = await transaction.selectFrom('person_identity').select('issuer').where('person_id', '=', personId).limit(1).executeTakeFirst();
  const codes = await transaction.selectFrom('recovery_code').select((expression) => expression.fn.countAll<string>().as('count')).where('person_id', '=', personId).where('used_at', 'is', null).executeTakeFirstOrThrow();
  return {
    email: person.email,
    passkeys: passkeys.map((row) => ({ id: row.credential_id, name: row.name, createdAt: row.created_at.toISOString(), lastUsedAt: row.last_used_at?.toISOString() ?? null, isBackedUp: row.is_backed_up })),
    hasAuthenticator: person.totp_confirmed_at !== null,
    hasCommunity: identity !== undefined,
    recoveryCodesLeft: Number(codes.count),
  };
}

export async function insertPerson(transaction: Transaction<MemberTables>, id: string, nowMs: number): Promise<void> {
  await transaction.insertInto('person').values({ id, email: null, created_at: new Date(nowMs), totp_sealed: null, totp_confirmed_at: null }).execute();
}
