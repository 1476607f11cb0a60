/** Streams cut into messages however the octets come; certificates held against names. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_STREAM, feedStream } from './stream-framing-codec.ts';
import { speaksFor } from './tls-identity-policy.ts';

const MESSAGES = [
  'OPTIONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\n', 'INVITE sip:a SIP/2.0\r\nl : 7\r\n\r\nv=0\r\n\r\n', 'ACK sip:a SIP/2.0\r\n\r\n', 'INFO sip:a SIP/2.0\r\nCONTENT-LENGTH:\r\n 3\r\n\r\nabc',
];

describe('the stream framing', () => {
  it('finds the same messages and pings however the stream is cut', () => {
    const stream = `${MESSAGES[0]}\r\n\r\n${MESSAGES[1]}${MESSAGES[2]}\r\n\r\n${MESSAGES[3]}`;
    fc.assert(
      fc.property(fc.array(fc.nat({ max: stream.length }), { maxLength: 12 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), stream.length];
        let state = EMPTY_STREAM;
        const messages: string[] = [];
        let pings = 0;
        for (let i = 1; i < at.length; i++) {
          const step = feedStream(state, stream.slice(at[i - 1], at[i]));
          expect(step.failure).toBeUndefined();
          state = step.state;
          messages.push(...step.messages);
          pings += step.pings;
        }
        expect(messages).toEqual(MESSAGES);
        expect(pings).toBe(2);
      }),
    );
  });

  it('reads one octet at a time', () => {
    let state = EMPTY_STREAM;
    const messages: string[] = [];
    for (const octet of MESSAGES.join('')) {
      const step = feedStream(state, octet);
      state = step.state;
      messages.push(...step.messages);
    }
    expect(messages).toEqual(MESSAGES);
  });

  it.each([
    ['headers without an end', `INVITE sip:a SIP/2.0\r\nX: ${'a'.repeat(40_000)}`, 'headers-too-large'],
    ['a body beyond measure', 'INVITE sip:a SIP/2.0\r\nContent-Length: 70000\r\n\r\n', 'body-too-large'],
    ['a length that is no number', 'INVITE sip:a SIP/2.0\r\nContent-Length: -1\r\n\r\n', 'bad-content-length'],
  ])('gives up on %s', (_name, text, failure) => expect(feedStream(EMPTY_STREAM, text).failure).toBe(failure));
});

describe('the identity of a certificate (RFC 5922)', () => {
  const names = (alternativeNames: string[], commonName?: string) => ({ alternativeNames, commonName });
  it.each([
    ['a DNS name', names(['DNS:sip.example.com']), 'sip.example.com', true],
    ['another case', names(['DNS:SIP.Example.com']), 'sip.example.COM.', true],
    ['another host', names(['DNS:sip.example.com']), 'example.com', false],
    ['a SIP URI', names(['URI:sip:example.com', 'DNS:other.example']), 'example.com', true],
    ['a SIP URI for another, whatever DNS says', names(['URI:sip:other.example', 'DNS:example.com']), 'example.com', false],
    ['a SIP URI with a user', names(['URI:sip:alice@example.com']), 'example.com', false],
    ['a wildcard of one label', names(['DNS:*.pstn.example.com']), 'a.pstn.example.com', true],
    ['a wildcard over two labels', names(['DNS:*.example.com']), 'a.b.example.com', false],
    ['a wildcard over a top level', names(['DNS:*.com']), 'example.com', false],
    ['the common name where nothing else is', names([], 'sip.example.com'), 'sip.example.com', true],
    ['the common name beside alternatives', names(['DNS:a.example'], 'sip.example.com'), 'sip.example.com', false],
    ['an address', names(['IP Address:192.0.2.1']), '192.0.2.1', true],
  ])('%s', (_name, certificate, domain, expected) => expect(speaksFor(certificate, domain)).toBe(expected));
});
