/** One key in one file: made whole or not at all, read only where nobody else may, destroyed so that nothing of it stays. Knows nothing of what a key is for; never writes one to a log or a database. */
import { createHash, createSecretKey, randomFillSync, timingSafeEqual, type KeyObject } from 'node:crypto';
import { closeSync, constants, fstatSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Every key is 256 bits: an AES-256 key, an HMAC-SHA-256 key or an Ed25519 seed. */
export const KEY_BYTES = 32;

const HEADER = 'quietline key 1';

/** The file is there but is no key we may use; the message says what to do and holds nothing of the key. */
export class UnusableKeyFileError extends Error {
  override readonly name = 'UnusableKeyFileError';
}

/**
 * Makes a key file with 32 fresh bytes and returns its key; `undefined` if the name is taken. A crash at any instant leaves the whole
 * file under its name or no file of that name: it is written and flushed under a passing name, then linked, and link() never overwrites.
 */
export function createKeyFile(path: string, fill: (bytes: Uint8Array<ArrayBuffer>) => void = randomFillSync): KeyObject | undefined {
  const directory = dirname(path);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const bytes = new Uint8Array(KEY_BYTES);
  fill(bytes);
  const passing = join(directory, `.${basename(path)}.${process.pid}.new`);
  rmSync(passing, { force: true });
  try {
    writeWhole(passing, keyFileText(basename(path), bytes), constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY);
    try {
      linkSync(passing, path);
    } catch (cause) {
      if (codeOf(cause) === 'EEXIST') return undefined;
      throw cause;
    }
  } finally {
    rmSync(passing, { force: true });
  }
  // The name itself is data of the directory: unflushed, a power cut could take the key of records already acknowledged.
  syncDirectory(directory);
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}

/**
 * The key in the file, or `undefined` where there is no file, or one whose destruction a crash cut off after its key was overwritten.
 * Throws UnusableKeyFileError for one cut short, altered, renamed or open to others.
 */
export function readKeyFile(path: string): KeyObject | undefined {
  let handle: number;
  try {
    handle = openSync(path, constants.O_RDONLY);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw new UnusableKeyFileError(`The key file ${path} cannot be opened (${codeOf(cause) ?? 'unknown'}). It must belong to the account that runs the server.`, { cause });
  }
  try {
    const mode = fstatSync(handle).mode & 0o777;
    if ((mode & 0o077) !== 0) throw new UnusableKeyFileError(`The key file ${path} can be read by others (mode ${mode.toString(8)}). Run: chmod 600 ${path}`);
    const text = readFileSync(handle, 'latin1');
    return /^\0+$/.test(text) ? undefined : parseKeyFile(path, text);
  } finally {
    closeSync(handle);
  }
}

/**
 * Destroys a key file: overwritten, flushed, unlinked, the directory flushed. Returns whether there was one. Harmless when repeated
 * after a crash at any step: a file overwritten but not yet unlinked is unlinked, one already gone stays gone.
 */
export function destroyKeyFile(path: string, step: (done: 'overwritten' | 'unlinked') => void = () => {}): boolean {
  const directory = dirname(path);
  let length: number;
  try {
    const handle = openSync(path, constants.O_RDWR);
    try {
      length = fstatSync(handle).size;
      writeSync(handle, new Uint8Array(Math.max(length, KEY_BYTES)), 0, undefined, 0);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return false;
    throw cause;
  }
  step('overwritten');
  unlinkSync(path);
  step('unlinked');
  syncDirectory(directory);
  return true;
}

function keyFileText(name: string, key: Uint8Array): string {
  return `${HEADER}\nname: ${name}\nkey: ${Buffer.from(key).toString('base64url')}\ncheck: ${checkOf(name, key)}\n`;
}

function parseKeyFile(path: string, text: string): KeyObject {
  const [header, nameLine, keyLine, checkLine, end, ...rest] = text.split('\n');
  const broken = (what: string): never => {
    throw new UnusableKeyFileError(`The key file ${path} ${what}. Put it back from the copy of the keys you keep; without it, what it encrypted cannot be read.`);
  };
  if (header !== HEADER) return broken(text.length === 0 ? 'is empty' : 'is not a key file');
  if (keyLine === undefined || checkLine === undefined || end === undefined) return broken('is cut short');
  if (end !== '' || rest.length > 0) return broken('has something after its end');
  // The name is under the check value, so that a key copied to another key's name is refused and not used for the wrong thing.
  const name = basename(path);
  if (nameLine !== `name: ${name}`) return broken('was renamed, or is a copy of another');
  const key = Buffer.from(keyLine.replace(/^key: /, ''), 'base64url');
  const check = Buffer.from(checkOf(name, key), 'latin1');
  const found = Buffer.from(checkLine.replace(/^check: /, ''), 'latin1');
  // The last character of 32 bytes in base64 has two bits to spare: an altered one may still decode to the same key.
  const isAsWritten = keyLine === `key: ${key.toString('base64url')}`;
  if (!isAsWritten || key.length !== KEY_BYTES || found.length !== check.length || !timingSafeEqual(found, check)) return broken('is cut short or altered');
  const secret = createSecretKey(key);
  key.fill(0);
  return secret;
}

/** 64 bits of a hash: enough to notice a damaged disk, and of no help against 256 random bits. */
function checkOf(name: string, key: Uint8Array): string {
  return createHash('sha256').update(`${HEADER}\0${name}\0`).update(key).digest('hex').slice(0, 16);
}

function writeWhole(path: string, text: string, flags: number): void {
  const handle = openSync(path, flags, 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function syncDirectory(directory: string): void {
  const handle = openSync(directory, constants.O_RDONLY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}
