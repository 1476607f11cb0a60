/** Time-based one-time codes (RFC 6238): makes secrets, finds the step a code belongs to. Keeps nothing; that a step is used once is the store's to see to. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RandomSource } from '#server/platform/clock/random.ts';

const STEP_MS = 30_000;
const DIGITS = 6;
/** RFC 4226 4 R6: 160 bits recommended. */
const SECRET_BYTES = 20;
/** A clock may be a step off either way (RFC 6238 5.2). */
const DRIFT_STEPS = 1;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Base32, as authenticators take it. */
export function createTotpSecret(random: RandomSource): string {
  return encodeBase32(random.bytes(SECRET_BYTES));
}

/** What the QR code holds. The label is the practice's name and no person's. */
export function totpUri(secret: string, label: string): string {
  return `otpauth://totp/${encodeURIComponent(`Quietline:${label}`)}?secret=${secret}&issuer=Quietline&algorithm=SHA1&digits=${DIGITS}&period=${STEP_MS / 1_000}`;
}

/** The step whose code this is, newer than `lastStep`; undefined for a wrong, an old or an already used code. */
export function findTotpStep(secret: string, code: string, nowMs: number, lastStep: number): number | undefined {
  const typed = Buffer.from(code.replaceAll(/\s/g, ''));
  if (typed.length !== DIGITS) return undefined;
  const current = Math.floor(nowMs / STEP_MS);
  let found: number | undefined;
  // Every step is compared, whichever fits: how long it takes tells nothing.
  for (let step = current - DRIFT_STEPS; step <= current + DRIFT_STEPS; step += 1) {
    if (timingSafeEqual(typed, Buffer.from(totpCode(secret, step))) && step > lastStep) found = step;
  }
  return found;
}

/** RFC 4226 5.3, with the step as the counter. */
export function totpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', decodeBase32(secret)).update(counter).digest();
  const offset = mac[19]! & 0x0f;
  return String((mac.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** DIGITS).padStart(DIGITS, '0');
}

export function encodeBase32(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let heldBits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (heldBits += 8; heldBits >= 5; heldBits -= 5) text += BASE32[(held >>> (heldBits - 5)) & 31];
    held &= (1 << heldBits) - 1;
  }
  return heldBits === 0 ? text : text + BASE32[(held << (5 - heldBits)) & 31];
}

function decodeBase32(text: string): Buffer {
  const bytes: number[] = [];
  let held = 0;
  let heldBits = 0;
  for (const letter of text) {
    held = (held << 5) | BASE32.indexOf(letter);
    heldBits += 5;
    if (heldBits < 8) continue;
    heldBits -= 8;
    bytes.push((held >>> heldBits) & 255);
    held &= (1 << heldBits) - 1;
  }
  return Buffer.from(bytes);
}
