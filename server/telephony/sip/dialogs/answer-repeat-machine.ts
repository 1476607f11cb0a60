/** RFC 3261 13.3.1.4: the callee's core repeats its 2xx until the ACK comes, over every transport, and gives up after 64*T1. */
import type { TimerValues } from '../transactions/timer-values.ts';

export interface AnswerRepeatState {
  readonly intervalMs: number;
  readonly waitedMs: number;
}

export type AnswerRepeatStep =
  | { readonly next: 'wait'; readonly state: AnswerRepeatState; readonly repeat: boolean; readonly afterMs: number }
  | { readonly next: 'give-up' };

export function startAnswerRepeat(timers: TimerValues): AnswerRepeatStep {
  return { next: 'wait', state: { intervalMs: timers.t1Ms, waitedMs: 0 }, repeat: false, afterMs: timers.t1Ms };
}

/** The interval is over and no ACK came. */
export function stepAnswerRepeat(state: AnswerRepeatState, timers: TimerValues): AnswerRepeatStep {
  const waitedMs = state.waitedMs + state.intervalMs;
  const limitMs = 64 * timers.t1Ms;
  if (waitedMs >= limitMs) return { next: 'give-up' };
  const intervalMs = Math.min(state.intervalMs * 2, timers.t2Ms, limitMs - waitedMs);
  return { next: 'wait', state: { intervalMs, waitedMs }, repeat: true, afterMs: intervalMs };
}
