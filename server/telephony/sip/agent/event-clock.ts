/** A clock for simulations: jumps from timer to timer and lets promises settle between two of them, so that hours pass in a millisecond and nothing is skipped. */
import type { Clock } from '#server/platform/clock/clock.ts';

export interface EventClock extends Clock {
  /** Runs every timer due within `ms`, each at its own instant. */
  pass(ms: number): Promise<void>;
  pendingCount(): number;
}

interface Waiting {
  dueMs: number;
  order: number;
  run: () => void;
  isCancelled: boolean;
}

/** `settleTurns`: how long a chain of promises may be between two timers; what is longer would come after timers it should come before. */
export function createEventClock({ settleTurns = 4 }: { settleTurns?: number } = {}): EventClock {
  let nowMs = 0;
  let order = 0;
  let live = 0;
  /** A binary heap by instant, then by age. */
  const heap: Waiting[] = [];
  const isBefore = (one: Waiting, other: Waiting): boolean => one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.order < other.order);

  const push = (waiting: Waiting): void => {
    let at = heap.push(waiting) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(heap[at]!, heap[parent]!)) break;
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
      at = parent;
    }
  };
  const pop = (): Waiting => {
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length > 0) {
      heap[0] = last;
      for (let at = 0; ; ) {
        const left = 2 * at + 1;
        let least = at;
        if (left < heap.length && isBefore(heap[left]!, heap[least]!)) least = left;
        if (left + 1 < heap.length && isBefore(heap[left + 1]!, heap[least]!)) least = left + 1;
        if (least === at) break;
        [heap[at], heap[least]] = [heap[least]!, heap[at]!];
        at = least;
      }
    }
    return first;
  };
  const settle = async (): Promise<void> => {
    for (let i = 0; i < settleTurns; i++) await Promise.resolve();
  };

  return {
    now: () => nowMs,
    monotonic: () => nowMs,
    after(delayMs, run) {
      const waiting: Waiting = { dueMs: nowMs + Math.max(0, delayMs), order: order++, run, isCancelled: false };
      live++;
      push(waiting);
      return {
        cancel() {
          if (waiting.isCancelled) return;
          waiting.isCancelled = true;
          live--;
        },
      };
    },
    async pass(ms) {
      const endMs = nowMs + ms;
      await settle();
      while (heap.length > 0 && heap[0]!.dueMs <= endMs) {
        const waiting = pop();
        if (waiting.isCancelled) continue;
        waiting.isCancelled = true;
        live--;
        nowMs = Math.max(nowMs, waiting.dueMs);
        waiting.run();
        await settle();
      }
      nowMs = endMs;
    },
    pendingCount: () => live,
  };
}
