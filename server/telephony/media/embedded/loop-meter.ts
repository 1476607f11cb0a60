/** How busy this process's event loop was over the last seconds. Measures; decides nothing. */
import { performance } from 'node:perf_hooks';

export interface LoopMeter {
  /** To be called about once a second while there are calls. */
  sample(): void;
  /** The mean of the last samples; undefined before there are enough. */
  busyShare(): number | undefined;
}

/** One busy second is a burst of dials; five are a load. */
const SAMPLES_KEPT = 5;

export function startLoopMeter(): LoopMeter {
  let before = performance.eventLoopUtilization();
  let shares: number[] = [];
  return {
    sample() {
      const now = performance.eventLoopUtilization();
      shares = [...shares, performance.eventLoopUtilization(now, before).utilization].slice(-SAMPLES_KEPT);
      before = now;
    },
    busyShare: () => (shares.length < SAMPLES_KEPT ? undefined : shares.reduce((sum, share) => sum + share, 0) / shares.length),
  };
}
