/** Calls' worth of packets through a relay: a browser and a telephone a call, 50 packets a second each way, and how long each took. Its own CPU is nobody's figure. */
import { spawnSync } from 'node:child_process';
import dgram from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSimulatedBrowser } from '#server/telephony/media/testing/simulated-browser.ts';
import { cpuMsOf, residentKbOf, startLines, type Relay } from './relay.ts';

export interface LoadResult {
  cpuMsACallSecond: number;
  /** What holds where the machine is too busy for all packets to come: what was not delivered cost nothing. */
  cpuUsAPacket: number;
  /** Share of packets that did not arrive, both ways. */
  lossShare: number;
  /** From the generator through the relay and back into it, its own scheduling included; us. */
  latencyP50Us: number;
  latencyP99Us: number;
  latencyP999Us: number;
  kbACall: number;
  setUpCpuMs: number;
}

/** What arrived of a run's packets. */
export interface Traffic {
  sent: number;
  received: number;
  latencyP50Us: number;
  latencyP99Us: number;
  latencyP999Us: number;
}

/** generator.c: calls are set up here, with ICE and DTLS, and their sockets and keys handed to it. */
export interface Generator {
  /** In order: who came first is the first to leave. False where somebody else took one of its ports in passing: that call is nothing then. */
  add(call: LoadedCall): Promise<boolean>;
  /** The calls added first let go of their sockets, without a word to the relay. */
  drop(count: number): void;
  run(seconds: number): Promise<Traffic>;
  stop(): Promise<void>;
}

export interface LoadedCall {
  /** Closes the sockets it was set up from; resolves with what the generator has to know to go on from them. */
  handOver(): Promise<string>;
  /** Tells the relay. */
  hangUp(): Promise<void>;
}

/** Both ways. */
const PACKETS_A_CALL_SECOND = 2 * 50;
/** What is compiled as it runs is compiled by then: that costs a process once, and is no call's price. */
const WARM_UP_SECONDS = 15;
/** Set up side by side: as many as a busy minute has. */
const SET_UP_AT_ONCE = 8;

/** A program of bench/media, compiled where nobody else writes. Undefined where there is no C compiler. */
export function compile(source: string, ...libraries: readonly string[]): { binary: string; remove: () => void } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'quietline-bench-'));
  const binary = join(folder, 'program');
  const remove = (): void => rmSync(folder, { recursive: true });
  if (spawnSync('cc', ['-O2', '-o', binary, join(import.meta.dirname, source), ...libraries], { stdio: 'inherit' }).status === 0) return { binary, remove };
  remove();
  return undefined;
}

export function startGenerator(): Generator {
  const compiled = compile('generator.c', '-lsrtp2');
  if (compiled === undefined) throw new Error('The load generator could not be compiled. As root: apt-get install build-essential libsrtp2-dev');
  const lines = startLines(compiled.binary, []);
  const say = (line: string): void => void lines.child.stdin!.write(`${line}\n`);
  return {
    async add(call) {
      say(await call.handOver());
      return (await lines.nextLine()) === 'added';
    },
    drop: (count) => say(`drop ${count}`),
    async run(seconds) {
      say(`run ${seconds}`);
      const [sent, received, latencyP50Us, latencyP99Us, latencyP999Us] = (await lines.nextLine()).split(' ').map(Number);
      return { sent: sent!, received: received!, latencyP50Us: latencyP50Us!, latencyP99Us: latencyP99Us!, latencyP999Us: latencyP999Us! };
    },
    async stop() {
      await lines.stop();
      compiled.remove();
    },
  };
}

export async function measureLoad(relay: Relay, callCount: number, seconds: number): Promise<LoadResult> {
  const idleKb = residentKbOf(relay.pid);
  const cpuBefore = cpuMsOf(relay.pid);
  const generator = startGenerator();
  try {
    const calls: LoadedCall[] = [];
    for (let index = 0; index < callCount; index += SET_UP_AT_ONCE) {
      calls.push(...(await Promise.all(Array.from({ length: Math.min(SET_UP_AT_ONCE, callCount - index) }, () => openLoadedCall(relay)))));
    }
    await sleep(300);
    const setUpCpuMs = (cpuMsOf(relay.pid) - cpuBefore) / callCount;

    for (const call of calls) await addOneLike(call, generator, relay);
    await generator.run(WARM_UP_SECONDS);
    const cpuAtStart = cpuMsOf(relay.pid);
    const { sent, received, ...latencies } = await generator.run(seconds);
    const cpuMs = cpuMsOf(relay.pid) - cpuAtStart;
    return {
      cpuMsACallSecond: cpuMs / (sent / PACKETS_A_CALL_SECOND),
      cpuUsAPacket: (cpuMs * 1000) / received,
      lossShare: 1 - received / sent,
      ...latencies,
      kbACall: (residentKbOf(relay.pid) - idleKb) / callCount,
      setUpCpuMs,
    };
  } finally {
    await generator.stop();
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * The DTLS client here, a library's, is refused by OpenSSL once in ten times: such a call is set up again. On a machine busy with other things
 * eight handshakes side by side take seconds, and one that is given up costs the relay as much as one that succeeds.
 */
const CONNECT_WITHIN_MS = 5000;

export async function openLoadedCall(relay: Relay): Promise<LoadedCall> {
  for (;;) {
    const call = await tryLoadedCall(relay);
    if (call !== undefined) return call;
  }
}

/** The call, or another in its place; which of them the generator has. */
export async function addOneLike(call: LoadedCall, generator: Generator, relay: Relay): Promise<LoadedCall> {
  for (let trying = call; ; trying = await openLoadedCall(relay)) {
    if (await generator.add(trying)) return trying;
    await trying.hangUp();
  }
}

async function tryLoadedCall(relay: Relay): Promise<LoadedCall | undefined> {
  const phone = dgram.createSocket('udp4');
  await new Promise<void>((resolve) => void phone.bind(0, '127.0.0.1', resolve));
  const browser = await openSimulatedBrowser(relay.browserAddress === undefined ? {} : { address: relay.browserAddress });
  const [own, phonePort] = [browser.socket.address(), phone.address().port];
  const made = await relay.setUp(browser.offer, phonePort);
  const close = async (): Promise<void> => {
    const closed = [phone, browser.socket].map((socket) => new Promise((resolve) => void socket.once('close', resolve)));
    phone.close();
    browser.close();
    await Promise.all(closed);
  };
  const handOver = async (): Promise<string> => {
    await close();
    const ends = (server: { address: string; port: number }): string => `call ${own.address} ${own.port} ${server.address} ${server.port} ${phonePort} ${made.phonePort}`;
    if ('plainPort' in made) return `${ends({ address: '127.0.0.1', port: made.plainPort })} 1 - -`;
    const { ssrc, send, receive } = browser.keys();
    return `${ends(browser.server())} ${ssrc} ${send.toString('hex')} ${receive.toString('hex')}`;
  };
  const hangUp = async (): Promise<void> => void ('browserAnswer' in made && (await made.hangUp?.()));
  if ('plainPort' in made) return { handOver, hangUp };
  const isConnected = await Promise.race([browser.connect(made.browserAnswer).then(() => true, () => false), sleep(CONNECT_WITHIN_MS).then(() => false)]);
  if (isConnected) return { handOver, hangUp };
  await close();
  await hangUp();
  return undefined;
}
