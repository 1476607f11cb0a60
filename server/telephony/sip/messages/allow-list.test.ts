/** What leaves is made in one place: nobody else may call a text outgoing, and every header that can leave is on the list. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { buildRequest, stampRequest } from './outgoing-message.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

describe('the allow-list', () => {
  it('has one maker: no other file turns a text into an outgoing one', () => {
    const makers = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && /\bas OutgoingText\b/.test(readFileSync(`${ROOT}${file}`, 'utf8')));
    expect(makers).toEqual(['messages/outgoing-message.ts']);
  });

  it('writes these headers and no others, whatever it is given beside them', () => {
    const request = buildRequest({
      method: 'INVITE', uri: 'sip:a@b', routes: ['<sip:r;lr>'], from: { uri: 'sip:f@b', tag: 't' }, to: { uri: 'sip:a@b' }, callId: 'c', cseq: 1, contact: 'sip:q@192.0.2.1', allow: true, accept: 'application/sdp', supported: ['timer'], require: ['100rel'],
      sessionExpires: { seconds: 1_800, refresher: 'uac' }, minSe: 90, assertedIdentity: { uri: 'sip:f@b' }, preferredIdentity: { uri: 'sip:f@b' }, privacy: 'none', authorization: { isProxy: true, value: 'Digest x="y"' }, reason: { protocol: 'Q.850', cause: 16 }, expiresSec: 60,
      rAck: { rSeq: 1, cseq: 1, method: 'INVITE' }, body: { type: 'application/sdp', text: 'v=0\r\n' },
      // What a careless caller might spread in from elsewhere.
      ...({ 'x-member': 'canary', subject: 'canary', organization: 'canary', callInfo: 'canary', userAgent: 'canary' } as object),
    });
    const text = stampRequest(request, { transport: 'UDP', sentBy: '192.0.2.1:5060', branch: 'z9hG4bKx' });
    expect(text).not.toContain('canary');
    const names = text.split('\r\n\r\n')[0]!.split('\r\n').slice(1).map((line) => line.slice(0, line.indexOf(':')));
    expect(names.toSorted()).toEqual([
      'Accept', 'Allow', 'CSeq', 'Call-ID', 'Contact', 'Content-Length', 'Content-Type', 'Expires', 'From', 'Max-Forwards', 'Min-SE', 'P-Asserted-Identity', 'P-Preferred-Identity', 'Privacy', 'Proxy-Authorization', 'RAck', 'Reason', 'Require', 'Route',
      'Session-Expires', 'Supported', 'To', 'User-Agent', 'Via',
    ]);
  });
});
