/** The routes of coming in through a community: start, and the answer that came back to the page. The flow is bound to the browser that began it. */
import { sql, type Transaction } from 'kysely';
import type { MemberId } from '#contract/ids.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import { createToken } from '#server/platform/crypto/token.ts';
import type { MembershipView, Role } from '#contract/sign-in.ts';
import type { RequestContext } from '#server/platform/http/request-context.ts';
import { appendAudit } from '../audit/index.ts';
import { insertChallenge, takeChallenge } from './challenge-store.ts';
import type { Community, CommunityFlow, CommunityIdentity } from './community.ts';
import { readStanding, type CommunityStanding } from './community-claims-policy.ts';
import { api } from './member-guard.ts';
import type { MemberTables } from './member-tables.ts';
import { insertPerson } from './people.ts';
import type { OpenedSession, SignIn } from './sign-in.ts';

type Tables = Transaction<MemberTables>;

const FLOW_COOKIE = 'quietline-community';
const FLOW_LIFETIME_MS = 10 * 60_000;
/** A page of ours, which hands on what the provider added to its address. */
const REDIRECT_PATH = '/sign-in/community';

export interface CommunityRouteParts {
  /** Undefined: there is none, and every route says so. */
  community: Community | undefined;
  signIn: SignIn;
  clock: Clock;
  random: RandomSource;
  installation: <Value>(run: (transaction: Tables) => Promise<Value>) => Promise<Value>;
  giveSession: (context: RequestContext, opened: OpenedSession) => Promise<{ memberships: MembershipView[] }>;
}

export function createCommunityRoutes({ community, signIn, clock, random, installation, giveSession }: CommunityRouteParts) {
  return {
    community: {
      start: api.community.start.handler(async ({ context, errors }) => {
        const started = await community?.start(context.request.origin + REDIRECT_PATH);
        if (started === undefined) throw errors.NO_COMMUNITY();
        if (!started.ok) throw errors.COMMUNITY_AWAY();
        const token = createToken(random);
        await installation((transaction) => insertChallenge(transaction, { kind: 'oidc', token, personId: null, detail: started.value.secrets, lifetimeMs: FLOW_LIFETIME_MS }, clock.now()));
        context.response.setCookie(FLOW_COOKIE, token, { maxAgeS: FLOW_LIFETIME_MS / 1_000 });
        return { url: started.value.url };
      }),
      finish: api.community.finish.handler(async ({ input, context, errors }) => {
        if (community === undefined) throw errors.NO_COMMUNITY();
        // Only the browser that began has the cookie: an answer that somebody else obtained signs nobody in here.
        const token = context.request.cookie(FLOW_COOKIE);
        context.response.clearCookie(FLOW_COOKIE);
        // Taken before the provider is asked: an answer is tried once, whatever comes of it.
        const flow = token === undefined ? undefined : await installation((transaction) => takeChallenge(transaction, 'oidc', token, clock.now()));
        if (flow === undefined) throw errors.COMMUNITY_REFUSED();
        const finished = await community.finish(flow.detail as CommunityFlow['secrets'], input.answer);
        if (!finished.ok) throw finished.refusal === 'community-away' ? errors.COMMUNITY_AWAY() : errors.COMMUNITY_REFUSED();
        const standing = readStanding(finished.value.claims);
        if (!standing.isMember) throw errors.NOT_A_MEMBER();
        const opened = await installation(async (transaction) => {
          const membership = await admitFromCommunity(transaction, finished.value, standing, random, clock.now());
          return membership === undefined ? undefined : signIn.openSession(transaction, { ...membership, method: 'community', userAgent: context.request.userAgent });
        });
        if (opened === undefined) throw errors.NOT_A_MEMBER();
        return giveSession(context, opened);
      }),
    },
  };
}

/** The membership in the installation's own practice (the demo only while there is no other), made at the first time and brought up to date at each. Undefined where an admin has disabled it. */
async function admitFromCommunity(transaction: Tables, { issuer, subject }: CommunityIdentity, standing: CommunityStanding & { isMember: true }, random: RandomSource, nowMs: number): Promise<{ practiceId: string; memberId: MemberId } | undefined> {
  // Two first sign-ins at the same instant would make two people of one.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`community ${issuer} ${subject}`}, 0))`.execute(transaction);
  const known = await transaction.selectFrom('person_identity').select('person_id').where('issuer', '=', issuer).where('subject', '=', subject).executeTakeFirst();
  const personId = known?.person_id ?? createId(nowMs, random);
  if (known === undefined) {
    await insertPerson(transaction, personId, nowMs);
    await transaction.insertInto('person_identity').values({ issuer, subject, person_id: personId, created_at: new Date(nowMs) }).execute();
  }
  const { isVerifiedPhysician, plan } = standing;
  const member = await transaction.selectFrom('member').select(['id', 'practice_id', 'disabled_at']).where('person_id', '=', personId).orderBy('created_at').executeTakeFirst();
  if (member !== undefined) {
    if (member.disabled_at !== null) return undefined;
    await transaction.updateTable('member').set({ is_verified_physician: isVerifiedPhysician, plan }).where('id', '=', member.id).execute();
    return { practiceId: member.practice_id, memberId: member.id as MemberId };
  }
  const practice = await transaction.selectFrom('practice').select('id').where('disabled_at', 'is', null).orderBy('is_demo').orderBy('id').executeTakeFirst();
  if (practice === undefined) return undefined;
  const memberId = createId(nowMs, random) as MemberId;
  await transaction
    .insertInto('member')
    .values({ id: memberId, practice_id: practice.id, name: standing.name, created_at: new Date(nowMs), disabled_at: null, person_id: personId, roles: sql<Role[]>`${standing.roles}::text[]`, plan, is_verified_physician: isVerifiedPhysician })
    .execute();
  await appendAudit(transaction, nowMs, { practiceId: practice.id, actor: { kind: 'member', memberId }, action: 'member-joined', detail: { method: 'community' } });
  return { practiceId: practice.id, memberId };
}
