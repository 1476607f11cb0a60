/** The messages of RFC 4475 and RFC 5118, by the RFC's own names, each with the verdict a user agent owes it. What plays no part in a torture (long bodies, more headers of the same kind) is left out. */
import { describe, expect, it } from 'vitest';
import { parseNameAddress, parseVia, splitAll } from './header-values-codec.ts';
import { headerOf, headersOf } from './message.ts';
import type { SipRequest } from './message.ts';
import { fromTagOf, toOf, topViaOf, toTagOf } from './message-parts.ts';
import { parseMessage } from './parse-message-codec.ts';
import { parseSipUri } from './uri-codec.ts';
import { isUsableResponse, judgeRequest } from './validate-message-policy.ts';

const wire = (...lines: string[]): string => lines.join('\r\n');
const SDP = 'v=0\r\no=mhandley 29739 7272939 IN IP4 192.0.2.3\r\ns=-\r\nc=IN IP4 192.0.2.4\r\nt=0 0\r\nm=audio 49217 RTP/AVP 0 12\r\nm=video 3227 RTP/AVP 31\r\na=rtpmap:31 LPC\r\n';
const VIA = 'Via: SIP/2.0/UDP host5.example.net;branch=z9hG4bKkdjuw';
const usual = (method: string, ...more: string[]): string[] => ['To: sip:user@example.com', 'From: sip:caller@example.org;tag=33242', 'Max-Forwards: 3', VIA, `CSeq: 8 ${method}`, ...more];

type Verdict = 'good' | 'drop' | number;
const REQUESTS: readonly (readonly [name: string, section: string, text: string, verdict: Verdict])[] = [
  ['wsinv', '4475 3.1.1.1', wire(
    'INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0', 'TO :', ' sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n', 'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>', '  ;', '  tag = 98asjd8',
    'MaX-fOrWaRdS: 0068', 'Call-ID: wsinv.ndaksdj@192.0.2.1', 'Content-Length   : 150', 'cseq: 0009', '  INVITE', 'Via  : SIP  /   2.0', ' /UDP', '    192.0.2.2;branch=390skdjuw', 's :', 'NewFangledHeader:   newfangled value', ' continued newfangled value',
    'UnknownHeaderWithUnusualValue: ;;,,;;,;', 'Content-Type: application/sdp', 'Route:', ' <sip:services.example.com;lr;unknownwith=value;unknown-no-value>', 'v:  SIP  / 2.0  / TCP     spindle.example.com   ;', '  branch  =   z9hG4bK9ikj8  ,', ' SIP  /    2.0   / UDP  192.168.255.111   ; branch=', ' z9hG4bK30239',
    'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =', '      newvalue ;', '  secondparam ; q = 0.33', '', SDP,
  ), 'good'],
  ['intmeth', '4475 3.1.1.2', wire(
    "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0", "Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK-.!%66*_+`'~", 'To: "BEL:\\\u0007 NUL:\\\u0000 DEL:\\\u007f" <sip:1_unusual.URI~(to-be!sure)&isn\'t+it$/crazy?,/;;*@example.com>',
    "From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%=\"\u00d1\u0080\u00d0\u00b0\";tag=_token~1'+`*%!-.", 'Call-ID: intmeth.word%ZK-!.*_+\'@word`~)(><:\\/"][?}{', "CSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~", 'Max-Forwards: 255', 'Content-Length: 0', '', '',
  ), 501],
  ['esc01', '4475 3.1.1.3', wire('INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0', 'To: sip:%75se%72@example.com', 'From: <sip:I%20have%20spaces@example.net>;tag=938', 'Max-Forwards: 87', 'i: esc01.239409asdfakjkn23onasd0-3234', 'CSeq: 234234 INVITE', VIA, 'C: application/sdp', 'Contact:', '  <sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>', `Content-Length: ${SDP.length}`, '', SDP), 'good'],
  ['escnull', '4475 3.1.1.4', wire('REGISTER sip:example.com SIP/2.0', 'To: sip:null-%00-null@example.com', 'From: sip:null-%00-null@example.com;tag=839923423', 'Max-Forwards: 70', 'Call-ID: escnull.39203ndfvkjdasfkq3w4otrq0adsfdfnavd', 'CSeq: 14398234 REGISTER', VIA, 'Contact: <sip:%00@host5.example.com>', 'Contact: <sip:%00%00@host5.example.com>', 'L:0', '', ''), 'good'],
  ['esc02', '4475 3.1.1.5', wire('RE%47IST%45R sip:registrar.example.com SIP/2.0', 'To: "%Z%45" <sip:resource@example.com>', 'From: "%Z%45" <sip:resource@example.com>;tag=f232jadfj23', 'Call-ID: esc02.asdfnqwo34rq23i34jrjasdcnl23nrlknsdf', VIA, 'CSeq: 29344 RE%47IST%45R', 'Max-Forwards: 70', 'l: 0', '', ''), 501],
  ['lwsdisp', '4475 3.1.1.6', wire('OPTIONS sip:user@example.com SIP/2.0', 'To: sip:user@example.com', 'From: caller<sip:caller@example.com>;tag=323', 'Max-Forwards: 70', 'Call-ID: lwsdisp.1234abcd@funky.example.com', 'CSeq: 60 OPTIONS', VIA, 'l: 0', '', ''), 'good'],
  ['longreq', '4475 3.1.1.7', wire(`INVITE sip:user@example.com SIP/2.0`, `To: "I have a user name of ${'extreme'.repeat(30)} proportion"<sip:user@example.com:6000;unknownparam1=very${'long'.repeat(20)}value;longparam${'name'.repeat(25)}=shortvalue>`, `F: sip:amazingly${'long'.repeat(80)}callername@example.net;tag=12${'982'.repeat(100)}424`, `Call-ID: longreq.one${'really'.repeat(100)}longcallid`, 'CSeq: 3882340 INVITE', `Unknown-${'Long'.repeat(120)}-Name: unknown-${'long'.repeat(120)}-value`, ...Array.from({ length: 34 }, (_, i) => `Via: SIP/2.0/TCP sip${33 - i}.example.com${i === 20 ? `;branch=very${'long'.repeat(80)}branchvalue` : ''}`), 'Max-Forwards: 70', 'Contact: <sip:amazingly@host5.example.net>', 'Content-Type: application/sdp', `l: ${SDP.length}`, '', SDP), 'good'],
  ['dblreq', '4475 3.1.1.8', wire('REGISTER sip:example.com SIP/2.0', 'To: sip:j.user@example.com', 'From: sip:j.user@example.com;tag=43251j3j324', 'Max-Forwards: 8', 'I: dblreq.0ha0isndaksdj99sdfafnl3lk233412', 'Contact: sip:j.user@host.example.com', 'CSeq: 8 REGISTER', VIA, 'Content-Length: 0', '', '', 'INVITE sip:joe@example.com SIP/2.0', 't: sip:joe@example.com', '', ''), 'good'],
  ['semiuri', '4475 3.1.1.9', wire('OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0', ...usual('OPTIONS', 'Call-ID: semiuri.0ha0isndaksdj'), 'l: 0', '', ''), 'good'],
  ['transports', '4475 3.1.1.10', wire('OPTIONS sip:user@example.com SIP/2.0', 'To: sip:user@example.com', 'From: <sip:caller@example.com>;tag=323', 'Max-Forwards: 70', 'Call-ID:  transports.kijh4akdnaqjkwendsasfdj', 'CSeq: 60 OPTIONS', ...['UDP', 'SCTP', 'TLS', 'UNKNOWN', 'TCP'].map((kind, i) => `Via: SIP/2.0/${kind} t${i + 1}.example.com;branch=z9hG4bKkdjuw`), 'l: 0', '', ''), 'good'],
  ['mpart01', '4475 3.1.1.11', wire('MESSAGE sip:kumiko@example.org SIP/2.0', VIA, 'Max-Forwards: 70', 'Route: <sip:127.0.0.1:5080>', 'Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK-d87543', 'From: sip:fluffy@example.com;tag=2fb0dcc9', 'To: sip:kumiko@example.org', 'Call-ID: 63696d6b6f', 'CSeq: 1 MESSAGE', 'Content-Type: multipart/mixed;boundary=7a9cbec02ceef655', 'Content-Length: 4', '', '\u0000\u00ff\u0001x'), 'good'],
  ['badinv01', '4475 3.1.2.1', wire('INVITE sip:user@example.com SIP/2.0', 'To: sip:j.user@example.com', 'From: sip:caller@example.net;tag=134161461246', 'Max-Forwards: 7', 'Call-ID: badinv01.0ha0isndaksdjasdf3234nas', 'CSeq: 8 INVITE', VIA, 'Via: SIP/2.0/UDP 192.0.2.15;;,;,,', 'Contact: "Joe" <sip:joe@example.org>;;;;', 'Content-Length: 0', '', ''), 400],
  ['clerr', '4475 3.1.2.2', wire('INVITE sip:user@example.com SIP/2.0', ...usual('INVITE', 'Call-ID: clerr.0ha0isndaksdjweiafasdk3'), 'Content-Type: application/sdp', 'Content-Length: 9999', '', SDP), 400],
  ['ncl', '4475 3.1.2.3', wire('INVITE sip:user@example.com SIP/2.0', ...usual('INVITE', 'Call-ID: ncl.0ha0isndaksdj2193423r542w35'), 'Content-Type: application/sdp', 'Content-Length: -999', '', SDP), 400],
  ['scalar02', '4475 3.1.2.4', wire('REGISTER sip:example.com SIP/2.0', 'Via: SIP/2.0/TCP host129.example.com;branch=z9hG4bK342sdfoi3', 'To: <sip:user@example.com>', 'From: <sip:user@example.com>;tag=239232jh3', 'CSeq: 36893488147419103232 REGISTER', 'Call-ID: scalar02.23o0pd9vanlq3wnrlnewofjas9ui32', 'Max-Forwards: 300', 'Expires: 10000000000000000000000000000000000000000', 'Contact: <sip:user@host129.example.com>', '  ;expires=280297596632815', 'Content-Length: 0', '', ''), 400],
  ['quotbal', '4475 3.1.2.6', wire('INVITE sip:user@example.com SIP/2.0', 'To: "Mr. J. User <sip:j.user@example.com>', 'From: sip:caller@example.net;tag=93334', 'Max-Forwards: 10', 'Call-ID: quotbal.aksdj', 'Contact: <sip:caller@host59.example.net>', 'CSeq: 8 INVITE', VIA, 'l: 0', '', ''), 400],
  ['ltgtruri', '4475 3.1.2.7', wire('INVITE <sip:user@example.com> SIP/2.0', ...usual('INVITE', 'Call-ID: ltgtruri.1@192.0.2.5'), 'l: 0', '', ''), 400],
  ['lwsruri', '4475 3.1.2.8', wire('INVITE sip:user@example.com; lr SIP/2.0', ...usual('INVITE', 'Call-ID: lwsruri.asdfasdoeoi2323-asdfwrn23-asd834rk423'), 'l: 0', '', ''), 400],
  ['lwsstart', '4475 3.1.2.9', wire('INVITE  sip:user@example.com  SIP/2.0', ...usual('INVITE', 'Call-ID: lwsstart.dfknq234oi243099adsdfnawe3@example.com'), 'l: 0', '', ''), 400],
  ['trws', '4475 3.1.2.10', wire('OPTIONS sip:remote-target@example.com SIP/2.0  ', ...usual('OPTIONS', 'Call-ID: trws.oicu34958239neffasdhr2345r'), 'l: 0', '', ''), 400],
  ['baddate', '4475 3.1.2.12', wire('INVITE sip:user@example.com SIP/2.0', ...usual('INVITE', 'Call-ID: baddate.239423mnsadf3j23lj42--sedfnm234'), 'Date: Fri, 01 Jan 2010 16:00:00 EST', 'l: 0', '', ''), 'good'],
  ['badaspec', '4475 3.1.2.14', wire('OPTIONS sip:user@example.org SIP/2.0', VIA, 'Max-Forwards: 70', 'From: "Bell, Alexander" <sip:a.g.bell@example.com>;tag=433423', 'To: "Watson, Thomas" < sip:t.watson@example.org >', 'Call-ID: badaspec.sdf0234n2nds0a099u23h3hnnw009cdkne3', 'Accept: application/sdp', 'CSeq: 3923239 OPTIONS', 'l: 0', '', ''), 'good'],
  ['badvers', '4475 3.1.2.16', wire('OPTIONS sip:t.watson@example.org SIP/7.0', 'Via:     SIP/7.0/UDP c.example.com;branch=z9hG4bKkdjuw', 'Max-Forwards:     70', 'From:    A. Bell <sip:a.g.bell@example.com>;tag=qweoiqpe', 'To:      T. Watson <sip:t.watson@example.org>', 'Call-ID: badvers.31417@c.example.com', 'CSeq:    1 OPTIONS', 'l: 0', '', ''), 'drop'],
  ['badvers, its Via of our version', '4475 3.1.2.16', wire('OPTIONS sip:t.watson@example.org SIP/7.0', ...usual('OPTIONS', 'Call-ID: badvers.31417@c.example.com'), 'l: 0', '', ''), 505],
  ['mismatch01', '4475 3.1.2.17', wire('OPTIONS sip:user@example.com SIP/2.0', ...usual('INVITE', 'Call-ID: mismatch01.dj0234sxdfl3'), 'l: 0', '', ''), 400],
  ['mismatch02', '4475 3.1.2.18', wire('NEWMETHOD sip:user@example.com SIP/2.0', ...usual('INVITE', 'Call-ID: mismatch02.dj0234sxdfl3'), 'l: 0', '', ''), 501],
  ['badbranch', '4475 3.2.1', wire('OPTIONS sip:user@example.com SIP/2.0', 'To: sip:user@example.com', 'From: sip:caller@example.org;tag=33242', 'Max-Forwards: 3', 'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK', 'Accept: application/sdp', 'Call-ID: badbranch.sadonfo23i420jv0as0derf3j3n', 'CSeq: 8 OPTIONS', 'l: 0', '', ''), 'good'],
  ['insuf', '4475 3.3.1', wire('INVITE sip:user@example.com SIP/2.0', 'CSeq: 193942 INVITE', 'Via: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf', 'Content-Type: application/sdp', 'l: 0', '', ''), 400],
  ['unkscm', '4475 3.3.2', wire('OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0', ...usual('OPTIONS', 'Call-ID: unkscm.nasdfasser0q239nwsdfasdkl34'), 'l: 0', '', ''), 416],
  ['novelsc', '4475 3.3.3', wire('OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0', ...usual('OPTIONS', 'Call-ID: novelsc.asdfasser0q239nwsdfasdkl34'), 'l: 0', '', ''), 416],
  ['bext01', '4475 3.3.5', wire('OPTIONS sip:user@example.com SIP/2.0', ...usual('OPTIONS', 'Call-ID: bext01.0ha0isndaksdj'), 'Require: nothingSupportsThis, nothingSupportsThisEither', 'Proxy-Require: noProxiesSupportThis, norDoAnyProxiesSupportThis', 'l: 0', '', ''), 420],
  ['multi01', '4475 3.3.8', wire('INVITE sip:user@company.com SIP/2.0', 'Contact: <sip:caller@host25.example.net>', VIA, 'Max-Forwards: 70', 'CSeq: 5 INVITE', 'Call-ID: multi01.98asdh@192.0.2.1', 'CSeq: 59 INVITE', 'Call-ID: multi01.98asdh@192.0.2.2', 'From: sip:caller@example.com;tag=3413415', 'To: sip:user@example.com', 'To: sip:other@example.net', 'From: sip:caller@example.net;tag=2923420123', 'l: 0', '', ''), 400],
  ['mcl01', '4475 3.3.9', wire('OPTIONS sip:user@example.com SIP/2.0', ...usual('OPTIONS', 'Call-ID: mcl01.fhn2323orihawfdoa3o4r52o3irsdf'), 'Content-Length: 13', 'Content-Length: 5', '', "There's no way to know how many octets are supposed to be here."), 400],
  ['zeromf', '4475 3.3.11', wire('OPTIONS sip:user@example.com SIP/2.0', ...usual('OPTIONS', 'Call-ID: zeromf.jfasdlfnm2o2l43r5u0asdfas').map((line) => line.replace('Max-Forwards: 3', 'Max-Forwards: 0')), 'l: 0', '', ''), 'good'],
  ['inv2543', '4475 3.4.1', wire('INVITE sip:UserB@example.com SIP/2.0', 'Via: SIP/2.0/UDP iftgw.example.com', 'From: <sip:+13035551111@ift.client.example.net;user=phone>', 'Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>', 'To: sip:+16505552222@ss1.example.net;user=phone', 'Call-ID: inv2543.1717@ift.client.example.com', 'CSeq: 56 INVITE', 'Content-Type: application/sdp', `Content-Length: ${SDP.length}`, '', SDP), 'good'],
  ['ipv6-good', '5118 4.1', wire('REGISTER sip:[2001:db8::10] SIP/2.0', 'To: sip:user@example.com', 'From: sip:user@example.com;tag=81x2', 'Via: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111', 'Call-ID: SSG9559905523997077@hlau_4100', 'Max-Forwards: 70', 'Contact: "Caller" <sip:caller@[2001:db8::1]>', 'CSeq: 98176 REGISTER', 'Content-Length: 0', '', ''), 'good'],
  ['ipv6-bad', '5118 4.2', wire('REGISTER sip:2001:db8::10 SIP/2.0', 'To: sip:user@example.com', 'From: sip:user@example.com;tag=81x2', 'Via: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111', 'Call-ID: SSG9559905523997077@hlau_4100', 'Max-Forwards: 70', 'CSeq: 98176 REGISTER', 'Content-Length: 0', '', ''), 400],
  ['port-ambiguous', '5118 4.3', wire('REGISTER sip:[2001:db8::10:5070] SIP/2.0', 'To: sip:user@example.com', 'From: sip:user@example.com;tag=81x2', 'Via: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111', 'Call-ID: SSG9559905523997077@hlau_4100', 'CSeq: 98176 REGISTER', 'Content-Length: 0', '', ''), 'good'],
  ['port-unambiguous', '5118 4.4', wire('REGISTER sip:[2001:db8::10]:5070 SIP/2.0', 'To: sip:user@example.com', 'From: sip:user@example.com;tag=81x2', 'Via: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111', 'Call-ID: SSG9559905523997077@hlau_4100', 'CSeq: 98176 REGISTER', 'Content-Length: 0', '', ''), 'good'],
  ['via-received-param', '5118 4.5', wire('BYE sip:[2001:db8::10] SIP/2.0', 'To: sip:user@example.com;tag=bd76ya', 'From: sip:user@example.com;tag=81x2', 'Via: SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3-111', 'Call-ID: SSG9559905523997077@hlau_4100', 'CSeq: 321 BYE', 'l: 0', '', ''), 'good'],
  ['ipv6-without-reference', '5118 4.6', wire('OPTIONS sip:user@[2001:db8::10] SIP/2.0', 'To: sip:user@example.com', 'From: sip:user@example.com;tag=81x2', 'Via: SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3', 'Call-ID: SSG95523997077@hlau_4100', 'CSeq: 921 OPTIONS', 'l: 0', '', ''), 'good'],
  ['ipv4-mapped', '5118 4.10', wire('INVITE sip:user@example.com SIP/2.0', 'To: sip:user@example.com', 'From: sip:user@east.example.com;tag=81x2', 'Via: SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bKbh19', 'Call-ID: SSG9559905523997077@hlau_4100', 'Contact: "T. desk phone" <sip:ted@[::ffff:192.0.2.2]>', 'CSeq: 612 INVITE', 'l: 0', '', ''), 'good'],
];

describe('a torture message gets the verdict it is owed', () => {
  it.each(REQUESTS)('%s (RFC %s)', (_name, _section, text, expected) => {
    const message = parseMessage(text);
    expect(message.kind).toBe('request');
    const verdict = judgeRequest(message as SipRequest, ['timer', '100rel']);
    expect(verdict.verdict === 'owed' ? verdict.status : verdict.verdict).toBe(expected);
  });

  const read = (name: string): SipRequest => parseMessage(REQUESTS.find((entry) => entry[0] === name)![2]) as SipRequest;

  it('is understood as well: wsinv has three Vias, two tags, an offer and a Contact with parameters', () => {
    const message = read('wsinv');
    expect(splitAll(headersOf(message, 'via')).map((via) => parseVia(via)?.transport)).toEqual(['UDP', 'TCP', 'UDP']);
    expect(topViaOf(message)).toMatchObject({ host: '192.0.2.2', branch: '390skdjuw' });
    expect([fromTagOf(message), toTagOf(message)]).toEqual(['98asjd8', '1918181833n']);
    expect(message.body).toBe(SDP);
    expect(parseNameAddress(headerOf(message, 'contact')!)).toMatchObject({ displayName: 'Quoted string ""', uri: 'sip:jdrosen@example.com' });
    expect(headerOf(message, 'subject')).toBe('');
  });

  it('keeps escapes what they are: the user of esc01 is no SIPS URI, the NULs of escnull are two bindings', () => {
    expect(parseSipUri(read('esc01').uri)).toMatchObject({ user: 'sips:user@example.com', host: 'example.net' });
    expect(headersOf(read('escnull'), 'contact').map((contact) => parseSipUri(parseNameAddress(contact)!.uri)?.user)).toEqual(['\u0000', '\u0000\u0000']);
    expect(parseSipUri(read('semiuri').uri)?.user).toBe('user;par=u@example.net');
    expect(toOf(read('badaspec'))?.uri).toBe('sip:t.watson@example.org');
  });

  it('never reads a second request out of one datagram', () => expect(read('dblreq').body).toBe(''));
});

describe('a torture response is used or dropped', () => {
  const response = (start: string, cseq: string): string => wire(start, 'Via: SIP/2.0/UDP 192.0.2.105;branch=z9hG4bK2398ndaoe', 'Call-ID: unreason.asndj203insdf99223ndf', `CSeq: ${cseq}`, 'From: <sip:user@example.com>;tag=39ansfi3', 'To: <sip:user@example.edu>;tag=902jndnke3', 'Content-Length: 0', '', '');
  it.each([
    ['unreason (RFC 4475 3.1.1.12)', response('SIP/2.0 200 = 2**3 * 5**2 \u00d0\u00bd\u00d0\u00be \u00d1\u0081\u00d1\u0082\u00d0\u00be', '35 INVITE'), true],
    ['noreason (3.1.1.13)', response('SIP/2.0 100 ', '35 INVITE'), true],
    ['scalarlg (3.1.2.5)', response('SIP/2.0 503 Service Unavailable', '9292394834772304023312 OPTIONS'), false],
    ['bigcode (3.1.2.19)', response('SIP/2.0 4294967301 better not break the receiver', '35 INVITE'), false],
  ])('%s', (_name, text, usable) => {
    const message = parseMessage(text);
    expect(message.kind === 'response' && isUsableResponse(message)).toBe(usable);
  });
});
