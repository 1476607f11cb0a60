/** The thread that sets handouts, as functions: started when first needed, kept while in use, gone afterwards. Sets nothing itself. */
import { Worker } from 'node:worker_threads';
import type { HandoutPage, HandoutPaper } from '#contract/handouts.ts';
import type { Clock, Timer } from '#server/platform/clock/clock.ts';
import type { PressAnswer, PressJob } from './handout-press-worker.ts';

export interface HandoutPress {
  /** Rejects if the page cannot be set: a bug in the template, not in what a practice wrote. */
  print(page: HandoutPage, paper: HandoutPaper): Promise<Buffer>;
  close(): Promise<void>;
}

/** Its fonts are 60 MB of memory: not kept for the few times a year that a practice changes its handout. */
const KEEP_MS = 2 * 60_000;

interface Waiting {
  readonly resolve: (pdf: Buffer) => void;
  readonly reject: (cause: Error) => void;
}

export function createHandoutPress(clock: Pick<Clock, 'after'>): HandoutPress {
  let worker: Worker | undefined;
  let idle: Timer | undefined;
  let nextId = 1;
  const waiting = new Map<number, Waiting>();

  const settle = (answer: PressAnswer): void => {
    const job = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('pdf' in answer) job?.resolve(Buffer.from(answer.pdf.buffer, answer.pdf.byteOffset, answer.pdf.byteLength));
    else job?.reject(new Error(`The handout could not be set: ${answer.problem}`));
    if (waiting.size === 0) idle = clock.after(KEEP_MS, () => void stop());
  };

  const start = (): Worker => {
    const started = new Worker(new URL('./handout-press-worker.ts', import.meta.url));
    started.on('message', settle);
    started.on('error', (cause) => {
      for (const job of waiting.values()) job.reject(cause instanceof Error ? cause : new Error(String(cause)));
      waiting.clear();
      worker = undefined;
    });
    // The server need not wait for an idle press to stop.
    started.unref();
    return started;
  };

  const stop = async (): Promise<void> => {
    idle?.cancel();
    const stopping = worker;
    worker = undefined;
    await stopping?.terminate();
  };

  return {
    print(page, paper) {
      idle?.cancel();
      worker ??= start();
      const job: PressJob = { id: nextId++, page, paper };
      const press = worker;
      return new Promise<Buffer>((resolve, reject) => {
        waiting.set(job.id, { resolve, reject });
        press.postMessage(job);
      });
    },
    close: stop,
  };
}
