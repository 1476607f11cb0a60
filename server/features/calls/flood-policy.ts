/** How fast a page may talk: a bucket of messages that refills. Pure; what happens to a flood is the caller's business. */

export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** A keypad hammered with both hands stays under 20 a second; a page that just came back sends a handful at once. */
export const MESSAGES_AT_ONCE = 60;
export const MESSAGES_PER_SECOND = 20;

export const fullBucket = (nowMs: number): Bucket => ({ tokens: MESSAGES_AT_ONCE, at: nowMs });

/** The bucket after one more message, or undefined where that is one too many. `nowMs` is monotonic. */
export function takeFromBucket(bucket: Bucket, nowMs: number): Bucket | undefined {
  const tokens = Math.min(MESSAGES_AT_ONCE, bucket.tokens + ((nowMs - bucket.at) / 1_000) * MESSAGES_PER_SECOND);
  return tokens < 1 ? undefined : { tokens: tokens - 1, at: nowMs };
}
