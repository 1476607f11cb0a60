/**
 * Runs suites one after the other, some side by side, and sums them up. The last line it prints is `N passed, N failed, N skipped`; it ends with 1 if any failed.
 * A few files that failed are run once more, alone, when all is done; what passes then counts as passed, and is named as unsteady.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { arrange, suites, type Suite } from './suites.ts';
import { countFiles, filesToLookAtAgain, readReport, withSecondLook, type Counts, type FileResult } from './test-report.ts';

const root = join(import.meta.dirname, '../..');
const words = process.argv.slice(2);
const isChosen = ({ name, isQuick }: Suite): boolean => words.length === 0 || (isQuick && words.includes('--quick')) || words.includes(name);
const unknown = words.filter((word) => word !== '--quick' && !suites.some(({ name }) => name === word));
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(', ')}. There are:`);
  for (const { name, about } of suites) console.error(`  ${name.padEnd(10)} ${about}`);
  process.exit(2);
}

const reports = await mkdtemp(join(tmpdir(), 'quietline-reports-'));
interface Sum {
  suite: Suite;
  counts: Counts;
  files: FileResult[] | undefined;
  output: string;
  seconds: number;
}

const sums: Sum[] = [];
const running = new Set<ChildProcess>();
let runs = 0;
// Ctrl-C reaches the suite too, which shares our terminal; a supervisor's SIGTERM does not.
process.on('SIGTERM', () => {
  for (const child of running) child.kill('SIGTERM');
  process.exitCode = 1;
});

for (const lanes of arrange(isChosen)) {
  console.log(`\n== ${lanes.map((lane) => lane.map(({ name, about }) => `${name}: ${about}`).join(', then ')).join('; beside it ')}`);
  sums.push(...(await Promise.all(lanes.map((lane, index) => runLane(lane, index > 0)))).flat());
}

const unsteady: string[] = [];
for (const [index, sum] of sums.entries()) {
  const again = filesToLookAtAgain(sum.files);
  if (again.length === 0 || process.exitCode !== undefined) continue;
  const names = again.map((file) => relative(root, file));
  console.log(`\n== ${sum.suite.name}, a second look, alone: ${names.join(', ')}`);
  const { counts, files } = await runCounted({ ...sum.suite, command: [...sum.suite.command, ...names] }, false);
  if (files === undefined) continue;
  const seen = withSecondLook(sum.files!, files);
  for (const file of sum.files!.filter(({ file }) => again.includes(file))) {
    const failing = new Set(seen.find((result) => result.file === file.file)!.failures);
    unsteady.push(...file.failures.filter((test) => !failing.has(test)).map((test) => `${relative(root, file.file)}: ${test}`));
  }
  sums[index] = { ...sum, files: seen, counts: countFiles(seen, counts.failed === 0) };
}
await rm(reports, { recursive: true, force: true });

if (unsteady.length > 0) console.log(`\nUnsteady: failed among the others, and passed alone. Each is to be mended.\n${unsteady.map((line) => `  ${line}`).join('\n')}`);
console.log('');
for (const { suite, counts, seconds } of sums) console.log(`${suite.name.padEnd(10)} ${String(counts.passed).padStart(5)} passed ${String(counts.failed).padStart(4)} failed ${String(counts.skipped).padStart(4)} skipped  ${seconds.toFixed(1).padStart(6)} s`);
const total = (of: keyof Counts): number => sums.reduce((sum, { counts }) => sum + counts[of], 0);
if (total('failed') > 0) process.exitCode = 1;
console.log(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`);

/** With `isKept` what each printed is printed when it has ended. */
async function runLane(lane: readonly Suite[], isKept: boolean): Promise<Sum[]> {
  const ended: Sum[] = [];
  for (const suite of lane) {
    // Told to end, it begins nothing more.
    if (process.exitCode !== undefined) break;
    const sum = await runCounted(suite, isKept);
    if (isKept) console.log(`\n== ${suite.name}: what it printed\n${sum.output}`);
    ended.push(sum);
  }
  return ended;
}

async function runCounted(suite: Suite, isKept: boolean): Promise<Sum> {
  const startedAt = performance.now();
  const report = join(reports, `${suite.name}-${++runs}.json`);
  const { isPassed, output } = await runSuite(suite, report, isKept);
  const seconds = (performance.now() - startedAt) / 1000;
  if (suite.counts === 'check') return { suite, counts: { passed: isPassed ? 1 : 0, failed: isPassed ? 0 : 1, skipped: 0 }, files: undefined, output, seconds };
  const files = readReport(await readFile(report, 'utf8').catch(() => undefined));
  return { suite, counts: countFiles(files, isPassed), files, output, seconds };
}

/** With `isKept` its output is kept for later, so that two suites' lines do not mix. */
function runSuite({ command, environment, counts }: Suite, report: string, isKept: boolean): Promise<{ isPassed: boolean; output: string }> {
  const [program, ...rest] = command;
  return new Promise((resolve) => {
    const child = spawn(program!, [...rest, ...(counts === 'tests' ? [`--outputFile.json=${report}`] : [])], {
      cwd: root,
      env: { ...process.env, ...environment, PATH: `${root}/node_modules/.bin:${process.env['PATH'] ?? ''}`, NO_COLOR: '1', FORCE_COLOR: undefined },
      stdio: isKept ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    running.add(child);
    const kept: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => kept.push(chunk));
    child.on('error', (cause) => {
      console.error(`${program} could not be started: ${cause.message}. Run scripts/install.`);
      resolve({ isPassed: false, output: '' });
    });
    child.on('close', (code) => {
      running.delete(child);
      resolve({ isPassed: code === 0, output: Buffer.concat(kept).toString() });
    });
  });
}
