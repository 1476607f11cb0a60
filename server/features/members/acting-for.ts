/** Which physicians a member of the staff works for, as the admin has said it. What that opens is sight-policy's to say. */
import type { Transaction } from 'kysely';
import type { AuditActor } from '#contract/audit.ts';
import type { MemberId } from '#contract/ids.ts';
import { ok, refused, type Result } from '#contract/result.ts';
import type { Role } from '#contract/sign-in.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import type { MemberTables } from './member-tables.ts';
import { mayCallFor, maySeeContact } from './sight-policy.ts';
import type { MemberSession } from './sign-in.ts';
import type { Reader } from './sight-policy.ts';

type Tables = Transaction<MemberTables>;

/** One of those a member works for. */
export interface ActedFor {
  readonly id: MemberId;
  readonly name: string;
  /** False once they have left, or are a physician no more: their calls are still seen, and no more are made for them. */
  readonly mayBeCalledFor: boolean;
}

/** A physician for whom an admin lets one of the staff act, as they stand now. */
export interface AssignedPhysician {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly isDisabled: boolean;
}

/** `roles`: those of the one who acts for them. */
export const actedForOf = (roles: readonly Role[], { id, name, ...physician }: AssignedPhysician): ActedFor => ({ id: id as MemberId, name, mayBeCalledFor: mayCallFor({ roles, actsFor: [id] }, id, physician) });

/** In the practice's transaction, or in the installation's. */
export async function listActedFor(transaction: Tables, practiceId: string, memberId: string, roles: MemberSession['roles']): Promise<ActedFor[]> {
  if (!roles.includes('staff')) return [];
  const rows = await transaction
    .selectFrom('acting_for')
    .innerJoin('member', 'member.id', 'acting_for.physician_id')
    .where('acting_for.practice_id', '=', practiceId)
    .where('acting_for.staff_id', '=', memberId)
    .select(['member.id', 'member.name', 'member.roles', 'member.disabled_at'])
    .orderBy('member.name')
    .orderBy('member.id')
    .execute();
  return rows.map(({ disabled_at, ...row }) => actedForOf(roles, { ...row, isDisabled: disabled_at !== null }));
}

/** Every assignment of the practice: whom each of the staff works for. */
export async function listAssignments(transaction: Tables, practiceId: string): Promise<ReadonlyMap<string, MemberId[]>> {
  const rows = await transaction.selectFrom('acting_for').select(['staff_id', 'physician_id']).where('practice_id', '=', practiceId).orderBy('physician_id').execute();
  const assignments = new Map<string, MemberId[]>();
  for (const { staff_id, physician_id } of rows) assignments.set(staff_id, [...(assignments.get(staff_id) ?? []), physician_id as MemberId]);
  return assignments;
}

/** From now on these and no others. Refuses for one who is not of the staff, and anybody who is no physician here. */
export async function setActedFor(transaction: Tables, practiceId: string, staffId: string, physicianIds: readonly string[], nowMs: number): Promise<Result<MemberId[], 'not-found' | 'not-staff' | 'not-a-physician'>> {
  const members = await transaction.selectFrom('member').select(['id', 'roles', 'disabled_at']).orderBy('id').forUpdate().execute();
  const staff = members.find(({ id }) => id === staffId);
  if (staff === undefined) return refused('not-found');
  if (!staff.roles.includes('staff')) return refused('not-staff');
  const wanted = [...new Set(physicianIds)].filter((id) => id !== staffId);
  if (wanted.some((id) => members.find((each) => each.id === id)?.roles.includes('physician') !== true)) return refused('not-a-physician');
  await transaction.deleteFrom('acting_for').where('practice_id', '=', practiceId).where('staff_id', '=', staffId).execute();
  if (wanted.length > 0) await transaction.insertInto('acting_for').values(wanted.map((physician_id) => ({ practice_id: practiceId, staff_id: staffId, physician_id, created_at: new Date(nowMs) }))).execute();
  return ok(wanted as MemberId[]);
}

/** A member as one who is shown things, without a session of theirs; undefined for one who may not sign in any more. */
export function findReader(database: Database, practiceId: string, memberId: string): Promise<Reader | undefined> {
  return inPractice<MemberTables, Reader | undefined>(database, practiceId, async (transaction) => {
    const member = await transaction.selectFrom('member').select('roles').where('id', '=', memberId).where('disabled_at', 'is', null).executeTakeFirst();
    return member === undefined ? undefined : { practiceId, memberId, roles: member.roles, actsFor: (await listActedFor(transaction, practiceId, memberId, member.roles)).map(({ id }) => id) };
  });
}

/** Asked anew at each dial: a socket outlives what its session once knew. */
export function mayNowCallFor(database: Database, { practiceId, memberId }: { practiceId: string; memberId: string }, physicianId: string): Promise<boolean> {
  return inPractice<MemberTables, boolean>(database, practiceId, async (transaction) => {
    const member = await transaction.selectFrom('member').select('roles').where('id', '=', memberId).where('disabled_at', 'is', null).executeTakeFirst();
    const actedFor = await listActedFor(transaction, practiceId, memberId, member?.roles ?? []);
    return actedFor.some(({ id, mayBeCalledFor }) => id === physicianId && mayBeCalledFor);
  });
}

/** Who is shown a change in a physician's log: they themselves, and the staff that works for them. */
export async function listThoseWhoSee(database: Database, practiceId: string, subjectId: string): Promise<MemberId[]> {
  return inPractice<MemberTables, MemberId[]>(database, practiceId, async (transaction) => {
    const rows = await transaction.selectFrom('acting_for').select('staff_id').where('practice_id', '=', practiceId).where('physician_id', '=', subjectId).execute();
    return [subjectId, ...rows.map(({ staff_id }) => staff_id)] as MemberId[];
  });
}

/** Whom news of a call that came in goes to: everybody who sees patients, or those to whom its caller is kept and who work for them. */
export function listThoseWhoSeeCaller(database: Database, practiceId: string, keptTo: readonly string[]): Promise<MemberId[]> {
  return inPractice<MemberTables, MemberId[]>(database, practiceId, async (transaction) => {
    const rows = await transaction.selectFrom('member').select(['id', 'roles']).where('practice_id', '=', practiceId).where('disabled_at', 'is', null).execute();
    const assignments = await listAssignments(transaction, practiceId);
    return rows.filter(({ id, roles }) => maySeeContact({ practiceId, memberId: id, roles, actsFor: assignments.get(id) ?? [] }, keptTo)).map(({ id }) => id as MemberId);
  });
}

export function readerOf({ practice, member, roles, actsFor, token }: MemberSession): Reader {
  return { practiceId: practice.id, memberId: member.id, roles, actsFor: actsFor.map(({ id }) => id), ...(token === null ? {} : { tokenId: token.id }) };
}

/** Whose act it is, as the audit names them. */
export function actorOfReader({ memberId, tokenId }: Pick<Reader, 'memberId' | 'tokenId'>): AuditActor {
  return tokenId === undefined ? { kind: 'member', memberId: memberId as MemberId } : { kind: 'token', memberId: memberId as MemberId, tokenId };
}
