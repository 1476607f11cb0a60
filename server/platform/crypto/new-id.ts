/** Makes ids: UUID version 7 (RFC 9562 5.7), so that rows made together lie together. Made here, since PostgreSQL before 18 cannot. */
import type { RandomSource } from '../clock/random.ts';

/** `nowMs` is wall time. 74 random bits a millisecond: unique without a counter, and not to be guessed from a neighbour. */
export function createId(nowMs: number, random: RandomSource): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes.set(random.bytes(10), 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
