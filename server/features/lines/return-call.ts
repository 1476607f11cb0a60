/** Calls a hosted line's number through the trunk and waits for that call at our own door: nobody listens, nothing is spoken. What it proves is not known here. */
import type { CodeCallParts, CodeCallRequest, RunningCall } from './code-call.ts';
import { nextReturnCall, RETURN_WITHIN_MS, type ReturnCallEvent, type ReturnCallOutcome, type ReturnCallState } from './return-call-machine.ts';

export interface ReturnCall extends RunningCall {
  /** A call to the number stands at our door. */
  comeBack(): void;
}

const PARTY = 'party';

/** Undefined where no call could be placed at all. `onOver` once and last. */
export async function placeReturnCall(parts: CodeCallParts, request: Pick<CodeCallRequest, 'callId' | 'to' | 'from'>, listener: { onRinging(): void; onOver(outcome: ReturnCallOutcome): void }): Promise<ReturnCall | undefined> {
  const { carrier, engine, clock } = parts;
  let state: ReturnCallState = 'placed';

  const opened = engine.open({
    callId: request.callId,
    onEvent(event) {
      if (event.type === 'session-failed') on({ type: 'ended', cause: 'media-refused' });
    },
  });
  if (!opened.ok) return undefined;
  const media = opened.value;
  const offer = await media.createPartyOffer(PARTY, { sdes: parts.sdes ?? 'off', direction: 'sendrecv' });
  const placed = !offer.ok
    ? offer
    : carrier.place({ callId: request.callId, to: request.to, from: request.from.number, displayName: request.from.name, offer: offer.value, trunks: carrier.trunkHealth().map(({ trunk }) => trunk), ringTimeoutMs: RETURN_WITHIN_MS }, (event) => {
        if (event.type === 'answered') on({ type: 'answered' });
        else if (event.type === 'ended') on({ type: 'ended', cause: event.end.cause });
        else if (event.type === 'offered') event.responder.reject();
        else if (event.type === 'progress' && state === 'placed') listener.onRinging();
      });
  if (!placed.ok) {
    media.close();
    return undefined;
  }
  // The ring timeout begins anew at each trunk that is tried; this one does not.
  const tooLate = clock.after(RETURN_WITHIN_MS, () => on({ type: 'too-late' }));

  function on(event: ReturnCallEvent): void {
    if (state !== 'placed') return;
    state = nextReturnCall(state, event);
    if (state === 'placed') return;
    tooLate.cancel();
    if (placed.ok && event.type !== 'ended') placed.value.hangUp();
    media.close();
    listener.onOver(state);
  }
  return { hangUp: () => on({ type: 'stopped' }), comeBack: () => on({ type: 'came-back' }) };
}
