/** How a member comes in and goes: single-use links, sessions found by a cookie's token, their idle lock and their end. Keeps hashes only; knows no HTTP. */
import type { MemberId, PracticeId } from '#contract/ids.ts';
import type { Preferences, Role, SessionOfMember, SignInMethod } from '#contract/sign-in.ts';
import { ok, refused } from '#contract/result.ts';
import type { Result } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import { createToken, hashToken } from '#server/platform/crypto/token.ts';
import { askInstallation, inInstallation, inPractice } from '#server/platform/storage/database.ts';
import type { Database } from '#server/platform/storage/database.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { appendAudit, recordAct } from '../audit/index.ts';
import { actedForOf, type ActedFor, type AssignedPhysician } from './acting-for.ts';
import type { AuditedAct } from './audited-routes-policy.ts';
import { findByAccessToken } from './access-tokens.ts';
import { sql, type Transaction } from 'kysely';
import type { MemberTables } from './member-tables.ts';

/** Who is asking, in which practice: what every route and socket stands on. */
export interface MemberSession {
  readonly id: string;
  /** Wall time, ms. */
  readonly expiresAt: number;
  readonly member: { readonly id: MemberId; readonly name: string };
  readonly preferences: Preferences;
  readonly roles: readonly Role[];
  /** Whom they work for, as one of the staff. Empty for everybody else. */
  readonly actsFor: readonly ActedFor[];
  /** Null for the demo's member until a passkey is added: nothing of theirs spans practices. */
  readonly personId: string | null;
  readonly method: SignInMethod;
  /** A program asks, with this access token and no more than its scopes; null for a page. */
  readonly token: { readonly id: string; readonly scopes: readonly string[] } | null;
  /** Idle for too long: only unlocking and signing out are answered. Calls go on. */
  readonly isLocked: boolean;
  readonly practice: { readonly id: PracticeId; readonly name: string; readonly country: string; readonly timeZone: string; readonly isSandbox: boolean; readonly isDemo: boolean };
}

export interface SignIn {
  /** A link's token for one member; it works once, for an hour. */
  issueLink(practiceId: string, memberId: string): Promise<string>;
  /** A new session and its token, which is given to the browser and kept nowhere. */
  redeemLink(token: string, userAgent?: string): Promise<Result<OpenedSession, 'link-used-or-expired'>>;
  /** Opens a session of a member who was recognised in this transaction (the installation's). Undefined for one who is disabled. */
  openSession(transaction: Transaction<MemberTables>, opening: SessionOpening): Promise<OpenedSession | undefined>;
  /** `isActivity`: somebody is there, and the idle time begins anew. A locked session is not unlocked by it. */
  findSession(sessionToken: string, options?: { isActivity: boolean }): Promise<MemberSession | undefined>;
  /** Whether the session may begin something at this instant: it has not ended, and is not locked. For sockets, which outlive the request that opened them. */
  mayAct(session: MemberSession): Promise<boolean>;
  /** A program's way in; undefined for a token that is wrong, old or revoked. */
  findByAccessToken(token: string): Promise<MemberSession | undefined>;
  /** Writes an act into the audit before it is done: what cannot be written down is not done. */
  recordAct(session: MemberSession, act: AuditedAct): Promise<void>;
  unlock(session: MemberSession): Promise<void>;
  listSessions(session: MemberSession): Promise<SessionOfMember[]>;
  /** A session of the same member. Resolves to whether there was one that had not ended. */
  endSessionOfMember(practiceId: string, memberId: string, sessionId: string): Promise<boolean>;
  endSessionsOfMember(practiceId: string, memberId: string): Promise<void>;
  endSessionsOfPractice(practiceId: string): Promise<void>;
  /** All of the same person's but this one, in every practice of theirs. Resolves to how many. */
  endOtherSessions(session: MemberSession): Promise<number>;
  /** Ends the session for all that stand on it, sockets included. A no-op for one that has ended. */
  endSession(session: MemberSession, why?: 'signed-out' | 'session-ended-for-abuse'): Promise<void>;
  onSessionEnded(listener: (sessionId: string) => void): void;
  /** Tells the listeners of sessions that another server of this database ended. Looks every two seconds. */
  watchOtherServers(log: Log): { stop(): Promise<void> };
}

export interface SessionOpening {
  practiceId: string;
  memberId: string;
  method: SignInMethod;
  userAgent: string;
}

export interface OpenedSession {
  session: MemberSession;
  sessionToken: string;
}

const LINK_LIFETIME_MS = 3_600_000;
/** A desk that was left: the page locks itself at the same time, and says how to go on. */
export const IDLE_LOCK_MS = 15 * 60_000;
/** Being there is written down no more often than this. */
const ACTIVITY_STEP_MS = 30_000;
const WATCH_EVERY_MS = 2_000;
/** However busy: the day's first call is signed in for anew. */
export const SESSION_LIFETIME_MS = 12 * 3_600_000;

export function createSignIn({ database, clock, random }: { database: Database; clock: Clock; random: RandomSource }): SignIn {
  const listeners = new Set<(sessionId: string) => void>();
  const tell = (sessionId: string): void => {
    for (const listener of listeners) listener(sessionId);
  };
  const openSession = async (transaction: Transaction<MemberTables>, { practiceId, memberId, method, userAgent }: SessionOpening): Promise<OpenedSession | undefined> => {
    const now = clock.now();
    const sessionToken = createToken(random);
    await transaction
      .insertInto('session')
      .values({
        id: createId(now, random),
        token_hash: hashToken(sessionToken),
        practice_id: practiceId,
        member_id: memberId,
        created_at: new Date(now),
        expires_at: new Date(now + SESSION_LIFETIME_MS),
        ended_at: null,
        method,
        user_agent: userAgent.slice(0, 200),
        last_active_at: new Date(now),
      })
      .execute();
    const [row] = (await callOf(sessionToken, now).execute(transaction)).rows;
    if (row === undefined) return undefined;
    const session = sessionOf(row, now);
    await appendAudit(transaction, now, { practiceId, actor: { kind: 'member', memberId: memberId as MemberId }, action: 'signed-in', subject: { kind: 'session', id: session.id }, detail: { method } });
    return { session, sessionToken };
  };
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

    openSession,

    redeemLink(token, userAgent = '') {
      const now = clock.now();
      return inInstallation<MemberTables, Result<OpenedSession, 'link-used-or-expired'>>(database, async (transaction) => {
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
        const opened = await openSession(transaction, { practiceId: link.practice_id, memberId: link.member_id, method: 'link', userAgent });
        return opened === undefined ? refused('link-used-or-expired') : ok(opened);
      });
    },

    async findSession(sessionToken, { isActivity } = { isActivity: false }) {
      const now = clock.now();
      const [row] = await askInstallation(database, callOf(sessionToken, now));
      if (row === undefined) return undefined;
      const session = sessionOf(row, now);
      if (isActivity && !session.isLocked && now - row.last_active_at.getTime() > ACTIVITY_STEP_MS) {
        await inInstallation<MemberTables, unknown>(database, (transaction) => transaction.updateTable('session').set({ last_active_at: new Date(now) }).where('id', '=', session.id).where('last_active_at', '<', new Date(now)).execute());
      }
      return session;
    },

    mayAct: (session) =>
      inInstallation<MemberTables, boolean>(database, async (transaction) => {
        const now = clock.now();
        // A program's session is its token's, and no row of its own.
        if (session.token !== null) return now < session.expiresAt;
        const row = await transaction.selectFrom('session').select(['last_active_at']).where('id', '=', session.id).where('ended_at', 'is', null).where('expires_at', '>', new Date(now)).executeTakeFirst();
        return row !== undefined && !isIdle(session.personId, row.last_active_at, now);
      }),

    findByAccessToken: (token) => inInstallation<MemberTables, MemberSession | undefined>(database, (transaction) => findByAccessToken(transaction, token, clock.now())),

    recordAct: (session, act) => recordAct(database, clock.now(), { ...act, practiceId: session.practice.id, actor: session.token === null ? { kind: 'member', memberId: session.member.id } : { kind: 'token', memberId: session.member.id, tokenId: session.token.id } }),

    async unlock(session) {
      await inInstallation<MemberTables, unknown>(database, (transaction) => transaction.updateTable('session').set({ last_active_at: new Date(clock.now()) }).where('id', '=', session.id).where('ended_at', 'is', null).execute());
    },

    listSessions: (session) =>
      inPractice<MemberTables, SessionOfMember[]>(database, session.practice.id, async (transaction) => {
        const rows = await transaction.selectFrom('session').selectAll().where('member_id', '=', session.member.id).where('ended_at', 'is', null).where('expires_at', '>', new Date(clock.now())).orderBy('id', 'desc').execute();
        return rows.map((row) => ({
          id: row.id,
          method: row.method,
          userAgent: row.user_agent,
          createdAt: row.created_at.toISOString(),
          lastActiveAt: row.last_active_at.toISOString(),
          expiresAt: row.expires_at.toISOString(),
          isCurrent: row.id === session.id,
        }));
      }),

    async endSessionOfMember(practiceId, memberId, sessionId) {
      const now = clock.now();
      const isEnded = await inPractice<MemberTables, boolean>(database, practiceId, async (transaction) => {
        const ended = await transaction.updateTable('session').set({ ended_at: new Date(now) }).where('id', '=', sessionId).where('member_id', '=', memberId).where('ended_at', 'is', null).executeTakeFirst();
        if (ended.numUpdatedRows === 0n) return false;
        await appendAudit(transaction, now, { practiceId, actor: { kind: 'member', memberId: memberId as MemberId }, action: 'session-ended', subject: { kind: 'session', id: sessionId } });
        return true;
      });
      if (isEnded) tell(sessionId);
      return isEnded;
    },

    async endSessionsOfMember(practiceId, memberId) {
      const ended = await inPractice<MemberTables, { id: string }[]>(database, practiceId, (transaction) =>
        transaction.updateTable('session').set({ ended_at: new Date(clock.now()) }).where('member_id', '=', memberId).where('ended_at', 'is', null).returning('id').execute(),
      );
      for (const { id } of ended) tell(id);
    },

    async endSessionsOfPractice(practiceId) {
      const ended = await inPractice<MemberTables, { id: string }[]>(database, practiceId, (transaction) =>
        transaction.updateTable('session').set({ ended_at: new Date(clock.now()) }).where('ended_at', 'is', null).returning('id').execute(),
      );
      for (const { id } of ended) tell(id);
    },

    async endOtherSessions(session) {
      const now = clock.now();
      const ended = await inInstallation<MemberTables, { id: string; practice_id: string; member_id: string }[]>(database, async (transaction) => {
        const { personId, member } = session;
        const own = transaction.selectFrom('member').select('id').where((where) => (personId === null ? where('id', '=', member.id) : where('person_id', '=', personId)));
        const rows = await transaction.updateTable('session').set({ ended_at: new Date(now) }).where('member_id', 'in', own).where('id', '<>', session.id).where('ended_at', 'is', null).returning(['id', 'practice_id', 'member_id']).execute();
        // By practice, so that two who do this at the same instant take the chains in one order.
        for (const row of rows.toSorted((one, other) => one.practice_id.localeCompare(other.practice_id))) {
          await appendAudit(transaction, now, { practiceId: row.practice_id, actor: { kind: 'member', memberId: row.member_id as MemberId }, action: 'session-ended', subject: { kind: 'session', id: row.id } });
        }
        return rows;
      });
      for (const { id } of ended) tell(id);
      return ended.length;
    },

    async endSession(session, why = 'signed-out') {
      const now = clock.now();
      await inPractice<MemberTables, unknown>(database, session.practice.id, async (transaction) => {
        const ended = await transaction.updateTable('session').set({ ended_at: new Date(now) }).where('id', '=', session.id).where('ended_at', 'is', null).executeTakeFirst();
        if (ended.numUpdatedRows === 0n) return;
        await appendAudit(transaction, now, { practiceId: session.practice.id, actor: why === 'signed-out' ? { kind: 'member', memberId: session.member.id } : { kind: 'system' }, action: why, subject: { kind: 'session', id: session.id } });
      });
      tell(session.id);
    },

    onSessionEnded: (listener) => void listeners.add(listener),

    watchOtherServers(log) {
      let seenUntil = clock.now();
      let looking: Promise<void> = Promise.resolve();
      const look = async (): Promise<void> => {
        const until = clock.now();
        // A little of what was seen is looked at again: another server's clock, or its commit, may lag behind. Telling twice does no harm.
        const ended = await inInstallation<MemberTables, { id: string }[]>(database, (transaction) =>
          transaction.selectFrom('session').select('id').where('ended_at', '>', new Date(seenUntil - 2 * WATCH_EVERY_MS)).execute(),
        );
        seenUntil = until;
        for (const { id } of ended) tell(id);
      };
      const tick = (): void => {
        looking = look().catch((cause: unknown) => log.error('ended-sessions-not-read', cause));
        timer = clock.after(WATCH_EVERY_MS, tick);
      };
      let timer = clock.after(WATCH_EVERY_MS, tick);
      return {
        async stop() {
          timer.cancel();
          await looking;
        },
      };
    },
  };
}

interface SessionRow {
  id: string; expires_at: Date; method: SignInMethod; last_active_at: Date;
  member_id: string; member_name: string; roles: Role[]; person_id: string | null; language: Preferences['language']; clock: Preferences['clock'];
  practice_id: string; practice_name: string; country: string; time_zone: string; is_sandbox: boolean; is_demo: boolean;
  acts_for: AssignedPhysician[] | null;
}

const callOf = (sessionToken: string, nowMs: number) => sql<SessionRow>`select * from find_session(${hashToken(sessionToken)}, ${new Date(nowMs)})`;

const sessionOf = (row: SessionRow, nowMs: number): MemberSession => ({
  id: row.id,
  expiresAt: row.expires_at.getTime(),
  member: { id: row.member_id as MemberId, name: row.member_name },
  preferences: { language: row.language, clock: row.clock },
  roles: row.roles,
  actsFor: (row.acts_for ?? []).map((physician) => actedForOf(row.roles, physician)),
  personId: row.person_id,
  method: row.method,
  token: null,
  isLocked: isIdle(row.person_id, row.last_active_at, nowMs),
  practice: { id: row.practice_id as PracticeId, name: row.practice_name, country: row.country, timeZone: row.time_zone, isSandbox: row.is_sandbox, isDemo: row.is_demo },
});

/** Who has no passkey and no authenticator could not unlock: the demo's member, until they add one. */
const isIdle = (personId: string | null, lastActiveAt: Date, nowMs: number): boolean => personId !== null && nowMs - lastActiveAt.getTime() >= IDLE_LOCK_MS;
