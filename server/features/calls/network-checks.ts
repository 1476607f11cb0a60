/** One page's checks of its network: connections to the engine that carry silence for some seconds, so that the page can count what comes through. No call, no trunk, no record. */
import { randomUUID } from 'node:crypto';
import { ok, refused } from '#contract/result.ts';
import type { Result } from '#contract/result.ts';
import type { Clock, Timer } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { MediaEngine, MediaSession } from '#server/telephony/index.ts';
import { DEVICE_LEG } from './call-session.ts';

export interface NetworkChecks {
  /** Answers the page's offer. */
  begin(requestId: string, offer: string): Promise<Result<string, 'server-busy' | 'media-unavailable'>>;
  end(requestId: string): void;
  endAll(): void;
}

/** One for each path there is, of one check. */
const MOST_AT_ONCE = 6;
/** What a page that went away mid-check may cost. */
const LONGEST_CHECK_MS = 20_000;

export function createNetworkChecks({ engine, clock, log }: { engine: MediaEngine; clock: Clock; log: Log }): NetworkChecks {
  const running = new Map<string, { media: MediaSession; timer: Timer }>();

  const end = (requestId: string): void => {
    const check = running.get(requestId);
    running.delete(requestId);
    check?.timer.cancel();
    check?.media.close();
  };

  return {
    async begin(requestId, offer) {
      if (running.size >= MOST_AT_ONCE || running.has(requestId)) return refused('server-busy');
      const opened = engine.open({ callId: `check-${randomUUID()}`, onEvent: () => {} });
      if (!opened.ok) return refused(opened.refusal === 'overloaded' ? 'server-busy' : 'media-unavailable');
      const media = opened.value;
      running.set(requestId, { media, timer: clock.after(LONGEST_CHECK_MS, () => end(requestId)) });
      const answer = await media.acceptDeviceOffer(DEVICE_LEG, offer);
      if (!answer.ok) {
        log.info('network-check-refused', { refusal: answer.refusal });
        end(requestId);
        return refused('media-unavailable');
      }
      // Fifty packets a second, as of a call: what is lost of them is lost of speech.
      media.play(DEVICE_LEG, { kind: 'silence' });
      return ok(answer.value);
    },
    end,
    endAll() {
      for (const requestId of running.keys()) end(requestId);
    },
  };
}
