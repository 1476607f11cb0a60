/** From a peer's INVITE to our final answer: ringing, early media, CANCEL, an early BYE. Owns what may still be said; the session after a 200 is the session machine's. */
import { assertNever } from '#contract/result.ts';

export interface UasState {
  readonly phase: 'ringing' | 'answered' | 'ended';
  /** The last provisional answer, repeated each minute (RFC 3261 13.3.1.1). */
  readonly lastProgress: { readonly status: number; readonly sdp: string | undefined } | undefined;
}

export type UasEvent =
  | { readonly type: 'progress'; readonly status: number; readonly sdp: string | undefined }
  | { readonly type: 'answer'; readonly sdp: string }
  | { readonly type: 'reject'; readonly status: number }
  | { readonly type: 'peer-cancelled' }
  | { readonly type: 'peer-bye' }
  | { readonly type: 'minute' };

export type UasEffect =
  | { readonly type: 'respond'; readonly status: number; readonly sdp: string | undefined }
  | { readonly type: 'establish'; readonly sdp: string }
  | { readonly type: 'arm-minute' }
  | { readonly type: 'disarm-minute' }
  | { readonly type: 'ended'; readonly by: 'us' | 'peer' };

export interface UasStep {
  readonly state: UasState;
  readonly effects: readonly UasEffect[];
}

export const UAS_START: UasState = { phase: 'ringing', lastProgress: undefined };

export function stepUas(state: UasState, event: UasEvent): UasStep {
  if (state.phase !== 'ringing') return { state, effects: [] };
  switch (event.type) {
    case 'progress':
      return {
        state: { phase: 'ringing', lastProgress: { status: event.status, sdp: event.sdp } },
        effects: [{ type: 'respond', status: event.status, sdp: event.sdp }, { type: 'arm-minute' }],
      };
    case 'minute':
      return state.lastProgress === undefined
        ? { state, effects: [] }
        : { state, effects: [{ type: 'respond', status: state.lastProgress.status, sdp: state.lastProgress.sdp }, { type: 'arm-minute' }] };
    case 'answer':
      return { state: { ...state, phase: 'answered' }, effects: [{ type: 'disarm-minute' }, { type: 'establish', sdp: event.sdp }] };
    case 'reject':
      return { state: { ...state, phase: 'ended' }, effects: [{ type: 'disarm-minute' }, { type: 'respond', status: event.status, sdp: undefined }, { type: 'ended', by: 'us' }] };
    case 'peer-cancelled':
    case 'peer-bye':
      return { state: { ...state, phase: 'ended' }, effects: [{ type: 'disarm-minute' }, { type: 'respond', status: 487, sdp: undefined }, { type: 'ended', by: 'peer' }] };
    default:
      return assertNever(event);
  }
}
