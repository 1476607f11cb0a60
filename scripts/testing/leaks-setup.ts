/** Fails a test file that leaves something behind: a socket, a timer, a child process. Runs after the file's own hooks. */
import { afterAll, expect } from 'vitest';

/** What the runner itself keeps open while a file runs is in the baseline; only growth is a leak. */
const before = countResources();
/** A closed socket takes a turn or two of the event loop to go; werift, a browser's stand-in in tests, lets its last DTLS timer run out. What ends by itself so soon holds nobody up. */
const PATIENCE_MS = 6_000;

afterAll(async () => {
  let left = grown();
  for (const endsAt = performance.now() + PATIENCE_MS; left.length > 0 && performance.now() < endsAt; left = grown()) {
    await new Promise<void>((resolve) => setTimeout(resolve, 20));
  }
  expect(left, 'This file left these open. Close them in afterEach or afterAll').toEqual([]);
}, PATIENCE_MS + 10_000);

function grown(): string[] {
  return [...countResources()].flatMap(([kind, count]) => {
    const more = count - (before.get(kind) ?? 0);
    return more > 0 ? [`${more} x ${kind}`] : [];
  });
}

function countResources(): Map<string, number> {
  const counts = new Map<string, number>();
  // Files are read by the runner itself at any time; they end with their request.
  for (const kind of process.getActiveResourcesInfo()) if (!/^(FS|Close|Immediate|TTY)/.test(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
