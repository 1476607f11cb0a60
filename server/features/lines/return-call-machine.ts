/** What a call to a hosted line proves: it must come back to our own door before anything else becomes of it. Facts in, outcome out; calls nobody. */
import { assertNever } from '#contract/result.ts';
import type { LegEnd } from '#server/telephony/index.ts';

export type ReturnCallState = 'placed' | ReturnCallOutcome;
export type ReturnCallOutcome = 'returned' | 'not-returned' | 'not-in-service' | 'not-reached' | 'stopped';

export type ReturnCallEvent =
  /** A call to the number stands at our door. */
  | { readonly type: 'came-back' }
  /** Somebody, or something, that is not this server. */
  | { readonly type: 'answered' }
  | { readonly type: 'too-late' }
  | { readonly type: 'stopped' }
  | { readonly type: 'ended'; readonly cause: LegEnd['cause'] };

/** Carriers route within a few seconds; past this the number rings somewhere, and somebody walks to it. */
export const RETURN_WITHIN_MS = 20_000;

/** The first outcome stands: what is heard after it changes nothing. */
export function nextReturnCall(state: ReturnCallState, event: ReturnCallEvent): ReturnCallState {
  if (state !== 'placed') return state;
  switch (event.type) {
    case 'came-back': return 'returned';
    case 'answered':
    case 'too-late': return 'not-returned';
    case 'stopped': return 'stopped';
    case 'ended': return outcomeOf(event.cause);
    default: return assertNever(event);
  }
}

function outcomeOf(cause: LegEnd['cause']): ReturnCallOutcome {
  switch (cause) {
    // A telephone said so: the number leads to it, and not here.
    case 'busy':
    case 'no-answer':
    case 'rejected':
    case 'hung-up':
    case 'cancelled': return 'not-returned';
    case 'not-in-service':
    case 'number-changed':
    case 'number-incomplete': return 'not-in-service';
    case 'blocked':
    case 'network-busy':
    case 'trunk-refused':
    case 'trunk-down':
    case 'connection-lost':
    case 'media-refused': return 'not-reached';
    default: return assertNever(cause);
  }
}
