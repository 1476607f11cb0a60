/** The routes of signing in and out, of one's own session and of socket tickets; and the guard that every other feature's routes stand behind. */
import { implement, ORPCError } from '@orpc/server';
import { apiContract } from '#contract/api.ts';
import type { SessionView } from '#contract/api.ts';
import type { RequestContext } from '#server/platform/http/request-context.ts';
import type { MemberSession, SignIn } from './sign-in.ts';
import type { SocketTickets } from './socket-tickets.ts';

export const SESSION_COOKIE = 'quietline-session';

/** The contract's implementer, with what the platform knows of a request. */
export const api = implement(apiContract).$context<RequestContext>();

/** Adds `session` to the context, or answers 401. Each feature's routes begin with it. */
export function createMemberGuard(signIn: SignIn) {
  return api.middleware(async ({ context, next }) => {
    const token = context.request.cookie(SESSION_COOKIE);
    const session = token === undefined ? undefined : await signIn.findSession(token);
    if (session === undefined) throw new ORPCError('UNAUTHORIZED');
    return next({ context: { session } });
  });
}
export type MemberGuard = ReturnType<typeof createMemberGuard>;

export function createMemberRoutes({ signIn, tickets, guard }: { signIn: SignIn; tickets: SocketTickets; guard: MemberGuard }) {
  return {
    signIn: {
      redeemLink: api.signIn.redeemLink.handler(async ({ input, context, errors }) => {
        const redeemed = await signIn.redeemLink(input.token);
        if (!redeemed.ok) throw errors.LINK_USED_OR_EXPIRED();
        // Always a new token: one that somebody planted in this browser before is worth nothing afterwards.
        const previous = context.request.cookie(SESSION_COOKIE);
        const replaced = previous === undefined ? undefined : await signIn.findSession(previous);
        if (replaced !== undefined) await signIn.endSession(replaced);
        context.response.setCookie(SESSION_COOKIE, redeemed.value.sessionToken);
        return viewOf(redeemed.value.session);
      }),
      signOut: api.signIn.signOut.use(guard).handler(async ({ context }) => {
        await signIn.endSession(context.session);
        context.response.clearCookie(SESSION_COOKIE);
        return {};
      }),
    },
    session: {
      read: api.session.read.use(guard).handler(({ context }) => viewOf(context.session)),
      createSocketTicket: api.session.createSocketTicket.use(guard).handler(({ context }) => ({ ticket: tickets.issue(context.session) })),
    },
  };
}

function viewOf({ member, practice }: MemberSession): SessionView {
  const { id, name, country, timeZone, isSandbox } = practice;
  return { member, practice: { id, name, country, timeZone, sandbox: isSandbox } };
}
