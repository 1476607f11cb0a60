/** Makes the unguessable words of SIP: branches, tags, Call-IDs. Draws random bytes by the kilobyte, since each draw by itself costs more than the word. */
import type { RandomSource } from '#server/platform/clock/random.ts';

export interface Tokens {
  /** RFC 3261 8.1.1.7's cookie and 96 random bits. */
  branch(): string;
  /** 64 random bits, twice what RFC 3261 19.3 asks for. */
  tag(): string;
  /** 128 random bits and no host: a host would tell where we live. */
  callId(): string;
  /** 0 <= n < below. */
  integer(below: number): number;
}

const POOL_BYTES = 4_096;

export function createTokens(random: RandomSource): Tokens {
  let pool = Buffer.alloc(0);
  let used = 0;
  const take = (bytes: number): Buffer => {
    if (used + bytes > pool.length) {
      pool = Buffer.from(random.bytes(POOL_BYTES));
      used = 0;
    }
    used += bytes;
    return pool.subarray(used - bytes, used);
  };
  return {
    branch: () => `z9hG4bK${take(12).toString('hex')}`,
    tag: () => take(8).toString('hex'),
    callId: () => take(16).toString('hex'),
    integer: (below) => take(6).readUIntBE(0, 6) % below,
  };
}
