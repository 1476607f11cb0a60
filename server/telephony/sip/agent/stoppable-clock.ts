/** A clock whose timers all stop at once: closing an agent leaves none behind, whichever leg they belonged to. */
import type { Clock, Timer } from '#server/platform/clock/clock.ts';

export interface StoppableClock extends Clock {
  /** Cancels every timer; later ones never run. */
  stop(): void;
}

/** What a timer throws ends that timer and is told to `onBug`; it never ends the process. */
export function createStoppableClock(clock: Clock, onBug: (error: unknown) => void): StoppableClock {
  const waiting = new Set<Timer>();
  let isStopped = false;
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after(delayMs, run) {
      if (isStopped) return { cancel: () => {} };
      const inner = clock.after(delayMs, () => {
        waiting.delete(inner);
        try {
          run();
        } catch (error) {
          onBug(error);
        }
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
