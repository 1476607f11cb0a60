/**
 * Decides from silence alone that a leg is in trouble, then that it is lost. Pure: told what arrives and what time it
 * is. Knows that a held leg owes nothing.
 */

export interface Watchdog {
  /** Monotonic; undefined until the first media packet. */
  heardMediaAtMs: number | undefined;
  /** Anything that proves the peer alive, reports included. */
  heardAnythingAtMs: number | undefined;
  /** Since when something is due; undefined while nothing is (held, not connected). */
  dueSinceMs: number | undefined;
  isSilent: boolean;
  isLost: boolean;
}

export interface WatchdogLimits {
  /** Without media for this long a leg is silent. */
  silentAfterMs: number;
  /** Without any packet for this long it is lost. */
  lostAfterMs: number;
  /** The same for a peer that never sent anything: it may be a phone that still rings. */
  lostBeforeFirstAfterMs: number;
}

export type WatchdogSignal = { type: 'silent'; silentMs: number } | { type: 'lost' };

export const idleWatchdog = (): Watchdog => ({ heardMediaAtMs: undefined, heardAnythingAtMs: undefined, dueSinceMs: undefined, isSilent: false, isLost: false });

/** Media came. Changes `watchdog`, since this runs for every packet; true if it ends a silence. */
export function heardMedia(watchdog: Watchdog, nowMs: number): boolean {
  watchdog.heardMediaAtMs = nowMs;
  watchdog.heardAnythingAtMs = nowMs;
  if (!watchdog.isSilent) return false;
  watchdog.isSilent = false;
  return true;
}

/** Whether the peer owes us media from now on. A hold's end starts the count again. */
export function setDue(watchdog: Watchdog, isDue: boolean, nowMs: number): void {
  if (!isDue) {
    watchdog.dueSinceMs = undefined;
    watchdog.isSilent = false;
  } else watchdog.dueSinceMs ??= nowMs;
}

/** To be asked every now and then: at most one signal a time. */
export function checkWatchdog(watchdog: Watchdog, limits: WatchdogLimits, nowMs: number): WatchdogSignal | undefined {
  const { dueSinceMs, heardMediaAtMs, heardAnythingAtMs } = watchdog;
  if (dueSinceMs === undefined || watchdog.isLost) return undefined;
  const deadMs = nowMs - Math.max(heardAnythingAtMs ?? dueSinceMs, dueSinceMs);
  if (deadMs >= (heardAnythingAtMs === undefined ? limits.lostBeforeFirstAfterMs : limits.lostAfterMs)) {
    watchdog.isLost = true;
    return { type: 'lost' };
  }
  if (heardMediaAtMs === undefined || watchdog.isSilent) return undefined;
  const silentMs = nowMs - Math.max(heardMediaAtMs, dueSinceMs);
  if (silentMs < limits.silentAfterMs) return undefined;
  watchdog.isSilent = true;
  return { type: 'silent', silentMs: Math.round(silentMs) };
}
