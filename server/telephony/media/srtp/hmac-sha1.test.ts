import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPacketAuthenticator } from './hmac-sha1.ts';

test("every packet's tag is the one that Node's own HMAC gives", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 700 }), fc.nat({ max: 50 }), fc.option(fc.nat({ max: 0xffff_ffff })), (key, packet, room, suffix) => {
      const roomy = Buffer.concat([packet, Buffer.alloc(room, 0xaa)]);
      const behind = Buffer.alloc(suffix === null ? 0 : 4);
      if (suffix !== null) behind.writeUInt32BE(suffix);
      const tag = createPacketAuthenticator(key)(roomy, packet.length, suffix ?? -1);
      expect(Buffer.from(tag)).toEqual(createHmac('sha1', key).update(packet).update(behind).digest());
    }),
    { numRuns: 1000 },
  );
});

test('RFC 2202: the tag of the second case', () => {
  const tag = createPacketAuthenticator(Buffer.from('Jefe'))(Buffer.from('what do ya want for nothing?'), 28, -1);
  expect(Buffer.from(tag).toString('hex')).toBe('effcdf6ae5eb2fa2d27416d5f184df9c259a7c79');
});

test('every place of the length within a block is padded right', () => {
  const authenticate = createPacketAuthenticator(Buffer.alloc(20, 7));
  const packet = Buffer.alloc(200, 0x5a);
  for (let length = 0; length <= 200; length += 1) {
    expect(Buffer.from(authenticate(packet, length, 1))).toEqual(createHmac('sha1', Buffer.alloc(20, 7)).update(packet.subarray(0, length)).update(Buffer.from([0, 0, 0, 1])).digest());
  }
});
