/** Whatever a SIP message holds, its ladder holds no number, name, address, key or text of it; and what one needs to find a fault is still there. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '#server/platform/clock/fake-clock.ts';
import { readTortureFile } from '../messages/torture/read-torture-file.ts';
import { createLadderRecorder } from './ladder-recorder.ts';
import { redactMessage } from './ladder-redaction-policy.ts';

const names = (kind: string): string => `${kind}-1`;
const INVITE = [
  'INVITE sip:+15550100100@sbc.secret.example;transport=udp SIP/2.0', 'Via: SIP/2.0/UDP 203.0.113.9:5060;branch=z9hG4bKsecret;rport', 'Max-Forwards: 70', 'From: "Secret Clinic" <sip:+15550199199@secret.example>;tag=secrettag', 'To: <sip:+15550100100@secret.example>', 'Call-ID: abc', 'CSeq: 1 INVITE', 'Contact: <sip:quietline@203.0.113.9:5060>',
  'Proxy-Authorization: Digest username="secretuser", realm="secret", nonce="secretnonce", uri="sip:x", response="secretresponse", algorithm=MD5, qop=auth, nc=00000001', 'Session-Expires: 1800;refresher=uac', 'Reason: Q.850;cause=17;text="secret words"', 'X-Secret: secret value', 'Content-Type: application/sdp', 'Content-Length: 0', '',
  'v=0\r\no=secret 1 2 IN IP4 203.0.113.9\r\ns=secret\r\nc=IN IP4 203.0.113.9\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0\r\na=sendonly\r\na=secret:x\r\n',
].join('\r\n').replace('Content-Length: 0', 'Content-Length: 300');

describe('a redacted message', () => {
  it('keeps what tells of a fault', () => {
    const text = redactMessage(INVITE.replace('Content-Length: 300\r\n', ''), names)!.lines.join('\n');
    for (const kept of ['INVITE sip:(user)@host-1;transport=udp', 'max-forwards: 70', 'cseq: 1 INVITE', 'session-expires: 1800;refresher=uac', 'Q.850;cause=17', 'Digest nonce=nonce-1 algorithm=MD5 qop=auth nc=00000001', 'm=audio 4000 RTP/SAVP 0 101', 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 (key)', 'a=sendonly', 'x-secret: (12 octets)']) expect(text).toContain(kept);
  });

  it('holds nothing else', () => {
    const text = redactMessage(INVITE, names)!.lines.join('\n').toLowerCase().replace('x-secret: (12 octets)', '');
    for (const gone of ['secret', '5550', '203.0.113', 'quietline', 'c2vjcm']) expect(text, gone).not.toContain(gone);
  });

  it('holds no number and no word of the peer\'s, wherever the peer put it', () => {
    const bait = fc.constantFrom('canaryword', '+15557654321', '203.0.113.77', 'Dr. Canary', '<sip:canary@h>;tag=canary', 'canary/canary', 'a=canary');
    const header = fc.constantFrom('From', 'To', 'Contact', 'Via', 'Route', 'Reason', 'Warning', 'Subject', 'Server', 'Allow', 'Supported', 'Require', 'Session-Expires', 'Content-Type', 'Accept', 'RAck', 'Retry-After', 'WWW-Authenticate', 'P-Asserted-Identity', 'CSeq', 'Canary', 'X-Canary1');
    fc.assert(
      fc.property(fc.array(fc.tuple(header, fc.array(bait, { minLength: 1, maxLength: 3 })), { maxLength: 6 }), bait, bait, (headers, uri, body) => {
        const text = [`INVITE sip:${uri}@x SIP/2.0`, ...headers.map(([name, values]) => `${name}: ${values.join(' ')}`), 'Content-Type: application/sdp', '', `v=0\r\n${body}\r\no=${body} 1 1 IN IP4 ${body}\r\ns=${body}\r\na=x:${body}\r\nm=audio ${body}\r\n`].join('\r\n');
        const shown = (redactMessage(text, names)?.lines.join('\n') ?? '').toLowerCase();
        const bared = shown.replaceAll(/^(?:canary|x-canary1?): \(\d+ octets\)$/gm, '');
        return !/canary(?!: \()|7654321|203\.0\.113/.test(bared);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is made of every torture message without a throw', () => {
    for (const { text } of [...readTortureFile('rfc4475'), ...readTortureFile('rfc5118')]) redactMessage(text, names);
  });
});

describe('the recorder', () => {
  it('keeps nothing while it is off, follows a call over its trunks while it is on, and forgets after a day', () => {
    const clock = createFakeClock();
    const recorder = createLadderRecorder(clock);
    recorder.bind('abc', 'call-1', 'main');
    recorder.see('to-trunk', 'udp', INVITE);
    expect(recorder.ladders()).toEqual([]);

    recorder.switchOn(clock.now() + 60_000);
    recorder.bind('abc', 'call-1', 'main');
    recorder.see('to-trunk', 'udp', INVITE);
    recorder.see('from-trunk', 'udp', INVITE.replace('Call-ID: abc', 'i: other'));
    recorder.bind('def', 'call-1', 'backup');
    recorder.see('to-trunk', 'tcp', INVITE.replace('Call-ID: abc', 'i: def'));
    expect(recorder.find('call-1')).toMatchObject({ trunks: ['main', 'backup'], messages: [{ title: 'INVITE', direction: 'to-trunk', transport: 'udp', hasSdp: true }, { title: 'INVITE', transport: 'tcp' }] });

    clock.advance(61_000);
    expect(recorder.onUntil()).toBeUndefined();
    recorder.bind('ghi', 'call-2', 'main');
    expect(recorder.find('call-2')).toBeUndefined();
    clock.advance(24 * 3_600_000);
    expect(recorder.ladders()).toEqual([]);
  });

  it('is bounded: the oldest calls go, and a call has so many messages', () => {
    const clock = createFakeClock();
    const recorder = createLadderRecorder(clock);
    recorder.switchOn(clock.now() + 60_000);
    for (let n = 0; n < 150; n++) recorder.bind(`sip-${n}`, `call-${n}`, 'main');
    expect(recorder.ladders().length).toBe(100);
    expect(recorder.find('call-49')).toBeUndefined();
    for (let n = 0; n < 300; n++) recorder.see('to-trunk', 'udp', INVITE.replace('Call-ID: abc', 'Call-ID: sip-149'));
    expect(recorder.find('call-149')).toMatchObject({ isCut: true, messages: { length: 200 } });
  });
});
