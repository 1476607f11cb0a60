/** A note ends 192 h after its call, exactly, and nothing moves that instant. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asksForCopy, COPY_REMINDER_MS, decideEnd, epochOf, isEpochDue, isEpochUsable, isReadable, lastDueEpoch, LONGEST_CALL_MS, RETENTION_MS } from './retention-policy.ts';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 10, 23, 23, 30);
const instants = fc.integer({ min: START, max: START + 40 * 365 * 24 * HOUR_MS });

describe('the instant of destruction', () => {
  test('is 192 hours after the end of the call, to the millisecond, through a change of the clocks', () => {
    const endedAtMs = Date.UTC(2026, 9, 24, 12, 0, 0, 123);
    const end = decideEnd({ startedAtMs: endedAtMs - 60_000, endedAtMs }, endedAtMs + 5, undefined);
    expect(end).toEqual({ destroyedAtMs: endedAtMs + 691_200_000, isFinal: true });
  });

  test('once final it never moves, however often the note is saved and whatever the call is said to be', () => {
    fc.assert(
      fc.property(instants, fc.array(fc.tuple(instants, fc.option(instants)), { minLength: 1 }), (endedAtMs, edits) => {
        const first = decideEnd({ startedAtMs: endedAtMs - 60_000, endedAtMs }, endedAtMs, undefined);
        let end = first;
        for (const [nowMs, claimedMs] of edits) end = decideEnd({ startedAtMs: nowMs, endedAtMs: claimedMs }, nowMs, end);
        return end.destroyedAtMs === first.destroyedAtMs && end.isFinal;
      }),
    );
  });

  test('while the call lives it is 192 hours from the last save, and never later than it will be when the call ends', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 * HOUR_MS }), { minLength: 1 }), fc.integer({ min: 0, max: HOUR_MS }), (saves, restMs) => {
        let end = undefined as ReturnType<typeof decideEnd> | undefined;
        let lastMs = START;
        for (const save of [...saves].sort((a, b) => a - b)) end = decideEnd({ startedAtMs: START, endedAtMs: null }, (lastMs = START + save), end);
        const endedAtMs = lastMs + restMs;
        const final = decideEnd({ startedAtMs: START, endedAtMs }, endedAtMs + 1_000, end);
        return end!.destroyedAtMs <= final.destroyedAtMs && final.destroyedAtMs === endedAtMs + RETENTION_MS;
      }),
    );
  });

  test('a call whose end is never seen does not let edits carry its note on for ever', () => {
    const end = decideEnd({ startedAtMs: START, endedAtMs: null }, START + 365 * 24 * HOUR_MS, undefined);
    expect(end.destroyedAtMs).toBe(START + LONGEST_CALL_MS + RETENTION_MS);
  });

  test('a clock that was a year ahead when the call ended does not give a year', () => {
    const nowMs = START + 60_000;
    expect(decideEnd({ startedAtMs: START, endedAtMs: nowMs + 365 * 24 * HOUR_MS }, nowMs, undefined).destroyedAtMs).toBe(nowMs + RETENTION_MS);
  });

  test('a clock that was a year behind when the call ended does not take the note that was being written', () => {
    const saved = decideEnd({ startedAtMs: START, endedAtMs: null }, START + 60_000, undefined);
    expect(decideEnd({ startedAtMs: START, endedAtMs: START - 365 * 24 * HOUR_MS }, START + 90_000, saved).destroyedAtMs).toBe(START + 60_000 + RETENTION_MS);
  });
});

describe('reading and destroying', () => {
  test('a note is readable until its instant and not at it', () => {
    expect(isReadable(START, START - 1)).toBe(true);
    expect(isReadable(START, START)).toBe(false);
  });

  test('its key outlives it, by less than an hour and the margin', () => {
    fc.assert(
      fc.property(instants, (destroyedAtMs) => {
        const epoch = epochOf(destroyedAtMs);
        const isAliveWhileReadable = isEpochUsable(epoch, destroyedAtMs - 1) && !isEpochDue(epoch, destroyedAtMs);
        return isAliveWhileReadable && isEpochDue(epoch, destroyedAtMs + HOUR_MS + 60_000) && !isEpochUsable(epoch, destroyedAtMs + HOUR_MS);
      }),
    );
  });

  test('the last due epoch is due and the next is not', () => {
    fc.assert(fc.property(instants, (nowMs) => isEpochDue(lastDueEpoch(nowMs), nowMs) && !isEpochDue(lastDueEpoch(nowMs) + 1, nowMs)));
  });

  test('the note asks for its copy from a day before, not while the call lives, and not after', () => {
    const end = { destroyedAtMs: START, isFinal: true };
    expect([START - COPY_REMINDER_MS - 1, START - COPY_REMINDER_MS, START - 1, START].map((nowMs) => asksForCopy(end, nowMs))).toEqual([false, true, true, false]);
    expect(asksForCopy({ ...end, isFinal: false }, START - 1)).toBe(false);
  });
});
