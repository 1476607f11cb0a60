/** RFC 3261 17.1.1 with RFC 6026: the INVITE client transaction. Owns when the INVITE and the ACK of a failure go out; sends nothing itself. */
import { assertNever } from '#contract/result.ts';
import { TIMER_D_MS } from './timer-values.ts';
import type { TransactionConfig } from './timer-values.ts';

export interface InviteClientState {
  readonly name: 'calling' | 'proceeding' | 'accepted' | 'completed' | 'terminated';
  /** Timer A's next interval. */
  readonly retryMs: number;
}

export type InviteClientTimer = 'A' | 'B' | 'D' | 'M';

export type InviteClientEvent =
  | { readonly type: 'response'; readonly status: number }
  | { readonly type: 'timer'; readonly timer: InviteClientTimer }
  /** The user gave up before anything was heard: what may not have arrived is not to arrive late. */
  | { readonly type: 'stop-retrying' }
  | { readonly type: 'transport-error' };

export type InviteClientEffect =
  | { readonly type: 'send-request' }
  /** The ACK of the failure in hand: hop by hop, same branch. */
  | { readonly type: 'send-ack' }
  | { readonly type: 'arm'; readonly timer: InviteClientTimer; readonly afterMs: number }
  | { readonly type: 'disarm'; readonly timer: InviteClientTimer }
  /** Hand the response in hand to the user. */
  | { readonly type: 'deliver' }
  | { readonly type: 'timed-out' }
  | { readonly type: 'transport-failed' }
  /** Forget the transaction and all its timers. */
  | { readonly type: 'terminated' };

export interface InviteClientStep {
  readonly state: InviteClientState;
  readonly effects: readonly InviteClientEffect[];
}

const TERMINATED: InviteClientState = { name: 'terminated', retryMs: 0 };

export function startInviteClient(config: TransactionConfig): InviteClientStep {
  const effects: InviteClientEffect[] = [{ type: 'send-request' }];
  if (!config.isReliable) effects.push({ type: 'arm', timer: 'A', afterMs: config.t1Ms });
  effects.push({ type: 'arm', timer: 'B', afterMs: config.giveUpMs ?? 64 * config.t1Ms });
  return { state: { name: 'calling', retryMs: config.t1Ms }, effects };
}

export function stepInviteClient(state: InviteClientState, event: InviteClientEvent, config: TransactionConfig): InviteClientStep {
  const stay: InviteClientStep = { state, effects: [] };
  switch (state.name) {
    case 'calling':
    case 'proceeding':
      switch (event.type) {
        case 'response':
          return onResponse(state, event.status, config);
        case 'timer':
          // A late timer of a state that was left does nothing.
          if (state.name !== 'calling') return stay;
          if (event.timer === 'A') {
            // RFC 3261 17.1.1.2: doubled at each retransmission, without a cap; Timer B ends it.
            const retryMs = state.retryMs * 2;
            return { state: { name: 'calling', retryMs }, effects: [{ type: 'send-request' }, { type: 'arm', timer: 'A', afterMs: retryMs }] };
          }
          return event.timer === 'B' ? { state: TERMINATED, effects: [{ type: 'timed-out' }, { type: 'terminated' }] } : stay;
        case 'stop-retrying':
          return state.name === 'calling' && !config.isReliable ? { state, effects: [{ type: 'disarm', timer: 'A' }] } : stay;
        case 'transport-error':
          return { state: TERMINATED, effects: [{ type: 'transport-failed' }, { type: 'terminated' }] };
        default:
          return assertNever(event);
      }
    case 'accepted':
      // RFC 6026 7.2: every 2xx, retransmitted or of another fork, goes up; the user sends the ACKs.
      if (event.type === 'response') return event.status >= 200 && event.status < 300 ? { state, effects: [{ type: 'deliver' }] } : stay;
      return event.type === 'timer' && event.timer === 'M' ? { state: TERMINATED, effects: [{ type: 'terminated' }] } : stay;
    case 'completed':
      if (event.type === 'response') return event.status >= 300 ? { state, effects: [{ type: 'send-ack' }] } : stay;
      if (event.type === 'transport-error') return { state: TERMINATED, effects: [{ type: 'transport-failed' }, { type: 'terminated' }] };
      return event.type === 'timer' && event.timer === 'D' ? { state: TERMINATED, effects: [{ type: 'terminated' }] } : stay;
    case 'terminated':
      return stay;
    default:
      return assertNever(state.name);
  }
}

function onResponse(state: InviteClientState, status: number, config: TransactionConfig): InviteClientStep {
  const disarm: InviteClientEffect[] =
    state.name === 'calling' ? [...(config.isReliable ? [] : [{ type: 'disarm', timer: 'A' } as const]), { type: 'disarm', timer: 'B' }] : [];
  if (status < 200) return { state: { name: 'proceeding', retryMs: 0 }, effects: [...disarm, { type: 'deliver' }] };
  if (status < 300) {
    return { state: { name: 'accepted', retryMs: 0 }, effects: [...disarm, { type: 'deliver' }, { type: 'arm', timer: 'M', afterMs: 64 * config.t1Ms }] };
  }
  if (config.isReliable) return { state: TERMINATED, effects: [...disarm, { type: 'send-ack' }, { type: 'deliver' }, { type: 'terminated' }] };
  return { state: { name: 'completed', retryMs: 0 }, effects: [...disarm, { type: 'send-ack' }, { type: 'deliver' }, { type: 'arm', timer: 'D', afterMs: TIMER_D_MS }] };
}
