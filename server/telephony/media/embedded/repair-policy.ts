/**
 * When a browser's audio is passed on as it comes, and when it is first put in order and mended: a clean network is worth its
 * shorter delay, a lossy one is not. Pure; measures nothing itself.
 */

export interface UplinkQuality {
  /** Of the last interval, 0..1. */
  lostShare: number;
  /** RFC 3550's, ms. */
  jitterMs: number;
  /** How late this process was at most in that time: packets that waited for us look like packets that the network held back. */
  ownLatenessMs: number;
}

export interface RepairState {
  isActive: boolean;
  /** Since when the network is clean again; undefined while it is not. */
  cleanSinceMs: number | undefined;
}

export const passingOn: RepairState = { isActive: false, cleanSinceMs: undefined };

/** One packet in fifty is heard as a gap now and then; jitter of a frame and a half is more than telephones wait for. */
const REPAIR_FROM = { lostShare: 0.02, jitterMs: 30 };
const CLEAN_BELOW = { lostShare: 0.005, jitterMs: 15 };
/** Going back and forth would cost a gap each time. */
const CLEAN_FOR_MS = 30_000;

/** A busy server that took its own lateness for its callers' would mend all calls at once, at three times their cost, and be later still. */
export function decideRepair(state: RepairState, quality: UplinkQuality, nowMs: number): RepairState {
  const jitterMs = Math.max(0, quality.jitterMs - quality.ownLatenessMs);
  if (!state.isActive) {
    const isBad = quality.lostShare >= REPAIR_FROM.lostShare || jitterMs >= REPAIR_FROM.jitterMs;
    return isBad ? { isActive: true, cleanSinceMs: undefined } : state;
  }
  const isClean = quality.lostShare < CLEAN_BELOW.lostShare && jitterMs < CLEAN_BELOW.jitterMs;
  if (!isClean) return { isActive: true, cleanSinceMs: undefined };
  const cleanSinceMs = state.cleanSinceMs ?? nowMs;
  return nowMs - cleanSinceMs >= CLEAN_FOR_MS ? passingOn : { isActive: true, cleanSinceMs };
}
