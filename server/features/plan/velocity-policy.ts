/** How often one member may dial, and when dialling is no longer a person's: counts in, decision out. Knows no price and no destination. */
import type { Limits } from '#contract/plan.ts';

export interface DialHistory {
  /** The member's calls that are not yet ended. */
  liveCallCount: number;
  /** When each of the member's dials of the last 24 h was let through, in ms, oldest first. */
  admittedAt: readonly number[];
  /** When each of the last 60 s was refused by a limit of this file. */
  limitedAt: readonly number[];
}

export type VelocityLimit = 'at-once' | 'per-minute' | 'per-hour' | 'per-day';

export type VelocityVerdict =
  | { ok: true }
  /** `retryAtMs` is null where time alone does not help. `endSession`: this is a program with somebody's session. */
  | { ok: false; limit: VelocityLimit; retryAtMs: number | null; endSession: boolean };

const WINDOWS = [
  ['per-minute', 60_000, 'dialsPerMinute'],
  ['per-hour', 3_600_000, 'dialsPerHour'],
  ['per-day', 86_400_000, 'dialsPerDay'],
] as const;

/** A person who is told to wait presses a few times more; a program goes on. */
const LIMITED_DIALS_OF_A_PROGRAM = 8;
const PROGRAM_WINDOW_MS = 60_000;

export function decideVelocity(limits: Limits, history: DialHistory, nowMs: number): VelocityVerdict {
  const endSession = history.limitedAt.filter((at) => at > nowMs - PROGRAM_WINDOW_MS).length + 1 >= LIMITED_DIALS_OF_A_PROGRAM;
  if (history.liveCallCount >= limits.callsAtOnce) return { ok: false, limit: 'at-once', retryAtMs: null, endSession };
  let refusal: VelocityVerdict = { ok: true };
  for (const [limit, windowMs, name] of WINDOWS) {
    const inWindow = history.admittedAt.filter((at) => at > nowMs - windowMs);
    const allowed = limits[name];
    if (inWindow.length < allowed) continue;
    // The one that must leave the window before there is room again. The longest wait is told, or the next try would be refused too.
    refusal = { ok: false, limit, retryAtMs: inWindow[inWindow.length - allowed]! + windowMs, endSession };
  }
  return refusal;
}
