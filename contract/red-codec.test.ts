import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyRedBlocks, fitsRed, LONGEST_RED_OFFSET, readRed, writeRedBefore } from './red-codec.ts';

const payload = fc.uint8Array({ minLength: 1, maxLength: 200 });

test('what is written is read again: repeats oldest first, the primary last', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(payload, fc.integer({ min: 1, max: LONGEST_RED_OFFSET })), { maxLength: 7 }), payload, fc.nat(20), (repeats, primary, offset) => {
      const packet = new Uint8Array(2000);
      const at = writeRedBefore(packet, offset, 111, repeats.map(([octets, timestampOffset]) => ({ octets, length: octets.length, timestampOffset })));
      packet.set(primary, at);
      const blocks = emptyRedBlocks();
      const count = readRed(packet, offset, at + primary.length - offset, blocks);
      expect(blocks.slice(0, count).map((block) => ({ type: block.payloadType, back: block.timestampOffset, octets: [...packet.subarray(block.offset, block.offset + block.length)] }))).toEqual([
        ...repeats.map(([octets, back]) => ({ type: 111, back, octets: [...octets] })),
        { type: 111, back: 0, octets: [...primary] },
      ]);
    }),
  );
});

test('no octets whatever lead outside the packet', () => {
  const blocks = emptyRedBlocks();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(10), (octets, offset) => {
      const length = Math.max(0, octets.length - offset);
      const count = readRed(octets, offset, length, blocks);
      for (const block of blocks.slice(0, count)) {
        expect(block.offset).toBeGreaterThanOrEqual(offset);
        expect(block.offset + block.length).toBeLessThanOrEqual(offset + length);
      }
    }),
    { numRuns: 2000 },
  );
});

test('what its fields cannot say is not repeated', () => {
  expect([fitsRed(1023, 960), fitsRed(1024, 960), fitsRed(80, 0), fitsRed(80, LONGEST_RED_OFFSET + 1)]).toEqual([true, false, false, false]);
});
