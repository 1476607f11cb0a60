import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MediaDirection } from '../media-port.ts';
import { answerDirection, chooseSecurity, mayReceive, maySend, offeredCodecs, OFFERED_EVENT, readPartyDescription, sectionsAround, writePartyDescription } from './party-negotiation-policy.ts';
import { parseCryptoLine, writeCryptoLine } from './sdes-codec.ts';
import { writeSdp } from './sdp-codec.ts';

const describe = (...section: string[]): string => writeSdp(['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', ...section]);
const read = (...section: string[]) => {
  const result = readPartyDescription(describe(...section));
  if (!result.ok) throw new Error(result.refusal);
  return result.value;
};
const OWN = {
  sessionId: '7',
  version: 3,
  address: '198.51.100.4',
  port: 30_000,
  codecs: offeredCodecs('PCMA'),
  event: OFFERED_EVENT,
  direction: 'sendonly' as MediaDirection,
  cryptoLines: [],
  isSecure: false,
  rtcpMux: false,
  refusedBefore: [],
  refusedAfter: [],
};

test('a peer’s codecs keep its own order, and its keypresses their own payload type', () => {
  const peer = read('m=audio 4000 RTP/AVP 18 8 0 96', 'a=rtpmap:18 G729/8000', 'a=rtpmap:96 telephone-event/8000');
  expect(peer.codecs).toEqual([{ law: 'PCMA', payloadType: 8 }, { law: 'PCMU', payloadType: 0 }]);
  expect(peer.event).toEqual({ payloadType: 96, clockRate: 8000 });
  expect([peer.port, peer.rtcpPort, peer.direction]).toEqual([4000, 4001, 'sendrecv']);
});

test('what we write, a peer reads as we meant it', () => {
  const result = readPartyDescription(writePartyDescription(OWN));
  expect(result).toMatchObject({ ok: true, value: { address: '198.51.100.4', port: 30_000, codecs: OWN.codecs, event: OWN.event, direction: 'sendonly', isSecure: false } });
});

test('hold is read in its new form and in its old one', () => {
  expect(read('m=audio 4000 RTP/AVP 0', 'a=sendonly').direction).toBe('sendonly');
  expect(read('m=audio 4000 RTP/AVP 0', 'c=IN IP4 0.0.0.0').direction).toBe('sendonly');
  expect(read('m=audio 4000 RTP/AVP 0', 'c=IN IP4 0.0.0.0', 'a=recvonly').direction).toBe('inactive');
});

test('reports go where a=rtcp says', () => {
  expect(read('m=audio 4000 RTP/AVP 0', 'a=rtcp:5001 IN IP4 192.0.2.9')).toMatchObject({ rtcpPort: 5001, rtcpAddress: '192.0.2.9' });
  expect(read('m=audio 4000 RTP/AVP 0', 'a=rtcp-mux').rtcpPort).toBe(4000);
});

test('an answer never allows what the offer did not', () => {
  const direction = fc.constantFrom<MediaDirection>('sendrecv', 'sendonly', 'recvonly', 'inactive');
  fc.assert(
    fc.property(direction, direction, (offered, wanted) => {
      const answer = answerDirection(offered, wanted);
      expect(maySend(answer)).toBe(mayReceive(offered) && maySend(wanted));
      expect(mayReceive(answer)).toBe(maySend(offered) && mayReceive(wanted));
    }),
  );
});

test('a section we do not take keeps its place with port 0', () => {
  const around = sectionsAround(describe('m=video 5000 RTP/AVP 96', 'm=audio 4000 RTP/AVP 0', 'm=image 6000 udptl t38'));
  const answer = writePartyDescription({ ...OWN, refusedBefore: around.before, refusedAfter: around.after });
  expect(answer.match(/^m=.*$/gm)).toEqual(['m=video 0 RTP/AVP 96', 'm=audio 30000 RTP/AVP 8 0 101', 'm=image 0 udptl t38']);
});

test('nothing in common and nothing to read are told apart', () => {
  expect(readPartyDescription(describe('m=audio 4000 RTP/AVP 18'))).toEqual({ ok: false, refusal: 'no-common-codec' });
  expect(readPartyDescription(describe('m=audio 0 RTP/AVP 0'))).toEqual({ ok: false, refusal: 'no-common-codec' });
  expect(readPartyDescription(describe())).toEqual({ ok: false, refusal: 'bad-description' });
  expect(readPartyDescription(describe('m=audio 4000 RTP/SAVP 0'))).toEqual({ ok: false, refusal: 'insecure-description' });
});

test('a downgrade is refused, and keys are taken wherever they are allowed', () => {
  const key = parseCryptoLine('1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20')!;
  expect(chooseSecurity('required', { isSecure: false, keys: [] })).toEqual({ ok: false, refusal: 'insecure-description' });
  expect(chooseSecurity('off', { isSecure: true, keys: [key] })).toEqual({ ok: false, refusal: 'no-common-codec' });
  expect(chooseSecurity('off', { isSecure: false, keys: [key] })).toEqual({ ok: true, value: undefined });
  expect(chooseSecurity('optional', { isSecure: false, keys: [] })).toEqual({ ok: true, value: undefined });
  expect(chooseSecurity('optional', { isSecure: false, keys: [key] })).toEqual({ ok: true, value: key });
});

test('a key survives writing and reading; one we could not use is not read', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 30, maxLength: 30 }), fc.integer({ min: 1, max: 99 }), (keyAndSalt, tag) => {
      const key = { tag, profile: 'AES_CM_128_HMAC_SHA1_80' as const, keyAndSalt };
      expect(parseCryptoLine(writeCryptoLine(key))).toEqual(key);
      expect(writeCryptoLine(key)).toContain(Buffer.from(keyAndSalt).toString('base64'));
    }),
  );
  const inline = 'inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz';
  for (const line of [`1 AES_CM_128_HMAC_SHA1_32 ${inline}`, `1 AES_CM_128_HMAC_SHA1_80 ${inline}|2^20|1:4`, `1 AES_CM_128_HMAC_SHA1_80 inline:AAAA`, `1 AES_CM_128_HMAC_SHA1_80 ${inline} UNENCRYPTED_SRTP`, '']) {
    expect(parseCryptoLine(line)).toBeUndefined();
  }
});
