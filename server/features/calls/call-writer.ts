/** Writes one call's versions in order, behind the call and never in its way: while the database is slow or gone the call goes on, and what was not written is written when it is back. */
import type { Clock, Timer } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { stateOf } from './call-machine.ts';
import type { CallAudio } from '#contract/call-audio.ts';
import type { Call } from './call-facts.ts';
import type { CallStore, CallTransition } from './call-store.ts';

export interface CallWriter {
  /** A version to be written. `endShownAt` once a page was told how the call ended. */
  write(call: Call, event: string, endShownAt: number | null): void;
  /** How the call sounded: goes with the next version, which is the last. */
  noteAudio(audio: CallAudio): void;
  /** Resolves when all that was given is written. */
  flushed(): Promise<void>;
  /** Gives up what could not be written: at the server's stop, where the next start's sweep takes over. */
  abandon(): void;
}

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 15_000;

export function createCallWriter({ store, clock, log }: { store: CallStore; clock: Clock; log: Log }): CallWriter {
  let latest: { call: Call; endShownAt: number | null } | undefined;
  let audio: CallAudio | undefined;
  let transitions: CallTransition[] = [];
  let writing: Promise<void> | undefined;
  let wait: { timer: Timer; over: () => void } | undefined;
  let isAbandoned = false;

  const pause = (delayMs: number): Promise<void> =>
    new Promise((resolve) => {
      wait = { timer: clock.after(delayMs, resolve), over: resolve };
    });

  // Versions that came while one was being written go together: a slow database is asked less often, not more.
  const writeAll = async (): Promise<void> => {
    for (let retryMs = FIRST_RETRY_MS; latest !== undefined && !isAbandoned; ) {
      const batch = { ...latest, transitions, audio };
      latest = undefined;
      transitions = [];
      try {
        await store.save(batch.call, batch.transitions, batch.endShownAt, batch.audio);
        retryMs = FIRST_RETRY_MS;
      } catch (cause) {
        log.error('call-not-stored', cause);
        transitions = [...batch.transitions, ...transitions];
        latest ??= batch;
        if (isAbandoned) return;
        await pause(retryMs);
        retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
      }
    }
  };

  return {
    noteAudio(heard) {
      audio = heard;
    },
    write(call, event, endShownAt) {
      latest = { call, endShownAt };
      transitions.push({ version: call.version, at: clock.now(), event, state: stateOf(call) });
      writing ??= writeAll().finally(() => (writing = undefined));
    },
    flushed: async () => {
      await writing;
    },
    abandon() {
      isAbandoned = true;
      wait?.timer.cancel();
      wait?.over();
    },
  };
}
