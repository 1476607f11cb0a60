/** Personal access tokens: a program's way in, as its member and within its scopes, shown once, kept as a hash. Opens no session and no socket. */
import type { Transaction } from 'kysely';
import type { MemberId, PracticeId } from '#contract/ids.ts';
import type { AccessTokenView, TokenScope } from '#contract/access-tokens.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import { createToken, hashToken } from '#server/platform/crypto/token.ts';
import { listActedFor } from './acting-for.ts';
import type { MemberTables } from './member-tables.ts';
import type { MemberSession } from './sign-in.ts';

type Tables = Transaction<MemberTables>;

/** So that a token that leaked is known for what it is, by people and by scanners. */
const PREFIX = 'qlt_';
/** Use is written down no more often than this. */
const USE_STEP_MS = 60_000;

export async function insertAccessToken(
  transaction: Tables,
  { practiceId, memberId, name, scopes, lifetimeDays }: { practiceId: string; memberId: string; name: string; scopes: TokenScope[]; lifetimeDays: number },
  random: RandomSource,
  nowMs: number,
): Promise<{ view: AccessTokenView; token: string }> {
  const token = `${PREFIX}${createToken(random)}`;
  const row = {
    id: createId(nowMs, random),
    token_hash: hashToken(token),
    practice_id: practiceId,
    member_id: memberId,
    name,
    scopes,
    created_at: new Date(nowMs),
    expires_at: new Date(nowMs + lifetimeDays * 86_400_000),
    last_used_at: null,
    revoked_at: null,
  };
  await transaction.insertInto('access_token').values(row).execute();
  return { view: viewOf(row), token };
}

export async function listAccessTokens(transaction: Tables, memberId: string): Promise<AccessTokenView[]> {
  const rows = await transaction.selectFrom('access_token').selectAll().where('member_id', '=', memberId).where('revoked_at', 'is', null).orderBy('id', 'desc').execute();
  return rows.map(viewOf);
}

export async function revokeAccessToken(transaction: Tables, memberId: string, id: string, nowMs: number): Promise<boolean> {
  const revoked = await transaction.updateTable('access_token').set({ revoked_at: new Date(nowMs) }).where('id', '=', id).where('member_id', '=', memberId).where('revoked_at', 'is', null).executeTakeFirst();
  return revoked.numUpdatedRows > 0n;
}

/** All of theirs that are good still; their ids. */
export async function revokeTokensOf(transaction: Tables, memberId: string, nowMs: number): Promise<string[]> {
  const revoked = await transaction.updateTable('access_token').set({ revoked_at: new Date(nowMs) }).where('member_id', '=', memberId).where('revoked_at', 'is', null).returning('id').execute();
  return revoked.map(({ id }) => id);
}

/** In the installation's transaction. As a session, so that routes need not know the difference; it cannot be locked, ended or made a ticket of. */
export async function findByAccessToken(transaction: Tables, token: string, nowMs: number): Promise<MemberSession | undefined> {
  if (!token.startsWith(PREFIX)) return undefined;
  const row = await transaction
    .selectFrom('access_token')
    .innerJoin('member', 'member.id', 'access_token.member_id')
    .innerJoin('practice', 'practice.id', 'access_token.practice_id')
    .where('access_token.token_hash', '=', hashToken(token))
    .where('access_token.revoked_at', 'is', null)
    .where('access_token.expires_at', '>', new Date(nowMs))
    .where('member.disabled_at', 'is', null)
    .where('practice.disabled_at', 'is', null)
    .select(['access_token.id', 'access_token.scopes', 'access_token.expires_at', 'member.id as member_id', 'member.name as member_name', 'member.roles', 'member.language', 'member.clock', 'practice.id as practice_id', 'practice.name as practice_name'])
    .select(['practice.country', 'practice.time_zone', 'practice.is_sandbox', 'practice.is_demo'])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  await transaction
    .updateTable('access_token')
    .set({ last_used_at: new Date(nowMs) })
    .where('id', '=', row.id)
    .where((expression) => expression.or([expression('last_used_at', 'is', null), expression('last_used_at', '<', new Date(nowMs - USE_STEP_MS))]))
    .execute();
  return {
    id: row.id,
    expiresAt: row.expires_at.getTime(),
    member: { id: row.member_id as MemberId, name: row.member_name },
    preferences: { language: row.language, clock: row.clock },
    roles: row.roles,
    actsFor: await listActedFor(transaction, row.practice_id, row.member_id, row.roles),
    personId: null,
    method: 'link',
    token: { id: row.id, scopes: row.scopes },
    isLocked: false,
    practice: { id: row.practice_id as PracticeId, name: row.practice_name, country: row.country, timeZone: row.time_zone, isSandbox: row.is_sandbox, isDemo: row.is_demo },
  };
}

function viewOf(row: { id: string; name: string; scopes: string[]; created_at: Date; expires_at: Date; last_used_at: Date | null }): AccessTokenView {
  return { id: row.id, name: row.name, scopes: row.scopes as TokenScope[], createdAt: row.created_at.toISOString(), expiresAt: row.expires_at.toISOString(), lastUsedAt: row.last_used_at?.toISOString() ?? null };
}
