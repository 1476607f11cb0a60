/** Runs long work in turns, each some milliseconds: between two of them the process does whatever else waits, and a call's audio waits for nothing longer. */
import { setImmediate as yieldToOthers } from 'node:timers/promises';

/** A file of pieces, each of which is a turn. */
export async function fileInTurns(name: string, type: string, pieces: Iterable<string>): Promise<File> {
  const bytes: Buffer<ArrayBuffer>[] = [];
  for (const piece of pieces) {
    bytes.push(Buffer.from(piece));
    await yieldToOthers();
  }
  return new File(bytes, name, { type });
}

/** Of work that pauses wherever a turn may end. */
export async function inTurns<Done>(work: Generator<undefined, Done, undefined>): Promise<Done> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await yieldToOthers();
  }
}
