import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerCheck, localUfragOf, shouldRebind } from './ice-lite-policy.ts';
import { hasIntegrity, readStun, writeBindingRequest, writeBindingSuccess, type HmacSha1 } from './stun-codec.ts';

const hmacSha1: HmacSha1 = (key, data) => createHmac('sha1', key).update(data).digest();
const PASSWORD = Buffer.from('VOkJxbRl1RmTxUk/WvJxBt');
/** RFC 5769 2.1. */
const SAMPLE = Buffer.from(
  '000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008932ff9b151263b36' +
    '000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf',
  'hex',
);
const TRANSACTION = Uint8Array.from({ length: 12 }, (_, index) => index + 1);
const OURS = { localUfrag: 'ourFrag1', localPassword: PASSWORD, remoteUfrag: 'theirs12' };
const FROM = { address: '192.0.2.1', port: 32_853 };

const check = (username: string, password: Uint8Array = PASSWORD, useCandidate = false): Uint8Array => writeBindingRequest(TRANSACTION, username, useCandidate, password, hmacSha1);
const outcomeOf = (packet: Uint8Array) => {
  const message = readStun(packet);
  return message && answerCheck(OURS, packet, message, FROM, hmacSha1);
};

test('the sample request of RFC 5769 is read and its integrity holds', () => {
  const message = readStun(SAMPLE)!;
  expect(message).toMatchObject({ type: 1, username: 'evtj:h6vY', role: 'controlled', useCandidate: false, hasFingerprint: true, unknownAttributes: [] });
  expect(hasIntegrity(SAMPLE, message, PASSWORD, hmacSha1)).toBe(true);
  expect(hasIntegrity(SAMPLE, message, Buffer.from('wrong'), hmacSha1)).toBe(false);
  expect(localUfragOf(message)).toBe('evtj');
});

test('an answer tells the sender its address, masked, for both families', () => {
  const answer = readAnswer(writeBindingSuccess(TRANSACTION, FROM, PASSWORD, hmacSha1));
  expect(answer).toEqual([0, 1, ...masked(32_853, [192, 0, 2, 1])]);
  const v6 = readAnswer(writeBindingSuccess(TRANSACTION, { address: '2001:db8::1:192.0.2.1', port: 32_853 }, PASSWORD, hmacSha1));
  expect(v6).toEqual([0, 2, ...masked(32_853, [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 1, 192, 0, 2, 1])]);
});

/** The value of XOR-MAPPED-ADDRESS, which comes first in our answers. */
function readAnswer(packet: Uint8Array): number[] {
  const message = readStun(packet)!;
  expect(message.type).toBe(0x0101);
  expect(hasIntegrity(packet, message, PASSWORD, hmacSha1)).toBe(true);
  expect([...packet.subarray(20, 22)]).toEqual([0, 0x20]);
  return [...packet.subarray(24, 24 + ((packet[22]! << 8) | packet[23]!))];
}

const masked = (port: number, octets: readonly number[]): number[] => {
  const mask = [0x21, 0x12, 0xa4, 0x42, ...TRANSACTION];
  return [(port >> 8) ^ 0x21, (port & 255) ^ 0x12, ...octets.map((octet, index) => octet ^ mask[index]!)];
};

test('a check with our password is answered, and nominates where it says so', () => {
  expect(outcomeOf(check('ourFrag1:theirs12'))).toMatchObject({ isProven: true, isNominated: false });
  expect(outcomeOf(check('ourFrag1:theirs12', PASSWORD, true))).toMatchObject({ isProven: true, isNominated: true });
});

test('a check for someone else, or without the password, is met with silence', () => {
  for (const packet of [check('ourFrag1:someone'), check('other123:theirs12'), check('ourFrag1:theirs12', Buffer.from('guessed'))]) {
    expect(outcomeOf(packet)).toEqual({ reply: undefined, isProven: false, isNominated: false });
  }
});

test('whoever claims to be controlled is told of the conflict, since we never control', () => {
  const packet = check('ourFrag1:theirs12');
  const asControlled = Buffer.from(packet);
  asControlled.writeUInt16BE(0x8029, asControlled.indexOf(Buffer.from([0x80, 0x2a, 0, 8])));
  const sealed = reseal(asControlled);
  const outcome = outcomeOf(sealed)!;
  expect(outcome.isProven).toBe(false);
  const reply = readStun(outcome.reply!)!;
  expect(reply.type).toBe(0x0111);
  expect([...outcome.reply!.subarray(24, 28)]).toEqual([0, 0, 4, 87]);
});

/** Integrity and fingerprint made anew, over what was changed. */
function reseal(packet: Buffer): Buffer {
  const body = packet.subarray(0, packet.length - 32);
  const again = writeBindingRequest(TRANSACTION, 'x', false, PASSWORD, hmacSha1);
  expect(again.length).toBeGreaterThan(32);
  const covered = Buffer.from(body);
  covered.writeUInt16BE(body.length + 24 - 20, 2);
  const integrity = Buffer.concat([Buffer.from([0, 8, 0, 20]), hmacSha1(PASSWORD, covered)]);
  const whole = Buffer.concat([covered, integrity]);
  whole.writeUInt16BE(whole.length + 8 - 20, 2);
  const crc = Buffer.alloc(8);
  crc.writeUInt32BE(0x8028_0004, 0);
  crc.writeUInt32BE((crc32(whole) ^ 0x5354_554e) >>> 0, 4);
  return Buffer.concat([whole, crc]);
}

function crc32(octets: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const octet of octets) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}

test('a flipped bit anywhere is noticed', () => {
  const packet = check('ourFrag1:theirs12', PASSWORD, true);
  for (let octet = 0; octet < packet.length; octet += 1) {
    const forged = packet.slice();
    forged[octet]! ^= 4;
    expect(outcomeOf(forged)?.isProven ?? false).toBe(false);
  }
});

test('no octets make it throw', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), (packet) => void readStun(packet)), { numRuns: 2000 });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 255 })), { maxLength: 6 }), (changes) => {
      const packet = check('ourFrag1:theirs12');
      for (const [place, value] of changes) packet[20 + (place % (packet.length - 20))] = value;
      const message = readStun(packet);
      if (message !== undefined) answerCheck(OURS, packet, message, FROM, hmacSha1);
    }),
    { numRuns: 2000 },
  );
});

test('a path is left for another only once it has been silent', () => {
  expect(shouldRebind(1000, 1900)).toBe(false);
  expect(shouldRebind(1000, 2100)).toBe(true);
  expect(shouldRebind(undefined, 0)).toBe(true);
});
