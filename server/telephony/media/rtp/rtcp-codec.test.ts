import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRtcp, writeRtcp, type OwnReport } from './rtcp-codec.ts';

const word = fc.nat({ max: 0xffff_ffff });
const block = fc.record({
  ssrc: word,
  fractionLost: fc.nat({ max: 255 }),
  cumulativeLost: fc.integer({ min: -0x80_0000, max: 0x7f_ffff }),
  highestSequence: word,
  jitter: word,
  lastSenderReport: word,
  delaySinceLastSenderReport: word,
});
const sender = fc.record({ ntpSeconds: word, ntpFraction: word, rtpTimestamp: word, packets: word, octets: word });
const report: fc.Arbitrary<OwnReport> = fc.record({
  ssrc: word,
  sender: fc.option(sender, { nil: undefined }),
  block: fc.option(block, { nil: undefined }),
  cname: fc.stringMatching(/^[A-Za-z0-9+/]{1,24}$/),
  bye: fc.boolean(),
});

test('a compound that is written is read again, and is whole', () => {
  fc.assert(
    fc.property(report, (own) => {
      const packet = new Uint8Array(200);
      const length = writeRtcp(packet, own);
      expect(length % 4).toBe(0);
      const [first, ...rest] = readRtcp(packet, length);
      expect(first).toEqual(
        own.sender === undefined
          ? { type: 'receiver-report', ssrc: own.ssrc, blocks: own.block ? [own.block] : [] }
          : { type: 'sender-report', ssrc: own.ssrc, sender: own.sender, blocks: own.block ? [own.block] : [] },
      );
      expect(rest).toEqual(own.bye ? [{ type: 'bye', ssrcs: [own.ssrc] }] : []);
    }),
  );
});

test('a compound cut short is not believed in part', () => {
  const packet = new Uint8Array(200);
  const length = writeRtcp(packet, { ssrc: 1, sender: undefined, block: undefined, cname: 'abc', bye: true });
  for (let cut = 1; cut < length; cut += 1) if (cut !== 8 && cut !== length - 8) expect(readRtcp(packet, cut)).toEqual([]);
});

test('no octets make it throw', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (packet) => void readRtcp(packet, packet.length)), { numRuns: 2000 });
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 120 }), fc.constantFrom(200, 201, 202, 203, 205), fc.nat({ max: 31 }), (packet, type, count) => {
      packet[0] = 0x80 | count;
      packet[1] = type;
      packet[2] = 0;
      packet[3] = Math.floor(packet.length / 4) - 1;
      readRtcp(packet, packet.length);
    }),
    { numRuns: 1000 },
  );
});
