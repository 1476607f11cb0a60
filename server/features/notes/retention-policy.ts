/** When a note must be gone: the instant, the hourly key it dies with, and what may be read or destroyed now. Pure; which time it is, is the caller's to know (trusted-time-policy). Refuses every extension. */

const HOUR_MS = 3_600_000;

/** Eight days of 24 hours, whatever the clocks of the country do meanwhile. */
export const RETENTION_MS = 192 * HOUR_MS;

/** From this long before its end a note asks to be copied to the chart. */
export const COPY_REMINDER_MS = 24 * HOUR_MS;

/** No call is longer: bounds what a note may gain while its call's end is not known. */
export const LONGEST_CALL_MS = 24 * HOUR_MS;

/** A key is destroyed this long after its last note ended: the trusted clock has a resolution of a second, and early is worse than a minute late. */
const DESTRUCTION_MARGIN_MS = 60_000;

/** Hours since 1970-01-01T00:00Z. The key of epoch N seals the notes that end in (N - 1 h, N h]. */
export type EpochHour = number;

export interface CallFacts {
  readonly startedAtMs: number;
  /** `null` while the call lives, or where its end was never seen. */
  readonly endedAtMs: number | null;
}

export interface NoteEnd {
  /** From this instant on the note is unreadable. */
  readonly destroyedAtMs: number;
  /** False while the call lives: the end may still move to 192 h after the call's. True once and for good. */
  readonly isFinal: boolean;
}

/**
 * The end of a note saved or settled at `nowMs`. While the call lives, 192 h from now, which is never later than 192 h after the call's end will be.
 * Once it ended, 192 h after that. `current` is the end the note has already: a final one never changes, whoever edits.
 */
export function decideEnd(call: CallFacts, nowMs: number, current: NoteEnd | undefined): NoteEnd {
  if (current?.isFinal === true) return current;
  if (call.endedAtMs === null) {
    // A call whose end was lost must not let edits carry its note on for ever.
    const aliveMs = Math.min(nowMs, call.startedAtMs + LONGEST_CALL_MS);
    return { destroyedAtMs: Math.max(aliveMs + RETENTION_MS, current?.destroyedAtMs ?? 0), isFinal: false };
  }
  // A wall clock that was ahead when the call ended would promise the note a longer life: nothing ended later than now. One that was behind
  // would take life from a note that was being written: the call still lived at the last save, 192 h before the provisional end.
  const latestMs = Math.min(call.endedAtMs, nowMs);
  const lastSeenAliveMs = current === undefined ? latestMs : Math.min(current.destroyedAtMs - RETENTION_MS, nowMs);
  return { destroyedAtMs: Math.max(latestMs, lastSeenAliveMs) + RETENTION_MS, isFinal: true };
}

/** The key a note with this end is sealed with: that of the first full hour not before it. */
export function epochOf(destroyedAtMs: number): EpochHour {
  return Math.ceil(destroyedAtMs / HOUR_MS);
}

/** Whether a note may be read: `latestMs` is the latest instant it may be now. */
export function isReadable(destroyedAtMs: number, latestMs: number): boolean {
  return latestMs < destroyedAtMs;
}

/** Whether a key may still be used at all; true for no longer than an hour after the last of its notes ended. */
export function isEpochUsable(epoch: EpochHour, latestMs: number): boolean {
  return latestMs < epoch * HOUR_MS;
}

/** Whether a key is to be destroyed: `acceptedMs` is the earliest instant it can be now. */
export function isEpochDue(epoch: EpochHour, acceptedMs: number): boolean {
  return acceptedMs >= epoch * HOUR_MS + DESTRUCTION_MARGIN_MS;
}

/** The newest epoch that is due; all before it are too. */
export function lastDueEpoch(acceptedMs: number): EpochHour {
  return Math.floor((acceptedMs - DESTRUCTION_MARGIN_MS) / HOUR_MS);
}

/** Whether the note should ask "copy to chart?" now. */
export function asksForCopy(end: NoteEnd, nowMs: number): boolean {
  return end.isFinal && nowMs >= end.destroyedAtMs - COPY_REMINDER_MS && nowMs < end.destroyedAtMs;
}
