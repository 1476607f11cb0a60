/** RFC 3261 17.2.1 with RFC 6026: the INVITE server transaction. Owns when an answer goes out again; the user core owns its own 2xx. */
import { assertNever } from '#contract/result.ts';
import type { TransactionConfig } from './timer-values.ts';

export interface InviteServerState {
  readonly name: 'proceeding' | 'accepted' | 'completed' | 'confirmed' | 'terminated';
  /** Timer G's next interval. */
  readonly retryMs: number;
  /** Whether an answer of any kind went out. */
  readonly hasAnswered: boolean;
}

/** 'trying' is the 200 ms after which 100 is owed (RFC 3261 17.2.1). */
export type InviteServerTimer = 'trying' | 'G' | 'H' | 'I' | 'L';

export type InviteServerEvent =
  /** The INVITE again. */
  | { readonly type: 'request' }
  | { readonly type: 'ack' }
  /** The user answers. */
  | { readonly type: 'respond'; readonly status: number }
  | { readonly type: 'timer'; readonly timer: InviteServerTimer }
  | { readonly type: 'transport-error' };

export type InviteServerEffect =
  /** The answer given with the event. */
  | { readonly type: 'send-response' }
  /** The last answer that went out. */
  | { readonly type: 'resend-response' }
  | { readonly type: 'send-trying' }
  | { readonly type: 'arm'; readonly timer: InviteServerTimer; readonly afterMs: number }
  | { readonly type: 'disarm'; readonly timer: InviteServerTimer }
  /** An ACK that belongs to a 2xx: the user core matches it. */
  | { readonly type: 'deliver-ack' }
  /** No ACK came for a failure. */
  | { readonly type: 'timed-out' }
  | { readonly type: 'transport-failed' }
  | { readonly type: 'terminated' };

export interface InviteServerStep {
  readonly state: InviteServerState;
  readonly effects: readonly InviteServerEffect[];
}

const TRYING_AFTER_MS = 200;
const TERMINATED: InviteServerState = { name: 'terminated', retryMs: 0, hasAnswered: true };

export function startInviteServer(): InviteServerStep {
  return { state: { name: 'proceeding', retryMs: 0, hasAnswered: false }, effects: [{ type: 'arm', timer: 'trying', afterMs: TRYING_AFTER_MS }] };
}

export function stepInviteServer(state: InviteServerState, event: InviteServerEvent, config: TransactionConfig): InviteServerStep {
  const stay: InviteServerStep = { state, effects: [] };
  switch (state.name) {
    case 'proceeding':
      switch (event.type) {
        case 'request':
          return { state, effects: state.hasAnswered ? [{ type: 'resend-response' }] : [] };
        case 'respond': {
          const disarm: InviteServerEffect[] = state.hasAnswered ? [] : [{ type: 'disarm', timer: 'trying' }];
          if (event.status < 200) return { state: { ...state, hasAnswered: true }, effects: [...disarm, { type: 'send-response' }] };
          if (event.status < 300) {
            return { state: { name: 'accepted', retryMs: 0, hasAnswered: true }, effects: [...disarm, { type: 'send-response' }, { type: 'arm', timer: 'L', afterMs: 64 * config.t1Ms }] };
          }
          const retransmit: InviteServerEffect[] = config.isReliable ? [] : [{ type: 'arm', timer: 'G', afterMs: config.t1Ms }];
          return {
            state: { name: 'completed', retryMs: config.t1Ms, hasAnswered: true },
            effects: [...disarm, { type: 'send-response' }, ...retransmit, { type: 'arm', timer: 'H', afterMs: 64 * config.t1Ms }],
          };
        }
        case 'timer':
          if (event.timer !== 'trying' || state.hasAnswered) return stay;
          return { state: { ...state, hasAnswered: true }, effects: [{ type: 'send-trying' }] };
        case 'transport-error':
          return { state: TERMINATED, effects: [{ type: 'transport-failed' }, { type: 'terminated' }] };
        case 'ack':
          return stay;
        default:
          return assertNever(event);
      }
    case 'accepted':
      // RFC 6026 7.1: INVITEs again are swallowed, since the core itself repeats its 2xx; ACKs and further 2xx pass through.
      if (event.type === 'ack') return { state, effects: [{ type: 'deliver-ack' }] };
      if (event.type === 'respond') return event.status >= 200 && event.status < 300 ? { state, effects: [{ type: 'send-response' }] } : stay;
      if (event.type === 'transport-error') return { state, effects: [{ type: 'transport-failed' }] };
      return event.type === 'timer' && event.timer === 'L' ? { state: TERMINATED, effects: [{ type: 'terminated' }] } : stay;
    case 'completed':
      switch (event.type) {
        case 'request':
          return { state, effects: [{ type: 'resend-response' }] };
        case 'ack':
          if (config.isReliable) return { state: TERMINATED, effects: [{ type: 'terminated' }] };
          return {
            state: { name: 'confirmed', retryMs: 0, hasAnswered: true },
            effects: [{ type: 'disarm', timer: 'G' }, { type: 'disarm', timer: 'H' }, { type: 'arm', timer: 'I', afterMs: config.t4Ms }],
          };
        case 'timer': {
          if (event.timer === 'H') return { state: TERMINATED, effects: [{ type: 'timed-out' }, { type: 'terminated' }] };
          if (event.timer !== 'G') return stay;
          const retryMs = Math.min(state.retryMs * 2, config.t2Ms);
          return { state: { ...state, retryMs }, effects: [{ type: 'resend-response' }, { type: 'arm', timer: 'G', afterMs: retryMs }] };
        }
        case 'transport-error':
          return { state: TERMINATED, effects: [{ type: 'transport-failed' }, { type: 'terminated' }] };
        case 'respond':
          return stay;
        default:
          return assertNever(event);
      }
    case 'confirmed':
      return event.type === 'timer' && event.timer === 'I' ? { state: TERMINATED, effects: [{ type: 'terminated' }] } : stay;
    case 'terminated':
      return stay;
    default:
      return assertNever(state.name);
  }
}
