import { createSecretKey, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOpening, createSealing, deriveStreamKey, UnopenableStreamError } from './sealed-stream.ts';

const PIECE = 256 * 1024;
const master = createSecretKey(randomBytes(32));
const key = deriveStreamKey(master, 'salt', 'calls');

const chunksOf = (bytes: Buffer, size: number): Buffer[] => Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
const seal = (bytes: Buffer, chunk = 70_000): Promise<Buffer> => buffer(Readable.from(chunksOf(bytes, chunk)).pipe(createSealing(key)));
const open = async (bytes: Buffer, with_ = key, chunk = 70_001): Promise<Buffer> => {
  const opening = createOpening(with_);
  const opened = buffer(opening);
  Readable.from(chunksOf(bytes, chunk)).pipe(opening);
  return opened;
};

test.each([0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7])('%i bytes come back as they went, whatever chunks they travel in', async (length) => {
  const bytes = randomBytes(length);
  const sealed = await seal(bytes);
  expect(sealed.includes(bytes.subarray(0, 64)) && length >= 64).toBe(false);
  expect((await open(sealed)).equals(bytes)).toBe(true);
  expect((await open(sealed, key, 11)).equals(bytes)).toBe(true);
});

test('a flipped bit, a missing end, a missing piece, a piece too many, swapped pieces and another key do not open', async () => {
  const bytes = randomBytes(3 * PIECE + 500);
  const sealed = await seal(bytes);
  const size = PIECE + 16;
  const piece = (index: number): Buffer => sealed.subarray(index * size, (index + 1) * size);
  const flipped = Buffer.from(sealed);
  flipped[size + 5]! ^= 1;
  const wrong = [flipped, sealed.subarray(0, -1), sealed.subarray(0, 3 * size), sealed.subarray(0, size), Buffer.alloc(0), Buffer.concat([piece(0), piece(2), piece(3)]), Buffer.concat([sealed, piece(0)]), Buffer.concat([piece(1), piece(0), piece(2), piece(3)])];
  for (const each of wrong) await expect(open(each)).rejects.toThrow(UnopenableStreamError);
  for (const other of [deriveStreamKey(master, 'salt', 'notes'), deriveStreamKey(master, 'other', 'calls')]) await expect(open(sealed, other)).rejects.toThrow(UnopenableStreamError);
});

test('no change of one byte of a short stream opens', () =>
  fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(), fc.integer({ min: 1, max: 255 }), async (bytes, at, change) => {
      const sealed = await seal(Buffer.from(bytes));
      sealed[at % sealed.length]! ^= change;
      await expect(open(sealed)).rejects.toThrow(UnopenableStreamError);
    }),
    { numRuns: 60 },
  ));
