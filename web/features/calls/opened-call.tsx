/** What an opened row of the log says of its call: the message left, the outcome, the next step, who else was on it, how it sounded, its signalling, its note. Loaded when a row is first opened. */
import type { CallLogEntry } from '#contract/call-log.ts';
import { AlsoOnCall } from '../call-log/also-on-call.tsx';
import { CallAudioLine } from '../call-log/call-audio-line.tsx';
import { NextStep } from '../call-log/next-step.tsx';
import { OutcomeChoice } from '../call-log/outcome-choice.tsx';
import { NotePane } from '../notes/note-pane.tsx';
import { CallLadder } from '../sip-traces/call-ladder.tsx';
import { VoicemailOfCall } from '../voicemail/voicemail-of-call.tsx';

export function OpenedCall({ call }: { readonly call: CallLogEntry }) {
  return (
    <>
      {call.endReason === 'caller-left-message' ? <VoicemailOfCall callId={call.id} /> : null}
      {call.endedAt === null || call.direction === 'incoming' ? null : <OutcomeChoice call={call} />}
      <NextStep callId={call.id} />
      <AlsoOnCall callId={call.id} />
      <CallAudioLine callId={call.id} />
      <CallLadder callId={call.id} />
      <NotePane callId={call.id} callEndedAt={call.endedAt} />
    </>
  );
}
