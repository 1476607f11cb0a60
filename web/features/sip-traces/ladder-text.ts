/** A ladder as a file for whoever helps: one message after another, with its time and its way. The words of the protocol, in no language. */
import type { SipLadder } from '#contract/sip-traces.ts';

export function ladderText(ladder: SipLadder): string {
  const messages = ladder.messages.map(({ afterMs, direction, transport, lines }) => `${direction === 'to-trunk' ? '--->' : '<---'} ${(afterMs / 1_000).toFixed(3)} s ${transport.toUpperCase()}\n${lines.join('\n')}\n`);
  return [`SIP ladder, redacted. Began ${ladder.startedAt}; trunks: ${ladder.trunks.join(', ')}${ladder.isCut ? '; cut' : ''}.\n`, ...messages].join('\n');
}
