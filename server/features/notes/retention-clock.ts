/** Takes the time for notes from the machine and keeps the line of accepted time in a file beside the keys. Decides nothing (see trusted-time-policy). */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { acceptWallTime, readTime, type TimeLine, type TimeReading, type TrustedTime } from './trusted-time-policy.ts';

export interface RetentionClock {
  /** What time it is, as far as that can be known now. Some microseconds; once a minute it writes its file. */
  read(): TrustedTime;
  /** An operator says that the machine's date is right. */
  acceptWallTime(): void;
}

export interface RetentionClockOptions {
  /** Where the line is kept; never part of a backup. */
  readonly directory: string;
  /** Whether any note's key exists. */
  readonly hasStakes: () => boolean;
  readonly takeReading?: () => TimeReading;
}

/** A killed process loses at most this much of the line, which the uptime then gives back. */
const KEEP_EVERY_MS = 60_000;

const timeLineSchema = z.object({
  bootId: z.string(),
  uptimeMs: z.number(),
  acceptedMs: z.number(),
  settling: z.object({ sinceUptimeMs: z.number(), offsetMs: z.number() }).nullable(),
});

/** Throws if the line's file is damaged: guessing the time could destroy, or show, what it must not. */
export function createRetentionClock({ directory, hasStakes, takeReading = readMachine }: RetentionClockOptions): RetentionClock {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'time-line.json');
  let line = loadLine(path);
  let keptAtUptimeMs = Number.NEGATIVE_INFINITY;

  const keep = (next: TimeLine): void => {
    line = next;
    if (Math.abs(next.uptimeMs - keptAtUptimeMs) < KEEP_EVERY_MS) return;
    storeLine(path, next);
    keptAtUptimeMs = next.uptimeMs;
  };

  return {
    read() {
      const read = readTime(line, takeReading(), hasStakes());
      keep(read.line);
      return read.time;
    },
    acceptWallTime() {
      keptAtUptimeMs = Number.NEGATIVE_INFINITY;
      keep(acceptWallTime(line, takeReading()));
    },
  };
}

let bootId: string | undefined;

/** os.uptime() counts the machine's sleep too (CLOCK_BOOTTIME). Where no boot can be told from another, every start counts as one: slower to believe, never wrong. */
function readMachine(): TimeReading {
  bootId ??= readBootId() ?? `process-${process.pid}-${Date.now()}`;
  return { wallMs: Date.now(), uptimeMs: uptime() * 1_000, bootId };
}

function readBootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return undefined;
  }
}

function loadLine(path: string): TimeLine | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
  try {
    return timeLineSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`The file ${path} is damaged. Check the machine's date, then delete the file: the server will believe the date it finds.`, { cause });
  }
}

function storeLine(path: string, line: TimeLine): void {
  const passing = `${path}.new`;
  const handle = openSync(passing, 'w', 0o600);
  try {
    writeSync(handle, JSON.stringify(line));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(passing, path);
}
