/** What was asked of a browser and is waited for, each taken once: found by its token's hash, gone when taken or after its time. Knows nothing of what it is for. */
import { sql, type Transaction } from 'kysely';
import { hashToken } from '#server/platform/crypto/token.ts';
import type { ChallengeKind, MemberTables } from './member-tables.ts';

export interface NewChallenge {
  kind: ChallengeKind;
  token: string;
  personId: string | null;
  detail: Record<string, string>;
  lifetimeMs: number;
}

export interface TakenChallenge {
  personId: string | null;
  detail: Record<string, string>;
}

/** How many times a code may be tried against one mailed link. */
const MOST_ATTEMPTS = 5;

export async function insertChallenge(transaction: Transaction<MemberTables>, { kind, token, personId, detail, lifetimeMs }: NewChallenge, nowMs: number): Promise<void> {
  // The old ones go as new ones come: nobody needs a job for that.
  await transaction.deleteFrom('sign_in_challenge').where('expires_at', '<', new Date(nowMs - 86_400_000)).execute();
  await transaction
    .insertInto('sign_in_challenge')
    .values({ token_hash: hashToken(token), kind, person_id: personId, detail: sql`${JSON.stringify(detail)}::jsonb`, expires_at: new Date(nowMs + lifetimeMs), used_at: null })
    .execute();
}

/** One statement finds it and uses it up: of two who bring it at the same instant, one has nothing. */
export async function takeChallenge(transaction: Transaction<MemberTables>, kind: ChallengeKind, token: string, nowMs: number): Promise<TakenChallenge | undefined> {
  const row = await transaction
    .updateTable('sign_in_challenge')
    .set({ used_at: new Date(nowMs) })
    .where('token_hash', '=', hashToken(token))
    .where('kind', '=', kind)
    .where('used_at', 'is', null)
    .where('expires_at', '>', new Date(nowMs))
    .returning(['person_id', 'detail'])
    .executeTakeFirst();
  return row === undefined ? undefined : { personId: row.person_id, detail: row.detail as Record<string, string> };
}

/** Counts an attempt before the code is looked at: guesses that come at once are counted one by one. Undefined once there were too many. */
export async function countAttempt(transaction: Transaction<MemberTables>, kind: ChallengeKind, token: string, nowMs: number): Promise<TakenChallenge | undefined> {
  const row = await transaction
    .updateTable('sign_in_challenge')
    .set({ attempts: sql`attempts + 1` })
    .where('token_hash', '=', hashToken(token))
    .where('kind', '=', kind)
    .where('used_at', 'is', null)
    .where('attempts', '<', MOST_ATTEMPTS)
    .where('expires_at', '>', new Date(nowMs))
    .returning(['person_id', 'detail'])
    .executeTakeFirst();
  return row === undefined ? undefined : { personId: row.person_id, detail: row.detail as Record<string, string> };
}
