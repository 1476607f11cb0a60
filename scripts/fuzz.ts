/** Feeds spoiled input to every reader of what strangers send, and watches for a throw, a slow input and a growing heap. `--count`, `--seed`, `--target`. */
import { createHmac } from 'node:crypto';
import { parseArgs } from 'node:util';
import { readStun, writeBindingRequest } from '#server/telephony/media/ice/stun-codec.ts';
import { readRtcp } from '#server/telephony/media/rtp/rtcp-codec.ts';
import { emptyRtpHeader, readRtp } from '#server/telephony/media/rtp/rtp-codec.ts';
import { parseSdp, rtpMapsOf } from '#server/telephony/media/sdp/sdp-codec.ts';
import { parseChallenge, parseNameAddress, parseReason, parseVia, splitAll } from '#server/telephony/sip/messages/header-values-codec.ts';
import { headersOf } from '#server/telephony/sip/messages/message.ts';
import { buildResponse } from '#server/telephony/sip/messages/outgoing-message.ts';
import { parseMessage } from '#server/telephony/sip/messages/parse-message-codec.ts';
import { numberInUri, parseSipUri } from '#server/telephony/sip/messages/uri-codec.ts';
import { isUsableResponse, judgeRequest } from '#server/telephony/sip/messages/validate-message-policy.ts';
import { EMPTY_STREAM, feedStream } from '#server/telephony/sip/transport/stream-framing-codec.ts';
import { LARGE_INVITE } from '../bench/sip/large-invite.ts';
import { seededDraw, spoilOctets, spoilText } from './fuzzing/mutation.ts';
import type { Draw } from './fuzzing/mutation.ts';

const { values: options } = parseArgs({ options: { count: { type: 'string', default: '10000000' }, seed: { type: 'string', default: '1' }, target: { type: 'string' } } });
const SLOW_MS = 100;

const SIP = [
  LARGE_INVITE,
  'SIP/2.0 401 Unauthorized\r\nv: SIP/2.0/TCP a;branch=z9hG4bK1\r\nf: <sip:a@b>;tag=1\r\nt: sip:c@d;tag=2\r\ni: x\r\nCSeq: 1 REGISTER\r\nWWW-Authenticate: Digest realm="a, \\"b", nonce="n", qop="auth,auth-int", algorithm=SHA-256\r\nReason: Q.850;cause=16;text="x"\r\nl: 0\r\n\r\n',
  'OPTIONS sip:a%20b@[2001:db8::1]:5060;lr?x=y SIP/2.0\r\nVia: SIP / 2.0 / UDP h ; branch = z9hG4bK2\r\nFrom : "a \\" b" <sip:a@b>\r\n ;tag = 3\r\nTo: tel:+1-555\r\nCall-ID: y\r\nCSeq: 0009 OPTIONS\r\nMax-Forwards: 0068\r\n\r\n',
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

const TARGETS: Readonly<Record<string, (draw: Draw) => void>> = {
  sip(draw) {
    const message = parseMessage(spoilText(SIP, draw));
    if (message.kind === 'malformed') return;
    for (const value of message.values) {
      parseNameAddress(value);
      parseVia(value);
      parseReason(value);
      parseChallenge(value);
      numberInUri(value);
    }
    splitAll(headersOf(message, 'contact'));
    if (message.kind === 'response') return void isUsableResponse(message);
    parseSipUri(message.uri);
    const verdict = judgeRequest(message, ['timer', '100rel']);
    // Whatever is answered must be readable in its turn, and hold no line of the attacker's making.
    if (verdict.verdict !== 'drop' && parseMessage(buildResponse(message, { address: '192.0.2.1', port: 5060 }, { status: 400, toTag: 't' })).kind !== 'response') throw new Error('an answer cannot be read');
  },
  stream(draw) {
    let state = EMPTY_STREAM;
    const text = spoilText(SIP, draw) + spoilText(SIP, draw);
    for (let at = 0; at < text.length; ) {
      const length = 1 + draw.below(700);
      const step = feedStream(state, text.slice(at, at + length));
      if (step.failure !== undefined) return;
      state = step.state;
      at += length;
    }
  },
  sdp(draw) {
    const description = parseSdp(spoilText(SDP, draw));
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
};

const chosen = options.target === undefined ? Object.keys(TARGETS) : [options.target];
const unknown = chosen.find((name) => TARGETS[name] === undefined);
if (unknown !== undefined) {
  console.error(`There is no target "${unknown}"; known are ${Object.keys(TARGETS).join(', ')}.`);
  process.exit(2);
}
const each = Math.ceil(Number(options.count) / chosen.length);
const firstSeed = Number(options.seed);
let findings = 0;
const find = (words: string): void => {
  findings++;
  if (findings <= 20) console.log(words);
};

for (const name of chosen) {
  const run = TARGETS[name]!;
  const startedMs = performance.now();
  let slowestMs = 0;
  let heapAfterTenth = 0;
  for (let i = 0; i < each; i++) {
    // A seed of its own for each input: a finding is seen again by --target, --seed and --count 1.
    const seed = firstSeed + i;
    const beganMs = performance.now();
    try {
      run(seededDraw(seed));
    } catch (error) {
      find(`${name}, seed ${seed}: ${String(error)}. Again: scripts/fuzz --target ${name} --seed ${seed} --count 1`);
    }
    let tookMs = performance.now() - beganMs;
    // A busy machine is slow too: an input is slow only if it is so each time.
    for (let again = 0; again < 2 && tookMs > SLOW_MS; again++) tookMs = Math.min(tookMs, timeOf(run, seed));
    if (tookMs > slowestMs) slowestMs = tookMs;
    if (tookMs > SLOW_MS) find(`${name}, seed ${seed}: took ${Math.round(tookMs)} ms. Again: scripts/fuzz --target ${name} --seed ${seed} --count 1`);
    if (i === Math.floor(each / 10)) heapAfterTenth = collectedHeap();
  }
  const grownKb = Math.round((collectedHeap() - heapAfterTenth) / 1_024);
  if (grownKb > 2_048) find(`${name}: the heap grew by ${grownKb} kB over the last nine tenths`);
  console.log(`${name.padEnd(7)} ${each} inputs, slowest ${slowestMs.toFixed(1)} ms, heap ${grownKb >= 0 ? '+' : ''}${grownKb} kB, ${Math.round((performance.now() - startedMs) / 1_000)} s`);
}
console.log(findings === 0 ? 'nothing was thrown, nothing was slow, nothing grew' : `${findings} findings`);
process.exitCode = findings === 0 ? 0 : 1;

function timeOf(run: (draw: Draw) => void, seed: number): number {
  const beganMs = performance.now();
  run(seededDraw(seed));
  return performance.now() - beganMs;
}

function collectedHeap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
