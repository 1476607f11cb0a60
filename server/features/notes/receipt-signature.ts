/** Signs purge receipts with Ed25519, and verifies them for anyone who holds the public key. The seed is the keyring's. */
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

/** PKCS #8 around a bare Ed25519 seed (RFC 8410 section 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
/** SubjectPublicKeyInfo around a bare public key (RFC 8410 section 4). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export interface ReceiptSigner {
  /** 64 bytes. */
  sign(text: string): Buffer;
  /** 32 bytes, base64url: what a practice keeps to check its receipts with. */
  readonly publicKey: string;
}

export function createReceiptSigner(seed: KeyObject): ReceiptSigner {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed.export()]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length).toString('base64url');
  return { sign: (text) => sign(null, Buffer.from(text, 'utf8'), privateKey), publicKey };
}

/** Whether `signature` over `text` was made with the key. False for a malformed key or signature. */
export function isSignedBy(publicKey: string, text: string, signature: Uint8Array): boolean {
  const raw = Buffer.from(publicKey, 'base64url');
  if (raw.length !== 32) return false;
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
  return verify(null, Buffer.from(text, 'utf8'), key, signature);
}
