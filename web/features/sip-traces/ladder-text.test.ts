import { expect, test } from 'vitest';
import { ladderText } from './ladder-text.ts';

test('a ladder as text says which way each message went, when, and what it held', () => {
  const message = { transport: 'udp', title: 'INVITE', cseq: '1 INVITE', hasSdp: false } as const;
  expect(
    ladderText({
      callId: 'c' as never, startedAt: '2026-01-05T12:00:00.000Z', trunks: ['main', 'backup'], isInLog: true, messageCount: 2, lastStatus: 486, isCut: true,
      messages: [{ ...message, afterMs: 0, direction: 'to-trunk', lines: ['INVITE sip:(user)@host-1 SIP/2.0', 'cseq: 1 INVITE'] }, { ...message, title: '486', afterMs: 1_234, direction: 'from-trunk', lines: ['SIP/2.0 486'] }],
    }),
  ).toBe('SIP ladder, redacted. Began 2026-01-05T12:00:00.000Z; trunks: main, backup; cut.\n\n---> 0.000 s UDP\nINVITE sip:(user)@host-1 SIP/2.0\ncseq: 1 INVITE\n\n<--- 1.234 s UDP\nSIP/2.0 486\n');
});
