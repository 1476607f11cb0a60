/** Feeds spoiled input to every reader of what strangers send, and watches for a throw, a slow input and a growing heap. `--count`, `--seed`, `--target`. */
import { parseArgs } from 'node:util';
import { seededDraw } from './fuzzing/mutation.ts';
import type { Draw } from './fuzzing/mutation.ts';
import { TARGETS } from './fuzzing/targets.ts';
import type { TargetName } from './fuzzing/targets.ts';

const { values: options } = parseArgs({ options: { count: { type: 'string', default: '10000000' }, seed: { type: 'string', default: '1' }, target: { type: 'string' } } });
const SLOW_MS = 100;

const isTarget = (name: string): name is TargetName => name in TARGETS;
const chosen = options.target === undefined ? Object.keys(TARGETS) : options.target.split(',');
const unknown = chosen.find((name) => !isTarget(name));
if (unknown !== undefined) {
  console.error(`There is no target "${unknown}"; known are ${Object.keys(TARGETS).join(', ')}.`);
  process.exit(2);
}
const each = Math.ceil(Number(options.count) / chosen.length);
const firstSeed = Number(options.seed);
let findings = 0;
const find = (words: string): void => {
  findings++;
  if (findings <= 20) console.log(words);
};

for (const name of chosen) {
  const run = TARGETS[name as TargetName];
  const startedMs = performance.now();
  let slowestMs = 0;
  let heapAfterTenth = 0;
  for (let i = 0; i < each; i++) {
    // A seed of its own for each input: a finding is seen again by --target, --seed and --count 1.
    const seed = firstSeed + i;
    const beganMs = performance.now();
    try {
      run(seededDraw(seed));
    } catch (error) {
      find(`${name}, seed ${seed}: ${String(error)}. Again: scripts/fuzz --target ${name} --seed ${seed} --count 1`);
    }
    let tookMs = performance.now() - beganMs;
    // A busy machine is slow too: what looks slow is judged by the CPU time that it takes, again and again.
    for (let again = 0; again < 3 && tookMs > SLOW_MS; again++) tookMs = Math.min(tookMs, cpuTimeOf(run, seed));
    if (tookMs > slowestMs) slowestMs = tookMs;
    if (tookMs > SLOW_MS) find(`${name}, seed ${seed}: took ${Math.round(tookMs)} ms. Again: scripts/fuzz --target ${name} --seed ${seed} --count 1`);
    if (i === Math.floor(each / 10)) heapAfterTenth = collectedHeap();
  }
  const grownKb = Math.round((collectedHeap() - heapAfterTenth) / 1_024);
  if (grownKb > 2_048) find(`${name}: the heap grew by ${grownKb} kB over the last nine tenths`);
  console.log(`${name.padEnd(7)} ${each} inputs, slowest ${slowestMs.toFixed(1)} ms, heap ${grownKb >= 0 ? '+' : ''}${grownKb} kB, ${Math.round((performance.now() - startedMs) / 1_000)} s`);
}
console.log(findings === 0 ? 'nothing was thrown, nothing was slow, nothing grew' : `${findings} findings`);
process.exitCode = findings === 0 ? 0 : 1;

function cpuTimeOf(run: (draw: Draw) => void, seed: number): number {
  const before = process.cpuUsage();
  run(seededDraw(seed));
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1_000;
}

function collectedHeap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
