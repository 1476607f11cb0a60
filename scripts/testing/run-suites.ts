/** Runs suites one after the other and sums them up. The last line it prints is `N passed, N failed, N skipped`; it ends with 1 if any failed. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suites, type Suite } from './suites.ts';
import { countReport, type Counts } from './test-report.ts';

const root = join(import.meta.dirname, '../..');
const words = process.argv.slice(2);
const chosen = words.includes('--quick') ? suites.filter(({ isQuick }) => isQuick) : words.length === 0 ? suites : suites.filter(({ name }) => words.includes(name));
const unknown = words.filter((word) => word !== '--quick' && !suites.some(({ name }) => name === word));
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(', ')}. There are:`);
  for (const { name, about } of suites) console.error(`  ${name.padEnd(10)} ${about}`);
  process.exit(2);
}

const reports = await mkdtemp(join(tmpdir(), 'quietline-reports-'));
const sums: { suite: Suite; counts: Counts; seconds: number }[] = [];
let running: ReturnType<typeof spawn> | undefined;
// Ctrl-C reaches the suite too, which shares our terminal; a supervisor's SIGTERM does not.
process.on('SIGTERM', () => {
  running?.kill('SIGTERM');
  process.exitCode = 1;
});

for (const suite of chosen) {
  console.log(`\n== ${suite.name}: ${suite.about}`);
  const startedAt = performance.now();
  const report = join(reports, `${suite.name}.json`);
  const isPassed = await runSuite(suite, report);
  const counts: Counts = suite.counts === 'check' ? { passed: isPassed ? 1 : 0, failed: isPassed ? 0 : 1, skipped: 0 } : countReport(await readFile(report, 'utf8').catch(() => undefined), isPassed);
  sums.push({ suite, counts, seconds: (performance.now() - startedAt) / 1000 });
}
await rm(reports, { recursive: true, force: true });

console.log('');
for (const { suite, counts, seconds } of sums) console.log(`${suite.name.padEnd(10)} ${String(counts.passed).padStart(5)} passed ${String(counts.failed).padStart(4)} failed ${String(counts.skipped).padStart(4)} skipped  ${seconds.toFixed(1).padStart(6)} s`);
const total = (of: keyof Counts): number => sums.reduce((sum, { counts }) => sum + counts[of], 0);
if (total('failed') > 0) process.exitCode = 1;
console.log(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`);

function runSuite({ command, environment, counts }: Suite, report: string): Promise<boolean> {
  const [program, ...rest] = command;
  return new Promise((resolve) => {
    running = spawn(program!, [...rest, ...(counts === 'tests' ? [`--outputFile.json=${report}`] : [])], {
      cwd: root,
      env: { ...process.env, ...environment, PATH: `${root}/node_modules/.bin:${process.env['PATH'] ?? ''}`, NO_COLOR: '1', FORCE_COLOR: undefined },
      stdio: 'inherit',
    });
    running.on('error', (cause) => {
      console.error(`${program} could not be started: ${cause.message}. Run scripts/install.`);
      resolve(false);
    });
    running.on('close', (code) => resolve(code === 0));
  });
}
