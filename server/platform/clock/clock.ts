/** The time, and timers; injected so that tests can own both. Reads no zone: that is the caller's business. */

export interface Clock {
  /** Wall time in milliseconds since 1970-01-01T00:00Z. May jump; never measure a duration with it. */
  now(): number;
  /** Milliseconds from an arbitrary start that never run backwards; for durations and deadlines. */
  monotonic(): number;
  /** Runs `run` once after `delayMs`. A delay past 2^31-1 ms is kept whole, not wrapped to 1 ms as setTimeout would. */
  after(delayMs: number, run: () => void): Timer;
}

export interface Timer {
  /** Stops the timer; a no-op once it has run. */
  cancel(): void;
}

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, run) {
    const endsAt = performance.now() + delayMs;
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      const leftMs = Math.max(0, endsAt - performance.now());
      handle = leftMs > LONGEST_TIMEOUT_MS ? setTimeout(arm, LONGEST_TIMEOUT_MS) : setTimeout(run, leftMs);
    };
    arm();
    return { cancel: () => clearTimeout(handle) };
  },
};
