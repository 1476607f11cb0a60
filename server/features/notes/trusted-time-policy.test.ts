/** Clocks jump by minutes to years, both ways, with and without a restart: nothing is destroyed early, nothing is shown late. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acceptWallTime, AGREEMENT_MS, LONGEST_UNATTENDED_GAP_MS, readTime, SETTLING_MS, type TimeLine, type TimeReading, type TrustedTime } from './trusted-time-policy.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 10, 23, 12);

/** A machine whose true time, uptime and wall clock are in the test's hands. */
function machine() {
  let trueMs = START;
  let bootedAtMs = START - 5 * DAY_MS;
  let wallErrorMs = 0;
  let boot = 1;
  let line: TimeLine | undefined;
  const reading = (): TimeReading => ({ wallMs: trueMs + wallErrorMs, uptimeMs: Math.floor((trueMs - bootedAtMs) / 1000) * 1000, bootId: `boot-${boot}` });
  return {
    trueMs: () => trueMs,
    look(hasStakes = true): TrustedTime {
      const read = readTime(line, reading(), hasStakes);
      line = read.line;
      return read.time;
    },
    pass: (ms: number) => void (trueMs += ms),
    setWallError: (ms: number) => void (wallErrorMs = ms),
    rebootAfter(offMs: number) {
      trueMs += offMs;
      bootedAtMs = trueMs;
      boot += 1;
    },
    accept: () => void (line = acceptWallTime(line, reading())),
  };
}

const jumpMs = fc.oneof(fc.integer({ min: 2 * MINUTE_MS, max: DAY_MS }), fc.integer({ min: DAY_MS, max: 30 * 365 * DAY_MS })).chain((ms) => fc.constantFrom(ms, -ms));

describe('while the machine runs', () => {
  test('a right clock is followed, slowly, within a second or two', () => {
    const it = machine();
    it.look(false);
    for (let hour = 0; hour < 24 * 30; hour += 1) {
      it.pass(60 * MINUTE_MS);
      const time = it.look();
      expect(Math.abs(time.acceptedMs - it.trueMs())).toBeLessThan(2_000);
      expect(time).toMatchObject({ mayRead: true, disagreementMs: null });
    }
  });

  test('whatever jumps of whatever size come in whatever order, accepted time stays true and the latest is never before it', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1_000, max: DAY_MS }), fc.option(jumpMs, { freq: 2 })), { maxLength: 40 }), (steps) => {
        const it = machine();
        it.look(false);
        for (const [passMs, error] of steps) {
          it.pass(passMs);
          it.setWallError(error ?? 0);
          const time = it.look();
          if (Math.abs(time.acceptedMs - it.trueMs()) > 2_000 || time.latestMs < time.acceptedMs) return false;
        }
        return true;
      }),
    );
  });

  test('a jump ahead hides at once, destroys nothing, and shows again when it is taken back', () => {
    const it = machine();
    it.look(false);
    it.setWallError(365 * DAY_MS);
    for (let day = 0; day < 30; day += 1) {
      it.pass(DAY_MS);
      const time = it.look();
      expect(time.acceptedMs).toBeLessThanOrEqual(it.trueMs() + 1_000);
      expect(time.latestMs).toBe(it.trueMs() + 365 * DAY_MS);
      expect(time.disagreementMs).not.toBeNull();
    }
    it.setWallError(0);
    expect(it.look().latestMs).toBeLessThanOrEqual(it.trueMs() + 1_000);
  });

  test('a jump back prolongs nothing', () => {
    const it = machine();
    it.look(false);
    it.setWallError(-3 * 365 * DAY_MS);
    it.pass(8 * DAY_MS);
    const time = it.look();
    expect(time.latestMs).toBeGreaterThan(it.trueMs() - 1_500);
    expect(time.acceptedMs).toBeGreaterThan(it.trueMs() - 1_500);
  });

  test('a clock that creeps is not followed beyond the rate at which clocks are slewed', () => {
    const it = machine();
    it.look(false);
    let error = 0;
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      it.pass(MINUTE_MS);
      it.setWallError((error += 1_000));
      it.look();
    }
    expect(it.look().acceptedMs - it.trueMs()).toBeLessThan(AGREEMENT_MS);
  });
});

describe('after a restart of the machine', () => {
  test('a weekend without power is believed after half an hour of an even clock, and hidden from the first instant', () => {
    const it = machine();
    it.look(false);
    it.rebootAfter(2 * DAY_MS);
    const first = it.look();
    expect(first.latestMs).toBe(it.trueMs());
    expect(first.acceptedMs).toBeLessThan(it.trueMs() - DAY_MS);
    it.pass(SETTLING_MS + 1_000);
    expect(it.look().acceptedMs).toBe(it.trueMs());
  });

  test('a clock that came up wrong and was put right within the half hour destroyed nothing', () => {
    const it = machine();
    it.look(false);
    it.rebootAfter(MINUTE_MS);
    it.setWallError(20 * DAY_MS);
    for (let minute = 0; minute < 29; minute += 1) {
      it.pass(MINUTE_MS);
      expect(it.look().acceptedMs).toBeLessThanOrEqual(it.trueMs());
    }
    it.setWallError(0);
    for (let minute = 0; minute < 60; minute += 1) {
      it.pass(MINUTE_MS);
      expect(it.look().acceptedMs).toBeLessThanOrEqual(it.trueMs());
    }
    expect(it.look().acceptedMs).toBe(it.trueMs());
  });

  test('a date years ahead is never believed unless a person says so', () => {
    const it = machine();
    it.look(false);
    it.rebootAfter(MINUTE_MS);
    it.setWallError(LONGEST_UNATTENDED_GAP_MS + DAY_MS);
    it.pass(10 * DAY_MS);
    it.look();
    it.pass(10 * DAY_MS);
    expect(it.look().acceptedMs).toBeLessThanOrEqual(it.trueMs());
    it.accept();
    expect(it.look().acceptedMs).toBeGreaterThan(it.trueMs());
  });

  test('a date before the last known one shows nothing at all until it is put right', () => {
    const it = machine();
    it.look(false);
    it.rebootAfter(3 * DAY_MS);
    it.setWallError(-50 * 365 * DAY_MS);
    expect(it.look().mayRead).toBe(false);
    it.pass(DAY_MS);
    expect(it.look().mayRead).toBe(false);
    it.setWallError(0);
    expect(it.look()).toMatchObject({ mayRead: true, latestMs: it.trueMs() });
  });

  test('restarts and wrong dates in any order never destroy early', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1_000, max: 20 * MINUTE_MS }), fc.integer({ min: 0, max: 20 * DAY_MS }), fc.option(jumpMs)), { maxLength: 30 }), (steps) => {
        const it = machine();
        it.look(false);
        for (const [passMs, offMs, error] of steps) {
          it.rebootAfter(offMs);
          it.setWallError(error ?? 0);
          it.look();
          it.pass(passMs);
          // Put right before it has settled, as a network time service does.
          if (it.look().acceptedMs > it.trueMs() + 2_000) return false;
        }
        return true;
      }),
    );
  });
});

test('with no note at stake the wall clock is simply believed', () => {
  const it = machine();
  it.setWallError(-40 * 365 * DAY_MS);
  it.look(false);
  it.setWallError(0);
  expect(it.look(false)).toMatchObject({ acceptedMs: it.trueMs(), mayRead: true, disagreementMs: null });
});
