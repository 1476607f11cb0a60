import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SrtcpSession, SrtpSession } from 'werift';
import { KEY_AND_SALT_LENGTH, type SrtpProfile } from '../sdp/sdes-codec.ts';
import { createSrtpReceiver, createSrtpSender, SRTP_HEADROOM } from './srtp-transform.ts';
import { deriveSessionKeys } from './srtp-keys.ts';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');
const PROFILES: readonly SrtpProfile[] = ['AES_CM_128_HMAC_SHA1_80', 'AEAD_AES_128_GCM'];
const keyOf = (profile: SrtpProfile): Uint8Array => Uint8Array.from({ length: KEY_AND_SALT_LENGTH[profile] }, (_, index) => index * 7 + 1);

const withRoom = (packet: Uint8Array): Uint8Array => {
  const roomy = new Uint8Array(packet.length + SRTP_HEADROOM);
  roomy.set(packet);
  return roomy;
};

const rtpOf = (sequence: number, payload: Uint8Array, ssrc = 0xcafebabe): Uint8Array => {
  const packet = Buffer.alloc(12 + payload.length);
  packet.writeUInt16BE(0x8000, 0);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(ssrc >>> 0, 8);
  packet.set(payload, 12);
  return packet;
};

test('RFC 3711 B.3: session keys from the master key', () => {
  const keys = deriveSessionKeys('AES_CM_128_HMAC_SHA1_80', hex('E1F97A0D3E018BE0D64FA32C06DE4139 0EC675AD498AFEEBB6960B3AABE6'), 'rtp');
  expect(keys.encryptionKey).toEqual(hex('C61E7A93744F39EE10734AFE3FF7A087'));
  expect(keys.salt).toEqual(hex('30CBBC08863D8C85D49DB34A9AE1'));
  expect(keys.authenticationKey).toEqual(hex('CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4'));
});

describe('packets that libsrtp protects with the same keys', () => {
  const plain = hex('800f1234decafbadcafebabe abababababababababababababababab');
  const plainReport = hex('81c8000bcafebabe abababababababababababababababab');

  test('AES counter mode with HMAC-SHA1', () => {
    const sender = createSrtpSender('AES_CM_128_HMAC_SHA1_80', hex('E1F97A0D3E018BE0D64FA32C06DE4139 0EC675AD498AFEEBB6960B3AABE6'));
    const packet = withRoom(plain);
    const length = sender.protectRtp(packet, plain.length, 12);
    expect(Buffer.from(packet.subarray(0, length))).toEqual(hex('800f1234decafbadcafebabe 4e55dc4ce79978d88ca4d215949d2402 b78d6acc99ea179b8dbb'));
    const report = withRoom(plainReport);
    const reportLength = sender.protectRtcp(report, plainReport.length);
    expect(Buffer.from(report.subarray(0, reportLength))).toEqual(hex('81c8000bcafebabe 7128035be487b9bdbef89041f977a5a8 80000001 993e08cd54d6c1230798'));
  });

  test('AES-GCM', () => {
    const sender = createSrtpSender('AEAD_AES_128_GCM', hex('000102030405060708090a0b0c0d0e0f a0a1a2a3a4a5a6a7a8a9aaab'));
    const packet = withRoom(plain);
    const length = sender.protectRtp(packet, plain.length, 12);
    expect(Buffer.from(packet.subarray(0, length))).toEqual(hex('800f1234decafbadcafebabe c5002ede04cfdd2eb91159e0880aa06e d2976826f796b201df3131a127e8a392'));
  });
});

test.each(PROFILES)('%s: what is protected is unprotected again, over the wrap of the numbers and out of order', (profile) => {
  const sender = createSrtpSender(profile, keyOf(profile));
  const receiver = createSrtpReceiver(profile, keyOf(profile));
  const payload = Uint8Array.from({ length: 160 }, (_, index) => index);
  const inFlight: { packet: Uint8Array; length: number }[] = [];
  for (let index = 0; index < 70_000; index += 137) {
    for (const number of [index, index + 1]) {
      const packet = withRoom(rtpOf(number & 0xffff, payload));
      inFlight.push({ packet, length: sender.protectRtp(packet, 172, 12) });
    }
    const late = inFlight.shift()!;
    const early = inFlight.pop()!;
    for (const { packet, length } of [early, late]) {
      expect(receiver.unprotectRtp(packet, length, 12)).toBe(172);
      expect(packet.subarray(12, 172)).toEqual(payload);
    }
    inFlight.length = 0;
  }
});

test.each(PROFILES)('%s: a packet is taken once', (profile) => {
  const sender = createSrtpSender(profile, keyOf(profile));
  const receiver = createSrtpReceiver(profile, keyOf(profile));
  for (let sequence = 65_500; sequence < 65_700; sequence += 1) {
    const packet = withRoom(rtpOf(sequence & 0xffff, new Uint8Array(20)));
    const length = sender.protectRtp(packet, 32, 12);
    const copies = [packet.slice(), packet.slice()];
    expect(copies.map((copy) => receiver.unprotectRtp(copy, length, 12))).toEqual([32, -1]);
  }
});

test.each(PROFILES)('%s: not one flipped bit is let through, in reports neither', (profile) => {
  const sender = createSrtpSender(profile, keyOf(profile));
  const receiver = createSrtpReceiver(profile, keyOf(profile));
  const packet = withRoom(rtpOf(9, new Uint8Array(40)));
  const length = sender.protectRtp(packet, 52, 12);
  const report = withRoom(hex('81c8000bcafebabe abababababababababababababababab'));
  const reportLength = sender.protectRtcp(report, 24);
  fc.assert(
    fc.property(fc.nat({ max: 7 }), fc.nat(), (bit, place) => {
      const forged = packet.slice();
      forged[place % length]! ^= 1 << bit;
      expect(receiver.unprotectRtp(forged, length, 12)).toBe(-1);
      const forgedReport = report.slice();
      forgedReport[place % reportLength]! ^= 1 << bit;
      expect(receiver.unprotectRtcp(forgedReport, reportLength)).toBe(-1);
    }),
    { numRuns: 300 },
  );
  expect(receiver.unprotectRtp(packet.slice(), length, 12)).toBe(52);
  expect(receiver.unprotectRtcp(report.slice(), reportLength)).toBe(24);
  expect(receiver.unprotectRtcp(report, reportLength)).toBe(-1);
});

test.each(PROFILES)('%s: another implementation understands us, and we it', (profile) => {
  const key = keyOf(profile);
  const keys = { localMasterKey: Buffer.from(key.subarray(0, 16)), localMasterSalt: Buffer.from(key.subarray(16)), remoteMasterKey: Buffer.from(key.subarray(0, 16)), remoteMasterSalt: Buffer.from(key.subarray(16)) };
  const code = profile === 'AEAD_AES_128_GCM' ? 0x0007 : 0x0001;
  const other = new SrtpSession({ keys, profile: code });
  const otherReports = new SrtcpSession({ keys, profile: code });
  const sender = createSrtpSender(profile, key);
  const receiver = createSrtpReceiver(profile, key);
  for (let sequence = 1; sequence < 20; sequence += 1) {
    const plain = rtpOf(sequence, Uint8Array.from({ length: 160 }, (_, index) => index ^ sequence));
    const packet = withRoom(plain);
    const length = sender.protectRtp(packet, plain.length, 12);
    expect(new Uint8Array(other.decrypt(Buffer.from(packet.subarray(0, length))))).toEqual(new Uint8Array(plain));
  }
  const report = hex('80c90001cafebabe');
  const protectedReport = withRoom(report);
  const reportLength = sender.protectRtcp(protectedReport, report.length);
  expect(Buffer.from(otherReports.decrypt(Buffer.from(protectedReport.subarray(0, reportLength))))).toEqual(report);
  const theirs = Buffer.from(otherReports.encrypt(report));
  expect(receiver.unprotectRtcp(theirs, theirs.length)).toBe(8);
});

test('no octets make a receiver throw', () => {
  for (const profile of PROFILES) {
    const receiver = createSrtpReceiver(profile, keyOf(profile));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 100 }), (packet) => {
        expect(receiver.unprotectRtp(packet, packet.length, 12)).toBe(-1);
        expect(receiver.unprotectRtcp(packet, packet.length)).toBe(-1);
      }),
      { numRuns: 500 },
    );
  }
});
