/**
 * Which packet indexes were seen (RFC 3711 3.3.2): a window of 128 behind the highest, for one SSRC; and the rollover
 * counter that 16-bit sequence numbers imply (3.3.1). Pure; authenticates nothing.
 */

export interface ReplayWindow {
  /** Highest index accepted; -1 before the first. For SRTP the index is ROC x 65536 + sequence. */
  highest: number;
  /** Bit n of word w: index highest - (32 w + n) was accepted. */
  seen0: number;
  seen1: number;
  seen2: number;
  seen3: number;
}

export const REPLAY_WINDOW_SIZE = 128;

export const emptyReplayWindow = (): ReplayWindow => ({ highest: -1, seen0: 0, seen1: 0, seen2: 0, seen3: 0 });

/** Whether an index may be new: neither seen nor too old to tell. */
export function isFresh(window: ReplayWindow, index: number): boolean {
  const behind = window.highest - index;
  if (behind < 0) return true;
  if (behind >= REPLAY_WINDOW_SIZE) return false;
  const word = behind < 64 ? (behind < 32 ? window.seen0 : window.seen1) : behind < 96 ? window.seen2 : window.seen3;
  return ((word >>> (behind & 31)) & 1) === 0;
}

/** Marks an index as seen, after its packet proved authentic. */
export function markSeen(window: ReplayWindow, index: number): void {
  const ahead = index - window.highest;
  if (ahead > 0) {
    slide(window, window.highest < 0 ? REPLAY_WINDOW_SIZE : ahead);
    window.highest = index;
    window.seen0 |= 1;
    return;
  }
  const behind = -ahead;
  if (behind >= REPLAY_WINDOW_SIZE) return;
  const bit = 1 << (behind & 31);
  if (behind < 32) window.seen0 |= bit;
  else if (behind < 64) window.seen1 |= bit;
  else if (behind < 96) window.seen2 |= bit;
  else window.seen3 |= bit;
}

function slide(window: ReplayWindow, by: number): void {
  if (by === 1) {
    window.seen3 = (window.seen3 << 1) | (window.seen2 >>> 31);
    window.seen2 = (window.seen2 << 1) | (window.seen1 >>> 31);
    window.seen1 = (window.seen1 << 1) | (window.seen0 >>> 31);
    window.seen0 <<= 1;
    return;
  }
  if (by >= REPLAY_WINDOW_SIZE) {
    window.seen0 = window.seen1 = window.seen2 = window.seen3 = 0;
    return;
  }
  for (let step = 0; step < by; step += 1) slide(window, 1);
}

/** RFC 3711 3.3.1: the index a sequence number most likely means, given the highest so far. Never negative. */
export function guessIndex(highest: number, sequence: number): number {
  if (highest < 0) return sequence;
  const rollover = Math.floor(highest / 65_536);
  const last = highest % 65_536;
  const guessed =
    last < 32_768
      ? sequence - last > 32_768
        ? rollover - 1
        : rollover
      : last - 32_768 > sequence
        ? rollover + 1
        : rollover;
  return Math.max(0, guessed) * 65_536 + sequence;
}
