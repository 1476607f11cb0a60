/** A practice's members as its admin sees them: roles, disabling, invitations. Refuses to leave a practice without an admin. */
import { sql, type Transaction } from 'kysely';
import type { MemberId } from '#contract/ids.ts';
import type { InvitationView, Member, MemberView } from '#contract/members.ts';
import { ok, refused, type Result } from '#contract/result.ts';
import type { Role } from '#contract/sign-in.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import { createToken, hashToken } from '#server/platform/crypto/token.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import { listAssignments } from './acting-for.ts';
import type { MemberTables } from './member-tables.ts';

type Tables = Transaction<MemberTables>;

/** As every member may see them: who they are, and nothing of how they come in. */
export async function listMembers(transaction: Tables, practiceId: string): Promise<MemberView[]> {
  const rows = await transaction.selectFrom('member').selectAll().orderBy('name').orderBy('id').execute();
  const assignments = await listAssignments(transaction, practiceId);
  return rows.map((row) => ({ ...memberOf(row), actsFor: assignments.get(row.id) ?? [], lastHereAt: null, waysIn: null }));
}

/** Names by id, of those who have left too: what they did stands in the log. */
export function listMemberNames(database: Database, practiceId: string): Promise<ReadonlyMap<string, string>> {
  return inPractice<MemberTables, ReadonlyMap<string, string>>(database, practiceId, async (transaction) => {
    const rows = await transaction.selectFrom('member').select(['id', 'name']).execute();
    return new Map(rows.map(({ id, name }) => [id, name]));
  });
}

/** As their admin sees them. In the installation's transaction: people and their passkeys are no practice's. */
export async function listMembersForAdmin(transaction: Tables, practiceId: string): Promise<MemberView[]> {
  const rows = await transaction
    .selectFrom('member')
    .leftJoin('person', 'person.id', 'member.person_id')
    .where('member.practice_id', '=', practiceId)
    .selectAll('member')
    .select('person.totp_confirmed_at')
    .select((expression) => expression.selectFrom('session').whereRef('session.member_id', '=', 'member.id').select((inner) => inner.fn.max('session.last_active_at').as('at')).as('last_here_at'))
    .select((expression) => expression.exists(expression.selectFrom('person_identity').whereRef('person_identity.person_id', '=', 'member.person_id').select('issuer')).as('has_community'))
    .orderBy('member.name')
    .orderBy('member.id')
    .execute();
  const assignments = await listAssignments(transaction, practiceId);
  const people = rows.flatMap(({ person_id }) => (person_id === null ? [] : [person_id]));
  const passkeys = people.length === 0 ? [] : await transaction.selectFrom('passkey').select(['person_id', 'name']).where('person_id', 'in', people).orderBy('created_at').execute();
  return rows.map((row) => ({
    ...memberOf(row),
    actsFor: assignments.get(row.id) ?? [],
    lastHereAt: row.last_here_at?.toISOString() ?? null,
    waysIn: { passkeys: passkeys.filter(({ person_id }) => person_id === row.person_id).map(({ name }) => name), hasSecondWay: row.totp_confirmed_at !== null, hasCommunity: Boolean(row.has_community) },
  }));
}

export async function setRoles(transaction: Tables, memberId: string, roles: Role[]): Promise<Result<Member, 'not-found' | 'last-admin'>> {
  return changeMember(transaction, memberId, ({ roles: before }) => {
    // The operator's role is nobody's to give or take in a practice.
    const kept = before.includes('operator') ? ([...roles, 'operator'] as Role[]) : roles;
    return { roles: kept };
  });
}

export function disableMember(transaction: Tables, memberId: string, nowMs: number): Promise<Result<Member, 'not-found' | 'last-admin'>> {
  return changeMember(transaction, memberId, ({ disabled_at }) => ({ disabled_at: disabled_at ?? new Date(nowMs) }));
}

export async function enableMember(transaction: Tables, memberId: string): Promise<Result<Member, 'not-found' | 'last-admin'>> {
  return changeMember(transaction, memberId, () => ({ disabled_at: null }));
}

type MemberRow = Parameters<typeof memberOf>[0];

async function changeMember(transaction: Tables, memberId: string, change: (row: MemberRow) => Partial<MemberRow>): Promise<Result<Member, 'not-found' | 'last-admin'>> {
  // All rows are locked: two admins who disable each other at the same instant would leave none.
  const rows = await transaction.selectFrom('member').selectAll().orderBy('id').forUpdate().execute();
  const row = rows.find(({ id }) => id === memberId);
  if (row === undefined) return refused('not-found');
  const changed = { ...row, ...change(row) };
  const hadAdmin = rows.some(isActiveAdmin);
  if (hadAdmin && !rows.some((each) => isActiveAdmin(each.id === memberId ? changed : each))) return refused('last-admin');
  await transaction.updateTable('member').set({ roles: changed.roles, disabled_at: changed.disabled_at }).where('id', '=', memberId).execute();
  return ok(memberOf(changed));
}

const isActiveAdmin = ({ roles, disabled_at }: MemberRow): boolean => disabled_at === null && roles.includes('practice-admin');

const INVITATION_LIFETIME_MS = 7 * 86_400_000;

export interface NewInvitation {
  practiceId: string;
  invitedBy: string;
  name: string;
  email: string | null;
  roles: Role[];
  /** Whom it lets in again; undefined for somebody new. */
  memberId?: string;
}

export async function insertInvitation(transaction: Tables, { practiceId, invitedBy, name, email, roles, memberId }: NewInvitation, random: RandomSource, nowMs: number): Promise<{ invitation: InvitationView; token: string }> {
  const token = createToken(random);
  const row = {
    id: createId(nowMs, random),
    token_hash: hashToken(token),
    practice_id: practiceId,
    name,
    email: email?.toLowerCase() ?? null,
    roles,
    invited_by: invitedBy,
    member_id: memberId ?? null,
    created_at: new Date(nowMs),
    expires_at: new Date(nowMs + INVITATION_LIFETIME_MS),
    used_at: null,
    withdrawn_at: null,
  };
  await transaction.insertInto('invitation').values(row).execute();
  return { invitation: invitationView(row, nowMs), token };
}

/** Made for one who may not sign in: who still can needs no link, and one that is let in again meanwhile is not let in twice. */
export async function inviteMemberBack(transaction: Tables, { practiceId, invitedBy, memberId }: { practiceId: string; invitedBy: string; memberId: string }, random: RandomSource, nowMs: number): Promise<Result<{ invitation: InvitationView; token: string }, 'not-found' | 'not-stopped' | 'is-operator'>> {
  const member = await transaction.selectFrom('member').selectAll().where('id', '=', memberId).executeTakeFirst();
  if (member === undefined) return refused('not-found');
  if (member.disabled_at === null) return refused('not-stopped');
  if (member.roles.includes('operator')) return refused('is-operator');
  await transaction.updateTable('invitation').set({ withdrawn_at: new Date(nowMs) }).where('member_id', '=', memberId).where('used_at', 'is', null).where('withdrawn_at', 'is', null).execute();
  return ok(await insertInvitation(transaction, { practiceId, invitedBy, name: member.name, email: null, roles: member.roles, memberId }, random, nowMs));
}

export async function listInvitations(transaction: Tables, nowMs: number): Promise<InvitationView[]> {
  const rows = await transaction.selectFrom('invitation').selectAll().orderBy('id', 'desc').limit(200).execute();
  return rows.map((row) => invitationView(row, nowMs));
}

/** A new token in place of the old one. Undefined where there is none that waits, or waited until it was too old. */
export async function renewInvitation(transaction: Tables, id: string, random: RandomSource, nowMs: number): Promise<{ invitation: InvitationView; token: string } | undefined> {
  const token = createToken(random);
  const row = await transaction
    .updateTable('invitation')
    .set({ token_hash: hashToken(token), expires_at: new Date(nowMs + INVITATION_LIFETIME_MS) })
    .where('id', '=', id)
    .where('used_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : { invitation: invitationView(row, nowMs), token };
}

export async function withdrawInvitation(transaction: Tables, id: string, nowMs: number): Promise<boolean> {
  const withdrawn = await transaction.updateTable('invitation').set({ withdrawn_at: new Date(nowMs) }).where('id', '=', id).where('used_at', 'is', null).where('withdrawn_at', 'is', null).executeTakeFirst();
  return withdrawn.numUpdatedRows > 0n;
}

export interface OpenInvitation {
  id: string;
  practiceId: string;
  practiceName: string;
  name: string;
  roles: Role[];
  /** Who is let in again; null for somebody new. */
  memberId: MemberId | null;
}

/** In the installation's transaction: the practice is known by the link alone. */
export async function findInvitation(transaction: Tables, token: string, nowMs: number): Promise<OpenInvitation | undefined> {
  const row = await transaction
    .selectFrom('invitation')
    .innerJoin('practice', 'practice.id', 'invitation.practice_id')
    .leftJoin('member', 'member.id', 'invitation.member_id')
    .where('invitation.token_hash', '=', hashToken(token))
    .where('invitation.used_at', 'is', null)
    .where('invitation.withdrawn_at', 'is', null)
    .where('invitation.expires_at', '>', new Date(nowMs))
    .where('practice.disabled_at', 'is', null)
    .where((expression) => expression.or([expression('invitation.member_id', 'is', null), expression('member.disabled_at', 'is not', null)]))
    .select(['invitation.id', 'invitation.practice_id', 'invitation.name', 'invitation.roles', 'invitation.member_id', 'practice.name as practice_name'])
    .executeTakeFirst();
  return row === undefined ? undefined : { id: row.id, practiceId: row.practice_id, practiceName: row.practice_name, name: row.name, roles: row.roles, memberId: row.member_id as MemberId | null };
}

/** Uses the invitation up and makes the membership, or gives it to the person; or does neither. */
export async function joinPractice(transaction: Tables, invitation: OpenInvitation, personId: string, random: RandomSource, nowMs: number): Promise<Result<MemberId, 'used' | 'already-a-member'>> {
  const there = await transaction.selectFrom('member').select('id').where('practice_id', '=', invitation.practiceId).where('person_id', '=', personId).executeTakeFirst();
  if (there !== undefined && there.id !== invitation.memberId) return refused('already-a-member');
  const used = await transaction.updateTable('invitation').set({ used_at: new Date(nowMs) }).where('id', '=', invitation.id).where('used_at', 'is', null).where('withdrawn_at', 'is', null).executeTakeFirst();
  if (used.numUpdatedRows === 0n) return refused('used');
  if (invitation.memberId !== null) {
    // The member is another person's from now on. The one before keeps what they have elsewhere: it may be a practice of which this one knows nothing.
    await transaction.updateTable('member').set({ person_id: personId, disabled_at: null }).where('practice_id', '=', invitation.practiceId).where('id', '=', invitation.memberId).execute();
    return ok(invitation.memberId);
  }
  const memberId = createId(nowMs, random) as MemberId;
  await transaction
    .insertInto('member')
    .values({ id: memberId, practice_id: invitation.practiceId, name: invitation.name, created_at: new Date(nowMs), disabled_at: null, person_id: personId, roles: sql<Role[]>`${invitation.roles}::text[]` })
    .execute();
  return ok(memberId);
}

function memberOf({ id, name, roles, is_verified_physician, disabled_at, created_at }: { id: string; name: string; roles: Role[]; is_verified_physician: boolean; disabled_at: Date | null; created_at: Date }): Member {
  return { id: id as MemberId, name, roles, isVerifiedPhysician: is_verified_physician, isDisabled: disabled_at !== null, joinedAt: created_at.toISOString() };
}

function invitationView(row: { id: string; name: string; email: string | null; roles: Role[]; expires_at: Date; used_at: Date | null; withdrawn_at: Date | null }, nowMs: number): InvitationView {
  const state = row.used_at !== null ? 'used' : row.withdrawn_at !== null ? 'withdrawn' : row.expires_at.getTime() <= nowMs ? 'expired' : 'open';
  return { id: row.id, name: row.name, email: row.email, roles: row.roles, expiresAt: row.expires_at.toISOString(), state };
}
