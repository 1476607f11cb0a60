/**
 * What time it is, for those who must neither destroy early nor show late. Pure. Keeps a line of accepted time that only the machine's uptime moves on, and holds the wall
 * clock against it: reading believes whichever is later, destroying believes only the line. Cannot tell a right jump from a wrong one, and therefore follows none.
 */

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The wall clock and the line may differ by this much without being called at odds: the uptime counts whole seconds, and small steps are slewed away. */
export const AGREEMENT_MS = MINUTE_MS;

/** How fast the line follows a wall clock that it agrees with: the rate at which adjtime() slews at most, 500 ppm. */
const SLEW = 0.0005;

/** After a reboot the wall clock is believed once it has gone on evenly for this long: time enough for a network time service to have stepped it. */
export const SETTLING_MS = 30 * MINUTE_MS;

/** A machine may have been off for this long before a person must say that the date is right. */
export const LONGEST_UNATTENDED_GAP_MS = 31 * DAY_MS;

export interface TimeReading {
  /** The wall clock. */
  readonly wallMs: number;
  /** Since the machine started, its sleep included. */
  readonly uptimeMs: number;
  /** Tells one run of the machine from another. */
  readonly bootId: string;
}

/** Kept outside the database, so that a restored backup does not turn time back. */
export interface TimeLine {
  readonly bootId: string;
  readonly uptimeMs: number;
  readonly acceptedMs: number;
  /** Set after a reboot, until the wall clock is believed: what it showed, and since when it has gone on evenly. */
  readonly settling: { readonly sinceUptimeMs: number; readonly offsetMs: number } | null;
}

export interface TrustedTime {
  /** The earliest it can be now; only this may destroy. */
  readonly acceptedMs: number;
  /** The latest it may be now; what ended before this is not shown. */
  readonly latestMs: number;
  /** False where the machine came back with a date before its last known one: how long it was away cannot be known, and nothing is shown. */
  readonly mayRead: boolean;
  /** The wall clock less the line, where they are at odds; an operator should look. */
  readonly disagreementMs: number | null;
}

/** Takes a reading. With nothing at stake (no key of any note exists) the wall clock is simply believed. */
export function readTime(line: TimeLine | undefined, reading: TimeReading, hasStakes: boolean): { line: TimeLine; time: TrustedTime } {
  if (line === undefined || !hasStakes) return believe(reading);
  return line.bootId === reading.bootId ? goOn(line, reading) : wakeUp(line, reading);
}

/** An operator has looked at the date and says it is right: the line moves to the wall clock, forward only. */
export function acceptWallTime(line: TimeLine | undefined, reading: TimeReading): TimeLine {
  const wallMs = line === undefined ? reading.wallMs : Math.max(reading.wallMs, line.acceptedMs);
  return { bootId: reading.bootId, uptimeMs: reading.uptimeMs, acceptedMs: wallMs, settling: null };
}

function believe(reading: TimeReading): { line: TimeLine; time: TrustedTime } {
  const line: TimeLine = { bootId: reading.bootId, uptimeMs: reading.uptimeMs, acceptedMs: reading.wallMs, settling: null };
  return { line, time: { acceptedMs: reading.wallMs, latestMs: reading.wallMs, mayRead: true, disagreementMs: null } };
}

function goOn(line: TimeLine, reading: TimeReading): { line: TimeLine; time: TrustedTime } {
  const elapsedMs = Math.max(0, reading.uptimeMs - line.uptimeMs);
  const expectedMs = line.acceptedMs + elapsedMs;
  const apartMs = reading.wallMs - expectedMs;
  const agrees = Math.abs(apartMs) <= AGREEMENT_MS;
  const acceptedMs = agrees ? expectedMs + clamp(apartMs, elapsedMs * SLEW) : expectedMs;
  const next: TimeLine = { bootId: line.bootId, uptimeMs: Math.max(reading.uptimeMs, line.uptimeMs), acceptedMs, settling: agrees ? null : line.settling };
  if (next.settling !== null) return settle(next, reading);
  return { line: next, time: timeOf(next, reading, true) };
}

/** The machine was restarted: uptime says nothing of how long it was off, and the wall clock may come from a dead battery. */
function wakeUp(line: TimeLine, reading: TimeReading): { line: TimeLine; time: TrustedTime } {
  const settling = { sinceUptimeMs: reading.uptimeMs, offsetMs: reading.wallMs - reading.uptimeMs };
  return settle({ bootId: reading.bootId, uptimeMs: reading.uptimeMs, acceptedMs: line.acceptedMs, settling }, reading);
}

function settle(line: TimeLine, reading: TimeReading): { line: TimeLine; time: TrustedTime } {
  const aheadMs = reading.wallMs - line.acceptedMs;
  const offsetMs = reading.wallMs - reading.uptimeMs;
  const isEven = line.settling !== null && Math.abs(offsetMs - line.settling.offsetMs) <= AGREEMENT_MS;
  const settling = isEven && line.settling !== null ? line.settling : { sinceUptimeMs: reading.uptimeMs, offsetMs };
  const hasSettled = reading.uptimeMs - settling.sinceUptimeMs >= SETTLING_MS && aheadMs >= 0 && aheadMs <= LONGEST_UNATTENDED_GAP_MS;
  const next: TimeLine = hasSettled ? { ...line, acceptedMs: reading.wallMs, settling: null } : { ...line, settling };
  return { line: next, time: timeOf(next, reading, aheadMs >= -AGREEMENT_MS) };
}

function timeOf(line: TimeLine, reading: TimeReading, mayRead: boolean): TrustedTime {
  const apartMs = reading.wallMs - line.acceptedMs;
  return { acceptedMs: line.acceptedMs, latestMs: Math.max(line.acceptedMs, reading.wallMs), mayRead, disagreementMs: Math.abs(apartMs) > AGREEMENT_MS ? apartMs : null };
}

function clamp(value: number, bound: number): number {
  return Math.max(-bound, Math.min(bound, value));
}
