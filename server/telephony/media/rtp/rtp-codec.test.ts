import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyRtpHeader, readRtp, sequenceDistance, writeRtpHeader } from './rtp-codec.ts';

const word = fc.nat({ max: 0xffff_ffff });

test('what is written is read again', () => {
  fc.assert(
    fc.property(fc.nat({ max: 127 }), fc.boolean(), fc.nat({ max: 65_535 }), word, word, fc.nat({ max: 300 }), (payloadType, marker, sequence, timestamp, ssrc, payloadLength) => {
      const packet = new Uint8Array(12 + payloadLength);
      writeRtpHeader(packet, 0, payloadType, marker, sequence, timestamp, ssrc);
      const header = emptyRtpHeader();
      expect(readRtp(packet, packet.length, header)).toBe(true);
      expect(header).toEqual({ payloadType, marker, sequence, timestamp, ssrc, payloadOffset: 12, payloadLength });
    }),
  );
});

test('contributing sources, an extension and padding are passed over', () => {
  const packet = Uint8Array.from([0xb1, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 9, 9, 9, 9, 0xbe, 0xde, 0, 1, 1, 2, 3, 4, 0xaa, 0xbb, 0, 0, 0, 4]);
  const header = emptyRtpHeader();
  expect(readRtp(packet, packet.length, header)).toBe(true);
  expect([header.payloadOffset, header.payloadLength]).toEqual([24, 2]);
});

test('a header that promises more than the packet holds is refused', () => {
  const header = emptyRtpHeader();
  const of = (...octets: number[]): Uint8Array => Uint8Array.from({ length: 12 }, (_, index) => octets[index] ?? 0);
  expect(readRtp(of(0x8f), 12, header)).toBe(false);
  expect(readRtp(of(0x90), 12, header)).toBe(false);
  expect(readRtp(of(0xa0), 12, header)).toBe(false);
  expect(readRtp(of(0x40), 12, header)).toBe(false);
  expect(readRtp(of(0x80), 11, header)).toBe(false);
});

test('no octets, whatever they are, make it throw or point outside the packet', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (packet) => {
      const header = emptyRtpHeader();
      if (!readRtp(packet, packet.length, header)) return;
      expect(header.payloadOffset + header.payloadLength).toBeLessThanOrEqual(packet.length);
      expect(header.payloadLength).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 2000 },
  );
});

test('numbers on the circle are near across its end', () => {
  expect(sequenceDistance(2, 65_534)).toBe(4);
  expect(sequenceDistance(65_534, 2)).toBe(-4);
});
