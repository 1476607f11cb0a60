/** The call screen: whichever of dialling, live, lost or over is the case now. Goes back to Calls where there is none of them. */
import { LeadOn } from '../../ui/lead-on.tsx';
import { useEngine } from './engine-context.tsx';
import { CallWithNote } from './call-with-note.tsx';
import { AwayStage } from './away-stage.tsx';
import { DiallingStage } from './dialling-stage.tsx';
import { EndedCall } from './ended-call.tsx';
import { LeavingMessage } from './leaving-message.tsx';
import { LiveStage } from './live-stage.tsx';
import { NetworkLost } from './network-lost.tsx';
import { callElsewhere, callHere } from './page-calls.ts';
import { SeekingStage } from './seeking-stage.tsx';

export function CallPage() {
  const { calls, engine } = useEngine();
  const here = callHere(calls);
  if (here !== null)
    return (
      <CallWithNote call={here}>
        <LiveStage call={here} />
      </CallWithNote>
    );
  const { dial } = calls;
  if (dial?.phase === 'network-lost') return <NetworkLost dial={dial} />;
  if (dial !== null && 'requestId' in dial) return <DiallingStage dial={dial} />;
  // A dial that never went out belongs to the keypad, where its number stands.
  if (dial !== null) return <LeadOn to="/" />;
  const ended = calls.endedCallId === null ? undefined : calls.calls.get(calls.endedCallId);
  if (ended !== undefined)
    return (
      <CallWithNote call={ended}>
        {ended.state === 'leaving-message' ? <LeavingMessage call={ended} /> : <EndedCall call={ended} />}
      </CallWithNote>
    );
  const elsewhere = callElsewhere(calls);
  // On one's own phone one talks, and writes here.
  if (elsewhere?.carriedBy === 'own-phone')
    return (
      <CallWithNote call={elsewhere}>
        <AwayStage call={elsewhere} />
      </CallWithNote>
    );
  if (elsewhere !== null) return <AwayStage call={elsewhere} />;
  // Until the server has spoken nothing is known: a refreshed call may be on its way.
  if (engine === null || !calls.isWelcomed) return <SeekingStage />;
  return <LeadOn to="/" />;
}
