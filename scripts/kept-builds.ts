/** What a build leaves of those before it: the scripts and styles of the last few, since a page that was opened before an upgrade asks for its own when a screen is first gone to, and a call may be under way on it. */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** This one and two before: a night's upgrade, and one that mends it. */
const KEPT_BUILDS = 3;
/** When those began, newest first. */
const TIMES_FILE = '.builds.json';

/** Removes every file that none of the last builds has written; those of one that has just been made, and began at `beganMs`, are all there. */
export function forgetOldBuilds(directory: string, beganMs: number): void {
  const times = [beganMs, ...readTimes(directory)].slice(0, KEPT_BUILDS);
  const oldest = times.at(-1)!;
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    // What is asked for by an address that does not change is this build's or nobody's.
    const keptSince = entry.parentPath.endsWith('assets') ? oldest : beganMs;
    if (entry.isFile() && statSync(path).mtimeMs < keptSince) rmSync(path);
  }
  writeFileSync(join(directory, TIMES_FILE), JSON.stringify(times));
}

function readTimes(directory: string): number[] {
  try {
    return JSON.parse(readFileSync(join(directory, TIMES_FILE), 'utf8')) as number[];
  } catch {
    // The first build, or one by a version that kept none.
    return [];
  }
}

if (import.meta.main) {
  const [directory, beganMs] = process.argv.slice(2);
  if (directory === undefined || beganMs === undefined) throw new Error('kept-builds.ts wants a directory and when its build began, in milliseconds since 1970. scripts/build says both.');
  forgetOldBuilds(directory, Number(beganMs));
}
