/** Seals one field of one row with AES-256-GCM, bound to its place: opened anywhere else (another row, column, table or practice) it fails. Owns the sealed form; decides nothing about who may read. */
import { createCipheriv, createDecipheriv, createHmac, randomFillSync, type KeyObject } from 'node:crypto';
import type { Keyring } from './keyring.ts';

/** Where a sealed value stands. All four are authenticated, none is stored with it. */
export interface RecordPlace {
  readonly practiceId: string;
  readonly table: string;
  readonly column: string;
  readonly rowId: string;
}

export interface RecordCipher {
  /** A sealed copy for a bytea column: 33 bytes longer than the text. */
  seal(place: RecordPlace, plaintext: string): Buffer;
  /** The text as it was sealed. Throws UnreadableRecordError if the key is gone, or if anything was altered or moved. */
  open(place: RecordPlace, sealed: Uint8Array): string;
  /** Whether a rotation has still to seal this value again with the current key. */
  isSealedWithOldKey(sealed: Uint8Array): boolean;
}

/** A blind index: equal values of one practice and kind have equal indexes, and without the key an index says nothing. For exact matches only. */
export interface BlindIndex {
  /** 32 bytes, under the current index key. `kind` keeps apart what must not be compared ("phone", "email"). */
  of(practiceId: string, kind: string, value: string): Buffer;
  /** The value's index under every index key still held, newest first: what to look for while a rotation is under way. */
  allOf(practiceId: string, kind: string, value: string): Buffer[];
}

export type UnreadableReason = 'malformed' | 'key-missing' | 'altered-or-moved';

export class UnreadableRecordError extends Error {
  override readonly name = 'UnreadableRecordError';
  readonly reason: UnreadableReason;
  constructor(reason: UnreadableReason, place: Pick<RecordPlace, 'table' | 'column'>) {
    super(`A sealed ${place.table}.${place.column} cannot be opened: ${reason}.`);
    this.reason = reason;
  }
}

// Sealed form: 1 byte of version, 4 of key id (big-endian), 12 of nonce, the ciphertext, 16 of tag.
const FORM_VERSION = 1;
const NONCE_AT = 5;
const CIPHERTEXT_AT = 17;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** How many octets longer a sealed value is. */
export const SEALED_OVERHEAD: number = CIPHERTEXT_AT + TAG_BYTES;

/** Fresh random nonces are fetched this many at a time: a call to the generator costs as much as sealing a short record. */
const NONCES_PER_FETCH = 256;

export function createRecordCipher(keyring: Pick<Keyring, 'current' | 'find'>): RecordCipher {
  const takeNonce = createNonceSource();
  return {
    seal(place, plaintext) {
      const { id, key } = keyring.current('records');
      return sealWithKey(key, id, place, plaintext, takeNonce());
    },
    open(place, sealed) {
      const id = keyIdOf(sealed, place);
      const key = keyring.find('records', id);
      if (key === undefined) throw new UnreadableRecordError('key-missing', place);
      return openWithKey(key, place, sealed);
    },
    isSealedWithOldKey: (sealed) => keyIdOf(sealed, { table: 'record', column: 'unknown' }) !== keyring.current('records').id,
  };
}

export function createBlindIndex(keyring: Pick<Keyring, 'current' | 'list'>): BlindIndex {
  return {
    of: (practiceId, kind, value) => indexUnder(keyring.current('index').key, practiceId, kind, value),
    allOf: (practiceId, kind, value) => keyring.list('index').map(({ key }) => indexUnder(key, practiceId, kind, value)),
  };
}

/** Seals with a key of the caller's own, such as a note's epoch key. `keyId` is authenticated and readable in the sealed form. */
export function sealWithKey(key: KeyObject, keyId: number, place: RecordPlace, plaintext: string | Uint8Array, nonce: Uint8Array = randomFillSync(new Uint8Array(NONCE_BYTES))): Buffer {
  const text = typeof plaintext === 'string' ? Buffer.from(plaintext, 'utf8') : plaintext;
  const sealed = Buffer.allocUnsafe(CIPHERTEXT_AT + text.length + TAG_BYTES);
  sealed[0] = FORM_VERSION;
  sealed.writeUInt32BE(keyId, 1);
  sealed.set(nonce, NONCE_AT);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(associatedData(keyId, place));
  // In GCM update() returns the whole ciphertext and final() nothing more.
  sealed.set(cipher.update(text), CIPHERTEXT_AT);
  cipher.final();
  sealed.set(cipher.getAuthTag(), CIPHERTEXT_AT + text.length);
  return sealed;
}

/** Opens what sealWithKey made. Throws UnreadableRecordError. */
export function openWithKey(key: KeyObject, place: RecordPlace, sealed: Uint8Array): string {
  return openBytesWithKey(key, place, sealed).toString('utf8');
}

/** The same for what was sealed as bytes. */
export function openBytesWithKey(key: KeyObject, place: RecordPlace, sealed: Uint8Array): Buffer {
  const keyId = keyIdOf(sealed, place);
  const tagAt = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(NONCE_AT, CIPHERTEXT_AT), { authTagLength: TAG_BYTES });
  decipher.setAAD(associatedData(keyId, place));
  decipher.setAuthTag(sealed.subarray(tagAt));
  const text = decipher.update(sealed.subarray(CIPHERTEXT_AT, tagAt));
  try {
    decipher.final();
  } catch {
    throw new UnreadableRecordError('altered-or-moved', place);
  }
  return text;
}

/** The number of the key that sealed a value. Throws UnreadableRecordError('malformed') for anything that is not a sealed value. */
export function keyIdOf(sealed: Uint8Array, place: Pick<RecordPlace, 'table' | 'column'>): number {
  if (sealed.length < CIPHERTEXT_AT + TAG_BYTES || sealed[0] !== FORM_VERSION) throw new UnreadableRecordError('malformed', place);
  return new DataView(sealed.buffer, sealed.byteOffset, sealed.byteLength).getUint32(1);
}

/** Each part is led by its length, so that no two places can spell the same bytes. */
function associatedData(keyId: number, { practiceId, table, column, rowId }: RecordPlace): Buffer {
  return Buffer.from(`ql1:${keyId}:${practiceId.length}:${practiceId}${table.length}:${table}${column.length}:${column}${rowId.length}:${rowId}`, 'utf8');
}

function indexUnder(key: KeyObject, practiceId: string, kind: string, value: string): Buffer {
  return createHmac('sha256', key).update(`${practiceId.length}:${practiceId}${kind.length}:${kind}${value}`).digest();
}

function createNonceSource(): () => Uint8Array {
  let fetched = new Uint8Array(0);
  let usedBytes = 0;
  return () => {
    if (usedBytes === fetched.length) {
      fetched = randomFillSync(new Uint8Array(NONCE_BYTES * NONCES_PER_FETCH));
      usedBytes = 0;
    }
    return fetched.subarray(usedBytes, (usedBytes += NONCE_BYTES));
  };
}
