import { expect, test } from 'vitest';
import { emptyRtpHeader } from './rtp-codec.ts';
import { countReceived, emptyReception, jitterMsOf, lostOf, receivedOf, reportReception } from './rtp-reception.ts';

const arrive = (reception: ReturnType<typeof emptyReception>, sequence: number, atMs: number, ssrc = 1): void =>
  countReceived(reception, { ...emptyRtpHeader(), ssrc, sequence: sequence & 0xffff, timestamp: sequence * 160 }, atMs, 8000);

test('packets that never came are counted across the wrap of their numbers', () => {
  const reception = emptyReception();
  for (let index = 0; index < 100; index += 1) if (index % 10 !== 5) arrive(reception, 65_500 + index, index * 20);
  expect(receivedOf(reception)).toBe(90);
  expect(lostOf(reception)).toBe(10);
});

test('a report tells the share lost since the last one', () => {
  const reception = emptyReception();
  for (let index = 0; index < 50; index += 1) arrive(reception, index, index * 20);
  expect(reportReception(reception, undefined, 1000)?.fractionLost).toBe(0);
  for (let index = 50; index < 101; index += 1) if (index % 2 === 0) arrive(reception, index, index * 20);
  const block = reportReception(reception, { ntpMiddle: 77, heardAtMs: 1500 }, 2000);
  expect(block?.fractionLost).toBeGreaterThan(120);
  expect(block?.fractionLost).toBeLessThan(130);
  expect(block).toMatchObject({ lastSenderReport: 77, delaySinceLastSenderReport: 32_768, highestSequence: 100 });
});

test('an even stream has no jitter, an uneven one has', () => {
  const even = emptyReception();
  const uneven = emptyReception();
  for (let index = 0; index < 200; index += 1) {
    arrive(even, index, index * 20);
    arrive(uneven, index, index * 20 + (index % 2) * 10);
  }
  expect(jitterMsOf(even)).toBeLessThan(0.5);
  expect(jitterMsOf(uneven)).toBeGreaterThan(8);
  expect(jitterMsOf(uneven)).toBeLessThan(11);
});

test('a peer that changes its SSRC loses nothing by it', () => {
  const reception = emptyReception();
  for (let index = 0; index < 10; index += 1) arrive(reception, index, index * 20, 1);
  for (let index = 0; index < 10; index += 1) arrive(reception, 40_000 + index, 200 + index * 20, 2);
  expect([receivedOf(reception), lostOf(reception)]).toEqual([20, 0]);
});
