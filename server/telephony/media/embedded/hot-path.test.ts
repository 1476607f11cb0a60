/** What a relayed packet costs the garbage collector in our own code: nothing. (Node's sockets and ciphers make a buffer and an object each; docs/decisions/0008.) */
import { systemRandom } from '#server/platform/clock/random.ts';
import { expect, test } from 'vitest';
import { emptyRtpHeader, readRtp, writeRtpHeader } from '../rtp/rtp-codec.ts';
import { createLegReceiver, type Leg } from './leg.ts';
import { createLegSender } from './leg-sender.ts';

const PACKETS = 20_000;

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
  relay(PACKETS);
  // The least of several rounds: a collection, or a recompilation, in one of them says nothing of the packets.
  let least = Infinity;
  for (let round = 0; round < 10; round += 1) {
    const before = process.memoryUsage().heapUsed;
    relay(PACKETS);
    const grown = process.memoryUsage().heapUsed - before;
    if (grown >= 0) least = Math.min(least, grown / PACKETS);
  }
  expect(sent).toBe(11 * PACKETS);
  // One object of the smallest kind would be 12 octets a packet.
  expect(least).toBeLessThan(12);
});
