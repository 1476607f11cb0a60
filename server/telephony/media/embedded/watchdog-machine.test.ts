import { expect, test } from 'vitest';
import { checkWatchdog, heardMedia, idleWatchdog, setDue } from './watchdog-machine.ts';

const LIMITS = { silentAfterMs: 2000, lostAfterMs: 30_000, lostBeforeFirstAfterMs: 120_000 };

test('a leg that goes silent is said to be so once, restored once, and lost once', () => {
  const watchdog = idleWatchdog();
  setDue(watchdog, true, 0);
  expect(heardMedia(watchdog, 100)).toBe(false);
  expect(checkWatchdog(watchdog, LIMITS, 2000)).toBeUndefined();
  expect(checkWatchdog(watchdog, LIMITS, 2100)).toEqual({ type: 'silent', silentMs: 2000 });
  expect(checkWatchdog(watchdog, LIMITS, 2200)).toBeUndefined();
  expect(heardMedia(watchdog, 3000)).toBe(true);
  expect(checkWatchdog(watchdog, LIMITS, 5000)).toMatchObject({ type: 'silent' });
  expect(checkWatchdog(watchdog, LIMITS, 33_000)).toEqual({ type: 'lost' });
  expect(checkWatchdog(watchdog, LIMITS, 99_000)).toBeUndefined();
});

test('a held leg owes nothing, and has its whole time again after the hold', () => {
  const watchdog = idleWatchdog();
  setDue(watchdog, true, 0);
  heardMedia(watchdog, 0);
  setDue(watchdog, false, 100);
  expect(checkWatchdog(watchdog, LIMITS, 600_000)).toBeUndefined();
  setDue(watchdog, true, 600_000);
  expect(checkWatchdog(watchdog, LIMITS, 601_900)).toBeUndefined();
  expect(checkWatchdog(watchdog, LIMITS, 602_000)).toMatchObject({ type: 'silent' });
});

test('a peer that says nothing but reports is silent and not lost', () => {
  const watchdog = idleWatchdog();
  setDue(watchdog, true, 0);
  heardMedia(watchdog, 0);
  watchdog.heardAnythingAtMs = 29_000;
  expect(checkWatchdog(watchdog, LIMITS, 31_000)).toMatchObject({ type: 'silent' });
  expect(checkWatchdog(watchdog, LIMITS, 58_000)).toBeUndefined();
  expect(checkWatchdog(watchdog, LIMITS, 59_000)).toEqual({ type: 'lost' });
});

test('a peer that never sent anything may still be a phone that rings', () => {
  const watchdog = idleWatchdog();
  setDue(watchdog, true, 0);
  expect(checkWatchdog(watchdog, LIMITS, 60_000)).toBeUndefined();
  expect(checkWatchdog(watchdog, LIMITS, 120_000)).toEqual({ type: 'lost' });
});
