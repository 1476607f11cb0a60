/** What server and page agree on about personal access tokens: for programs, scoped, shown once, revocable. */
import { oc } from '@orpc/contract';
import * as z from 'zod';

/**
 * What a token may do: the first word of a route's name in this contract, and whether it changes anything. Signing in,
 * credentials, members and the audit are for people; no token reaches them.
 */
export const tokenScopeSchema = z.enum(['calls:read', 'calls:write', 'contacts:read', 'contacts:write', 'handouts:read', 'handouts:write', 'lines:read', 'notes:read', 'notes:write', 'plan:read', 'practices:read', 'sandbox:read', 'session:read']);
export type TokenScope = z.infer<typeof tokenScopeSchema>;

export const accessTokenViewSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  scopes: z.array(tokenScopeSchema),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
});
export type AccessTokenView = z.infer<typeof accessTokenViewSchema>;

export const accessTokensContract = {
  list: oc.route({ method: 'GET', path: '/access-tokens' }).output(z.array(accessTokenViewSchema)),
  create: oc
    .route({ method: 'POST', path: '/access-tokens' })
    .input(z.object({ name: z.string().min(1).max(60), scopes: z.array(tokenScopeSchema).min(1).max(30), lifetimeDays: z.int().min(1).max(365).default(90) }))
    .output(z.object({ accessToken: accessTokenViewSchema, token: z.string() })),
  revoke: oc.route({ method: 'DELETE', path: '/access-tokens/{accessTokenId}' }).errors({ NOT_FOUND: { status: 404 } }).input(z.object({ accessTokenId: z.uuid() })).output(z.object({})),
};
