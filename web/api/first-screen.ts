/** When the first screen stands: it is drawn, what it asked for is answered, and the device has a moment. What no screen needs before is loaded then, so that it does not share a slow network with what the screen waits for. */
import { queryClient } from './queries.ts';

/** A server that does not answer holds up the rest no longer. */
const AT_MOST_MS = 4_000;
const IDLE_WITHIN_MS = 1_000;

let standing: Promise<void> | null = null;

/** First asked for when a screen is drawn, by its effects. Whoever waits is let go in turn, each in an idle moment of its own: together they would hold the page up for as long as a person notices. */
export function firstScreenStands(): Promise<void> {
  standing = (standing ?? answered()).then(idle);
  return standing;
}

function answered(): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (queryClient.isFetching() === 0) done();
    };
    const unsubscribe = queryClient.getQueryCache().subscribe(look);
    const timer = setTimeout(() => done(), AT_MOST_MS);
    const done = (): void => {
      unsubscribe();
      clearTimeout(timer);
      resolve();
    };
    // Not before the screen's own effects have asked.
    setTimeout(look);
  });
}

function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve(), { timeout: IDLE_WITHIN_MS });
    else setTimeout(resolve, IDLE_WITHIN_MS);
  });
}
