/** Runs long work in turns, each some milliseconds: between two of them the process does whatever else waits, and a call's audio waits for nothing longer. */
import { setImmediate as yieldToOthers } from 'node:timers/promises';

/** Of work that pauses wherever a turn may end. */
export async function inTurns<Done>(work: Generator<undefined, Done, undefined>): Promise<Done> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await yieldToOthers();
  }
}
