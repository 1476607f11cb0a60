/** Waits for an engine no longer than a mailbox may: whoever waits for it longer would not hear the hang-up. */
import type { Clock } from '#server/platform/clock/clock.ts';

/** An engine that does not answer within this has failed. */
const MEDIA_ANSWER_MS = 5_000;

export const inTime = <Value>(clock: Clock, operation: Promise<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    const timer = clock.after(MEDIA_ANSWER_MS, () => reject(new Error('The media engine did not answer in time.')));
    operation.then(resolve, reject).finally(() => timer.cancel());
  });
