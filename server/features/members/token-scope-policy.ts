/** How far a personal access token reaches: a route's name in, the scope it needs out. What is for people has none, and no token reaches it. Pure. */
import { tokenScopeSchema, type TokenScope } from '#contract/access-tokens.ts';
import { isRead } from './audited-routes-policy.ts';

/** The first word of the route's name, and whether it changes anything; a search that is asked by POST reads. */
export function tokenScopeOf(path: readonly string[], method: string | undefined): TokenScope | null {
  const scope = tokenScopeSchema.safeParse(`${path[0]}:${isRead(path, method) ? 'read' : 'write'}`);
  return scope.success ? scope.data : null;
}
