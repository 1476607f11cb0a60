/**
 * The SIP stack, measured: messages read a second; calls as a back-to-back agent between sipp and sipp, in turn with Kamailio's stateful
 * relay and with nothing in between; heap a dialog. `--runs` says how often (the median counts), `--calls` how many at 200 a second.
 */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { parseMessage } from '#server/telephony/sip/messages/parse-message-codec.ts';
import { judgeRequest } from '#server/telephony/sip/messages/validate-message-policy.ts';
import { freeUdpPort } from '../e2e/peers/free-port.ts';
import { startTethered } from '../e2e/peers/tethered-process.ts';
import { median, report } from './report.ts';
import type { Row } from './report.ts';
import { cpuMsOf, startKamailioRelay } from './sip/kamailio-relay.ts';
import type { RelayUnderTest } from './sip/kamailio-relay.ts';
import { LARGE_INVITE } from './sip/large-invite.ts';

const { values: options } = parseArgs({ options: { json: { type: 'boolean', default: false }, runs: { type: 'string', default: '3' }, calls: { type: 'string', default: '2000' } } });
const RUNS = Number(options.runs);
const CALLS = Number(options.calls);
const SUPPORTED = ['timer', '100rel'];

/** Octets in, verdict out: what the agent does with each message before it looks for its transaction. */
function measureParser(): number {
  const octets = Buffer.from(LARGE_INVITE, 'latin1');
  const read = (count: number): void => {
    for (let i = 0; i < count; i++) {
      const message = parseMessage(octets.toString('latin1'));
      if (message.kind !== 'request' || judgeRequest(message, SUPPORTED).verdict !== 'good') throw new Error('the message is not read');
    }
  };
  read(50_000);
  const before = process.cpuUsage();
  read(200_000);
  const used = process.cpuUsage(before);
  return 200_000 / ((used.user + used.system) / 1e6);
}

interface OurAgent extends RelayUnderTest {
  /** Octets of heap after a collection, and how many dialogs stand. */
  heap(): Promise<{ octets: number; dialogs: number }>;
  /** Until so many more calls of its own stand. */
  callMany(count: number): Promise<void>;
}

async function startOurs(...words: string[]): Promise<OurAgent> {
  const child: ChildProcess = spawn(process.execPath, ['--expose-gc', join(import.meta.dirname, 'sip/our-agent.ts'), ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout! });
  const nextLine = async (): Promise<string> => ((await once(lines, 'line')) as [string])[0];
  const port = Number(await nextLine());
  const ask = (words: string): Promise<string> => {
    const line = nextLine();
    child.stdin!.write(`${words}\n`);
    return line;
  };
  return {
    port,
    cpuMs: () => cpuMsOf(child.pid!),
    async heap() {
      const [octets, dialogs] = (await ask('heap')).split(' ').map(Number);
      return { octets: octets!, dialogs: dialogs! };
    },
    async callMany(count) {
      await ask(`call ${count}`);
    },
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Whoever plays the telephones must not be the one who loses: its sockets get as large a buffer as ours ask for. */
const SIPP_ROOM = ['-buff_size', String(4 * 1024 * 1024)];

/** Datagrams that the kernel threw away since a socket on this port of loopback was opened, its buffer being full. */
function droppedAt(port: number): number {
  const row = readFileSync('/proc/net/udp', 'utf8').split('\n').find((line) => line.includes(`: 0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} `));
  return Number(row?.trim().split(/\s+/).at(-1) ?? 0);
}

async function startUas(): Promise<{ port: number; stop(): Promise<void> }> {
  const port = await freeUdpPort();
  const peer = startTethered('sipp', ['-sf', join(import.meta.dirname, 'sip/uas.xml'), '-i', '127.0.0.1', '-p', String(port), '-nostdin', '-skip_rlimit', ...SIPP_ROOM, '-cp', String(await freeUdpPort())], { cwd: tmpdir(), env: { ...process.env, TERM: 'dumb' } });
  for (let tries = 0; tries < 200 && !readFileSync('/proc/net/udp', 'utf8').includes(`0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} `); tries++) await new Promise((resolve) => setTimeout(resolve, 20));
  return { port, stop: () => peer.kill() };
}

interface Load {
  successes: number;
  /** INVITE to 200, as the caller sees it, in the run's mean. */
  setUpMs: number;
}

async function callThrough(port: number, calls: number, rate: number): Promise<Load> {
  const directory = mkdtempSync(join(tmpdir(), 'quietline-bench-'));
  const caller = startTethered(
    'sipp',
    [
      '-sf', join(import.meta.dirname, 'sip/uac.xml'), `127.0.0.1:${port}`, '-i', '127.0.0.1', '-p', String(await freeUdpPort()), '-cp', String(await freeUdpPort()), '-s', '+15550100100', '-m', String(calls), '-r', String(rate), '-l', String(rate * 10),
      '-d', '500', '-nostdin', '-skip_rlimit', ...SIPP_ROOM, '-timeout', `${Math.ceil(calls / rate) + 30}s`, '-trace_stat', '-stf', join(directory, 'stat.csv'), '-fd', '1',
    ],
    { cwd: directory, env: { ...process.env, TERM: 'dumb' } },
  );
  // sipp waits past its own time-out for calls that will never end.
  const late = setTimeout(() => caller.child.kill('SIGKILL'), (calls / rate + 45) * 1_000);
  await once(caller.child, 'exit');
  clearTimeout(late);
  const [names, ...rows] = readFileSync(join(directory, 'stat.csv'), 'utf8').trim().split('\n').map((row) => row.split(';'));
  rmSync(directory, { recursive: true });
  const last = rows.at(-1)!;
  const value = (name: string): string => last[names!.indexOf(name)] ?? '';
  // sipp writes h:m:s:us.
  const clock = value('ResponseTime1(C)').split(':').map(Number);
  return { successes: Number(value('SuccessfulCall(C)')), setUpMs: ((clock[0]! * 60 + clock[1]!) * 60 + clock[2]!) * 1_000 + clock[3]! / 1_000 };
}

interface Passage extends Load {
  cpuMsPerCall: number;
  /** At the relay's own socket. */
  dropped: number;
}

async function passThrough(start: (uasPort: number) => Promise<RelayUnderTest>, calls: number, rate: number): Promise<Passage> {
  const uas = await startUas();
  const relay = await start(uas.port);
  // Compilers warm up and memory settles on calls that do not count.
  await callThrough(relay.port, 400, 200);
  const before = relay.cpuMs();
  const droppedBefore = droppedAt(relay.port);
  const load = await callThrough(relay.port, calls, rate);
  const cpuMs = relay.cpuMs() - before;
  const dropped = droppedAt(relay.port) - droppedBefore;
  await relay.stop();
  await uas.stop();
  return { ...load, dropped, cpuMsPerCall: cpuMs / Math.max(1, load.successes) };
}

const nothingBetween = async (uasPort: number): Promise<RelayUnderTest> => ({ port: uasPort, cpuMs: () => 0, stop: async () => {} });

/** Heap a standing dialog costs whoever called, and whoever was called, from what `count` of them add. */
async function measureHeap(count: number): Promise<{ calling: number; called: number }> {
  const called = await startOurs('answer');
  const calling = await startOurs('call', String(called.port));
  const read = async (): Promise<{ octets: number; dialogs: number }[]> => [await calling.heap(), await called.heap()];
  await calling.callMany(200);
  const before = await read();
  await calling.callMany(count);
  // The transactions behind the answers are forgotten after 64*T1; what is left then is the dialog.
  await new Promise((resolve) => setTimeout(resolve, 33_000));
  const after = await read();
  await calling.stop();
  await called.stop();
  const [ofCaller, ofCallee] = after.map(({ octets, dialogs }, index) => (octets - before[index]!.octets) / (dialogs - before[index]!.dialogs));
  return { calling: ofCaller!, called: ofCallee! };
}

const parsed: number[] = [];
const ours: Passage[] = [];
const kamailio: Passage[] = [];
const direct: Passage[] = [];
for (let run = 0; run < RUNS; run++) {
  parsed.push(measureParser());
  direct.push(await passThrough(nothingBetween, CALLS, 200));
  ours.push(await passThrough((port) => startOurs('relay', String(port)), CALLS, 200));
  kamailio.push(await passThrough(startKamailioRelay, CALLS, 200));
}
const fastDirect = await passThrough(nothingBetween, 5_000, 1_000);
const fast = await passThrough((port) => startOurs('relay', String(port)), 5_000, 1_000);
const fastKamailio = await passThrough(startKamailioRelay, 5_000, 1_000);
const heapAt1000 = await measureHeap(1_000);
const heapAt10000 = await measureHeap(10_000);

const middle = (passages: readonly Passage[], of: (passage: Passage) => number): number => median(passages.map(of));
const rows: Row[] = [
  { metric: 'large INVITEs read and judged', unit: '1/s of CPU', ours: median(parsed), goal: 100_000, goalOf: 'ours', better: 'more' },
  { metric: 'CPU a call and leg, 200 calls/s, two legs', unit: 'ms', ours: middle(ours, (one) => one.cpuMsPerCall / 2), peer: middle(kamailio, (one) => one.cpuMsPerCall), peerName: 'Kamailio stateful relay, a call', goal: 1, goalOf: 'ratio', better: 'less' },
  { metric: 'calls that stood, of 100, at 200 calls/s', unit: '%', ours: (middle(ours, (one) => one.successes) / CALLS) * 100, peer: (middle(kamailio, (one) => one.successes) / CALLS) * 100, peerName: 'Kamailio', goal: 100, goalOf: 'ours', better: 'more' },
  { metric: 'set-up time added, mean, at 200 calls/s', unit: 'ms', ours: middle(ours, (one) => one.setUpMs) - middle(direct, (one) => one.setUpMs), peer: middle(kamailio, (one) => one.setUpMs) - middle(direct, (one) => one.setUpMs), peerName: 'Kamailio', goal: 5, goalOf: 'ours', better: 'less' },
  { metric: 'calls that stood, of 100, at 1000 calls/s', unit: '%', ours: fast.successes / 50, peer: fastKamailio.successes / 50, peerName: 'Kamailio', goal: 100, goalOf: 'ours', better: 'more' },
  { metric: 'the same without anything in between: what sipp and the machine bear', unit: '%', ours: fastDirect.successes / 50, goal: 100, goalOf: 'ours', better: 'more' },
  { metric: 'datagrams its own socket had no room for, at 1000 calls/s', unit: '', ours: fast.dropped, peer: fastKamailio.dropped, peerName: 'Kamailio', goal: 0, goalOf: 'ours', better: 'less' },
  { metric: 'share of a core at 1000 calls/s', unit: '%', ours: fast.cpuMsPerCall * 100, peer: fastKamailio.cpuMsPerCall * 100, peerName: 'Kamailio', goal: 100, goalOf: 'ours', better: 'less' },
  ...([['1,000', heapAt1000], ['10,000', heapAt10000]] as const).flatMap(([count, heap]): Row[] => [
    { metric: `heap a dialog that we called, ${count} standing`, unit: 'octets', ours: heap.calling, goal: 10_000, goalOf: 'ours', better: 'less' },
    { metric: `heap a dialog that called us, ${count} standing`, unit: 'octets', ours: heap.called, goal: 10_000, goalOf: 'ours', better: 'less' },
  ]),
];
const versions = { kamailio: firstWords('kamailio', '-v'), sipp: firstWords('sipp', '-v') };
report('sip', { runs: RUNS, versions, note: 'runs in turn; sipp at both ends on the same machine; the rows at 1000 calls/s and of the heap are single runs' }, rows, options.json);

function firstWords(command: string, flag: string): string {
  try {
    return /[0-9]+\.[0-9.]+[0-9]/.exec(execFileSync(command, [flag], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))?.[0] ?? 'unknown';
  } catch (error) {
    // sipp ends with 99 after telling its version.
    return /[0-9]+\.[0-9.]+[0-9]/.exec(String((error as { stdout?: string }).stdout ?? ''))?.[0] ?? 'unknown';
  }
}
