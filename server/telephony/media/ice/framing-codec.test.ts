import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFrameReader } from './framing-codec.ts';

const framed = (packets: readonly Uint8Array[]): Uint8Array => Uint8Array.from(packets.flatMap((packet) => [packet.length >> 8, packet.length & 255, ...packet]));

test('packets come out as they went in, however the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (packets, cuts) => {
      const reader = createFrameReader(300);
      const stream = framed(packets);
      const read: Uint8Array[] = [];
      for (let offset = 0, index = 0; offset < stream.length; index += 1) {
        const end = offset + cuts[index % cuts.length]!;
        read.push(...reader.push(stream.subarray(offset, end))!);
        offset = end;
      }
      expect(read).toEqual(packets);
    }),
  );
});

test('a packet that is announced longer than any of ours ends the stream', () => {
  const reader = createFrameReader(300);
  expect(reader.push(Uint8Array.of(0, 1, 7, 0xff, 0xff, 1))).toBeUndefined();
  expect(reader.push(framed([Uint8Array.of(1)]))).toBeUndefined();
});
