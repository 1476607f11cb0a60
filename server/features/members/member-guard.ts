/** Who is asking: the guard that every feature's routes stand behind. Answers 401 to nobody, 423 to a locked session, 403 to a role or a scope that does not reach. */
import { implement, ORPCError } from '@orpc/server';
import { apiContract } from '#contract/api.ts';
import type { AuditActor } from '#contract/audit.ts';
import type { Role } from '#contract/sign-in.ts';
import type { RequestContext } from '#server/platform/http/request-context.ts';
import { auditedActOf } from './audited-routes-policy.ts';
import type { MemberSession, SignIn } from './sign-in.ts';
import { tokenScopeOf } from './token-scope-policy.ts';

export const SESSION_COOKIE = 'quietline-session';

/** The contract's implementer, with what the platform knows of a request. */
// Who is asking comes before what is asked: nobody learns from a 400 what a route would take.
export const api = implement(apiContract, { initialInputValidationIndex: Number.POSITIVE_INFINITY }).$context<RequestContext>();

/** Adds `session` to the context. Each feature's routes begin with it. `allowLocked`: for the few that a locked page needs. */
export function createMemberGuard(signIn: SignIn, { allowLocked = false } = {}) {
  return api.middleware(async ({ context, next, path, procedure }, input) => {
    const { request } = context;
    const cookie = request.cookie(SESSION_COOKIE);
    // A bearer token is used only where there is no cookie: a page cannot be made to act by somebody else's token.
    const session = cookie !== undefined ? await signIn.findSession(cookie, { isActivity: !request.isBackground }) : request.bearerToken === undefined ? undefined : await signIn.findByAccessToken(request.bearerToken);
    if (session === undefined) throw new ORPCError('UNAUTHORIZED');
    if (session.isLocked && !allowLocked) throw new ORPCError('SESSION_LOCKED', { status: 423, message: 'Locked after a while without anybody there. Unlock it to go on.' });
    if (session.token !== null) {
      const scope = tokenScopeOf(path, procedure['~orpc'].route.method);
      if (scope === null || !session.token.scopes.includes(scope)) throw new ORPCError('SCOPE_MISSING', { status: 403, message: scope === null ? 'This is for people. No token reaches it.' : `This needs a token with the scope ${scope}.` });
    }
    const act = auditedActOf(path, procedure['~orpc'].route.method, input);
    if (act !== null) await signIn.recordAct(session, act);
    return next({ context: { session } });
  });
}
export type MemberGuard = ReturnType<typeof createMemberGuard>;

/** Throws 403 unless the member has the role. */
export function assertRole({ roles }: Pick<MemberSession, 'roles'>, role: Role): void {
  if (!roles.includes(role)) throw new ORPCError('ROLE_MISSING', { status: 403, message: `This is for the role ${role}.` });
}

export function actorOf({ member, token }: MemberSession): AuditActor {
  return token === null ? { kind: 'member', memberId: member.id } : { kind: 'token', memberId: member.id, tokenId: token.id };
}
