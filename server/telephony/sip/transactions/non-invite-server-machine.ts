/** RFC 3261 17.2.2: the server transaction of every method but INVITE and ACK. Owns the answering of repeated requests. */
import { assertNever } from '#contract/result.ts';
import type { TransactionConfig } from './timer-values.ts';

export interface NonInviteServerState {
  readonly name: 'trying' | 'proceeding' | 'completed' | 'terminated';
}

export type NonInviteServerTimer = 'J';

export type NonInviteServerEvent =
  | { readonly type: 'request' }
  | { readonly type: 'respond'; readonly status: number }
  | { readonly type: 'timer'; readonly timer: NonInviteServerTimer }
  | { readonly type: 'transport-error' };

export type NonInviteServerEffect =
  | { readonly type: 'send-response' }
  | { readonly type: 'resend-response' }
  | { readonly type: 'arm'; readonly timer: NonInviteServerTimer; readonly afterMs: number }
  | { readonly type: 'transport-failed' }
  | { readonly type: 'terminated' };

export interface NonInviteServerStep {
  readonly state: NonInviteServerState;
  readonly effects: readonly NonInviteServerEffect[];
}

const TERMINATED: NonInviteServerState = { name: 'terminated' };

export function startNonInviteServer(): NonInviteServerStep {
  return { state: { name: 'trying' }, effects: [] };
}

export function stepNonInviteServer(state: NonInviteServerState, event: NonInviteServerEvent, config: TransactionConfig): NonInviteServerStep {
  const stay: NonInviteServerStep = { state, effects: [] };
  switch (state.name) {
    case 'trying':
    case 'proceeding':
      switch (event.type) {
        case 'request':
          return state.name === 'proceeding' ? { state, effects: [{ type: 'resend-response' }] } : stay;
        case 'respond':
          if (event.status < 200) return { state: { name: 'proceeding' }, effects: [{ type: 'send-response' }] };
          if (config.isReliable) return { state: TERMINATED, effects: [{ type: 'send-response' }, { type: 'terminated' }] };
          return { state: { name: 'completed' }, effects: [{ type: 'send-response' }, { type: 'arm', timer: 'J', afterMs: 64 * config.t1Ms }] };
        case 'transport-error':
          return { state: TERMINATED, effects: [{ type: 'transport-failed' }, { type: 'terminated' }] };
        case 'timer':
          return stay;
        default:
          return assertNever(event);
      }
    case 'completed':
      switch (event.type) {
        case 'request':
          return { state, effects: [{ type: 'resend-response' }] };
        case 'timer':
          return { state: TERMINATED, effects: [{ type: 'terminated' }] };
        case 'transport-error':
          return { state: TERMINATED, effects: [{ type: 'transport-failed' }, { type: 'terminated' }] };
        case 'respond':
          return stay;
        default:
          return assertNever(event);
      }
    case 'terminated':
      return stay;
    default:
      return assertNever(state.name);
  }
}
