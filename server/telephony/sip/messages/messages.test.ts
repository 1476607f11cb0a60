/** Parser, header values, validator and builder on single messages; the torture messages and the fuzzing have files of their own. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChallenge, parseCSeq, parseNameAddress, parseReason, parseVia, paramOf, splitList, tagOf } from './header-values-codec.ts';
import { headerOf, headersOf } from './message.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { buildRequest, buildResponse, stampRequest } from './outgoing-message.ts';
import { parseMessage } from './parse-message-codec.ts';
import { numberInUri, parseSipUri } from './uri-codec.ts';
import { isUsableResponse, judgeRequest } from './validate-message-policy.ts';
import { textToWire, wireToText } from './wire-text.ts';

const INVITE = [
  'INVITE sip:+15550100@trunk.example SIP/2.0', 'v: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport', 'Via: SIP/2.0/TCP 192.0.2.2;branch=z9hG4bK0', 'Max-Forwards: 70',
  'f: "Lee, \\"Ann\\"" <sip:+15550199@trunk.example>;tag=a1', 't: <sip:+15550100@trunk.example>', 'i: abc', 'CSeq: 1 INVITE', 'm: <sip:x@192.0.2.1>', 'Subject: one', ' two', 'c: application/sdp', 'l: 5', '', 'v=0\r\nmore',
].join('\r\n');
const request = (text: string): SipRequest => parseMessage(text) as SipRequest;

describe('the parser', () => {
  it('knows a header by any spelling of its name, and takes no name for another that looks like it', () => {
    const names = ['Via', 'From', 'To', 'CSeq', 'Call-ID', 'Contact', 'Content-Type', 'Content-Length', 'Record-Route', 'Remote-Party-ID', 'P-Asserted-Identity', 'WWW-Authenticate', 'X-Carrier'];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }), fc.nat({ max: 18 }), (name, isUpper, at) => {
        const spelled = name.split('').map((letter, index) => (isUpper[index]! ? letter.toUpperCase() : letter.toLowerCase())).join('');
        const similar = `${name.slice(0, at)}Z${name.slice(at + 1)}`;
        const message = request(`OPTIONS sip:a SIP/2.0\r\n${name}: one\r\n${spelled} : two\r\n${similar}: three\r\n\r\n`);
        expect(message.names).toEqual([name.toLowerCase(), name.toLowerCase(), similar.toLowerCase()]);
      }),
    );
  });

  it('reads compact and long names, folding, and the body the length declares', () => {
    const message = request(INVITE);
    expect(message).toMatchObject({ kind: 'request', method: 'INVITE', uri: 'sip:+15550100@trunk.example', version: 'SIP/2.0', body: 'v=0\r\n', badLines: 0 });
    expect(headersOf(message, 'via')).toHaveLength(2);
    expect(headerOf(message, 'subject')).toBe('one two');
    expect(tagOf(headerOf(message, 'from')!)).toBe('a1');
  });

  it('reads a response', () => {
    expect(parseMessage('SIP/2.0 183 Session Progress\r\nVia: x\r\n\r\n')).toMatchObject({ kind: 'response', status: 183, reason: 'Session Progress' });
    expect(parseMessage('SIP/2.0 4294967301 better not break\r\nVia: x\r\n\r\n')).toMatchObject({ kind: 'response', status: 0 });
  });

  it.each(['', '\r\n', 'hello', 'INVITE\r\n\r\n', 'INVITE sip:a@b SIP/2.0\r\nVia: x\r\n', 'INVITE sip:a@b SIP/2.0\r\n'])('calls %j malformed', (text) => {
    expect(parseMessage(text).kind).toBe('malformed');
  });

  it.each(['\r', '\n', 'x\nX-Evil: 1', '\r\r'])('takes the sting out of a stray break (%j) in a value that will be echoed', (stray) => {
    const message = request(INVITE.replace('i: abc', `i: a${stray}c`));
    expect(judgeRequest(message, ['timer'])).toMatchObject({ verdict: 'owed', status: 400 });
    const answer = buildResponse(message, { address: '192.0.2.1', port: 5060 }, { status: 400, toTag: 't' });
    expect(answer.replace(/\r\n/g, '')).not.toMatch(/[\r\n]/);
    expect(answer).not.toMatch(/^X-Evil/m);
  });

  it('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string().map((tail) => INVITE.slice(0, 200) + tail)), (text) => void parseMessage(text)));
  });
});

describe('header values', () => {
  it('reads Via with white space where RFC 3261 allows it, and IPv6', () => {
    expect(parseVia('SIP / 2.0 / UDP 192.0.2.2;rport;branch=390skdjuw')).toEqual({ transport: 'UDP', host: '192.0.2.2', port: undefined, branch: '390skdjuw', hasRport: true });
    expect(parseVia('SIP/2.0/TLS [2001:db8::9:1]:5061;branch=z9hG4bKx')).toMatchObject({ transport: 'TLS', host: '[2001:db8::9:1]', port: 5061 });
    expect(parseVia('SIP/2.0/UDP 192.0.2.2:99999;branch=x')).toBeUndefined();
    expect(parseVia('HTTP/1.1/UDP host')).toBeUndefined();
  });

  it('reads addresses: quoted names with commas and brackets, bare URIs, no closing bracket', () => {
    expect(parseNameAddress('"a, \\"b\\" <c>" <sip:x@y;lr>;tag=1')).toEqual({ displayName: 'a, "b" <c>', uri: 'sip:x@y;lr', params: ';tag=1' });
    expect(parseNameAddress('sip:x@y;tag=1')).toEqual({ displayName: '', uri: 'sip:x@y', params: ';tag=1' });
    expect(parseNameAddress('"open <sip:x@y>')).toBeUndefined();
    expect(parseNameAddress('<sip:x@y')).toBeUndefined();
    expect(parseNameAddress('no uri')).toBeUndefined();
  });

  it('splits lists outside quotes and brackets only', () => {
    expect(splitList('"a,b" <sip:a@b>, <sip:c,d@e>;x="1,2" ,sip:f@g')).toEqual(['"a,b" <sip:a@b>', '<sip:c,d@e>;x="1,2"', 'sip:f@g']);
  });

  it('finds parameters in any case, quoted or bare', () => {
    expect(paramOf(';a;TAG = x1;q="v;w"', 'tag')).toBe('x1');
    expect(paramOf(';a;tag=x;q="v;w=3"', 'q')).toBe('v;w=3');
    expect(paramOf(';q=";tag=evil";tag=good', 'tag')).toBe('good');
    expect(paramOf(';a', 'b')).toBeUndefined();
  });

  it('refuses a CSeq of 2^31 and more', () => {
    expect(parseCSeq('0009 INVITE')).toEqual({ number: 9, method: 'INVITE' });
    expect(parseCSeq('2147483648 INVITE')).toBeUndefined();
    expect(parseCSeq('36893488147419103232 REGISTER')).toBeUndefined();
  });

  it('reads challenges and reasons', () => {
    expect([...parseChallenge('Digest realm="a, \\"b\\"", nonce=xyz,qop="auth,auth-int", stale=TRUE')!.params]).toEqual([['realm', 'a, "b"'], ['nonce', 'xyz'], ['qop', 'auth,auth-int'], ['stale', 'TRUE']]);
    expect(parseReason('Q.850 ;cause=16 ;text="Terminated"')).toEqual({ protocol: 'Q.850', cause: 16, text: 'Terminated' });
  });

  it('reads URIs, and the number in one', () => {
    expect(parseSipUri('sips:alice:secret@[2001:db8::1]:5061;transport=tls?x=y')).toEqual({ scheme: 'sips', user: 'alice', host: '[2001:db8::1]', port: 5061, params: ';transport=tls' });
    expect(parseSipUri('sip:a@b c')).toBeUndefined();
    expect(numberInUri('tel:+1-555-010-0100;phone-context=x')).toBe('+15550100100');
    expect(numberInUri('sip:%2B15550100100;npdi@host;user=phone')).toBe('+15550100100');
    expect(numberInUri('sip:anonymous@anonymous.invalid')).toBeUndefined();
  });

  it('throws at nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>";,=\\ @:[]%-ab1\r\n\t'.split('')), maxLength: 60 }), (text) => {
        for (const read of [parseVia, parseNameAddress, splitList, tagOf, parseCSeq, parseChallenge, parseReason, parseSipUri, numberInUri]) read(text);
        paramOf(text, 'tag');
      }),
    );
  });
});

describe('the validator', () => {
  const change = (from: string | RegExp, to: string): SipRequest => request(INVITE.replace(from, to));
  it.each<[string, SipRequest, number | 'good' | 'drop']>([
    ['a good one', request(INVITE), 'good'],
    ['no Via', change(/^(v|Via): .*\r\n/gm, ''), 'drop'],
    ['no Call-ID', change('i: abc\r\n', ''), 400],
    ['two From', change('i: abc\r\n', 'i: abc\r\nFrom: <sip:x@y>;tag=2\r\n'), 400],
    ['a CSeq for another method', change('1 INVITE', '1 OPTIONS'), 400],
    ['an unknown method', change(/INVITE/g, 'NEWMETHOD'), 501],
    ['another version', change('SIP/2.0\r\n', 'SIP/7.0\r\n'), 505],
    ['a body shorter than declared', change('l: 5', 'l: 5000'), 400],
    ['a negative length', change('l: 5', 'l: -5'), 400],
    ['an unknown scheme', change('INVITE sip:+15550100@trunk.example', 'INVITE nobodyKnowsThisScheme:totallyopaquecontent'), 416],
    ['an unknown extension', change('i: abc', 'i: abc\r\nRequire: nothingSupportsThis'), 420],
    ['a space in the URI', change('sip:+15550100@trunk.example SIP', 'sip:+15550100@trunk.example; lr SIP'), 400],
    ['Max-Forwards over 255', change('Max-Forwards: 70', 'Max-Forwards: 300'), 400],
    ['Max-Forwards with leading zeros', change('Max-Forwards: 70', 'Max-Forwards: 0068'), 'good'],
    ['a header line without a colon', change('i: abc', 'i: abc\r\nnonsense'), 400],
  ])('says what is owed to %s', (_name, message, expected) => {
    const verdict = judgeRequest(message, ['timer']);
    expect(verdict.verdict === 'owed' ? verdict.status : verdict.verdict).toBe(expected);
  });

  it('never answers an ACK', () => {
    expect(judgeRequest(change(/INVITE/g, 'ACK'), []).verdict).toBe('good');
    expect(judgeRequest(request(INVITE.replace(/INVITE/g, 'ACK').replace('l: 5', 'l: 999')), []).verdict).toBe('drop');
  });

  it('drops responses that lie', () => {
    const good = 'SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n';
    expect(isUsableResponse(parseMessage(good) as SipResponse)).toBe(true);
    expect(isUsableResponse(parseMessage(good.replace('200', '2000')) as SipResponse)).toBe(false);
    expect(isUsableResponse(parseMessage(good.replace('Call-ID: x\r\n', '')) as SipResponse)).toBe(false);
  });
});

describe('the builder', () => {
  const template = {
    method: 'INVITE', uri: 'sip:+15550100@trunk.example', routes: ['<sip:proxy.example;lr>'], from: { displayName: 'Klinik "Süd"', uri: 'sip:+15550199@trunk.example', tag: 'a' },
    to: { uri: 'sip:+15550100@trunk.example' }, callId: 'abc', cseq: 1, body: { type: 'application/sdp' as const, text: 'v=0\r\ns=ä\r\n' },
  };

  it('makes what the parser reads back, lengths in octets', () => {
    const message = request(stampRequest(buildRequest(template), { transport: 'UDP', sentBy: '192.0.2.9:5060', branch: 'z9hG4bKx' }));
    expect(judgeRequest(message, []).verdict).toBe('good');
    expect(headerOf(message, 'content-length')).toBe('11');
    expect(wireToText(message.body)).toBe('v=0\r\ns=ä\r\n');
    expect(wireToText(parseNameAddress(headerOf(message, 'from')!)!.displayName)).toBe('Klinik "Süd"');
    expect(headerOf(message, 'route')).toBe('<sip:proxy.example;lr>');
  });

  it('refuses values that would break a line, and flattens names that would', () => {
    expect(() => buildRequest({ ...template, callId: 'a\r\nX: y' })).toThrow();
    expect(() => buildRequest({ ...template, uri: 'sip:a@b SIP/2.0\r\nX: y' })).toThrow();
    expect(buildRequest({ ...template, from: { ...template.from, displayName: 'a\r\nX-Evil: 1' } }).rest).toContain('"a X-Evil: 1"');
  });

  it('answers with the request\'s Vias, the source stamped into the first', () => {
    const text = buildResponse(request(INVITE), { address: '198.51.100.7', port: 4711 }, { status: 180, toTag: 'ours' });
    expect(text).toContain('Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport=4711;received=198.51.100.7\r\nVia: SIP/2.0/TCP 192.0.2.2;branch=z9hG4bK0\r\n');
    expect(text).toContain('To: <sip:+15550100@trunk.example>;tag=ours\r\n');
  });

  it('keeps any text whole between text and wire', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(wireToText(textToWire(text))).toBe(text);
      }),
    );
  });
});
