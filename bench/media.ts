/**
 * The embedded engine as a relay beside rtpengine in user space, Janus, werift as it comes and a C relay that encrypts nothing, in turn, under one
 * load generator.
 *
 * `--calls 10,100` and `--seconds 5` say how much; `--runs` how often, the median being taken; `--relays ours,rtpengine`
 * which of them, where not all are wanted.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { assertNever } from '#contract/result.ts';
import { compile, measureLoad, type LoadResult } from './media/load.ts';
import { startJanus } from './media/janus-relay.ts';
import { startOurs } from './media/our-relay-process.ts';
import { startLines, type Relay } from './media/relay.ts';
import { startRtpengine } from './media/rtpengine-relay.ts';
import { startWerift } from './media/werift-relay-process.ts';
import { median, report, type Row } from './report.ts';

const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, runs: { type: 'string', default: '3' }, calls: { type: 'string', default: '10,50,100,200,300' }, seconds: { type: 'string', default: '5' }, relays: { type: 'string', default: '' } },
});
/** A handshake that was given up goes on failing inside the library, with nobody left to be told. */
process.on('unhandledRejection', () => {});
const RUNS = Number(options.runs);
const SECONDS = Number(options.seconds);
const CALL_COUNTS = options.calls.split(',').map(Number);
const WANTED = options.relays === '' ? undefined : new Set(options.relays.split(','));

/** Undefined where there is no C compiler. */
async function startFloor(callCount: number): Promise<Relay | undefined> {
  const compiled = compile('floor-relay.c');
  if (compiled === undefined) return undefined;
  const lines = startLines(compiled.binary, [String(callCount)]);
  return {
    name: 'C without SRTP',
    pid: lines.child.pid!,
    async setUp() {
      const [plainPort, phonePort] = (await lines.nextLine()).split(' ').map(Number);
      return { plainPort: plainPort!, phonePort: phonePort! };
    },
    async stop() {
      await lines.stop();
      compiled.remove();
    },
  };
}

const versionOf = (command: string): string => {
  const asked = spawnSync(command, ['--version'], { encoding: 'utf8' });
  return (asked.stdout || asked.stderr || 'not installed').split('\n')[0]!.replace(/^Version: /, '');
};

const METRICS: readonly { key: keyof LoadResult; metric: string; unit: string }[] = [
  { key: 'cpuMsACallSecond', metric: 'CPU a call-second', unit: 'ms' },
  { key: 'cpuUsAPacket', metric: 'CPU a packet delivered', unit: 'us' },
  { key: 'lossShare', metric: 'packets lost', unit: 'share' },
  { key: 'latencyP50Us', metric: 'latency p50', unit: 'us' },
  { key: 'latencyP99Us', metric: 'latency p99', unit: 'us' },
  { key: 'latencyP999Us', metric: 'latency p99.9', unit: 'us' },
  { key: 'kbACall', metric: 'memory a call', unit: 'kB' },
  { key: 'setUpCpuMs', metric: 'CPU to set a call up', unit: 'ms' },
];

/**
 * CPU is held against rtpengine; delay, whose greater part is the machine's own, against the C relay; memory, loss and set-up stand
 * alone.
 */
function rowsFor(calls: number, ours: LoadResult, peers: ReadonlyMap<string, LoadResult>): Row[] {
  return METRICS.flatMap(({ key, metric, unit }): Row[] => {
    const against = (peerName: string, goal: number): Row[] => {
      const peer = peers.get(peerName);
      return peer === undefined ? [] : [{ metric: `${calls} calls: ${metric}`, unit, ours: ours[key], peer: peer[key], peerName, goal, goalOf: 'ratio', better: 'less' }];
    };
    const alone = (goal: number): Row[] => {
      const peer = peers.get('rtpengine');
      return [{ metric: `${calls} calls: ${metric}`, unit, ours: ours[key], ...(peer && { peer: peer[key], peerName: 'rtpengine' }), goal, goalOf: 'ours', better: 'less' }];
    };
    switch (key) {
      case 'cpuMsACallSecond':
        return [...against('rtpengine', 1.3), ...against('Janus', 0.5), ...against('werift', 0.3), ...against('C without SRTP', 5), ...beforeUs(calls, peers)];
      case 'cpuUsAPacket':
        return [...against('rtpengine', 1.3), ...against('Janus', 0.5), ...against('C without SRTP', 5)];
      case 'lossShare':
        return alone(0);
      case 'latencyP50Us':
      case 'latencyP99Us':
      case 'latencyP999Us': {
        const floor = peers.get('C without SRTP');
        return floor === undefined ? [] : [{ metric: `${calls} calls: ${metric} added to the C relay's`, unit, ours: ours[key] - floor[key], goal: 1000, goalOf: 'ours', better: 'less' }];
      }
      case 'kbACall':
        // A heap that grows in steps says nothing of ten calls.
        return calls < 100 ? [] : alone(200);
      case 'setUpCpuMs':
        return alone(20);
      default:
        return assertNever(key);
    }
  });
}

/** What it costs that a browser's numbers stop at the rtpengine. */
function beforeUs(calls: number, peers: ReadonlyMap<string, LoadResult>): Row[] {
  const [apart, plain] = [peers.get('rtpengine before us'), peers.get('rtpengine')];
  if (apart === undefined || plain === undefined) return [];
  const against = (metric: string, unit: string, key: keyof LoadResult, goal: number): Row => ({ metric: `${calls} calls joined before us: ${metric}`, unit, ours: apart[key], peer: plain[key], peerName: 'rtpengine', goal, goalOf: 'ratio', better: 'less' });
  return [against('CPU a call-second', 'ms', 'cpuMsACallSecond', 3), { metric: `${calls} calls joined before us: latency p50`, unit: 'us', ours: apart.latencyP50Us, goal: 40_000, goalOf: 'ours', better: 'less' }];
}

/** werift saturates a core at some 75 calls: beyond, it would measure nothing but that. */
const MOST_CALLS_OF_WERIFT = 50;

const relays = (calls: number): readonly (() => Promise<Relay | undefined>)[] =>
  [
    { name: 'ours', start: startOurs },
    { name: 'rtpengine', start: () => startRtpengine() },
    { name: 'rtpengine before us', start: () => startRtpengine(true) },
    { name: 'Janus', start: startJanus },
    ...(calls <= MOST_CALLS_OF_WERIFT ? [{ name: 'werift', start: startWerift }] : []),
    { name: 'C without SRTP', start: () => startFloor(calls) },
  ]
    .filter(({ name }) => WANTED?.has(name) ?? true)
    .map(({ start }) => start);

async function measureAll(calls: number): Promise<ReadonlyMap<string, LoadResult>> {
  const results = new Map<string, LoadResult[]>();
  for (let run = 0; run < RUNS; run += 1) {
    // In turn, so that a busy minute of the machine falls on all of them.
    for (const start of relays(calls)) {
      const relay = await start();
      if (relay === undefined) continue;
      try {
        results.set(relay.name, [...(results.get(relay.name) ?? []), await measureLoad(relay, calls, SECONDS)]);
      } finally {
        await relay.stop();
      }
    }
  }
  const medianOf = (measured: readonly LoadResult[]): LoadResult =>
    Object.fromEntries(METRICS.map(({ key }) => [key, median(measured.map((result) => result[key]))])) as unknown as LoadResult;
  return new Map([...results].map(([name, measured]) => [name, medianOf(measured)]));
}

const rows: Row[] = [];
for (const calls of CALL_COUNTS) {
  const measured = await measureAll(calls);
  const ours = measured.get('ours');
  if (ours !== undefined) rows.push(...rowsFor(calls, ours, measured));
}
report('media', { runs: RUNS, versions: { rtpengine: versionOf('rtpengine'), Janus: versionOf('janus') }, note: `${SECONDS} s of PCMU, 50 packets a second each way and call` }, rows, options.json);
process.exit(0);
