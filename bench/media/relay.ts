/** What the media bench measures: relays as processes, each with the same four verbs, and what their kernel says of them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface CallSetUp {
  browserAnswer: string;
  /** Where the telephone's packets go. */
  phonePort: number;
  hangUp?: () => Promise<void>;
}

export interface Relay {
  readonly name: string;
  readonly pid: number;
  /** Where a browser has to be for this one; loopback if not said. */
  readonly browserAddress?: string;
  /** Undefined browserAnswer where the relay speaks no WebRTC: its browser side is the plain port. */
  setUp(browserOffer: string, phonePort: number): Promise<CallSetUp | { plainPort: number; phonePort: number }>;
  stop(): Promise<void>;
}

export const phoneAnswerOf = (port: number): string =>
  `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n`;

export const audioPortOf = (sdp: string): number => Number(/^m=audio (\d+)/m.exec(sdp)![1]);

/** Milliseconds of CPU of all threads, to the nanosecond: the kernel's tick of 10 ms would be most of ten calls' share. */
export function cpuMsOf(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  return nanoseconds / 1e6;
}

export function residentKbOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}

/** A child whose lines are awaited one by one; it dies with us. */
export function startLines(command: string, commandArguments: readonly string[]): { child: ChildProcess; nextLine: () => Promise<string>; stop: () => Promise<void> } {
  const child = spawn(command, commandArguments, { stdio: ['pipe', 'pipe', 'inherit'] });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const lines: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const next = waiting.shift();
    if (next === undefined) lines.push(line);
    else next(line);
  });
  const exited = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  return {
    child,
    nextLine: () => {
      const line = lines.shift();
      return line === undefined ? new Promise((resolve) => void waiting.push(resolve)) : Promise.resolve(line);
    },
    async stop() {
      process.removeListener('exit', kill);
      kill();
      await exited;
    },
  };
}
