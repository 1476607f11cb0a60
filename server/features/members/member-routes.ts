/** The routes of signing in by a link, of signing out, of one's own session and of socket tickets. */
import type { SessionView } from '#contract/api.ts';
import { api, createMemberGuard, SESSION_COOKIE } from './member-guard.ts';
import type { MemberSession, SignIn } from './sign-in.ts';
import type { SocketTickets } from './socket-tickets.ts';

export function createMemberRoutes({ signIn, tickets, draftKeyOf }: { signIn: SignIn; tickets: SocketTickets; draftKeyOf: (sessionId: string) => string }) {
  const viewOf = ({ id: sessionId, member, preferences, practice, roles, actsFor, isLocked, method, token }: MemberSession): SessionView => {
    const { id, name, country, timeZone, isSandbox, isDemo } = practice;
    const draftKey = isLocked || token !== null ? null : draftKeyOf(sessionId);
    return { member, preferences, roles: [...roles], actsFor: [...actsFor], isLocked, draftKey, method, practice: { id, name, country, timeZone, sandbox: isSandbox, demo: isDemo } };
  };
  const lockedGuard = createMemberGuard(signIn, { allowLocked: true });
  return {
    signIn: {
      redeemLink: api.signIn.redeemLink.handler(async ({ input, context, errors }) => {
        const redeemed = await signIn.redeemLink(input.token, context.request.userAgent);
        if (!redeemed.ok) throw errors.LINK_USED_OR_EXPIRED();
        // Always a new token: one that somebody planted in this browser before is worth nothing afterwards.
        const previous = context.request.cookie(SESSION_COOKIE);
        const replaced = previous === undefined ? undefined : await signIn.findSession(previous);
        if (replaced !== undefined) await signIn.endSession(replaced);
        context.response.setCookie(SESSION_COOKIE, redeemed.value.sessionToken);
        return viewOf(redeemed.value.session);
      }),
      signOut: api.signIn.signOut.use(lockedGuard).handler(async ({ context }) => {
        await signIn.endSession(context.session);
        context.response.clearCookie(SESSION_COOKIE);
        return {};
      }),
    },
    session: {
      read: api.session.read.use(lockedGuard).handler(({ context }) => viewOf(context.session)),
      // A lock never cuts a call: the call bar of a locked page comes back after a lost network, though it can dial nothing.
      createSocketTicket: api.session.createSocketTicket.use(lockedGuard).handler(({ context }) => ({ ticket: tickets.issue(context.session) })),
    },
  };
}
