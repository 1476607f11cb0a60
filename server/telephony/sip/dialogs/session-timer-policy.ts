/** RFC 4028: which session interval both sides keep, and who refreshes. Pure arithmetic; the session machine keeps the timers. */

export interface SessionTimerWish {
  /** The interval we propose. */
  intervalSec: number;
  /** The shortest we accept: 90 s is the RFC's floor. */
  minSec: number;
}

export interface SessionTimer {
  readonly intervalSec: number;
  readonly weRefresh: boolean;
}

export interface SessionExpires {
  seconds: number;
  refresher: 'uac' | 'uas' | undefined;
}

export const RFC_MIN_SE_SEC = 90;
/** Past setTimeout's own reach nothing is gained, and a peer's huge number must not become no time at all. */
export const LONGEST_SESSION_SEC = 86_400;

/** '1800;refresher=uac' (RFC 4028 4). */
export function parseSessionExpires(value: string): SessionExpires | undefined {
  const match = /^([0-9]{1,10})\s*(;.*)?$/s.exec(value);
  if (match === null) return undefined;
  const refresher = /;\s*refresher\s*=\s*(uac|uas)/i.exec(match[2] ?? '')?.[1]?.toLowerCase();
  return { seconds: Math.min(Number(match[1]), 2 ** 32 - 1), refresher: refresher === 'uac' || refresher === 'uas' ? refresher : undefined };
}

/** RFC 4028 9, the callee: what to do with a request's wish. */
export function answerSessionTimer(
  request: { expires: SessionExpires | undefined; minSec: number | undefined; peerSupportsTimer: boolean },
  wish: SessionTimerWish,
): { kind: 'too-small'; minSec: number } | { kind: 'timer'; timer: SessionTimer; header: SessionExpires; requireTimer: boolean } {
  const asked = request.expires;
  if (asked !== undefined && asked.seconds < wish.minSec) {
    // 422 tells a caller that knows timers what we need; one that does not would be lost with it.
    if (request.peerSupportsTimer) return { kind: 'too-small', minSec: wish.minSec };
  }
  const floor = Math.max(wish.minSec, request.minSec ?? 0);
  const seconds = Math.max(floor, Math.min(asked?.seconds ?? wish.intervalSec, wish.intervalSec, LONGEST_SESSION_SEC));
  // A caller that knows no timers cannot refresh: then it is on us (table 2).
  const refresher = request.peerSupportsTimer ? (asked?.refresher ?? 'uac') : 'uas';
  return {
    kind: 'timer',
    timer: { intervalSec: seconds, weRefresh: refresher === 'uas' },
    header: { seconds, refresher },
    requireTimer: request.peerSupportsTimer && refresher === 'uac',
  };
}

/** RFC 4028 7.2, the caller: what a 2xx agreed. Without Session-Expires the callee knows no timers: we refresh alone, so that its silence shows. */
export function readSessionTimer(answer: SessionExpires | undefined, wish: SessionTimerWish): SessionTimer {
  if (answer === undefined) return { intervalSec: wish.intervalSec, weRefresh: true };
  return { intervalSec: Math.min(Math.max(answer.seconds, RFC_MIN_SE_SEC), LONGEST_SESSION_SEC), weRefresh: answer.refresher !== 'uas' };
}

/** RFC 4028 10: refresh at half time; the one who waits gives up a little before the end. */
export function timerDelays(timer: SessionTimer): { refreshAfterMs: number | undefined; expireAfterMs: number } {
  const intervalMs = timer.intervalSec * 1_000;
  return {
    refreshAfterMs: timer.weRefresh ? intervalMs / 2 : undefined,
    expireAfterMs: timer.weRefresh ? intervalMs : intervalMs - Math.min(32_000, intervalMs / 3),
  };
}
