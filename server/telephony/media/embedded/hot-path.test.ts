/**
 * What a relayed packet costs the garbage collector in our own code: nothing. (Node's sockets make a buffer and an object for each, its cipher a buffer
 * for eight; docs/decisions/0008.)
 */
import { systemRandom } from '#server/platform/clock/random.ts';
import { expect, test } from 'vitest';
import { emptyRtpHeader, readRtp, writeRtpHeader } from '../rtp/rtp-codec.ts';
import { createSrtpReceiver, createSrtpSender, SRTP_HEADROOM } from '../srtp/srtp-transform.ts';
import { createLegReceiver, type Leg } from './leg.ts';
import { createLegSender } from './leg-sender.ts';

const PACKETS = 20_000;

/** Octets a packet: the least of several rounds, since a collection, or a recompilation, in one of them says nothing of the packets. */
function leastAllocated(handle: (count: number) => void): number {
  handle(PACKETS);
  let least = Infinity;
  for (let round = 0; round < 10; round += 1) {
    const before = process.memoryUsage().heapUsed;
    handle(PACKETS);
    const grown = process.memoryUsage().heapUsed - before;
    if (grown >= 0) least = Math.min(least, grown / PACKETS);
  }
  return least;
}

test('a packet is read, counted, rewritten and handed on without a single allocation', () => {
  let sent = 0;
  const sender = createLegSender(systemRandom, () => {
    sent += 1;
    return true;
  });
  sender.negotiate([{ law: 'PCMU', payloadType: 0 }], undefined, false);
  sender.setOpen(true);
  const nothing = (): void => {};
  const receiver = createLegReceiver(
    () => ({}) as Leg,
    { audio: (_leg, sourceKey, heard, packet, codec, nowMs) => sender.relayAudio(sourceKey, heard, packet, codec as 'PCMU', false, nowMs), event: nothing, digit: nothing, connected: nothing, silent: nothing, restored: nothing, lost: nothing, bug: nothing },
    { silentAfterMs: 2000, lostAfterMs: 60_000, lostBeforeFirstAfterMs: 60_000 },
  );
  receiver.expect([{ law: 'PCMU', payloadType: 0 }], undefined);
  const header = emptyRtpHeader();
  const packet = new Uint8Array(172);
  let sequence = 0;
  const relay = (count: number): void => {
    for (let index = 0; index < count; index += 1) {
      sequence += 1;
      writeRtpHeader(packet, 0, 0, false, sequence & 0xffff, (sequence * 160) >>> 0, 7);
      if (readRtp(packet, packet.length, header)) receiver.take(1, header, packet, sequence * 20);
    }
  };
  const least = leastAllocated(relay);
  expect(sent).toBe(11 * PACKETS);
  // One object of the smallest kind would be 12 octets a packet.
  expect(least).toBeLessThan(12);
});

test('a packet is protected, and unprotected, for no more than its share of a key stream that eight have in common', () => {
  const keys = new Uint8Array(30).fill(5);
  const sender = createSrtpSender('AES_CM_128_HMAC_SHA1_80', keys);
  const receiver = createSrtpReceiver('AES_CM_128_HMAC_SHA1_80', keys);
  const packet = new Uint8Array(172 + SRTP_HEADROOM);
  let sequence = 0;
  let taken = 0;
  const least = leastAllocated((count) => {
    for (let index = 0; index < count; index += 1) {
      sequence += 1;
      writeRtpHeader(packet, 0, 0, false, sequence & 0xffff, (sequence * 160) >>> 0, 7);
      if (receiver.unprotectRtp(packet, sender.protectRtp(packet, 172, 12), 12) === 172) taken += 1;
    }
  });
  expect(taken).toBe(11 * PACKETS);
  // A buffer of Node's is some 200 octets of heap; two of them for eight packets are 50 a packet.
  expect(least).toBeLessThan(100);
});
