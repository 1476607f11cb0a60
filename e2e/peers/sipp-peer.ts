/** sipp, run once with one scenario: it holds its own opinion of every message and ends with code 0 only where all came as the scenario says. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freeTcpPort, freeUdpPort } from './free-port.ts';
import { startTethered } from './tethered-process.ts';

export interface SippPeer {
  readonly address: '127.0.0.1';
  readonly port: number;
  /** Resolves when the scenario is over; rejects with sipp's own account of what went wrong. */
  finished(): Promise<void>;
  stop(): Promise<void>;
}

export interface SippOptions {
  /** A file of e2e/sipp/ without '.xml', or 'builtin:uas', 'builtin:uac'. */
  scenario: string;
  transport?: 'udp' | 'tcp';
  /** Where a calling scenario calls: host:port. */
  remote?: string;
  /** The user part of the request-URI of a calling scenario. */
  service?: string;
  calls?: number;
  /** Calls begun a second. */
  rate?: number;
  /** The whole run's limit. */
  timeoutSec?: number;
  /** For scenarios that name another way back than their own port. */
  contactPort?: number;
  /** What runs a command in another network: put before it. */
  inside?: readonly string[];
}

const SCENARIOS = fileURLToPath(new URL('../sipp/', import.meta.url));

export async function startSipp(options: SippOptions): Promise<SippPeer> {
  const transport = options.transport ?? 'udp';
  const port = transport === 'udp' ? await freeUdpPort() : await freeTcpPort();
  const directory = await mkdtemp(join(tmpdir(), 'quietline-sipp-'));
  const errorFile = join(directory, 'errors.log');
  const scenario = options.scenario.startsWith('builtin:') ? ['-sn', options.scenario.slice(8)] : ['-sf', `${SCENARIOS}${options.scenario}.xml`];
  const [command, ...before] = [...(options.inside ?? []), 'sipp'];
  const peer = startTethered(
    command,
    [
      ...before, ...scenario, ...(options.remote === undefined ? [] : [options.remote]), '-i', '127.0.0.1', '-p', String(port), '-t', transport === 'udp' ? 'u1' : 't1',
      '-m', String(options.calls ?? 1), '-r', String(options.rate ?? 10), '-s', options.service ?? '+15550100100', '-cp', String(await freeUdpPort()),
      '-nostdin', '-skip_rlimit', '-timeout', `${options.timeoutSec ?? 30}s`, '-timeout_error', '-trace_err', '-error_file', errorFile,
      // The port its Contact names, where a scenario leaves that open: its own, unless a relay stands in between.
      '-key', 'contact_port', String(options.contactPort ?? port),
    ],
    { cwd: directory, env: { ...process.env, TERM: 'dumb' } },
  );
  const ended = once(peer.child, 'exit').then(async ([code]) => {
    const errors = await readFile(errorFile, 'utf8').catch(() => '');
    await rm(directory, { recursive: true, force: true });
    return { code: code as number | null, errors };
  });
  if (options.remote === undefined && !(await isListening(peer.child.pid!, port, transport))) {
    await peer.kill();
    throw new Error(`sipp ${options.scenario} does not listen:\n${(await ended).errors}\n${peer.output().slice(-1_500)}`);
  }

  return {
    address: '127.0.0.1',
    port,
    async finished() {
      const { code, errors } = await ended;
      if (code !== 0) throw new Error(`sipp ${options.scenario} ended with code ${code}:\n${errors.slice(0, 4_000)}\n${peer.output().slice(-1_500)}`);
    },
    async stop() {
      await peer.kill();
      await ended;
    },
  };
}

/** The kernel's own table says when it listens; sipp says nothing. */
async function isListening(pid: number, port: number, transport: 'udp' | 'tcp'): Promise<boolean> {
  const wanted = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (let tries = 0; tries < 500; tries++) {
    const table = await readFile(`/proc/${pid}/net/${transport}`, 'utf8').catch(() => '');
    // A connection may leave by the same number: 0A is a socket that listens, 07 one of UDP that is bound.
    if (table.split('\n').some((line) => line.includes(`: ${wanted} `) && / 0(?:A|7) /.test(line.slice(0, 40)))) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}
