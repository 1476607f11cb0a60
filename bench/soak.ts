/**
 * The embedded engine carrying calls for as long as is asked: does its memory grow, does it fall behind, are calls that come and go
 * forgotten?
 *
 * `--calls 100 --minutes 60` is the whole soak; every ten seconds one call in ten is hung up and another takes its place.
 */
import { parseArgs } from 'node:util';
import { addOneLike, openLoadedCall, startGenerator, type LoadedCall } from './media/load.ts';
import { startOurs } from './media/our-relay-process.ts';
import { cpuMsOf, residentKbOf } from './media/relay.ts';
import { median, report } from './report.ts';

const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, calls: { type: 'string', default: '100' }, minutes: { type: 'string', default: '60' } },
});
const CALLS = Number(options.calls);
const ROUNDS = Math.max(4, Math.round(Number(options.minutes) * 6));
const ROUND_SECONDS = 10;

/** A handshake that was given up goes on failing inside the library, with nobody left to be told. */
process.on('unhandledRejection', () => {});

const relay = await startOurs();
const generator = startGenerator();
const calls: LoadedCall[] = [];
const addCalls = async (): Promise<void> => {
  while (calls.length < CALLS) {
    calls.push(await addOneLike(await openLoadedCall(relay), generator, relay));
  }
};
await addCalls();

const rounds: { cpuMs: number; residentKb: number; latencyP50Us: number; lostShare: number }[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const cpuBefore = cpuMsOf(relay.pid);
  const { sent, received, latencyP50Us } = await generator.run(ROUND_SECONDS);
  rounds.push({ cpuMs: (cpuMsOf(relay.pid) - cpuBefore) / CALLS / ROUND_SECONDS, residentKb: residentKbOf(relay.pid), latencyP50Us, lostShare: 1 - received / sent });
  const leaving = calls.splice(0, Math.ceil(CALLS / 10));
  generator.drop(leaving.length);
  for (const call of leaving) await call.hangUp();
  await addCalls();
}
for (const call of calls) await call.hangUp();
await generator.stop();
await relay.stop();

/** The first quarter warms caches and heap up; growth is the last quarter against the second. */
const quarter = Math.floor(rounds.length / 4);
const early = rounds.slice(quarter, 2 * quarter);
const late = rounds.slice(-quarter);
const of = (part: typeof rounds, key: keyof (typeof rounds)[number]): number => median(part.map((round) => round[key]));
report(
  'soak',
  { runs: 1, versions: {}, note: `${CALLS} calls, ${rounds.length} rounds of ${ROUND_SECONDS} s, ${rounds.length * Math.ceil(CALLS / 10)} calls came and went` },
  [
    { metric: 'memory, last quarter against the second', unit: 'kB', ours: of(late, 'residentKb'), peer: of(early, 'residentKb'), peerName: 'earlier', goal: 1.05, goalOf: 'ratio', better: 'less' },
    { metric: 'CPU a call-second, likewise', unit: 'ms', ours: of(late, 'cpuMs'), peer: of(early, 'cpuMs'), peerName: 'earlier', goal: 1.2, goalOf: 'ratio', better: 'less' },
    { metric: 'latency p50, likewise', unit: 'us', ours: of(late, 'latencyP50Us'), peer: of(early, 'latencyP50Us'), peerName: 'earlier', goal: 1.5, goalOf: 'ratio', better: 'less' },
    { metric: 'packets lost, worst round', unit: 'share', ours: Math.max(...rounds.map((round) => round.lostShare)), goal: 0, goalOf: 'ours', better: 'less' },
  ],
  options.json,
);
process.exit(0);
