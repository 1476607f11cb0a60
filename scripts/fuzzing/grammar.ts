/** Writes SIP messages and session descriptions from their grammar by a draw: each part legal, unusual or wrong, in any combination. What mutation of good messages seldom reaches. */
import type { Draw } from './mutation.ts';

const pick = <Value>(draw: Draw, choices: readonly Value[]): Value => choices[draw.below(choices.length)]!;
/** Five times in six the usual thing: where every part is odd, nothing gets past the first check. */
const mostly = (draw: Draw, usual: string, odd: (draw: Draw) => string): string => (draw.below(6) > 0 ? usual : odd(draw));
const many = (draw: Draw, most: number, make: () => string, glue = ''): string => Array.from({ length: draw.below(most + 1) }, make).join(glue);

const token = (draw: Draw): string => pick(draw, ['a', 'INVITE', 'x-1', "!%*_+`'~", '', '0', 'é', 'a'.repeat(300), '\u0000', 'sip', 'tag', 'branch']);
const number = (draw: Draw): string => pick(draw, ['0', '1', '70', '0009', '-1', '255', '2147483648', '4294967296', '9'.repeat(40), '1.5', '', 'NaN', '\u0661']);
const space = (draw: Draw): string => pick(draw, ['', ' ', '\t', '  ', '\r\n ', '\r\n\t ']);
const quoted = (draw: Draw): string => pick(draw, ['""', '"a"', '"\\""', '"a, b"', '"<sip:x@y>"', '"', '"\\', '"\u00ff"', `"${'\\\\'.repeat(40)}"`]);
const host = (draw: Draw): string => pick(draw, ['192.0.2.1', 'h', 'a.b.example', '[2001:db8::1]', '[', '[::ffff:192.0.2.1]', '2001:db8::1', '', 'a'.repeat(260), '-', '255.255.255.255']);
const port = (draw: Draw): string => pick(draw, ['', ':5060', ':0', ':65536', ':', ':abc', ': 5060']);
const params = (draw: Draw): string => many(draw, 5, () => `${space(draw)};${space(draw)}${token(draw)}${pick(draw, ['', `=${token(draw)}`, `=${quoted(draw)}`, `${space(draw)}=${space(draw)}${number(draw)}`])}`);
const uri = (draw: Draw): string => pick(draw, ['sip:', 'sips:', 'tel:', 'SIP:', 'http:', '', 'sip:sip:']) + pick(draw, ['', 'u@', 'u:p@', '%00@', '%zz@', '+1555@', 'u;a=b@', '@', 'a b@']) + host(draw) + port(draw) + params(draw) + pick(draw, ['', '?a=b', '?Route=%3Csip:x%3E', '?']);
const address = (draw: Draw): string => pick(draw, [`<${uri(draw)}>`, uri(draw), `${quoted(draw)} <${uri(draw)}>`, `a, b <${uri(draw)}>`, `<${uri(draw)}`, `${quoted(draw)}<${uri(draw)}>>`, '*', '<>']) + params(draw);
const via = (draw: Draw): string => `${pick(draw, ['SIP', 'sip', 'HTTP', ''])}${space(draw)}/${space(draw)}${pick(draw, ['2.0', '7.0', '2', ''])}${space(draw)}/${pick(draw, ['UDP', 'TCP', 'TLS', 'WS', 'x'])} ${host(draw)}${port(draw)}${params(draw)}${pick(draw, ['', ';branch=z9hG4bKa', ';branch=z9hG4bK', ';rport', ';received=1.2.3.4'])}`;
const cseq = (draw: Draw, method: string): string => `${number(draw)}${space(draw)} ${pick(draw, [method, method, method, token(draw)])}`;

const METHODS = ['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'REGISTER', 'INFO', 'UPDATE', 'PRACK', 'REFER', 'NOTIFY', 'MESSAGE', 'invite', 'FOO', ''];

const OTHER_HEADERS: readonly ((draw: Draw) => string)[] = [
  (draw) => `Contact: ${many(draw, 3, () => address(draw), ',')}`,
  (draw) => `Record-Route: ${many(draw, 4, () => address(draw), ', ')}`,
  (draw) => `Route: ${address(draw)}`,
  (draw) => `Session-Expires: ${number(draw)}${params(draw)}${pick(draw, ['', ';refresher=uac', ';refresher=uas', ';refresher=x'])}`,
  (draw) => `Min-SE: ${number(draw)}`,
  (draw) => `${pick(draw, ['Supported', 'Require', 'k', 'Proxy-Require'])}: ${many(draw, 3, () => pick(draw, ['timer', '100rel', 'x', '', token(draw)]), ',')}`,
  (draw) => `${pick(draw, ['WWW-Authenticate', 'Proxy-Authenticate', 'Authorization'])}: ${pick(draw, ['Digest ', 'Basic ', '', 'Digest'])}${many(draw, 6, () => `${token(draw)}=${pick(draw, [quoted(draw), token(draw)])}`, ',')}`,
  (draw) => `Reason: ${many(draw, 3, () => `${pick(draw, ['Q.850', 'SIP', token(draw)])};cause=${number(draw)};text=${quoted(draw)}`, ',')}`,
  (draw) => `RSeq: ${number(draw)}`,
  (draw) => `RAck: ${number(draw)} ${cseq(draw, 'INVITE')}`,
  (draw) => `Max-Forwards: ${number(draw)}`,
  (draw) => `Retry-After: ${number(draw)} (${token(draw)})${params(draw)}`,
  (draw) => `${pick(draw, ['P-Asserted-Identity', 'Diversion', 'History-Info', 'Remote-Party-ID'])}: ${many(draw, 3, () => address(draw), ',')}`,
  (draw) => `${token(draw)}${space(draw)}:${space(draw)}${many(draw, 4, () => quoted(draw), ',')}`,
  (draw) => pick(draw, [':', 'no colon', ' starts blank: x', 'X\r\n: y', 'A:\rB', 'A:\nB: c']),
];

export function writeSip(draw: Draw): string {
  const method = mostly(draw, pick(draw, ['INVITE', 'BYE', 'OPTIONS', 'UPDATE']), () => pick(draw, METHODS));
  const target = mostly(draw, 'sip:+15550100@192.0.2.1', uri);
  const status = mostly(draw, pick(draw, ['100', '183', '200', '401', '486', '699']), number);
  const start = pick(draw, [`${method} ${target} SIP/2.0`, `${method} ${target} SIP/2.0`, `SIP/2.0 ${status} ${token(draw)}`, mostly(draw, `${method} ${target} SIP/2.0`, () => `${method}  ${target} SIP/7.0`), token(draw)]);
  const body = pick(draw, ['', '', writeSdp(draw), `--b\r\nContent-Type: application/sdp\r\n\r\n${writeSdp(draw)}\r\n--b--`]);
  const lines = [
    ...Array.from({ length: 1 + draw.below(3) }, () => `${pick(draw, ['Via', 'v', 'VIA '])}: ${mostly(draw, 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa', via)}`),
    `From: ${mostly(draw, '<sip:a@b>;tag=f', address)}`, `${pick(draw, ['To', 't'])}: ${mostly(draw, pick(draw, ['<sip:c@d>', '<sip:c@d>;tag=t']), address)}`, `Call-ID: ${mostly(draw, 'c@h', token)}`,
    `CSeq: ${mostly(draw, `1 ${method}`, () => cseq(draw, method))}`,
    ...Array.from({ length: draw.below(6) }, () => pick(draw, OTHER_HEADERS)(draw)),
    `Content-Type: ${mostly(draw, 'application/sdp', () => pick(draw, ['multipart/mixed;boundary=b', 'multipart/mixed;boundary="b', token(draw)]))}`,
    `${pick(draw, ['Content-Length', 'l', 'L '])}: ${mostly(draw, String(body.length), number)}`,
  ].filter(() => draw.below(60) > 0);
  return `${start}\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}

const SDP_LINES: readonly ((draw: Draw) => string)[] = [
  (draw) => `m=${pick(draw, ['audio', 'video', 'image', ''])} ${number(draw)} ${pick(draw, ['RTP/AVP', 'RTP/SAVP', 'UDP/TLS/RTP/SAVPF', 'udptl', ''])} ${many(draw, 6, () => number(draw), ' ')}`,
  (draw) => `c=IN ${pick(draw, ['IP4', 'IP6', 'IP'])} ${host(draw)}${pick(draw, ['', '/127', '/127/3'])}`,
  (draw) => `a=rtpmap:${number(draw)} ${pick(draw, ['PCMU', 'telephone-event', token(draw)])}/${number(draw)}${pick(draw, ['', '/2', '/'])}`,
  (draw) => `a=fmtp:${number(draw)} ${pick(draw, ['0-15', '0-16,32', token(draw)])}`,
  (draw) => `a=crypto:${number(draw)} ${pick(draw, ['AES_CM_128_HMAC_SHA1_80', token(draw)])} inline:${pick(draw, ['d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj', '', '!!!!', 'A'.repeat(500)])}${pick(draw, ['', '|2^20|1:4', '|', '|2^99|1:'])}`,
  (draw) => `a=${pick(draw, ['sendrecv', 'sendonly', 'recvonly', 'inactive', 'ptime:20', 'ptime:x', 'mid:0', 'rtcp-mux', 'setup:actpass', 'ice-ufrag:a', 'ice-pwd:b', `fingerprint:sha-256 ${token(draw)}`, `candidate:1 1 UDP ${number(draw)} ${host(draw)} ${number(draw)} typ host`, token(draw)])}`,
  (draw) => pick(draw, ['', '=', 'm', 'v=1', 'x=y', 'o=', 't=', 'b=AS:64', 'a', '\u0000']),
];

export function writeSdp(draw: Draw): string {
  const end = pick(draw, ['\r\n', '\r\n', '\n']);
  return ['v=0', `o=- ${number(draw)} ${number(draw)} IN IP4 ${host(draw)}`, 's=-', `t=${number(draw)} 0`, ...Array.from({ length: draw.below(14) }, () => pick(draw, SDP_LINES)(draw))].join(end) + pick(draw, [end, '']);
}
