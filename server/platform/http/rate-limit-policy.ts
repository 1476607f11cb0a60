/** How many requests one asker may make in a time: counts in fixed windows, in memory. Says what the headers say; answers nobody itself. */

export interface RateLimit {
  /** Its name in the headers. */
  readonly name: string;
  readonly requests: number;
  readonly windowS: number;
}

export interface RateWindow {
  startedAtMs: number;
  count: number;
}

export interface RateDecision {
  readonly isAllowed: boolean;
  readonly window: RateWindow;
  readonly remaining: number;
  /** Until the window begins anew. */
  readonly resetS: number;
}

/** Counts one request. `before` is undefined for an asker not seen in this window. */
export function countRequest(limit: RateLimit, before: RateWindow | undefined, nowMs: number): RateDecision {
  const isNew = before === undefined || nowMs - before.startedAtMs >= limit.windowS * 1_000;
  const window = isNew ? { startedAtMs: nowMs, count: 1 } : { startedAtMs: before.startedAtMs, count: before.count + 1 };
  const resetS = Math.max(1, Math.ceil((window.startedAtMs + limit.windowS * 1_000 - nowMs) / 1_000));
  return { isAllowed: window.count <= limit.requests, window, remaining: Math.max(0, limit.requests - window.count), resetS };
}

/** The fields of draft-ietf-httpapi-ratelimit-headers, and Retry-After (RFC 9110 10.2.3) where it is refused. */
export function rateHeaders(limit: RateLimit, { isAllowed, remaining, resetS }: RateDecision): Record<string, string> {
  return {
    'ratelimit-policy': `"${limit.name}";q=${limit.requests};w=${limit.windowS}`,
    'ratelimit': `"${limit.name}";r=${remaining};t=${resetS}`,
    ...(isAllowed ? {} : { 'retry-after': String(resetS) }),
  };
}
