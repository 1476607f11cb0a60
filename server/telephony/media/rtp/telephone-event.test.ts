import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DtmfDigit } from '../media-port.ts';
import { idleDtmfReceiver, receiveTelephoneEvent, releaseStaleKey } from './dtmf-receiver-machine.ts';
import { startDtmf, stepDtmf } from './dtmf-sender-machine.ts';
import { readTelephoneEvent, writeTelephoneEvent, type TelephoneEvent } from './telephone-event-codec.ts';

const digit = fc.constantFrom<DtmfDigit>('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D');

/** Every packet that a sender makes of these digits, with its RTP timestamp. */
function packetsOf(digits: readonly DtmfDigit[]): { event: TelephoneEvent; timestamp: number; isFirst: boolean }[] {
  const packets = [];
  let sender = startDtmf(digits);
  let clock = 0;
  let timestamp = 0;
  for (;;) {
    const result = stepDtmf(sender, 8000);
    sender = result.sender;
    clock += 160;
    const { step } = result;
    if (step.type === 'done') return packets;
    if (step.type === 'gap') continue;
    if (step.first) timestamp = clock;
    for (let copy = 0; copy < step.copies; copy += 1) {
      packets.push({ event: { digit: step.digit, end: step.end, volume: 10, duration: step.durationTicks }, timestamp, isFirst: step.first });
    }
  }
}

function heardFrom(packets: readonly { event: TelephoneEvent; timestamp: number }[]): string {
  let receiver = idleDtmfReceiver;
  let heard = '';
  for (const { event, timestamp } of packets) {
    const result = receiveTelephoneEvent(receiver, event, timestamp, 8000, 0);
    receiver = result.receiver;
    heard += result.heard.map((key) => key.digit).join('');
  }
  return heard + releaseStaleKey(receiver, 8000, 1000).heard.map((key) => key.digit).join('');
}

test('a payload survives writing and reading', () => {
  fc.assert(
    fc.property(digit, fc.boolean(), fc.nat({ max: 63 }), fc.nat({ max: 65_535 }), (key, end, volume, duration) => {
      const payload = new Uint8Array(6);
      writeTelephoneEvent(payload, 2, { digit: key, end, volume, duration });
      expect(readTelephoneEvent(payload, 2, 4)).toEqual({ digit: key, end, volume, duration });
    }),
  );
});

test('a payload that is short, or no keypress, is none', () => {
  expect(readTelephoneEvent(Uint8Array.of(1, 0, 0), 0, 3)).toBeUndefined();
  expect(readTelephoneEvent(Uint8Array.of(16, 0, 0, 0), 0, 4)).toBeUndefined();
});

test('a key is held for 120 ms, begun with one packet and ended with three', () => {
  const packets = packetsOf(['5']);
  expect(packets.map(({ event }) => event.duration)).toEqual([160, 320, 480, 640, 800, 960, 960, 960]);
  expect(packets.map(({ event }) => event.end)).toEqual([false, false, false, false, false, true, true, true]);
  expect(packets.filter(({ isFirst }) => isFirst)).toHaveLength(1);
  expect(new Set(packets.map(({ timestamp }) => timestamp)).size).toBe(1);
});

test('whichever packets are lost or repeated, each key of which one arrives is heard once, in order', () => {
  fc.assert(
    fc.property(fc.array(digit, { minLength: 1, maxLength: 8 }), fc.infiniteStream(fc.constantFrom(0, 1, 1, 2)), (digits, copies) => {
      const arrived = packetsOf(digits).flatMap((packet) => Array.from({ length: copies.next().value as number }, () => packet));
      const times = [...new Set(arrived.map(({ timestamp }) => timestamp))];
      const expected = times.map((time) => arrived.find(({ timestamp }) => timestamp === time)!.event.digit).join('');
      expect(heardFrom(arrived)).toBe(expected);
    }),
  );
});

test('the same key pressed twice is two keys', () => {
  expect(heardFrom(packetsOf(['7', '7']))).toBe('77');
});
