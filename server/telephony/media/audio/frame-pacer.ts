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
  /** Whether the sockets were read since the process was held up. */
  let areSocketsRead = false;
  const run = (): void => {
    const nowMs = clock.monotonic();
    const isHeldUp = nowMs - dueMs >= FRAME_MS;
    if (isHeldUp && !areSocketsRead) {
      // What arrived meanwhile waits in the sockets: frames that did not wait for it would take it for lost, and make up what is there.
      areSocketsRead = true;
      timer = clock.after(0, run);
      return;
    }
    areSocketsRead = false;
    if (nowMs - dueMs > MOST_CAUGHT_UP_FRAMES * FRAME_MS) dueMs = nowMs;
    while (dueMs <= nowMs && !isStopped) {
      dueMs += FRAME_MS;
      onFrame(nowMs);
    }
    if (!isStopped) timer = clock.after(Math.max(0, dueMs - clock.monotonic()), run);
  };
  timer = clock.after(FRAME_MS, run);
  return {
    stop() {
      isStopped = true;
      timer?.cancel();
    },
  };
}
