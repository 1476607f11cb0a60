/** The routes of coming in by passkey or by mailed link and code, of one's own credentials and sessions, of members, invitations and access tokens. */
import type { Transaction } from 'kysely';
import type { AuditDetail } from '#contract/audit.ts';
import type { Preferences, SignInMethod } from '#contract/sign-in.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import type { RequestContext } from '#server/platform/http/request-context.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { inInstallation, inPractice, type Database } from '#server/platform/storage/database.ts';
import { appendAudit } from '../audit/index.ts';
import type { Community } from './community.ts';
import { createCommunityRoutes } from './community-routes.ts';
import type { Mailer } from './mail.ts';
import { actorOf, api, createMemberGuard, SESSION_COOKIE, type MemberGuard } from './member-guard.ts';
import type { MemberTables } from './member-tables.ts';
import { finishPasskeySignIn, insertPasskey, startAddingPasskey, startPasskeySignIn, verifyNewPasskey } from './passkeys.ts';
import { insertPerson, listMemberships, readCredentials } from './people.ts';
import { passkeyFingerprint } from './revocation-facts.ts';
import { createRosterRoutes } from './roster-routes.ts';
import { confirmAuthenticator, finishEmailLink, makeRecoveryCodes, setEmail, startAuthenticator, startEmailLink, useAnyCode, type SecondWayKeys } from './second-way.ts';
import type { MemberSession, OpenedSession, SignIn } from './sign-in.ts';
import { totpUri } from './totp.ts';

export interface SignInRouteParts {
  database: Database;
  signIn: SignIn;
  guard: MemberGuard;
  keys: SecondWayKeys;
  /** Undefined: links are shown to the admin who invites, and nobody comes in by mail. */
  mailer: Mailer | undefined;
  community?: Community | undefined;
  clock: Clock;
  random: RandomSource;
  log: Log;
}

type Tables = Transaction<MemberTables>;

export function createSignInRoutes(parts: SignInRouteParts) {
  const { database, signIn, guard, keys, mailer, clock, random, log } = parts;
  const lockedGuard = createMemberGuard(signIn, { allowLocked: true });
  const installation = <Value>(run: (transaction: Tables) => Promise<Value>): Promise<Value> => inInstallation<MemberTables, Value>(database, run);

  /** The practice they were in last; undefined for one who is a member of none any more. */
  const enter = async (transaction: Tables, personId: string, method: SignInMethod, userAgent: string): Promise<OpenedSession | undefined> => {
    const [first] = await listMemberships(transaction, personId);
    return first === undefined ? undefined : signIn.openSession(transaction, { practiceId: first.practiceId, memberId: first.memberId, method, userAgent });
  };

  /** Always a new token, and the one that was there before is ended: one that somebody planted in this browser is worth nothing afterwards. */
  const giveSession = async (context: RequestContext, opened: OpenedSession) => {
    const previous = context.request.cookie(SESSION_COOKIE);
    const replaced = previous === undefined ? undefined : await signIn.findSession(previous);
    if (replaced !== undefined) await signIn.endSession(replaced);
    context.response.setCookie(SESSION_COOKIE, opened.sessionToken);
    const { personId, member } = opened.session;
    return { memberships: personId === null ? [] : await installation((transaction) => listMemberships(transaction, personId, member.id)) };
  };

  /** The demo's member becomes a person with the first credential of their own. */
  const personOf = async (transaction: Tables, session: MemberSession): Promise<string> => {
    if (session.personId !== null) return session.personId;
    const personId = createId(clock.now(), random);
    await insertPerson(transaction, personId, clock.now());
    await transaction.updateTable('member').set({ person_id: personId }).where('id', '=', session.member.id).execute();
    return personId;
  };

  const audit = (transaction: Tables, session: MemberSession, action: 'passkey-added' | 'preferences-changed' | 'passkey-renamed' | 'passkey-removed' | 'member-renamed' | 'totp-set-up' | 'recovery-codes-made', detail: AuditDetail = {}) =>
    appendAudit(transaction, clock.now(), { practiceId: session.practice.id, actor: actorOf(session), action, detail });

  return {
    passkeys: {
      startSignIn: api.passkeys.startSignIn.handler(({ context }) => installation(async (transaction) => ({ options: { ...(await startPasskeySignIn(transaction, { site: context.request, random, nowMs: clock.now() })) } }))),
      finishSignIn: api.passkeys.finishSignIn.handler(async ({ input, context, errors }) => {
        // The answer is taken, right or wrong, before anything is refused: a refusal that threw inside would give the challenge back.
        const opened = await installation(async (transaction) => {
          const answered = await finishPasskeySignIn(transaction, { site: context.request, response: input.response, nowMs: clock.now() });
          return answered.ok ? enter(transaction, answered.value.personId, 'passkey', context.request.userAgent) : undefined;
        });
        if (opened === undefined) throw errors.PASSKEY_REFUSED();
        return giveSession(context, opened);
      }),
      startAdding: api.passkeys.startAdding.use(guard).handler(({ input, context }) =>
        installation(async (transaction) => {
          const { session } = context;
          const personId = await personOf(transaction, session);
          return { options: { ...(await startAddingPasskey(transaction, { kind: 'passkey-add', site: context.request, owner: { personId, name: input.accountName ?? session.member.name }, random, nowMs: clock.now() })) } };
        }),
      ),
      finishAdding: api.passkeys.finishAdding.use(guard).handler(async ({ input, context, errors }) => {
        const { session } = context;
        const view = await installation(async (transaction) => {
          const verified = await verifyNewPasskey(transaction, { kind: 'passkey-add', site: context.request, response: input.response, nowMs: clock.now() });
          // The challenge was made for this person: an answer to somebody else's adds no key here.
          if (!verified.ok || session.personId === null || verified.value.taken.detail['personId'] !== session.personId) return undefined;
          if (!(await insertPasskey(transaction, session.personId, input.name, verified.value, clock.now()))) return undefined;
          await audit(transaction, session, 'passkey-added');
          return readCredentials(transaction, session.personId);
        });
        if (view === undefined) throw errors.PASSKEY_REFUSED();
        return view;
      }),
      rename: api.passkeys.rename.use(guard).handler(async ({ input, context, errors }) => {
        const { session } = context;
        const view = await installation(async (transaction) => {
          if (session.personId === null) return undefined;
          const renamed = await transaction.updateTable('passkey').set({ name: input.name }).where('credential_id', '=', input.passkeyId).where('person_id', '=', session.personId).executeTakeFirst();
          if (renamed.numUpdatedRows === 0n) return undefined;
          await audit(transaction, session, 'passkey-renamed');
          return readCredentials(transaction, session.personId);
        });
        if (view === undefined) throw errors.NOT_FOUND();
        return view;
      }),
      remove: api.passkeys.remove.use(guard).handler(async ({ input, context, errors }) => {
        const { session } = context;
        const outcome = await installation(async (transaction) => {
          if (session.personId === null) return 'not-found' as const;
          // Locked, so that two removals at the same instant do not each leave the other's key.
          await transaction.selectFrom('person').select('id').where('id', '=', session.personId).forUpdate().execute();
          const before = await readCredentials(transaction, session.personId);
          if (!before.passkeys.some(({ id }) => id === input.passkeyId)) return 'not-found' as const;
          if (before.passkeys.length === 1 && !(before.hasAuthenticator && mailer !== undefined) && !(before.hasCommunity && parts.community !== undefined)) return 'last-way-in' as const;
          await transaction.deleteFrom('passkey').where('credential_id', '=', input.passkeyId).where('person_id', '=', session.personId).execute();
          await audit(transaction, session, 'passkey-removed', { passkey: passkeyFingerprint(input.passkeyId) });
          return readCredentials(transaction, session.personId);
        });
        if (outcome === 'not-found') throw errors.NOT_FOUND();
        if (outcome === 'last-way-in') throw errors.LAST_WAY_IN();
        return outcome;
      }),
    },

    secondWay: {
      sendEmail: api.secondWay.sendEmail.handler(async ({ input, context }) => {
        const { origin } = context.request;
        // Behind the answer: how long the mail takes would tell whether there was anybody to mail to.
        void installation((transaction) => startEmailLink(transaction, keys, input.email, clock.now()))
          .then((token) => (token === undefined || mailer === undefined ? undefined : mailer.send({ to: input.email, subject: 'Sign in to Quietline', text: signInMail(`${origin}/sign-in/email#${token}`) })))
          .catch((cause: unknown) => log.error('sign-in-mail-not-sent', cause));
        return {};
      }),
      finishEmail: api.secondWay.finishEmail.handler(async ({ input, context, errors }) => {
        const outcome = await installation(async (transaction) => {
          const finished = await finishEmailLink(transaction, keys, input.token, input.code, clock.now());
          if (!finished.ok) return finished.refusal;
          return (await enter(transaction, finished.value.personId, 'email-and-code', context.request.userAgent)) ?? 'link-used-or-expired';
        });
        if (outcome === 'code-refused') throw errors.CODE_REFUSED();
        if (outcome === 'link-used-or-expired') throw errors.LINK_USED_OR_EXPIRED();
        return giveSession(context, outcome);
      }),
      startAuthenticator: api.secondWay.startAuthenticator.use(guard).handler(({ context }) =>
        installation(async (transaction) => {
          const secret = await startAuthenticator(transaction, keys, await personOf(transaction, context.session), clock.now());
          return { secret, uri: totpUri(secret, context.session.practice.name) };
        }),
      ),
      confirmAuthenticator: api.secondWay.confirmAuthenticator.use(guard).handler(async ({ input, context, errors }) => {
        const { session } = context;
        const outcome = await installation(async (transaction) => {
          if (session.personId === null || !(await confirmAuthenticator(transaction, keys, session.personId, input.code, clock.now()))) return 'code-refused' as const;
          if (!(await setEmail(transaction, session.personId, input.email))) return 'email-taken' as const;
          const recoveryCodes = await makeRecoveryCodes(transaction, keys, session.personId);
          await audit(transaction, session, 'totp-set-up');
          return { recoveryCodes };
        });
        if (outcome === 'code-refused') throw errors.CODE_REFUSED();
        if (outcome === 'email-taken') throw errors.EMAIL_TAKEN();
        return outcome;
      }),
      makeRecoveryCodes: api.secondWay.makeRecoveryCodes.use(guard).handler(({ context }) =>
        installation(async (transaction) => {
          const recoveryCodes = await makeRecoveryCodes(transaction, keys, await personOf(transaction, context.session));
          await audit(transaction, context.session, 'recovery-codes-made');
          return { recoveryCodes };
        }),
      ),
    },

    me: {
      readCredentials: api.me.readCredentials.use(guard).handler(({ context }) => installation((transaction) => readCredentials(transaction, context.session.personId))),
      listMemberships: api.me.listMemberships.use(guard).handler(({ context }) => {
        const { personId, member } = context.session;
        return personId === null ? [] : installation((transaction) => listMemberships(transaction, personId, member.id));
      }),
      switchPractice: api.me.switchPractice.use(guard).handler(async ({ input, context, errors }) => {
        const { personId, method } = context.session;
        const opened = await installation(async (transaction) => {
          const memberships = personId === null ? [] : await listMemberships(transaction, personId);
          const chosen = memberships.find(({ memberId }) => memberId === input.memberId);
          return chosen === undefined ? undefined : signIn.openSession(transaction, { practiceId: chosen.practiceId, memberId: chosen.memberId, method, userAgent: context.request.userAgent });
        });
        if (opened === undefined) throw errors.NOT_FOUND();
        return giveSession(context, opened);
      }),
      rename: api.me.rename.use(guard).handler(({ input, context }) => {
        const { session } = context;
        return installation(async (transaction) => {
          await transaction.updateTable('member').set({ name: input.name }).where('id', '=', session.member.id).execute();
          await audit(transaction, session, 'member-renamed');
          return { name: input.name };
        });
      }),
      // Not an act for the audit: it changes nothing but how the member's own screens look.
      setPreferences: api.me.setPreferences.use(guard).handler(({ input, context }) =>
        inPractice<MemberTables, Preferences>(database, context.session.practice.id, async (transaction) => {
          await transaction.updateTable('member').set({ language: input.language, clock: input.clock }).where('id', '=', context.session.member.id).execute();
          await audit(transaction, context.session, 'preferences-changed');
          return input;
        }),
      ),
      listSessions: api.me.listSessions.use(guard).handler(({ context }) => signIn.listSessions(context.session)),
      endSession: api.me.endSession.use(guard).handler(async ({ input, context, errors }) => {
        const { practice, member } = context.session;
        if (!(await signIn.endSessionOfMember(practice.id, member.id, input.sessionId))) throw errors.NOT_FOUND();
        return {};
      }),
      endOtherSessions: api.me.endOtherSessions.use(guard).handler(async ({ context }) => ({ ended: await signIn.endOtherSessions(context.session) })),
      unlock: api.me.unlock.use(lockedGuard).handler(async ({ input, context, errors }) => {
        const { session } = context;
        const isThem = await installation(async (transaction) => {
          if (session.personId === null) return false;
          if ('code' in input) return useAnyCode(transaction, keys, session.personId, input.code, clock.now());
          const answered = await finishPasskeySignIn(transaction, { site: context.request, response: input.passkey, nowMs: clock.now() });
          return answered.ok && answered.value.personId === session.personId;
        });
        if (!isThem) throw 'code' in input ? errors.CODE_REFUSED() : errors.PASSKEY_REFUSED();
        await signIn.unlock(session);
        return {};
      }),
    },

    waysIn: {
      read: api.waysIn.read.handler(() => ({ email: mailer !== undefined, community: parts.community !== undefined })),
    },

    ...createCommunityRoutes({ community: parts.community, signIn, clock, random, installation, giveSession }),
    ...createRosterRoutes({ ...parts, installation, giveSession }),
  };
}

/** No name, no practice: whoever reads the mailbox learns that somebody signs in somewhere. */
function signInMail(link: string): string {
  return `Open this link to sign in to Quietline. You will be asked for a code of your authenticator.\n\n${link}\n\nIt works once, for 15 minutes. If you did not ask for it, you need do nothing.\n`;
}
