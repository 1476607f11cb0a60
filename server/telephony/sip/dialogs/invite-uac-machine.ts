/**
 * From our INVITE to its end or its answer: progress, CANCEL and its crossing with a 200, forked answers, the ring time-out.
 * Owns which answer wins; what follows inside the winner's dialog is the session machine's.
 */
import { assertNever } from '#contract/result.ts';

export type GiveUpCause = 'cancelled' | 'no-answer' | 'media-refused' | 'connection-lost';

export interface UacState {
  readonly phase: 'calling' | 'proceeding' | 'cancel-wanted' | 'cancelling' | 'answered' | 'ended';
  /** Why we gave up; undefined while we did not. */
  readonly gaveUp: GiveUpCause | undefined;
  /** Tags whose 2xx has been acknowledged. */
  readonly answeredTags: readonly string[];
  /** The last session description of a 18x, by tag: an answer's 200 may leave it out only if it came before. */
  readonly earlyAnswers: Readonly<Record<string, string>>;
}

export type UacEvent =
  | { readonly type: 'provisional'; readonly status: number; readonly tag: string | undefined; readonly answer: string | undefined }
  | { readonly type: 'answered'; readonly tag: string; readonly answer: string | undefined }
  | { readonly type: 'refused'; readonly status: number }
  | { readonly type: 'failed'; readonly why: 'timeout' | 'transport' }
  | { readonly type: 'hang-up'; readonly cause: GiveUpCause }
  | { readonly type: 'ring-timeout' }
  /** No final answer came though we cancelled. */
  | { readonly type: 'guard' };

export type UacEffect =
  | { readonly type: 'cancel' }
  /** Given up before anything was heard: nothing goes out again until something is. */
  | { readonly type: 'stop-retrying' }
  | { readonly type: 'tell-progress'; readonly status: number; readonly answer: string | undefined }
  /** ACK this tag's 2xx and open the session on it. */
  | { readonly type: 'establish'; readonly tag: string; readonly answer: string }
  /** RFC 3261 13.2.2.4: a 2xx that came too late, or second: acknowledged, then ended. */
  | { readonly type: 'ack-and-bye'; readonly tag: string }
  | { readonly type: 'repeat-ack'; readonly tag: string }
  | { readonly type: 'arm'; readonly timer: 'guard' }
  | { readonly type: 'disarm'; readonly timer: 'guard' | 'ring' }
  | { readonly type: 'ended'; readonly outcome: UacOutcome };

export type UacOutcome =
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'failed'; readonly why: 'timeout' | 'transport' }
  | { readonly kind: 'gave-up'; readonly cause: GiveUpCause };

export interface UacStep {
  readonly state: UacState;
  readonly effects: readonly UacEffect[];
}

export const UAC_START: UacState = { phase: 'calling', gaveUp: undefined, answeredTags: [], earlyAnswers: {} };

export function stepUac(state: UacState, event: UacEvent): UacStep {
  const stay: UacStep = { state, effects: [] };
  if (event.type === 'answered') return onAnswered(state, event.tag, event.answer);
  switch (state.phase) {
    case 'calling':
    case 'proceeding':
      switch (event.type) {
        case 'provisional': {
          const earlyAnswers = event.answer === undefined || event.tag === undefined ? state.earlyAnswers : { ...state.earlyAnswers, [event.tag]: event.answer };
          const told: UacEffect[] = event.status === 100 ? [] : [{ type: 'tell-progress', status: event.status, answer: event.answer }];
          return { state: { ...state, phase: 'proceeding', earlyAnswers }, effects: told };
        }
        case 'hang-up':
          return giveUp(state, event.cause);
        case 'ring-timeout':
          return giveUp(state, 'no-answer');
        case 'refused':
          return end(state, { kind: 'refused', status: event.status });
        case 'failed':
          return end(state, { kind: 'failed', why: event.why });
        case 'guard':
          return stay;
        default:
          return assertNever(event);
      }
    case 'cancel-wanted':
    case 'cancelling':
      switch (event.type) {
        case 'provisional':
          // RFC 3261 9.1: only now may the CANCEL go.
          return state.phase === 'cancel-wanted' ? { state: { ...state, phase: 'cancelling' }, effects: [{ type: 'cancel' }] } : stay;
        case 'refused':
        case 'failed':
        case 'guard':
          return end(state, { kind: 'gave-up', cause: state.gaveUp ?? 'cancelled' });
        case 'hang-up':
        case 'ring-timeout':
          return stay;
        default:
          return assertNever(event);
      }
    case 'answered':
    case 'ended':
      return stay;
    default:
      return assertNever(state.phase);
  }
}

function onAnswered(state: UacState, tag: string, answer: string | undefined): UacStep {
  if (state.answeredTags.includes(tag)) return { state, effects: [{ type: 'repeat-ack', tag }] };
  const answeredTags = [...state.answeredTags, tag];
  switch (state.phase) {
    case 'calling':
    case 'proceeding': {
      const sdp = answer ?? state.earlyAnswers[tag];
      if (sdp === undefined) {
        // An answer to our offer is due (RFC 3261 13.2.1): without one there is nothing to hear.
        const step = end({ ...state, answeredTags }, { kind: 'gave-up', cause: 'media-refused' });
        return { state: step.state, effects: [{ type: 'ack-and-bye', tag }, ...step.effects] };
      }
      return { state: { ...state, phase: 'answered', answeredTags }, effects: [{ type: 'disarm', timer: 'ring' }, { type: 'establish', tag, answer: sdp }] };
    }
    case 'cancel-wanted':
    case 'cancelling': {
      // The CANCEL crossed the 200, and the 200 won: the patient did pick up.
      const step = end({ ...state, answeredTags }, { kind: 'gave-up', cause: state.gaveUp ?? 'cancelled' });
      return { state: step.state, effects: [{ type: 'ack-and-bye', tag }, ...step.effects] };
    }
    case 'answered':
    case 'ended':
      return { state: { ...state, answeredTags }, effects: [{ type: 'ack-and-bye', tag }] };
    default:
      return assertNever(state.phase);
  }
}

function giveUp(state: UacState, cause: GiveUpCause): UacStep {
  const isHeard = state.phase === 'proceeding';
  return {
    state: { ...state, phase: isHeard ? 'cancelling' : 'cancel-wanted', gaveUp: cause },
    effects: [{ type: 'disarm', timer: 'ring' }, { type: isHeard ? 'cancel' : 'stop-retrying' }, { type: 'arm', timer: 'guard' }],
  };
}

function end(state: UacState, outcome: UacOutcome): UacStep {
  return { state: { ...state, phase: 'ended' }, effects: [{ type: 'disarm', timer: 'ring' }, { type: 'disarm', timer: 'guard' }, { type: 'ended', outcome }] };
}
