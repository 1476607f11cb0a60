import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressWithFamily, attributeOf, parseSdp, rtpMapsOf, writeSdp } from './sdp-codec.ts';

const lines = (...text: string[]): string => writeSdp(text);
const HEAD = ['v=0', 'o=- 1 2 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0'];

test('sections inherit the session’s address and attributes, and may have their own', () => {
  const parsed = parseSdp(lines(...HEAD, 'a=sendonly', 'm=audio 4000 RTP/AVP 0', 'm=video 5000/2 RTP/AVP 96', 'c=IN IP6 2001:db8::1', 'a=recvonly'));
  if (!parsed.ok) throw new Error(parsed.refusal);
  const { media } = parsed.value;
  expect(media.map(({ kind, port, address }) => [kind, port, address])).toEqual([['audio', 4000, '192.0.2.1'], ['video', 5000, '2001:db8::1']]);
  expect(attributeOf('sendonly', media[0], parsed.value)).toBe('');
});

test('static payload types need no rtpmap, dynamic ones do', () => {
  const parsed = parseSdp(lines(...HEAD, 'm=audio 4000 RTP/AVP 0 8 96 101 999', 'a=rtpmap:101 Telephone-Event/8000', 'a=fmtp:101 0-15'));
  if (!parsed.ok) throw new Error(parsed.refusal);
  expect(rtpMapsOf(parsed.value.media[0]!)).toEqual([
    { payloadType: 0, encoding: 'PCMU', clockRate: 8000, parameters: '' },
    { payloadType: 8, encoding: 'PCMA', clockRate: 8000, parameters: '' },
    { payloadType: 101, encoding: 'TELEPHONE-EVENT', clockRate: 8000, parameters: '0-15' },
  ]);
});

test('bare line feeds are read as well', () => {
  expect(parseSdp([...HEAD, 'm=audio 4000 RTP/AVP 0', ''].join('\n')).ok).toBe(true);
});

test('what is no description is refused', () => {
  for (const text of ['', 'hello', 'v=0\r\n', lines('v=0', 's=-', 'm=audio 1 RTP/AVP 0'), lines(...HEAD, 'm=audio 99999 RTP/AVP 0'), lines(...HEAD, 'm=audio x RTP/AVP'), lines(...HEAD, 'c=ATM x y')]) {
    expect(parseSdp(text)).toEqual({ ok: false, refusal: 'bad-description' });
  }
});

test('no text makes it throw, or takes long', () => {
  const line = fc.oneof(fc.string(), fc.constantFrom(...HEAD, 'm=audio 9 RTP/AVP 0', 'a=rtpmap:0', 'a=:', 'm=', 'c=IN', 'o=', 'a=rtpmap:96 /'));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), (content) => {
      const parsed = parseSdp(['v=0', ...content].join('\r\n'));
      if (parsed.ok) parsed.value.media.forEach(rtpMapsOf);
    }),
    { numRuns: 1000 },
  );
  const startedAt = performance.now();
  parseSdp(`v=0\r\n${'a=x:y\r\n'.repeat(9000)}`);
  parseSdp(`v=0\r\nm=audio 1 RTP/AVP ${'1 '.repeat(30_000)}`);
  expect(performance.now() - startedAt).toBeLessThan(100);
});

test('an address is named with its family', () => {
  expect([addressWithFamily('192.0.2.1'), addressWithFamily('2001:db8::1')]).toEqual(['IP4 192.0.2.1', 'IP6 2001:db8::1']);
});
