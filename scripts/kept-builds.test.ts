import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { forgetOldBuilds } from './kept-builds.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quietline-builds-'));
  mkdirSync(join(directory, 'assets'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A build at a second of the test's own time. */
const build = (atS: number, ...files: string[]): void => {
  for (const file of files) {
    writeFileSync(join(directory, file), '');
    utimesSync(join(directory, file), atS + 1, atS + 1);
  }
  forgetOldBuilds(directory, atS * 1_000);
};
const scripts = (): string[] => readdirSync(join(directory, 'assets')).sort();

test('a page opened before an upgrade, and before one more, still finds its scripts; then they are gone', () => {
  build(1_000, 'index.html', 'assets/start-1.js', 'assets/same.js');
  build(2_000, 'index.html', 'assets/start-2.js', 'assets/same.js');
  build(3_000, 'index.html', 'assets/start-3.js', 'assets/same.js');
  expect(scripts()).toEqual(['same.js', 'start-1.js', 'start-2.js', 'start-3.js']);
  build(4_000, 'index.html', 'assets/start-4.js', 'assets/same.js');
  expect(scripts()).toEqual(['same.js', 'start-2.js', 'start-3.js', 'start-4.js']);
});

test('a file that has no hash in its name goes with the build that made it', () => {
  build(1_000, 'index.html', 'old.svg', 'assets/start-1.js');
  build(2_000, 'index.html', 'assets/start-2.js');
  expect(readdirSync(directory).sort()).toEqual(['.builds.json', 'assets', 'index.html']);
});
