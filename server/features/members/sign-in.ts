/** How a member comes in and goes: single-use links, sessions found by a cookie's token, sign-out. Keeps hashes only; knows no HTTP. */
import type { MemberId, PracticeId } from '#contract/ids.ts';
import { ok, refused } from '#contract/result.ts';
import type { Result } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import { createToken, hashToken } from '#server/platform/crypto/token.ts';
import { inInstallation, inPractice } from '#server/platform/storage/database.ts';
import type { Database } from '#server/platform/storage/database.ts';
import type { Transaction } from 'kysely';
import type { MemberTables } from './member-tables.ts';

/** Who is asking, in which practice: what every route and socket stands on. */
export interface MemberSession {
  readonly id: string;
  /** Wall time, ms. */
  readonly expiresAt: number;
  readonly member: { readonly id: MemberId; readonly name: string };
  readonly practice: { readonly id: PracticeId; readonly name: string; readonly country: string; readonly timeZone: string; readonly isSandbox: boolean };
}

export interface SignIn {
  /** A link's token for one member; it works once, for an hour. */
  issueLink(practiceId: string, memberId: string): Promise<string>;
  /** A new session and its token, which is given to the browser and kept nowhere. */
  redeemLink(token: string): Promise<Result<{ session: MemberSession; sessionToken: string }, 'link-used-or-expired'>>;
  findSession(sessionToken: string): Promise<MemberSession | undefined>;
  /** Ends the session for all that stand on it, sockets included. A no-op for one that has ended. */
  endSession(session: MemberSession): Promise<void>;
  onSessionEnded(listener: (sessionId: string) => void): void;
}

const LINK_LIFETIME_MS = 3_600_000;
/** However busy: the day's first call is signed in for anew. */
export const SESSION_LIFETIME_MS = 12 * 3_600_000;

export function createSignIn({ database, clock, random }: { database: Database; clock: Clock; random: RandomSource }): SignIn {
  const listeners = new Set<(sessionId: string) => void>();
  return {
    async issueLink(practiceId, memberId) {
      const token = createToken(random);
      const now = clock.now();
      await inPractice<MemberTables, unknown>(database, practiceId, (transaction) =>
        transaction
          .insertInto('sign_in_link')
          .values({ token_hash: hashToken(token), practice_id: practiceId, member_id: memberId, created_at: new Date(now), expires_at: new Date(now + LINK_LIFETIME_MS), used_at: null })
          .execute(),
      );
      return token;
    },

    redeemLink(token) {
      const now = clock.now();
      return inInstallation<MemberTables, Result<{ session: MemberSession; sessionToken: string }, 'link-used-or-expired'>>(database, async (transaction) => {
        // One statement finds and uses up the link: of two who redeem it at the same instant, one finds nothing.
        const link = await transaction
          .updateTable('sign_in_link')
          .set({ used_at: new Date(now) })
          .where('token_hash', '=', hashToken(token))
          .where('used_at', 'is', null)
          .where('expires_at', '>', new Date(now))
          .returning(['practice_id', 'member_id'])
          .executeTakeFirst();
        if (link === undefined) return refused('link-used-or-expired');
        const sessionToken = createToken(random);
        await transaction
          .insertInto('session')
          .values({
            id: createId(now, random),
            token_hash: hashToken(sessionToken),
            practice_id: link.practice_id,
            member_id: link.member_id,
            created_at: new Date(now),
            expires_at: new Date(now + SESSION_LIFETIME_MS),
            ended_at: null,
          })
          .execute();
        const session = await readSession(transaction, sessionToken, now);
        return session === undefined ? refused('link-used-or-expired') : ok({ session, sessionToken });
      });
    },

    findSession: (sessionToken) => inInstallation<MemberTables, MemberSession | undefined>(database, (transaction) => readSession(transaction, sessionToken, clock.now())),

    async endSession(session) {
      await inPractice<MemberTables, unknown>(database, session.practice.id, (transaction) =>
        transaction.updateTable('session').set({ ended_at: new Date(clock.now()) }).where('id', '=', session.id).where('ended_at', 'is', null).execute(),
      );
      for (const listener of listeners) listener(session.id);
    },

    onSessionEnded: (listener) => void listeners.add(listener),
  };
}

async function readSession(transaction: Transaction<MemberTables>, sessionToken: string, nowMs: number): Promise<MemberSession | undefined> {
  const row = await transaction
    .selectFrom('session')
    .innerJoin('member', 'member.id', 'session.member_id')
    .innerJoin('practice', 'practice.id', 'session.practice_id')
    .where('session.token_hash', '=', hashToken(sessionToken))
    .where('session.ended_at', 'is', null)
    .where('session.expires_at', '>', new Date(nowMs))
    .where('member.disabled_at', 'is', null)
    .select(['session.id', 'session.expires_at', 'member.id as member_id', 'member.name as member_name', 'practice.id as practice_id', 'practice.name as practice_name'])
    .select(['practice.country', 'practice.time_zone', 'practice.is_sandbox'])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    id: row.id,
    expiresAt: row.expires_at.getTime(),
    member: { id: row.member_id as MemberId, name: row.member_name },
    practice: { id: row.practice_id as PracticeId, name: row.practice_name, country: row.country, timeZone: row.time_zone, isSandbox: row.is_sandbox },
  };
}
