/** A clock whose timers all stop at once: closing an agent leaves none behind, whichever leg they belonged to. */
import type { Clock, Timer } from '#server/platform/clock/clock.ts';

export interface StoppableClock extends Clock {
  /** Cancels every timer; later ones never run. */
  stop(): void;
}

export function createStoppableClock(clock: Clock): StoppableClock {
  const waiting = new Set<Timer>();
  let isStopped = false;
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after(delayMs, run) {
      if (isStopped) return { cancel: () => {} };
      const inner = clock.after(delayMs, () => {
        waiting.delete(inner);
        run();
      });
      waiting.add(inner);
      return {
        cancel() {
          waiting.delete(inner);
          inner.cancel();
        },
      };
    },
    stop() {
      isStopped = true;
      for (const timer of waiting) timer.cancel();
      waiting.clear();
    },
  };
}
