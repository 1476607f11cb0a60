/** Keeps the counts of who asked how often, and forgets them. An asker is a session's cookie or token, and an address where there is neither. */
import { createHash } from 'node:crypto';
import { countRequest, type RateDecision, type RateLimit, type RateWindow } from './rate-limit-policy.ts';

/** A page at work makes a few requests a second at the most; a program may make ten. */
export const API_LIMIT: RateLimit = { name: 'api', requests: 600, windowS: 60 };
/** Coming in: a person needs three or four. Guessing is hopeless at any rate; this keeps it cheap for us. */
export const SIGN_IN_LIMIT: RateLimit = { name: 'sign-in', requests: 30, windowS: 60 };

/** So that one who asks by a million addresses does not fill the memory; the oldest window goes first. */
const MOST_ASKERS = 50_000;

export interface RateLimiter {
  count(limit: RateLimit, asker: string): RateDecision;
}

export function createRateLimiter(monotonicMs: () => number = () => performance.now()): RateLimiter {
  const windows = new Map<string, RateWindow>();
  return {
    count(limit, asker) {
      const key = `${limit.name} ${asker}`;
      const decision = countRequest(limit, windows.get(key), monotonicMs());
      // A new window moves to the end: the map stays in the order of their beginning.
      if (decision.window.count === 1) windows.delete(key);
      windows.set(key, decision.window);
      if (windows.size > MOST_ASKERS) windows.delete(windows.keys().next().value!);
      return decision;
    },
  };
}

/** A hash, so that a dump of the memory holds no cookie more than it must. */
export function askerOf({ cookie, authorization, address }: { cookie: string | undefined; authorization: string | undefined; address: string }): string {
  const secret = /quietline-session=([\w-]+)/.exec(cookie ?? '')?.[1] ?? authorization;
  return secret === undefined ? address : createHash('sha256').update(secret).digest('base64url').slice(0, 22);
}
