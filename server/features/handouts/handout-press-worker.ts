/** Sets handouts in a thread of its own: opening a script's fonts takes 200 ms, in which no call's audio may wait. */
import { parentPort } from 'node:worker_threads';
import type { HandoutPage, HandoutPaper } from '#contract/handouts.ts';
import { createHandoutPrinter } from './handout-pdf.ts';

export interface PressJob {
  readonly id: number;
  readonly page: HandoutPage;
  readonly paper: HandoutPaper;
}

export type PressAnswer = { readonly id: number; readonly pdf: Uint8Array } | { readonly id: number; readonly problem: string };

const printer = createHandoutPrinter();

parentPort!.on('message', ({ id, page, paper }: PressJob) => {
  let answer: PressAnswer;
  try {
    answer = { id, pdf: new Uint8Array(printer.print(page, paper)) };
  } catch (cause) {
    answer = { id, problem: cause instanceof Error ? cause.message : String(cause) };
  }
  parentPort!.postMessage(answer);
});
