import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHandshakeIntake } from './handshake-intake.ts';

interface Message {
  type: number;
  sequence: number;
  body: Buffer;
}

const record = (type: number, epoch: number, fragment: Buffer): Buffer => {
  const header = Buffer.from([type, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt16BE(fragment.length, 11);
  return Buffer.concat([header, fragment]);
};

/** A message in fragments of at most `size` octets, each a record of its own. */
const recordsOf = ({ type, sequence, body }: Message, size = 10_000): Buffer[] => {
  const records: Buffer[] = [];
  for (let from = 0; from === 0 || from < body.length; from += size) {
    const piece = body.subarray(from, from + size);
    const header = Buffer.alloc(12);
    header[0] = type;
    header.writeUIntBE(body.length, 1, 3);
    header.writeUInt16BE(sequence, 4);
    header.writeUIntBE(from, 6, 3);
    header.writeUIntBE(piece.length, 9, 3);
    records.push(record(22, 0, Buffer.concat([header, piece])));
  }
  return records;
};

const message = (type: number, sequence: number, length = 40): Message => ({ type, sequence, body: Buffer.from(Array.from({ length }, (_, index) => (index * 31 + type) & 255)) });
const FIRST_HELLO = message(1, 0, 1413);
const SECOND_HELLO = message(1, 1, 1433);
const CERTIFICATE = message(11, 2, 286);
const KEY_EXCHANGE = message(16, 3, 33);
const PROOF = message(15, 4, 74);
const FLIGHT_5 = [CERTIFICATE, KEY_EXCHANGE, PROOF];
const CHANGE = record(20, 0, Buffer.from([1]));
const FINISHED = record(22, 1, Buffer.alloc(48, 9));
const ALERT = record(21, 0, Buffer.from([1, 0]));

const whole = (given: Message): Buffer => recordsOf(given)[0]!;
const afterHellos = (): ReturnType<typeof createHandshakeIntake> => {
  const intake = createHandshakeIntake();
  intake.take(whole(FIRST_HELLO));
  intake.take(whole(SECOND_HELLO));
  return intake;
};

test('a ClientHello in two fragments is handed on whole, whichever came first or twice', () => {
  const [first, second] = recordsOf(FIRST_HELLO, 1175);
  for (const order of [[first, second], [second, first], [second, second, first], [first, first, second]]) {
    const intake = createHandshakeIntake();
    const handedOn = order.flatMap((datagram) => intake.take(datagram!));
    expect(handedOn).toEqual([whole(FIRST_HELLO)]);
  }
});

test('a repeated ClientHello asks for our flight again, until the client has gone on', () => {
  const intake = createHandshakeIntake();
  expect(intake.take(whole(FIRST_HELLO))).toHaveLength(1);
  expect(intake.take(whole(FIRST_HELLO))).toHaveLength(1);
  expect(intake.take(whole(SECOND_HELLO))).toHaveLength(1);
  expect(intake.take(whole(FIRST_HELLO))).toEqual([]);
  expect(recordsOf(SECOND_HELLO, 1175).flatMap((datagram) => intake.take(datagram))).toHaveLength(1);
  intake.take(whole(CERTIFICATE));
  expect(intake.take(whole(SECOND_HELLO))).toEqual([]);
});

test('whatever is lost, doubled or shuffled, the last flight is handed on once and in order, and its Finished last', () => {
  const flight = [...FLIGHT_5.flatMap((given) => recordsOf(given, 100)), CHANGE, FINISHED];
  fc.assert(
    fc.property(fc.array(fc.shuffledSubarray(flight), { maxLength: 5 }), (attempts) => {
      const intake = afterHellos();
      // The client repeats its flight until it is answered; the last attempt comes through whole.
      const handedOn = [...attempts.flat(), ...flight].flatMap((datagram) => intake.take(datagram));
      const messages = handedOn.filter((given) => !given.equals(CHANGE));
      const firstFinished = messages.findIndex((given) => given.equals(FINISHED));
      expect(messages.slice(0, firstFinished)).toEqual(FLIGHT_5.map(whole));
      expect(messages.slice(firstFinished).every((given) => given.equals(FINISHED))).toBe(true);
    }),
  );
});

test('alerts never pass, alone or beside a handshake', () => {
  const intake = createHandshakeIntake();
  expect(intake.take(ALERT)).toEqual([]);
  expect(intake.take(Buffer.concat([ALERT, whole(FIRST_HELLO), ALERT]))).toEqual([whole(FIRST_HELLO)]);
});

test('once connected, nothing but a repeated Finished passes', () => {
  const intake = afterHellos();
  for (const given of FLIGHT_5) intake.take(whole(given));
  intake.setConnected();
  for (const datagram of [whole(FIRST_HELLO), whole(SECOND_HELLO), whole(CERTIFICATE), CHANGE, ALERT, record(23, 1, Buffer.alloc(30))]) expect(intake.take(datagram)).toEqual([]);
  expect(intake.take(FINISHED)).toEqual([FINISHED]);
});

test('a flood of records comes to an end, and a giant of a message is not waited for', () => {
  const intake = createHandshakeIntake();
  let handedOn = 0;
  for (let index = 0; index < 5000; index += 1) handedOn += intake.take(whole(FIRST_HELLO)).length;
  expect(handedOn).toBeLessThanOrEqual(400);
  expect(createHandshakeIntake().take(whole(message(1, 0, 60_000)))).toEqual([]);
});

test('no octets make it throw', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => void createHandshakeIntake().take(Buffer.from(octets))), { numRuns: 2000 });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => {
      const intake = afterHellos();
      intake.take(record(22, 0, Buffer.from(octets)));
      intake.take(record(22, 0, Buffer.concat([Buffer.from([11, 0, 0, 9, 0, 2, 0, 0]), Buffer.from(octets)])));
    }),
    { numRuns: 1000 },
  );
});
