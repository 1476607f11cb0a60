/**
 * Everything our side ever says to a trunk, in one life: each request there is, each answer there is, through a whole call with its challenges, early
 * media, re-INVITEs, UPDATEs, keys, transfers it refuses, errors and end. Words planted wherever our side or the trunk could slip them in are sought in all of it.
 */
import { hostname, userInfo } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clock } from '#server/platform/clock/clock.ts';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { checkTrunkSettings, createEmbeddedMediaEngine, createSipCarrier } from '#server/telephony/index.ts';
import type { IncomingLeg, MediaEngine, MediaSession, PartyLeg, PartyLegEvent, SipCarrier } from '#server/telephony/index.ts';
import { headerOf, startScriptedTrunk } from './peers/scripted-trunk.ts';
import type { ScriptedTrunk } from './peers/scripted-trunk.ts';

/** Twenty times as fast: glare waits and session refreshes pass in a moment, sockets are real all the same. */
const HASTE = 20;
const clock: Clock = { now: () => systemClock.now(), monotonic: () => systemClock.monotonic() * HASTE, after: (delayMs, run) => systemClock.after(delayMs / HASTE, run) };

/** What the trunk says besides what must be copied: none of it may come back. */
const BAIT = ['Subject: canary-subject', 'User-Agent: canary-agent', 'Organization: canary-organization', 'Call-Info: <http://canary-info.example>', 'X-Canary: canary-x', 'P-Asserted-Identity: "canary-pai" <sip:canary-pai@h>', 'Referred-By: <sip:canary-referrer@h>', 'User-to-User: 63616e617279;encoding=hex', 'Geolocation: <cid:canary-geo@h>', 'Reason: Q.850;cause=16;text="canary-reason"', 'Warning: 399 canary "canary-warning"'];
const SDP = 'v=0\r\no=canary-trunk 1 1 IN IP4 127.0.0.1\r\ns=canary-session\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=x-canary:canary-attribute\r\n';
const SDP_TYPE = 'Content-Type: application/sdp';

/** As a browser offers it, and everything in it that tells of its user is a word to be found again. */
const DEVICE_OFFER = [
  'v=0', 'o=canary-origin 4501712929733369363 2 IN IP4 203.0.113.71', 's=canary-session', 'i=canary-information', 'e=canary@example.org', 'p=+1 555 0171', 't=0 0', 'a=group:BUNDLE 0', 'a=msid-semantic: WMS canary-stream', 'm=audio 9 UDP/TLS/RTP/SAVPF 0 8 126',
  'c=IN IP4 203.0.113.72', 'a=candidate:1 1 udp 2122194687 canary-0f3a.local 41059 typ host', 'a=candidate:2 1 udp 2122194686 203.0.113.73 41060 typ host', 'a=ice-ufrag:7vzb', 'a=ice-pwd:gqJjzHWbrq0ReduDjYvUBgci', `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'CA').join(':')}`,
  'a=setup:actpass', 'a=mid:0', 'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level', 'a=sendrecv', 'a=rtcp-mux', 'a=rtpmap:126 telephone-event/8000', 'a=tool:canary-tool', 'a=ssrc:2207329566 cname:canary-cname', 'a=msid:canary-stream canary-track', '',
].join('\r\n');

let trunk: ScriptedTrunk;
let carrier: SipCarrier;
let engine: MediaEngine;
let media: MediaSession;
let partyOffer: string;

const outside = (method: string, n: number, more: readonly string[] = [], startLine = `${method} sip:+15550100100@127.0.0.1 SIP/2.0`): void =>
  trunk.ask(startLine, ['Max-Forwards: 70', `From: "canary-name" <sip:+15550177177@h>;tag=out${n}`, 'To: <sip:+15550100100@h>', `Call-ID: out${n}`, `CSeq: 1 ${method}`, `Contact: <sip:trunk@127.0.0.1:${trunk.port}>`, ...more]);
const answerTo = (n: number): Promise<string> => trunk.take('SIP/2.0', `out${n}`);
const events: PartyLegEvent[] = [];
const place = (): PartyLeg => {
  const placed = carrier.place({ callId: 'canary-call-id', to: '+15550100100', from: '+15550199199', displayName: 'Lakeside Clinic', offer: partyOffer, trunks: ['clinic'], ringTimeoutMs: 120_000 }, (event) => {
    events.push(event);
    if (event.type === 'offered' && event.offer !== undefined) {
      const { responder } = event;
      void media.acceptPartyOffer('party', event.offer, { sdes: 'off' }).then((answer) => (answer.ok ? responder.answer(answer.value) : responder.reject()));
    }
  });
  if (!placed.ok) throw new Error(placed.refusal);
  return placed.value;
};

beforeAll(async () => {
  trunk = await startScriptedTrunk();
  const checked = checkTrunkSettings({ name: 'clinic', host: '127.0.0.1', port: trunk.port, callerIdForm: 'both', user: 'account', password: 'canary-password', register: true, optionsIntervalSec: 3_600 });
  if (!checked.ok) throw new Error(checked.refusal.join(' '));
  carrier = await createSipCarrier({ trunks: [checked.value], listen: { host: '127.0.0.1', udpPort: 0 }, clock, random: systemRandom, log: silentLog, sessionTimer: { intervalSec: 90, minSec: 90 } });
  engine = await createEmbeddedMediaEngine({ bindAddress: '127.0.0.1', advertisedAddresses: ['127.0.0.1'], port: 0, partyAddress: '127.0.0.1', partyPortRange: { from: 19_000, to: 19_998 }, clock: systemClock, random: systemRandom, log: silentLog });
  const opened = engine.open({ callId: 'canary-call-id', onEvent: () => {} });
  if (!opened.ok) throw new Error(opened.refusal);
  media = opened.value;
  const device = await media.acceptDeviceOffer('device', DEVICE_OFFER);
  const party = await media.createPartyOffer('party', { sdes: 'optional', direction: 'sendrecv' });
  if (!device.ok || !party.ok) throw new Error('no media');
  partyOffer = party.value;
});
afterAll(async () => {
  await carrier.close(500);
  await engine.close();
  trunk.close();
});

describe('a life of a trunk', () => {
  it('begins with a registration, challenged, and a probe', async () => {
    const register = await trunk.take('REGISTER');
    trunk.answer(register, '401 Unauthorized', [...BAIT, 'WWW-Authenticate: Digest realm="canary-realm-is-echoed", nonce="n", qop="auth"']);
    trunk.answer(await trunk.take('REGISTER'), '200 OK', ['Expires: 3600', ...BAIT]);
    trunk.answer(await trunk.take('OPTIONS'), '200 OK', BAIT);
  });

  it('has a call with everything in it', async () => {
    const leg = place();
    const first = await trunk.take('INVITE');
    const callId = headerOf(first, 'Call-ID');
    trunk.answer(first, '407 Proxy Authentication Required', ['Proxy-Authenticate: Digest realm="canary-realm-is-echoed", nonce="n", qop="auth"', ...BAIT]);
    await trunk.take('ACK', callId);
    const second = await trunk.take('INVITE', callId);
    trunk.answer(second, '422 Session Interval Too Small', ['Min-SE: 100', ...BAIT]);
    await trunk.take('ACK', callId);
    const invite = await trunk.take('INVITE', callId);
    trunk.answer(invite, '100 Trying', BAIT);
    trunk.answer(invite, '183 Session Progress', ['Require: 100rel', 'RSeq: 7', SDP_TYPE, ...BAIT], SDP);
    trunk.answer(await trunk.take('PRACK', callId), '200 OK', BAIT);
    trunk.askInDialog(invite, 'UPDATE', 1, BAIT);
    expect(await trunk.take('SIP/2.0 200', callId)).toContain('CSeq: 1 UPDATE');
    trunk.askInDialog(invite, 'UPDATE', 2, [SDP_TYPE, ...BAIT], SDP);
    expect(await trunk.take('SIP/2.0 500', callId)).toContain('CSeq: 2 UPDATE');
    trunk.answer(invite, '200 OK', [SDP_TYPE, 'Allow: INVITE, UPDATE', 'Supported: timer', 'Session-Expires: 100;refresher=uac', ...BAIT], SDP);
    await trunk.take('ACK', callId);

    // Ours: a re-INVITE that meets glare, a key, a refresh by UPDATE.
    leg.reoffer(partyOffer);
    const glared = await trunk.take('INVITE', callId);
    trunk.answer(glared, '491 Request Pending', BAIT);
    await trunk.take('ACK', callId);
    const again = await trunk.take('INVITE', callId);
    trunk.answer(again, '200 OK', [SDP_TYPE, 'Session-Expires: 100;refresher=uac', 'Allow: UPDATE', ...BAIT], SDP);
    await trunk.take('ACK', callId);
    const pressed = leg.sendDtmfByInfo('5', 160);
    trunk.answer(await trunk.take('INFO', callId), '200 OK', BAIT);
    expect(await pressed).toBe('taken');
    trunk.answer(await trunk.take('UPDATE', callId), '200 OK', ['Session-Expires: 100;refresher=uac', ...BAIT]);

    // Theirs: each request there is, and some there are not.
    const asks: readonly (readonly [method: string, status: string, more?: readonly string[], body?: string])[] = [
      ['INVITE', '200', [SDP_TYPE, ...BAIT], SDP], ['INVITE', '422', ['Session-Expires: 30', 'Supported: timer', ...BAIT]], ['INVITE', '415', ['Content-Type: text/canary', ...BAIT], 'canary-body'],
      ['UPDATE', '200', [SDP_TYPE, ...BAIT], SDP], ['UPDATE', '200', BAIT], ['OPTIONS', '200', BAIT],
      ['INFO', '200', ['Content-Type: application/dtmf-relay', ...BAIT], 'Signal=5\r\nDuration=160\r\n'], ['INFO', '415', ['Content-Type: text/canary', ...BAIT], 'canary-body'],
      ['REFER', '603', ['Refer-To: <sip:canary-target@h>', ...BAIT]], ['REFER', '603', ['Refer-To: <sip:canary-target@h?Replaces=canary-replaces>', ...BAIT]], ['NOTIFY', '405', ['Event: refer', ...BAIT]], ['MESSAGE', '405', ['Content-Type: text/plain', ...BAIT], 'canary-message'],
      ['SUBSCRIBE', '405', ['Event: canary', ...BAIT]], ['PRACK', '481', ['RAck: 1 1 INVITE', ...BAIT]], ['FOO', '501', BAIT],
    ];
    let cseq = 10;
    for (const [method, status, more, body] of asks) {
      trunk.askInDialog(invite, method, ++cseq, more, body);
      const answer = await trunk.take(`SIP/2.0 ${status}`, callId);
      expect(answer).toContain(`CSeq: ${cseq} ${method}`);
      if (method === 'INVITE') trunk.askInDialog(invite, 'ACK', cseq);
    }
    trunk.askInDialog(invite, 'OPTIONS', 3, BAIT);
    expect(await trunk.take('SIP/2.0 500', callId)).toContain('CSeq: 3 OPTIONS');
    leg.hangUp();
    trunk.answer(await trunk.take('BYE', callId), '200 OK', BAIT);
  });

  it('has a call that is cancelled, and one that is refused elsewhere', async () => {
    const leg = place();
    const invite = await trunk.take('INVITE');
    const callId = headerOf(invite, 'Call-ID');
    trunk.answer(invite, '180 Ringing', BAIT);
    await new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (events.at(-1)?.type !== 'progress') return;
        clearInterval(look);
        resolve();
      }, 5);
    });
    leg.hangUp();
    const cancel = await trunk.take('CANCEL', callId);
    trunk.answer(cancel, '200 OK', BAIT);
    trunk.answer(invite, '487 Request Terminated', BAIT);
    await trunk.take('ACK', callId);
    place();
    const moved = await trunk.take('INVITE');
    trunk.answer(moved, '302 Moved Temporarily', BAIT);
    await trunk.take('ACK', headerOf(moved, 'Call-ID'));
  });

  it('hears every answer to what it asks outside a call', async () => {
    const acts: ((leg: IncomingLeg) => void)[] = [
      (leg) => leg.reject(486),
      (leg) => {
        leg.ring();
        leg.ring(SDP.replaceAll('canary', 'ours'));
        leg.answer(SDP.replaceAll('canary', 'ours'));
      },
      (leg) => leg.ring(),
    ];
    carrier.onIncoming((call) => acts.shift()!(call.accept(() => {})));
    outside('OPTIONS', 1, BAIT);
    expect(await answerTo(1)).toContain('SIP/2.0 200');
    outside('REGISTER', 2, BAIT);
    expect(await answerTo(2)).toContain('SIP/2.0 405');
    outside('BYE', 3, BAIT);
    expect(await answerTo(3)).toContain('SIP/2.0 481');
    outside('REFER', 4, ['Refer-To: <sip:canary-target@h>', ...BAIT]);
    expect(await answerTo(4)).toContain('SIP/2.0 603');
    outside('OPTIONS', 5, ['Require: canary-option', ...BAIT]);
    expect(await answerTo(5)).toMatch(/SIP\/2\.0 420[^]*Unsupported: canary-option/);
    outside('OPTIONS', 6, BAIT, 'OPTIONS canary:scheme SIP/2.0');
    expect(await answerTo(6)).toContain('SIP/2.0 416');
    outside('OPTIONS', 7, BAIT, 'OPTIONS sip:a@b SIP/7.0');
    expect(await answerTo(7)).toContain('SIP/2.0 505');
    outside('OPTIONS', 8, ['CSeq: 2 OPTIONS', ...BAIT]);
    expect(await answerTo(8)).toContain('SIP/2.0 400');
    outside('INVITE', 9, ['Accept: text/canary', ...BAIT]);
    expect(await answerTo(9)).toContain('SIP/2.0 406');
    outside('INVITE', 10, BAIT);
    expect(await answerTo(10)).toContain('SIP/2.0 486');
    outside('INVITE', 11, BAIT);
    for (const status of [180, 183, 200]) expect(await answerTo(11)).toContain(`SIP/2.0 ${status}`);
    // A CANCEL shares its INVITE's branch.
    const via = `Via: SIP/2.0/UDP 127.0.0.1:${trunk.port};branch=z9hG4bKcancelled;rport`;
    outside('INVITE', 12, [via, ...BAIT]);
    expect(await answerTo(12)).toContain('SIP/2.0 180');
    trunk.ask('CANCEL sip:+15550100100@127.0.0.1 SIP/2.0', [via, 'Max-Forwards: 70', 'From: "canary-name" <sip:+15550177177@h>;tag=out12', 'To: <sip:+15550100100@h>', 'Call-ID: out12', 'CSeq: 1 CANCEL', ...BAIT]);
    expect(await answerTo(12)).toMatch(/SIP\/2\.0 200[^]*CSeq: 1 CANCEL/);
    expect(await answerTo(12)).toMatch(/SIP\/2\.0 487[^]*CSeq: 1 INVITE/);
  });
});

describe('what was said in it', () => {
  const ALLOWED = ['Via', 'Max-Forwards', 'From', 'To', 'Call-ID', 'CSeq', 'Contact', 'Allow', 'Accept', 'Supported', 'Require', 'Unsupported', 'Session-Expires', 'Min-SE', 'P-Asserted-Identity', 'Privacy', 'Authorization', 'Proxy-Authorization', 'Expires', 'RAck', 'RSeq', 'Retry-After', 'User-Agent', 'Server', 'Content-Type', 'Content-Length', 'Record-Route', 'Timestamp'];

  it('covers every request our side can make and every answer it gives', () => {
    const kinds = new Set(trunk.received.map((message) => (message.startsWith('SIP/2.0') ? message.slice(8, 11) : message.slice(0, message.indexOf(' ')))));
    // 100 goes out only where the answer takes longer than 200 ms.
    kinds.delete('100');
    expect([...kinds].toSorted()).toEqual(['180', '183', '200', '400', '405', '406', '415', '416', '420', '422', '481', '486', '487', '500', '501', '505', '603', 'ACK', 'BYE', 'CANCEL', 'INFO', 'INVITE', 'OPTIONS', 'PRACK', 'REGISTER', 'UPDATE']);
  });

  it('has no header that is not on the list', () => {
    const names = new Set(trunk.received.flatMap((message) => message.split('\r\n\r\n')[0]!.split('\r\n').slice(1).map((line) => line.slice(0, line.indexOf(':')))));
    expect([...names].filter((name) => !ALLOWED.includes(name))).toEqual([]);
  });

  it('holds none of the words, but where RFC 3261 has an answer repeat what it answers', () => {
    const words = ['canary', hostname(), userInfo().username, process.cwd(), '203.0.113.7', '.local', 'ice-ufrag', 'fingerprint', 'candidate', 'msid', 'cname', 'extmap', 'ssrc'].filter((word) => word.length > 3);
    for (const message of trunk.received) {
      const kept = message
        .split('\r\n')
        // Copied by demand: From, To and their tags in answers, the realm in credentials, the option that is not supported.
        .filter((line) => !(message.startsWith('SIP/2.0') && /^(From|To|Via|Call-ID|CSeq|Unsupported): /.test(line)))
        .map((line) => line.replace('realm="canary-realm-is-echoed"', ''))
        .join('\r\n');
      for (const word of words) expect(kept.toLowerCase().includes(word.toLowerCase()), `"${word}" in\n${message}`).toBe(false);
    }
    expect(trunk.received.length).toBeGreaterThan(40);
  });

  it('describes sessions with nothing but our own address, and no name', () => {
    for (const message of trunk.received.filter((text) => text.includes('\r\n\r\nv=0'))) {
      const lines = message.split('\r\n\r\n')[1]!.split('\r\n').filter((line) => line !== '');
      if (lines.some((line) => line.includes('ours-'))) continue;
      for (const line of lines) expect(line).toMatch(/^(v=0|o=- \d+ \d+ IN IP4 127\.0\.0\.1|s=-|c=IN IP4 127\.0\.0\.1|t=0 0|m=audio \d+ RTP\/S?AVP [\d ]+|a=(rtpmap|fmtp|ptime|maxptime|crypto|rtcp):.*|a=(sendrecv|sendonly|recvonly|inactive))$/);
    }
  });
});
