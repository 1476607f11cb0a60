import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCounterMode } from './counter-mode.ts';

const key = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const salt = Buffer.from('f0f1f2f3f4f5f6f7f8f9fafbfcfd', 'hex');

/** RFC 3711 4.1.1, by Node's own counter mode. */
function reference(packet: Uint8Array, ssrc: number, index: number): Buffer {
  const start = Buffer.alloc(16);
  start.set(salt);
  start.writeUInt32BE((start.readUInt32BE(4) ^ ssrc) >>> 0, 4);
  start.writeUIntBE(Number(BigInt(start.readUIntBE(8, 6)) ^ BigInt(index)), 8, 6);
  return createCipheriv('aes-128-ctr', key, start).update(packet);
}

const step = fc.record({ ssrc: fc.constantFrom(0, 7, 0xffff_ffff), by: fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, { weight: 2, arbitrary: fc.integer({ min: -20, max: 20 }) }), length: fc.oneof({ weight: 6, arbitrary: fc.constant(160) }, { weight: 2, arbitrary: fc.nat({ max: 1400 }) }) });

/** Packets that came are each somewhere else, packets that go lie where the one before did; over TCP one may begin anywhere. */
const memoryOf = { new: (length: number) => new Uint8Array(length), same: (length: number) => shared.subarray(0, length), odd: (length: number) => shared.subarray(1, length + 1) };
const shared = new Uint8Array(2048);
const memory = fc.constantFrom(...(['new', 'same', 'odd'] as const));

test('what is prepared ahead is what each packet would have had alone: in order, late, lost, long, of other streams, over the wrap, wherever they lie', () => {
  fc.assert(
    fc.property(fc.constantFrom(1, 3, 8, 12), fc.constantFrom(100, 65_530, 0xffff_fff0, 2 ** 47), fc.array(step, { maxLength: 60 }), memory, (packetsAhead, first, steps, where) => {
      const crypt = createCounterMode(key, salt, packetsAhead);
      let index = first;
      for (const { ssrc, by, length } of steps) {
        index += by;
        const plain = Uint8Array.from({ length: length + 12 }, (_, octet) => octet);
        const packet = memoryOf[where](plain.length);
        packet.set(plain);
        crypt(packet, 12, packet.length, ssrc, index);
        expect(Buffer.from(packet.subarray(12))).toEqual(reference(plain.subarray(12), ssrc, index));
        expect(packet.subarray(0, 12)).toEqual(plain.subarray(0, 12));
      }
    }),
    { numRuns: 300 },
  );
});
