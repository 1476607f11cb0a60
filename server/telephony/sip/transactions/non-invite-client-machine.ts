/** RFC 3261 17.1.2: the client transaction of every method but INVITE and ACK. Owns when the request goes out again; sends nothing itself. */
import { assertNever } from '#contract/result.ts';
import type { TransactionConfig } from './timer-values.ts';

export interface NonInviteClientState {
  readonly name: 'trying' | 'proceeding' | 'completed' | 'terminated';
  /** Timer E's next interval. */
  readonly retryMs: number;
}

export type NonInviteClientTimer = 'E' | 'F' | 'K';

export type NonInviteClientEvent =
  | { readonly type: 'response'; readonly status: number }
  | { readonly type: 'timer'; readonly timer: NonInviteClientTimer }
  | { readonly type: 'transport-error' };

export type NonInviteClientEffect =
  | { readonly type: 'send-request' }
  | { readonly type: 'arm'; readonly timer: NonInviteClientTimer; readonly afterMs: number }
  | { readonly type: 'disarm'; readonly timer: NonInviteClientTimer }
  | { readonly type: 'deliver' }
  | { readonly type: 'timed-out' }
  | { readonly type: 'transport-failed' }
  | { readonly type: 'terminated' };

export interface NonInviteClientStep {
  readonly state: NonInviteClientState;
  readonly effects: readonly NonInviteClientEffect[];
}

const TERMINATED: NonInviteClientState = { name: 'terminated', retryMs: 0 };

export function startNonInviteClient(config: TransactionConfig): NonInviteClientStep {
  const effects: NonInviteClientEffect[] = [{ type: 'send-request' }];
  if (!config.isReliable) effects.push({ type: 'arm', timer: 'E', afterMs: config.t1Ms });
  effects.push({ type: 'arm', timer: 'F', afterMs: config.giveUpMs ?? 64 * config.t1Ms });
  return { state: { name: 'trying', retryMs: config.t1Ms }, effects };
}

export function stepNonInviteClient(state: NonInviteClientState, event: NonInviteClientEvent, config: TransactionConfig): NonInviteClientStep {
  const stay: NonInviteClientStep = { state, effects: [] };
  switch (state.name) {
    case 'trying':
    case 'proceeding':
      switch (event.type) {
        case 'response': {
          if (event.status < 200) return { state: { name: 'proceeding', retryMs: state.retryMs }, effects: [{ type: 'deliver' }] };
          if (config.isReliable) return { state: TERMINATED, effects: [{ type: 'deliver' }, { type: 'terminated' }] };
          return {
            state: { name: 'completed', retryMs: 0 },
            effects: [{ type: 'disarm', timer: 'E' }, { type: 'disarm', timer: 'F' }, { type: 'deliver' }, { type: 'arm', timer: 'K', afterMs: config.t4Ms }],
          };
        }
        case 'timer': {
          if (event.timer === 'F') return { state: TERMINATED, effects: [{ type: 'timed-out' }, { type: 'terminated' }] };
          if (event.timer !== 'E') return stay;
          // RFC 3261 17.1.2.2: min(2*T1, T2) while nothing was heard, T2 once a provisional answer came.
          const retryMs = state.name === 'proceeding' ? config.t2Ms : Math.min(state.retryMs * 2, config.t2Ms);
          return { state: { name: state.name, retryMs }, effects: [{ type: 'send-request' }, { type: 'arm', timer: 'E', afterMs: retryMs }] };
        }
        case 'transport-error':
          return { state: TERMINATED, effects: [{ type: 'transport-failed' }, { type: 'terminated' }] };
        default:
          return assertNever(event);
      }
    case 'completed':
      return event.type === 'timer' && event.timer === 'K' ? { state: TERMINATED, effects: [{ type: 'terminated' }] } : stay;
    case 'terminated':
      return stay;
    default:
      return assertNever(state.name);
  }
}
