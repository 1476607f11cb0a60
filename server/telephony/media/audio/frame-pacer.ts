/** Calls back every 20 ms on average, whatever the event loop does: late frames are caught up, never lost. Knows no audio. */
import type { Clock, Timer } from '#server/platform/clock/clock.ts';
import { FRAME_MS } from './sample-source.ts';

export interface FramePacer {
  stop(): void;
}

/** After a stop of the process longer than this, frames are skipped: nobody wants two seconds of tone at once. */
const MOST_CAUGHT_UP_FRAMES = 10;

export function startFramePacer(clock: Clock, onFrame: (nowMs: number) => void): FramePacer {
  let dueMs = clock.monotonic() + FRAME_MS;
  let timer: Timer | undefined;
  let isStopped = false;
  const run = (): void => {
    let nowMs = clock.monotonic();
    if (nowMs - dueMs > MOST_CAUGHT_UP_FRAMES * FRAME_MS) dueMs = nowMs;
    while (dueMs <= nowMs && !isStopped) {
      dueMs += FRAME_MS;
      onFrame(nowMs);
      nowMs = clock.monotonic();
    }
    if (!isStopped) timer = clock.after(dueMs - nowMs, run);
  };
  timer = clock.after(FRAME_MS, run);
  return {
    stop() {
      isStopped = true;
      timer?.cancel();
    },
  };
}
