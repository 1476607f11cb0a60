/** What is fuzzed and with what: each target draws one input for one reader of strangers' octets, and throws where a promise is broken. Owns no loop and no clock. */
import { createHmac } from 'node:crypto';
import { readStun, writeBindingRequest } from '#server/telephony/media/ice/stun-codec.ts';
import { readRtcp } from '#server/telephony/media/rtp/rtcp-codec.ts';
import { emptyRtpHeader, readRtp } from '#server/telephony/media/rtp/rtp-codec.ts';
import { parseSdp, rtpMapsOf } from '#server/telephony/media/sdp/sdp-codec.ts';
import { openAsCallee, openAsCaller } from '#server/telephony/sip/dialogs/dialog-machine.ts';
import { parseSessionExpires } from '#server/telephony/sip/dialogs/session-timer-policy.ts';
import { parseChallenge, parseNameAddress, parseRAck, parseReason, parseSeconds, parseVia, splitAll } from '#server/telephony/sip/messages/header-values-codec.ts';
import { headerOf, headersOf } from '#server/telephony/sip/messages/message.ts';
import { partOf } from '#server/telephony/sip/messages/multipart-codec.ts';
import { buildResponse } from '#server/telephony/sip/messages/outgoing-message.ts';
import { parseMessage } from '#server/telephony/sip/messages/parse-message-codec.ts';
import { readTortureFile } from '#server/telephony/sip/messages/torture/read-torture-file.ts';
import { numberInUri, parseSipUri } from '#server/telephony/sip/messages/uri-codec.ts';
import { isUsableResponse, judgeRequest } from '#server/telephony/sip/messages/validate-message-policy.ts';
import { EMPTY_STREAM, feedStream } from '#server/telephony/sip/transport/stream-framing-codec.ts';
import { LARGE_INVITE } from '../../bench/sip/large-invite.ts';
import { writeSdp, writeSip } from './grammar.ts';
import { spoilOctets, spoilText } from './mutation.ts';
import type { Draw } from './mutation.ts';

const SIP = [
  LARGE_INVITE,
  'SIP/2.0 401 Unauthorized\r\nv: SIP/2.0/TCP a;branch=z9hG4bK1\r\nf: <sip:a@b>;tag=1\r\nt: sip:c@d;tag=2\r\ni: x\r\nCSeq: 1 REGISTER\r\nWWW-Authenticate: Digest realm="a, \\"b", nonce="n", qop="auth,auth-int", algorithm=SHA-256\r\nReason: Q.850;cause=16;text="x"\r\nl: 0\r\n\r\n',
  'OPTIONS sip:a%20b@[2001:db8::1]:5060;lr?x=y SIP/2.0\r\nVia: SIP / 2.0 / UDP h ; branch = z9hG4bK2\r\nFrom : "a \\" b" <sip:a@b>\r\n ;tag = 3\r\nTo: tel:+1-555\r\nCall-ID: y\r\nCSeq: 0009 OPTIONS\r\nMax-Forwards: 0068\r\n\r\n',
  ...readTortureFile('rfc4475').map((message) => message.text),
  ...readTortureFile('rfc5118').map((message) => message.text),
];
const SDP = [
  'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:4\r\na=sendonly\r\n',
  'v=0\r\no=- 1 2 IN IP6 ::1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 0 8 110\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:a\r\na=ice-pwd:b\r\na=fingerprint:sha-256 00:11\r\na=setup:actpass\r\na=mid:0\r\na=rtpmap:110 telephone-event/8000\r\na=ssrc:1 cname:x\r\n',
];
const filled = (length: number, octet: number): number[] => Array.from({ length }, () => octet);
const RTP = [Uint8Array.from([0x80, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, ...filled(160, 0xff)]), Uint8Array.from([0xb1, 0x80, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0xbe, 0xde, 0, 1, 1, 2, 3, 4, 9, 9, 2])];
const RTCP = [Uint8Array.from([0x81, 200, 0, 12, ...filled(48, 7), 0x81, 202, 0, 3, 0, 0, 0, 3, 1, 4, 97, 98, 99, 100, 0, 0]), Uint8Array.from([0x81, 201, 0, 7, ...filled(28, 1)])];
const STUN = [writeBindingRequest(new Uint8Array(12).fill(7), 'abcd:efgh', true, new Uint8Array(20), (key, data) => createHmac('sha1', key).update(data).digest())];
const header = emptyRtpHeader();

/** Half of the inputs are good ones spoiled, half are written from the grammar, and some of those are spoiled as well. */
const sipInput = (draw: Draw): string => (draw.below(2) === 0 ? spoilText(SIP, draw) : draw.below(3) === 0 ? spoilText([writeSip(draw)], draw) : writeSip(draw));
const sdpInput = (draw: Draw): string => (draw.below(2) === 0 ? spoilText(SDP, draw) : writeSdp(draw));

export const TARGETS = {
  sip(draw) {
    const message = parseMessage(sipInput(draw));
    if (message.kind === 'malformed') return;
    for (const value of message.values) {
      parseNameAddress(value);
      parseVia(value);
      parseReason(value);
      parseChallenge(value);
      parseRAck(value);
      parseSeconds(value);
      parseSessionExpires(value);
      numberInUri(value);
    }
    splitAll(headersOf(message, 'contact'));
    partOf(headerOf(message, 'content-type') ?? '', message.body, 'application/sdp');
    if (message.kind === 'response') {
      if (isUsableResponse(message)) openAsCaller({ callId: 'c', localTag: 'l', local: { uri: 'sip:a@b' }, cseq: 1, requestUri: 'sip:c@d' }, message);
      return;
    }
    parseSipUri(message.uri);
    const verdict = judgeRequest(message, ['timer', '100rel']);
    if (verdict.verdict === 'good') openAsCallee(message, 't');
    // Whatever is answered must be readable in its turn, and hold no line of the attacker's making.
    if (verdict.verdict !== 'drop' && parseMessage(buildResponse(message, { address: '192.0.2.1', port: 5060 }, { status: 400, toTag: 't' })).kind !== 'response') throw new Error('an answer cannot be read');
  },
  stream(draw) {
    let state = EMPTY_STREAM;
    const text = sipInput(draw) + sipInput(draw);
    for (let at = 0; at < text.length; ) {
      const length = 1 + draw.below(700);
      const step = feedStream(state, text.slice(at, at + length));
      if (step.failure !== undefined) return;
      state = step.state;
      at += length;
    }
  },
  sdp(draw) {
    const description = parseSdp(sdpInput(draw));
    if (description.ok) for (const section of description.value.media) rtpMapsOf(section);
  },
  rtp(draw) {
    const packet = spoilOctets(RTP, draw);
    if (readRtp(packet, packet.length, header) && header.payloadOffset + header.payloadLength > packet.length) throw new Error('a payload beyond its packet');
  },
  rtcp(draw) {
    const packet = spoilOctets(RTCP, draw);
    readRtcp(packet, packet.length);
  },
  stun: (draw) => void readStun(spoilOctets(STUN, draw)),
} satisfies Record<string, (draw: Draw) => void>;

export type TargetName = keyof typeof TARGETS;
