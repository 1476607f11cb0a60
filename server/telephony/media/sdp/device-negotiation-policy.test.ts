import { expect, test } from 'vitest';
import { readDeviceOffer, writeDeviceAnswer } from './device-negotiation-policy.ts';
import { writeSdp } from './sdp-codec.ts';

const FINGERPRINT = 'AA:BB:CC';
/** As Chromium offers it, shortened. */
const offerOf = (change: (line: string) => string | undefined = (line) => line): string =>
  writeSdp(
    [
      'v=0',
      'o=- 4501712929733369363 2 IN IP4 127.0.0.1',
      's=-',
      't=0 0',
      'a=group:BUNDLE 0 1',
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      'c=IN IP4 0.0.0.0',
      'a=mid:0',
      'a=rtpmap:96 VP8/90000',
      'm=audio 9 UDP/TLS/RTP/SAVPF 111 9 8 0 13 126',
      'c=IN IP4 0.0.0.0',
      'a=candidate:1 1 udp 2122194687 0a0b0c0d-secret.local 41059 typ host',
      'a=ice-ufrag:7vzb',
      'a=ice-pwd:gqJjzHWbrq0ReduDjYvUBgci',
      `a=fingerprint:sha-256 ${FINGERPRINT}`,
      'a=setup:actpass',
      'a=mid:1',
      'a=sendrecv',
      'a=rtcp-mux',
      'a=rtpmap:111 opus/48000/2',
      'a=rtpmap:126 telephone-event/8000',
      'a=ssrc:2207329566 cname:secret-cname',
    ].flatMap((line) => change(line) ?? []),
  );
const OWN = {
  sessionId: '5',
  version: 1,
  ufrag: 'ourFrag1',
  password: 'p'.repeat(24),
  fingerprint: '11:22',
  candidates: [{ address: '192.0.2.1', port: 5000, transport: 'udp' as const }, { address: '2001:db8::1', port: 5000, transport: 'udp' as const }, { address: '192.0.2.1', port: 5000, transport: 'tcp' as const }],
  ssrc: 77,
  cname: 'cn',
  preferredLaw: 'PCMU' as const,
};
const answerTo = (text: string): string => {
  const offer = readDeviceOffer(text);
  if (!offer.ok) throw new Error(offer.refusal);
  return writeDeviceAnswer(offer.value, OWN);
};

test('the answer is ICE-lite, passive, bundled, with the party’s law first and keypresses as offered', () => {
  const answer = answerTo(offerOf());
  expect(answer).toContain('m=audio 5000 UDP/TLS/RTP/SAVPF 0 8 111 126\r\n');
  for (const line of ['a=ice-lite', 'a=group:BUNDLE 1', 'a=setup:passive', 'a=rtcp-mux', 'a=mid:1', 'a=fingerprint:sha-256 11:22', 'a=rtpmap:126 telephone-event/8000', 'a=sendrecv']) {
    expect(answer).toContain(`${line}\r\n`);
  }
});

test('sections keep their order, the video refused', () => {
  expect(answerTo(offerOf()).match(/^m=\S+ \d+/gm)).toEqual(['m=video 0', 'm=audio 5000']);
});

test('candidates are listed as preferred, IPv4 before IPv6, TCP after both, each below the last', () => {
  const candidates = answerTo(offerOf()).match(/^a=candidate:.*$/gm)!.map((line) => line.split(' '));
  expect(candidates.map((parts) => [parts[2], parts[4]])).toEqual([['udp', '192.0.2.1'], ['udp', '2001:db8::1'], ['tcp', '192.0.2.1']]);
  const priorities = candidates.map((parts) => Number(parts[3]));
  expect(priorities).toEqual(priorities.toSorted((a, b) => b - a));
  expect(candidates[2]!.slice(-2)).toEqual(['tcptype', 'passive']);
});

test('nothing of the browser comes back but what it must hear', () => {
  expect(answerTo(offerOf())).not.toMatch(/secret|7vzb|gqJjz|4501712929733369363|2207329566|AA:BB/);
});

test('a browser that only listens, or is on hold, is answered in kind', () => {
  expect(answerTo(offerOf((line) => (line === 'a=sendrecv' ? 'a=recvonly' : line)))).toContain('a=sendonly\r\n');
  expect(answerTo(offerOf((line) => (line === 'a=sendrecv' ? 'a=inactive' : line)))).toContain('a=inactive\r\n');
});

test('what is not secured, not bundled for one port or not ours to speak is refused', () => {
  const refusal = (change: (line: string) => string | undefined) => readDeviceOffer(offerOf(change));
  expect(refusal((line) => (line.startsWith('m=audio') ? 'm=audio 9 RTP/AVP 0' : line))).toEqual({ ok: false, refusal: 'insecure-description' });
  expect(refusal((line) => (line.startsWith('a=fingerprint') ? undefined : line))).toEqual({ ok: false, refusal: 'insecure-description' });
  expect(refusal((line) => (line.startsWith('a=fingerprint') ? 'a=fingerprint:sha-1 AA' : line))).toEqual({ ok: false, refusal: 'insecure-description' });
  expect(refusal((line) => (line.startsWith('a=setup') ? 'a=setup:passive' : line))).toEqual({ ok: false, refusal: 'bad-description' });
  expect(refusal((line) => (line === 'a=rtcp-mux' ? undefined : line))).toEqual({ ok: false, refusal: 'bad-description' });
  expect(refusal((line) => (line.startsWith('a=ice-ufrag') ? 'a=ice-ufrag:x' : line))).toEqual({ ok: false, refusal: 'bad-description' });
  expect(refusal((line) => (line.startsWith('m=audio') ? 'm=audio 9 UDP/TLS/RTP/SAVPF 111' : line))).toEqual({ ok: false, refusal: 'no-common-codec' });
});

test('Opus is answered behind G.711 with its repetitions, and RED stands before it where the browser has both', () => {
  const withRed = answerTo(offerOf((line) => (line.startsWith('m=audio') ? 'm=audio 9 UDP/TLS/RTP/SAVPF 0 8 111 63 126\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111' : line)));
  expect(withRed).toContain('m=audio 5000 UDP/TLS/RTP/SAVPF 0 8 63 111 126\r\n');
  expect(withRed).toContain('a=fmtp:63 111/111\r\n');
  expect(withRed).toMatch(/^a=fmtp:111 .*useinbandfec=1;usedtx=0.*maxplaybackrate=16000/m);
  const foreignRed = answerTo(offerOf((line) => (line.startsWith('m=audio') ? 'm=audio 9 UDP/TLS/RTP/SAVPF 0 8 111 63 126\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 9/9' : line)));
  expect(foreignRed).toContain('m=audio 5000 UDP/TLS/RTP/SAVPF 0 8 111 126\r\n');
});

test('repeats of the page’s own are agreed to where its offer has them, and nowhere else', () => {
  expect(answerTo(offerOf((line) => (line.startsWith('a=ssrc') ? 'a=quietline-repeats' : line)))).toContain('a=quietline-repeats\r\n');
  expect(answerTo(offerOf())).not.toContain('a=quietline-repeats');
});
