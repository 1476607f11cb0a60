/** Signs checkpoints with Ed25519 and writes them where the database's administrator cannot reach: the key is a file, and so is a copy of each signature. */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { closeSync, constants, createReadStream, existsSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createKeyFile, readKeyFile } from '#server/platform/crypto/key-file.ts';
import type { SignedCheckpoint } from './audit-chain.ts';
import { checkpointText, type Checkpoint } from './audit-entry-codec.ts';

export interface CheckpointSigner {
  sign(checkpoint: Checkpoint): SignedCheckpoint;
  isSigned(text: string, signature: string): boolean;
  /** Flushed to the disk before it returns. */
  keepCopy(checkpoint: SignedCheckpoint): void;
  /** Every copy that was kept, or those of one practice; a last line cut off by a crash is left out. */
  readCopies(practiceId?: string): Promise<SignedCheckpoint[]>;
}

/** PKCS #8 around a bare Ed25519 seed (RFC 8410 section 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** `directory` is the keys' (`<data>/keys`): it is backed up apart from the database. */
export function openCheckpointSigner(directory: string): CheckpointSigner {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const keyPath = join(directory, 'audit-1.key');
  const copyPath = join(directory, 'audit-checkpoints.jsonl');
  const seed = readKeyFile(keyPath) ?? createKeyFile(keyPath) ?? readKeyFile(keyPath);
  if (seed === undefined) throw new Error(`The audit's signing key ${keyPath} was destroyed. Put it back from the copy of the keys you keep.`);
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed.export()]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);

  return {
    sign: (checkpoint) => ({ ...checkpoint, signature: sign(null, Buffer.from(checkpointText(checkpoint)), privateKey).toString('base64url') }),
    isSigned: (text, signature) => verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'base64url')),
    keepCopy(checkpoint) {
      const handle = openSync(copyPath, constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY, 0o600);
      try {
        writeSync(handle, `${JSON.stringify(checkpoint)}\n`);
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
    },
    readCopies: (practiceId = '') => readCopiesOf(copyPath, practiceId),
  };
}

/** A line at a time: the file grows for as long as the installation lives. */
async function readCopiesOf(path: string, practiceId: string): Promise<SignedCheckpoint[]> {
  if (!existsSync(path)) return [];
  const copies: SignedCheckpoint[] = [];
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    if (line.includes(practiceId)) copies.push(...parseCheckpoint(line));
  }
  return copies;
}

/** A line that was meddled with counts as a forged checkpoint and not as none: its signature will not fit. */
function parseCheckpoint(line: string): SignedCheckpoint[] {
  if (line.trim() === '') return [];
  try {
    const { practiceId, seq, hash, at, signature } = JSON.parse(line) as Record<string, unknown>;
    return [{ practiceId: String(practiceId), seq: Number(seq), hash: String(hash), at: String(at), signature: String(signature) }];
  } catch {
    // A write that a crash cut off in the middle, with the next one behind it on the same line.
    return [];
  }
}
