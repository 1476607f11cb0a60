/** The typed client of the HTTP contract. Owns addresses and error codes; says no sentence to a person. */
import { createORPCClient, ORPCError } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import type { JsonifiedClient } from '@orpc/openapi-client';
import { OpenAPILink } from '@orpc/openapi-client/fetch';
import { apiContract } from '#contract/api.ts';
import { SESSION_PATH, takeEarlySession } from './early-session.ts';
import { isSomebodyHere } from './presence.ts';

export const api: JsonifiedClient<ContractRouterClient<typeof apiContract>> = createORPCClient(
  new OpenAPILink(apiContract, {
    url: new URL('/api', location.origin),
    headers: () => ({ accept: 'application/json', ...(isSomebodyHere() ? {} : { 'x-quietline-background': '1' }) }),
    fetch: (request, init) => (request.method === 'GET' && new URL(request.url).pathname === SESSION_PATH ? takeEarlySession() : null) ?? fetch(request, init),
  }),
);

/** The server does not know who asks: the session is over, or never was. */
export const isSignedOut = (error: unknown): boolean => error instanceof ORPCError && error.status === 401;

/** Nobody was here for a while: only unlocking helps. */
export const isLocked = (error: unknown): boolean => error instanceof ORPCError && error.status === 423;

/** The server answered, and it was a refusal; anything else is the network's or the server's trouble. */
export function isRefusal(error: unknown, code: string): boolean {
  if (!(error instanceof ORPCError)) return false;
  // Errors come as RFC 9457 problems, in which the client library finds its own code only inside the body.
  const { body } = (error.data ?? {}) as { readonly body?: { readonly code?: unknown } };
  return error.code === code || body?.code === code;
}
