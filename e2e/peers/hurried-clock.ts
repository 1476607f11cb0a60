/** The machine's clock, some times as fast: what waits ten seconds by RFC or by settings waits two. For peers on loopback, whose answers are as good as instant either way. */
import type { Clock } from '#server/platform/clock/clock.ts';
import { systemClock } from '#server/platform/clock/clock.ts';

export function createHurriedClock(times: number): Clock {
  return {
    now: () => systemClock.now() * times,
    monotonic: () => systemClock.monotonic() * times,
    after: (delayMs, run) => systemClock.after(delayMs / times, run),
  };
}
