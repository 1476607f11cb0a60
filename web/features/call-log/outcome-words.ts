/** What came of a call, in one line: a person's word first, else what was observed. Facts in, words out. */
import type { CallLogEntry } from '#contract/call-log.ts';
import { words } from '../../messages/messages.ts';
import { rangSeconds, spokenDuration, talkedSeconds } from '../calls/call-words-policy.ts';

export function outcomeInOneLine(call: CallLogEntry): string {
  if (call.outcome === null) return observed(call);
  const talked = talkedSeconds(call);
  const said = words.callLog.outcomes[call.outcome.outcome];
  return talked === null ? said : `${said}, ${spokenDuration(talked)}`;
}

function observed(call: CallLogEntry): string {
  if (call.endReason === null) return call.direction === 'incoming' ? words.voicemail.callingNow : words.goingOnNow;
  if (call.endReason === 'caller-left-message' || call.endReason === 'caller-left-nothing' || call.endReason === 'caller-heard-announcement') return words.voicemail.ends[call.endReason];
  const talked = talkedSeconds(call);
  const isPlainEnd = call.endReason === 'hung-up-by-member' || call.endReason === 'hung-up-by-party';
  const short = isPlainEnd && talked === null ? words.endShort.cancelled : words.endShort[call.endReason];
  if (talked !== null) return `${short}, ${spokenDuration(talked)}`;
  const rang = rangSeconds(call);
  return call.endReason === 'no-answer' && rang !== null ? `${short}, ${words.rang(rang)}` : short;
}
