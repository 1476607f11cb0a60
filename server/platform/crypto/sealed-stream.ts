/** Seals and opens streams of any length with AES-256-GCM, piece by piece, so that a reordered, shortened or lengthened one does not open. Makes no keys. */
import { createCipheriv, createDecipheriv, hkdfSync, type KeyObject } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

const PIECE_BYTES = 256 * 1024;
const TAG_BYTES = 16;

/** The stream does not open: the wrong key, another stream, or bytes that were changed, left out or added. */
export class UnopenableStreamError extends Error {
  override readonly name = 'UnopenableStreamError';
}

/** The key of one stream. No two streams have one key, so that counting can make the nonces: `name` is unique within `salt`, and `salt` is random. */
export function deriveStreamKey(key: KeyObject, salt: string, name: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, `quietline stream ${name}`, 32));
}

/** The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizar 2015): the nonce counts the pieces and marks the last. */
function nonceOf(piece: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(piece, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

export function createSealing(key: Buffer): Transform {
  return inPieces(PIECE_BYTES, (bytes, piece, isLast) => {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(piece, isLast));
    return Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  });
}

export function createOpening(key: Buffer): Transform {
  return inPieces(PIECE_BYTES + TAG_BYTES, (bytes, piece, isLast) => {
    if (bytes.length < TAG_BYTES) throw new UnopenableStreamError('The stream ends too early.');
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(piece, isLast));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
    } catch (cause) {
      throw new UnopenableStreamError('The stream does not open with this key: it was changed, or it is another one.', { cause });
    }
  });
}

/** Cuts a stream into pieces of one size; the last, which may be empty, is known for it. */
function inPieces(size: number, turn: (bytes: Buffer, piece: number, isLast: boolean) => Buffer): Transform {
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let piece = 0;
  const attempt = (done: TransformCallback, run: () => void): void => {
    try {
      run();
    } catch (cause) {
      return done(cause as Error);
    }
    return done();
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      kept.push(chunk);
      keptBytes += chunk.length;
      attempt(done, () => {
        if (keptBytes <= size) return;
        let bytes = Buffer.concat(kept);
        // One byte more than a piece is there, so this piece is not the last.
        for (; bytes.length > size; bytes = bytes.subarray(size)) this.push(turn(bytes.subarray(0, size), piece++, false));
        kept = [bytes];
        keptBytes = bytes.length;
      });
    },
    flush(done) {
      attempt(done, () => void this.push(turn(Buffer.concat(kept), piece++, true)));
    },
  });
}
