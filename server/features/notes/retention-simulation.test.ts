/** Twenty years and a million notes, hour by hour, through jumping clocks and restarts: the policies together, without a disk. */
import { expect, test } from 'vitest';
import { decideEnd, epochOf, isEpochUsable, isReadable, lastDueEpoch, RETENTION_MS, type EpochHour } from './retention-policy.ts';
import { readTime, type TimeLine, type TrustedTime } from './trusted-time-policy.ts';

const HOUR_MS = 3_600_000;
const YEARS = 20;
const NOTES = 1_000_000;
const HOURS = YEARS * 365 * 24;

/** A small seeded generator (mulberry32): a failing history replays. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test('zero destroyed early, zero readable at 192 h and a second, every key gone within the hour after', () => {
  const random = seeded(20_461_123);
  const start = Date.UTC(2026, 10, 23);
  const uptimeStart = start - HOUR_MS;
  let line: TimeLine | undefined;
  let wallErrorMs = 0;
  const keys = new Map<EpochHour, { destroyedAtMs: number[] }>();
  const found = { early: 0, late: 0, keysLate: 0, destroyed: 0, jumps: 0 };

  const timeAt = (trueMs: number): TrustedTime => {
    const read = readTime(line, { wallMs: trueMs + wallErrorMs, uptimeMs: Math.floor((trueMs - uptimeStart) / 10) * 10, bootId: 'one' }, keys.size > 0);
    line = read.line;
    return read.time;
  };

  let made = 0;
  for (let hour = 0; hour < HOURS + 194; hour += 1) {
    const hourMs = start + hour * HOUR_MS;
    if (random() < 0.002) {
      // Minutes to years, either way, and back after some hours.
      wallErrorMs = (random() < 0.5 ? -1 : 1) * Math.round(10 ** (5.1 + random() * 6.7));
      found.jumps += 1;
    } else if (random() < 0.2) wallErrorMs = 0;

    // The job of the hour, a minute and a bit past its beginning, before that hour's calls.
    const sweptAtMs = hourMs + 62_000;
    const time = timeAt(sweptAtMs);
    const lastDue = lastDueEpoch(time.acceptedMs);
    for (const [epoch, { destroyedAtMs }] of keys) {
      const firstMs = (epoch - 1) * HOUR_MS;
      if (firstMs > sweptAtMs) continue;
      // Reading with the job dead: nothing of the past may open, whatever the wall clock shows.
      for (const endMs of destroyedAtMs) if (endMs + 1_000 <= sweptAtMs && isReadable(endMs, time.latestMs) && isEpochUsable(epoch, time.latestMs)) found.late += 1;
      if (epoch > lastDue) {
        if (sweptAtMs > epoch * HOUR_MS + HOUR_MS) found.keysLate += 1;
        continue;
      }
      for (const endMs of destroyedAtMs) if (endMs > sweptAtMs) found.early += 1;
      found.destroyed += destroyedAtMs.length;
      keys.delete(epoch);
    }

    const dueNotes = hour < HOURS ? Math.round(((hour + 1) * NOTES) / HOURS) - made : 0;
    for (let index = 0; index < dueNotes; index += 1) {
      const endedAtMs = hourMs + 70_000 + Math.floor(((index + random()) / dueNotes) * (HOUR_MS - 70_000));
      const time = timeAt(endedAtMs);
      const end = decideEnd({ startedAtMs: endedAtMs - 60_000, endedAtMs: endedAtMs + wallErrorMs }, time.disagreementMs === null ? time.latestMs : time.acceptedMs, { destroyedAtMs: endedAtMs + RETENTION_MS - 30_000, isFinal: false });
      // A right clock gives the exact instant; a wrong one may cost a note seconds, and never gives it more than the resolution of the uptime.
      if (wallErrorMs === 0 && Math.abs(end.destroyedAtMs - endedAtMs - RETENTION_MS) > 1_000) found.early += 1;
      if (end.destroyedAtMs > endedAtMs + RETENTION_MS + 1_000) found.late += 1;
      const epoch = epochOf(end.destroyedAtMs);
      const key = keys.get(epoch) ?? { destroyedAtMs: [] };
      key.destroyedAtMs.push(end.destroyedAtMs);
      keys.set(epoch, key);
    }
    made += dueNotes;
  }
  expect(found).toMatchObject({ early: 0, late: 0, keysLate: 0, destroyed: NOTES });
  expect(found.jumps).toBeGreaterThan(100);
  expect(keys.size).toBe(0);
});
