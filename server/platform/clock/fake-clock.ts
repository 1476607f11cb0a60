/** A clock that stands still until told: for tests of anything with a timer. Timers run in order of their instant, then of their making. */
import type { Clock, Timer } from './clock.ts';

export interface FakeClock extends Clock {
  /** Moves both clocks on by `ms`, running each timer at its own instant, those that timers set meanwhile included. */
  advance(ms: number): void;
  /** Moves only wall time, as a clock correction does. */
  jumpWallTime(ms: number): void;
  /** How many timers are waiting; a machine that has ended must leave none. */
  pendingCount(): number;
}

export function createFakeClock(startMs = Date.UTC(2026, 0, 5, 12)): FakeClock {
  let monotonicMs = 0;
  let wallOffsetMs = startMs;
  let sequence = 0;
  const waiting = new Map<number, { dueMs: number; run: () => void }>();

  const nextDue = (untilMs: number): number | undefined => {
    let found: number | undefined;
    for (const [id, timer] of waiting) {
      if (timer.dueMs > untilMs) continue;
      const best = found === undefined ? undefined : waiting.get(found);
      if (best === undefined || timer.dueMs < best.dueMs) found = id;
    }
    return found;
  };

  return {
    now: () => wallOffsetMs + monotonicMs,
    monotonic: () => monotonicMs,
    after(delayMs, run): Timer {
      const id = sequence++;
      waiting.set(id, { dueMs: monotonicMs + Math.max(0, delayMs), run });
      return { cancel: () => void waiting.delete(id) };
    },
    advance(ms) {
      const untilMs = monotonicMs + ms;
      for (let id = nextDue(untilMs); id !== undefined; id = nextDue(untilMs)) {
        const timer = waiting.get(id)!;
        waiting.delete(id);
        monotonicMs = Math.max(monotonicMs, timer.dueMs);
        timer.run();
      }
      monotonicMs = untilMs;
    },
    jumpWallTime(ms) {
      wallOffsetMs += ms;
    },
    pendingCount: () => waiting.size,
  };
}
