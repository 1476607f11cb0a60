/** RFC 3262, the callee: provisional answers that are repeated until a PRACK comes, one at a time, and hold the 200 back until then. */
import type { TimerValues } from '../transactions/timer-values.ts';

export interface ReliableProgress {
  readonly status: number;
  readonly sdp: string | undefined;
}

export interface ReliableProgressState {
  /** Of the last one sent; the next is one more (RFC 3262 3). */
  readonly rSeq: number;
  readonly outstanding: ReliableProgress | undefined;
  readonly intervalMs: number;
  readonly waitedMs: number;
  /** Sent once the outstanding one is acknowledged. */
  readonly queue: readonly ReliableProgress[];
}

export type ReliableProgressEvent =
  | { readonly type: 'progress'; readonly progress: ReliableProgress }
  /** A PRACK whose RAck names our INVITE and this RSeq. */
  | { readonly type: 'prack'; readonly rSeq: number }
  | { readonly type: 'interval-over' }
  /** The final answer is out: nothing is repeated any more. */
  | { readonly type: 'final' };

export type ReliableProgressEffect =
  | { readonly type: 'send'; readonly rSeq: number; readonly progress: ReliableProgress }
  | { readonly type: 'arm'; readonly afterMs: number }
  | { readonly type: 'disarm' }
  | { readonly type: 'answer-prack'; readonly status: 200 | 481 }
  /** Nothing is outstanding: a 200 may go. */
  | { readonly type: 'free' }
  /** RFC 3262 3: no PRACK for 64*T1; the INVITE is to be refused with a 5xx. */
  | { readonly type: 'give-up' };

export interface ReliableProgressStep {
  readonly state: ReliableProgressState;
  readonly effects: readonly ReliableProgressEffect[];
}

/** `firstRSeq` is drawn from 1 to 2^31-1. */
export function startReliableProgress(firstRSeq: number): ReliableProgressState {
  return { rSeq: firstRSeq - 1, outstanding: undefined, intervalMs: 0, waitedMs: 0, queue: [] };
}

export function stepReliableProgress(state: ReliableProgressState, event: ReliableProgressEvent, timers: TimerValues): ReliableProgressStep {
  switch (event.type) {
    case 'progress':
      return state.outstanding === undefined ? send(state, event.progress, timers) : { state: { ...state, queue: [...state.queue, event.progress] }, effects: [] };
    case 'prack': {
      if (state.outstanding === undefined || event.rSeq !== state.rSeq) return { state, effects: [{ type: 'answer-prack', status: 481 }] };
      const [next, ...queue] = state.queue;
      const freed: ReliableProgressState = { ...state, outstanding: undefined, queue };
      const sent = next === undefined ? { state: freed, effects: [{ type: 'free' } as const] } : send(freed, next, timers);
      return { state: sent.state, effects: [{ type: 'answer-prack', status: 200 }, { type: 'disarm' }, ...sent.effects] };
    }
    case 'interval-over': {
      if (state.outstanding === undefined) return { state, effects: [] };
      const waitedMs = state.waitedMs + state.intervalMs;
      if (waitedMs >= 64 * timers.t1Ms) return { state: { ...state, outstanding: undefined, queue: [] }, effects: [{ type: 'give-up' }] };
      const intervalMs = Math.min(state.intervalMs * 2, 64 * timers.t1Ms - waitedMs);
      return { state: { ...state, intervalMs, waitedMs }, effects: [{ type: 'send', rSeq: state.rSeq, progress: state.outstanding }, { type: 'arm', afterMs: intervalMs }] };
    }
    case 'final':
      return { state: { ...state, outstanding: undefined, queue: [] }, effects: [{ type: 'disarm' }] };
  }
}

function send(state: ReliableProgressState, progress: ReliableProgress, timers: TimerValues): ReliableProgressStep {
  const rSeq = state.rSeq + 1;
  return {
    state: { ...state, rSeq, outstanding: progress, intervalMs: timers.t1Ms, waitedMs: 0 },
    effects: [{ type: 'send', rSeq, progress }, { type: 'arm', afterMs: timers.t1Ms }],
  };
}
