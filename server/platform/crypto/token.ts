/** Secrets that are carried by hand or by cookie, and what is kept of them: their hash. A token itself is never stored or logged. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { RandomSource } from '../clock/random.ts';

/** 256 bits: unguessable, so a plain hash of it needs neither salt nor stretching. */
const TOKEN_BYTES = 32;

/** 43 characters of base64url. */
export function createToken(random: RandomSource): string {
  return Buffer.from(random.bytes(TOKEN_BYTES)).toString('base64url');
}

/** SHA-256, 32 bytes: what the database keeps and is asked for. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}

/** Compares without telling by its time how much was alike. */
export function isSameHash(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
