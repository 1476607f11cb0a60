import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRecordFilter } from './dtls-record-filter.ts';

const record = (type: number, epoch: number, fragment: Buffer): Buffer => {
  const header = Buffer.from([type, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt16BE(fragment.length, 11);
  return Buffer.concat([header, fragment]);
};
/** The first of two fragments or the second, as post-quantum key shares make them; filled with what could be taken for anything. */
const clientHello = (messageSequence: number, fragmentOffset = 0): Buffer => {
  const body = Buffer.alloc(300, fragmentOffset % 251);
  body.writeUInt8(1, 0);
  body.writeUInt16BE(messageSequence, 4);
  body.writeUIntBE(fragmentOffset, 6, 3);
  return record(22, 0, body);
};
const ALERT = record(21, 0, Buffer.from([1, 0]));
const SEALED_FINISHED = record(22, 1, Buffer.alloc(40));

test('alerts never pass, alone or beside a handshake', () => {
  const filter = createRecordFilter();
  expect(filter.pass(ALERT)).toBeUndefined();
  expect(filter.pass(Buffer.concat([ALERT, clientHello(0), ALERT]))).toEqual(clientHello(0));
});

test('a late first ClientHello does not disturb a handshake that has its cookie', () => {
  const filter = createRecordFilter();
  expect(filter.pass(clientHello(0))).toBeDefined();
  expect(filter.pass(clientHello(0, 1175))).toBeDefined();
  expect(filter.pass(clientHello(1))).toBeDefined();
  expect(filter.pass(clientHello(0))).toBeUndefined();
  expect(filter.pass(clientHello(0, 1175))).toBeUndefined();
  expect(filter.pass(clientHello(1, 1175))).toBeDefined();
});

test('once connected, nothing but a repeated Finished passes', () => {
  const filter = createRecordFilter();
  filter.setConnected();
  expect(filter.pass(clientHello(0))).toBeUndefined();
  expect(filter.pass(clientHello(1))).toBeUndefined();
  expect(filter.pass(record(20, 0, Buffer.from([1])))).toBeUndefined();
  expect(filter.pass(record(23, 1, Buffer.alloc(30)))).toBeUndefined();
  expect(filter.pass(SEALED_FINISHED)).toEqual(SEALED_FINISHED);
});

test('a flood of records comes to an end', () => {
  const filter = createRecordFilter();
  let passed = 0;
  for (let index = 0; index < 5000; index += 1) if (filter.pass(clientHello(1)) !== undefined) passed += 1;
  expect(passed).toBeLessThanOrEqual(400);
});

test('no octets make it throw', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => void createRecordFilter().pass(Buffer.from(octets))), { numRuns: 2000 });
});
