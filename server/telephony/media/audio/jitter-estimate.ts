/**
 * How late packets come on one network, and so how long speech must be held back for most of them to be there in time. Owns
 * arrival times alone; a talker whose clock runs fast or slow is followed. Takes no action.
 */
import { SAMPLE_RATE } from './sample-source.ts';

export interface JitterEstimate {
  /** `mediaTime` in samples; `arrivedAtMs` monotonic. */
  note(mediaTime: number, arrivedAtMs: number): void;
  /** When a sample would have come had the network been at its best; undefined before the first packet. */
  earliestMs(mediaTime: number): number | undefined;
  /** What 99 of 100 packets of the last ten seconds needed beyond that. */
  spreadMs(): number;
}

const BIN_MS = 5;
const BINS = 100;
/** Ten seconds of packets. */
const REMEMBERED = 500;
const QUANTILE = 0.99;
/** The best of the last one to two of these is the best there is: long enough to hold through a bad spell, short enough to follow a clock that drifts (100 ppm are half a millisecond). */
const BASE_WINDOW_MS = 5000;

export function createJitterEstimate(): JitterEstimate {
  const lateness = new Uint8Array(REMEMBERED);
  const bins = new Uint16Array(BINS);
  let count = 0;
  let next = 0;
  let present = Infinity;
  let before = Infinity;
  let windowBeganAtMs: number | undefined;

  const base = (): number => Math.min(present, before);
  return {
    note(mediaTime, arrivedAtMs) {
      windowBeganAtMs ??= arrivedAtMs;
      if (arrivedAtMs - windowBeganAtMs >= BASE_WINDOW_MS) {
        windowBeganAtMs = arrivedAtMs;
        before = present;
        present = Infinity;
      }
      const transitMs = arrivedAtMs - (mediaTime * 1000) / SAMPLE_RATE;
      if (transitMs < present) present = transitMs;
      const bin = Math.min(BINS - 1, Math.floor((transitMs - base()) / BIN_MS));
      if (count === REMEMBERED) bins[lateness[next]!]! -= 1;
      else count += 1;
      lateness[next] = bin;
      bins[bin]! += 1;
      next = (next + 1) % REMEMBERED;
    },
    earliestMs: (mediaTime) => (count === 0 ? undefined : base() + (mediaTime * 1000) / SAMPLE_RATE),
    spreadMs() {
      let left = Math.floor(count * (1 - QUANTILE));
      for (let bin = BINS - 1; bin > 0; bin -= 1) {
        left -= bins[bin]!;
        if (left < 0) return (bin + 1) * BIN_MS;
      }
      return 0;
    },
  };
}
