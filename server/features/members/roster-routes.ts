/** The routes of a practice's members, invitations and access tokens. */
import type { Transaction } from 'kysely';
import type { Role, MembershipView } from '#contract/sign-in.ts';
import type { AuditAction } from '#contract/audit.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { RequestContext } from '#server/platform/http/request-context.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import { appendAudit } from '../audit/index.ts';
import { setActedFor } from './acting-for.ts';
import { insertAccessToken, listAccessTokens, revokeAccessToken, revokeTokensOf } from './access-tokens.ts';
import type { Mailer } from './mail.ts';
import { actorOf, api, assertRole, type MemberGuard } from './member-guard.ts';
import type { MemberTables } from './member-tables.ts';
import { insertPasskey, startAddingPasskey, verifyNewPasskey } from './passkeys.ts';
import { insertPerson } from './people.ts';
import { rolesAsDetail } from './revocation-facts.ts';
import { disableMember, enableMember, findInvitation, insertInvitation, inviteMemberBack, joinPractice, listInvitations, listMembers, listMembersForAdmin, renewInvitation, setRoles, withdrawInvitation, type OpenInvitation } from './roster.ts';
import type { MemberSession, OpenedSession, SignIn } from './sign-in.ts';

type Tables = Transaction<MemberTables>;

export interface RosterRouteParts {
  database: Database;
  signIn: SignIn;
  guard: MemberGuard;
  mailer: Mailer | undefined;
  log: Log;
  clock: Clock;
  random: RandomSource;
  installation: <Value>(run: (transaction: Tables) => Promise<Value>) => Promise<Value>;
  giveSession: (context: RequestContext, opened: OpenedSession) => Promise<{ memberships: MembershipView[] }>;
}

export function createRosterRoutes({ database, signIn, guard, mailer, log, clock, random, installation, giveSession }: RosterRouteParts) {
  const within = <Value>({ practice }: MemberSession, run: (transaction: Tables) => Promise<Value>): Promise<Value> => inPractice<MemberTables, Value>(database, practice.id, run);
  const audit = (transaction: Tables, session: MemberSession, action: AuditAction, kind: string, id: string, detail = {}) =>
    appendAudit(transaction, clock.now(), { practiceId: session.practice.id, actor: actorOf(session), action, subject: { kind, id }, detail });

  /** The new member's session, in the transaction that made them one. */
  const join = async (transaction: Tables, invitation: OpenInvitation, personId: string, method: MemberSession['method'], userAgent: string): Promise<OpenedSession | 'used' | 'already-a-member'> => {
    const joined = await joinPractice(transaction, invitation, personId, random, clock.now());
    if (!joined.ok) return joined.refusal;
    const memberId = joined.value;
    // A program that somebody else may hold by now does not come back with them.
    if (invitation.memberId !== null) for (const tokenId of await revokeTokensOf(transaction, memberId, clock.now())) await appendAudit(transaction, clock.now(), { practiceId: invitation.practiceId, actor: { kind: 'member', memberId }, action: 'token-revoked', subject: { kind: 'access-token', id: tokenId } });
    await appendAudit(transaction, clock.now(), { practiceId: invitation.practiceId, actor: { kind: 'member', memberId }, action: 'member-joined', subject: { kind: 'invitation', id: invitation.id } });
    return (await signIn.openSession(transaction, { practiceId: invitation.practiceId, memberId, method, userAgent })) ?? 'used';
  };

  /** Null once it is mailed; otherwise the link itself, for the admin to hand over. A mail server that is down must not cost the invitation. */
  const handOver = async (session: MemberSession, email: string | null, link: string): Promise<string | null> => {
    if (mailer === undefined || email === null) return link;
    try {
      await mailer.send({ to: email, subject: `Join ${session.practice.name} on Quietline`, text: invitationMail(session.practice.name, link) });
      return null;
    } catch (cause) {
      log.error('invitation-mail-not-sent', cause);
      return link;
    }
  };

  return {
    members: {
      list: api.members.list.use(guard).handler(({ context: { session } }) => (session.roles.includes('practice-admin') ? installation((transaction) => listMembersForAdmin(transaction, session.practice.id)) : within(session, (transaction) => listMembers(transaction, session.practice.id)))),
      setRoles: api.members.setRoles.use(guard).handler(async ({ input, context, errors }) => {
        const { session } = context;
        assertRole(session, 'practice-admin');
        const changed = await within(session, async (transaction) => {
          const result = await setRoles(transaction, input.memberId, [...new Set<Role>(input.roles)]);
          if (result.ok) await audit(transaction, session, 'member-roles-changed', 'member', input.memberId, rolesAsDetail(input.roles));
          return result;
        });
        if (!changed.ok) throw changed.refusal === 'last-admin' ? errors.LAST_ADMIN() : errors.NOT_FOUND();
        return changed.value;
      }),
      setActsFor: api.members.setActsFor.use(guard).handler(async ({ input, context, errors }) => {
        const { session } = context;
        assertRole(session, 'practice-admin');
        const changed = await within(session, async (transaction) => {
          const result = await setActedFor(transaction, session.practice.id, input.memberId, input.physicianIds, clock.now());
          if (result.ok) await audit(transaction, session, 'member-acts-for-changed', 'member', input.memberId, { physicians: input.physicianIds.length });
          return result;
        });
        if (changed.ok) return { actsFor: changed.value };
        throw changed.refusal === 'not-found' ? errors.NOT_FOUND() : changed.refusal === 'not-staff' ? errors.NOT_STAFF() : errors.NOT_A_PHYSICIAN();
      }),
      disable: api.members.disable.use(guard).handler(async ({ input, context, errors }) => {
        const { session } = context;
        assertRole(session, 'practice-admin');
        const changed = await within(session, async (transaction) => {
          const result = await disableMember(transaction, input.memberId, clock.now());
          if (result.ok) await audit(transaction, session, 'member-disabled', 'member', input.memberId);
          return result;
        });
        if (!changed.ok) throw changed.refusal === 'last-admin' ? errors.LAST_ADMIN() : errors.NOT_FOUND();
        await signIn.endSessionsOfMember(session.practice.id, input.memberId);
        return changed.value;
      }),
      inviteBack: api.members.inviteBack.use(guard).handler(async ({ input, context, errors }) => {
        const { session, request } = context;
        assertRole(session, 'practice-admin');
        const made = await within(session, async (transaction) => {
          const result = await inviteMemberBack(transaction, { practiceId: session.practice.id, invitedBy: session.member.id, memberId: input.memberId }, random, clock.now());
          if (result.ok) await audit(transaction, session, 'member-invited-back', 'member', input.memberId);
          return result;
        });
        if (made.ok) return { invitation: made.value.invitation, link: `${request.origin}/join#${made.value.token}` };
        throw made.refusal === 'not-found' ? errors.NOT_FOUND() : made.refusal === 'not-stopped' ? errors.NOT_STOPPED() : errors.IS_OPERATOR();
      }),
      enable: api.members.enable.use(guard).handler(async ({ input, context, errors }) => {
        const { session } = context;
        assertRole(session, 'practice-admin');
        const changed = await within(session, async (transaction) => {
          const result = await enableMember(transaction, input.memberId);
          if (result.ok) await audit(transaction, session, 'member-enabled', 'member', input.memberId);
          return result;
        });
        if (!changed.ok) throw errors.NOT_FOUND();
        return changed.value;
      }),
    },

    invitations: {
      list: api.invitations.list.use(guard).handler(({ context }) => {
        assertRole(context.session, 'practice-admin');
        return within(context.session, (transaction) => listInvitations(transaction, clock.now()));
      }),
      create: api.invitations.create.use(guard).handler(async ({ input, context }) => {
        const { session, request } = context;
        assertRole(session, 'practice-admin');
        const { invitation, token } = await within(session, async (transaction) => {
          const made = await insertInvitation(transaction, { ...input, practiceId: session.practice.id, invitedBy: session.member.id }, random, clock.now());
          await audit(transaction, session, 'member-invited', 'invitation', made.invitation.id);
          return made;
        });
        return { invitation, link: await handOver(session, invitation.email, `${request.origin}/join#${token}`) };
      }),
      resend: api.invitations.resend.use(guard).handler(async ({ input, context, errors }) => {
        const { session, request } = context;
        assertRole(session, 'practice-admin');
        const renewed = await within(session, async (transaction) => {
          const made = await renewInvitation(transaction, input.invitationId, random, clock.now());
          if (made !== undefined) await audit(transaction, session, 'invitation-resent', 'invitation', input.invitationId);
          return made;
        });
        if (renewed === undefined) throw errors.NOT_FOUND();
        return { invitation: renewed.invitation, link: await handOver(session, renewed.invitation.email, `${request.origin}/join#${renewed.token}`) };
      }),
      withdraw: api.invitations.withdraw.use(guard).handler(async ({ input, context, errors }) => {
        const { session } = context;
        assertRole(session, 'practice-admin');
        const isWithdrawn = await within(session, async (transaction) => {
          const withdrawn = await withdrawInvitation(transaction, input.invitationId, clock.now());
          if (withdrawn) await audit(transaction, session, 'invitation-withdrawn', 'invitation', input.invitationId);
          return withdrawn;
        });
        if (!isWithdrawn) throw errors.NOT_FOUND();
        return {};
      }),
      open: api.invitations.open.handler(async ({ input, context, errors }) => {
        const opened = await installation(async (transaction) => {
          const invitation = await findInvitation(transaction, input.token, clock.now());
          if (invitation === undefined) return undefined;
          const owner = { personId: createId(clock.now(), random), name: invitation.name };
          const options = await startAddingPasskey(transaction, { kind: 'join-passkey', site: context.request, owner, detail: { invitationId: invitation.id }, random, nowMs: clock.now() });
          return { practiceName: invitation.practiceName, name: invitation.name, options: { ...options } };
        });
        if (opened === undefined) throw errors.LINK_USED_OR_EXPIRED();
        return opened;
      }),
      join: api.invitations.join.handler(async ({ input, context, errors }) => {
        const outcome = await installation(async (transaction) => {
          const invitation = await findInvitation(transaction, input.token, clock.now());
          if (invitation === undefined) return 'used' as const;
          const verified = await verifyNewPasskey(transaction, { kind: 'join-passkey', site: context.request, response: input.response, nowMs: clock.now() });
          const personId = verified.ok ? verified.value.taken.detail['personId'] : undefined;
          if (!verified.ok || personId === undefined || verified.value.taken.detail['invitationId'] !== invitation.id) return 'passkey-refused' as const;
          await insertPerson(transaction, personId, clock.now());
          if (!(await insertPasskey(transaction, personId, 'First passkey', verified.value, clock.now()))) return 'passkey-refused' as const;
          return join(transaction, invitation, personId, 'passkey', context.request.userAgent);
        });
        if (outcome === 'passkey-refused') throw errors.PASSKEY_REFUSED();
        if (outcome === 'used' || outcome === 'already-a-member') throw errors.LINK_USED_OR_EXPIRED();
        return giveSession(context, outcome);
      }),
      joinSignedIn: api.invitations.joinSignedIn.use(guard).handler(async ({ input, context, errors }) => {
        const { personId, method } = context.session;
        const outcome = await installation(async (transaction) => {
          const invitation = await findInvitation(transaction, input.token, clock.now());
          if (invitation === undefined || personId === null) return 'used' as const;
          return join(transaction, invitation, personId, method, context.request.userAgent);
        });
        if (outcome === 'used') throw errors.LINK_USED_OR_EXPIRED();
        if (outcome === 'already-a-member') throw errors.ALREADY_A_MEMBER();
        return giveSession(context, outcome);
      }),
    },

    accessTokens: {
      list: api.accessTokens.list.use(guard).handler(({ context }) => within(context.session, (transaction) => listAccessTokens(transaction, context.session.member.id))),
      create: api.accessTokens.create.use(guard).handler(({ input, context }) => {
        const { session } = context;
        return within(session, async (transaction) => {
          const { view, token } = await insertAccessToken(transaction, { ...input, practiceId: session.practice.id, memberId: session.member.id }, random, clock.now());
          await audit(transaction, session, 'token-made', 'access-token', view.id);
          return { accessToken: view, token };
        });
      }),
      revoke: api.accessTokens.revoke.use(guard).handler(async ({ input, context, errors }) => {
        const { session } = context;
        const isRevoked = await within(session, async (transaction) => {
          const revoked = await revokeAccessToken(transaction, session.member.id, input.accessTokenId, clock.now());
          if (revoked) await audit(transaction, session, 'token-revoked', 'access-token', input.accessTokenId);
          return revoked;
        });
        if (!isRevoked) throw errors.NOT_FOUND();
        return {};
      }),
    },
  };
}

function invitationMail(practiceName: string, link: string): string {
  return `${practiceName} invites you to call patients with Quietline.\n\n${link}\n\nThe link works once, for seven days. You will make a passkey: your device's finger, face or PIN.\n`;
}
