/** The real product on a data directory of its own: starts it as scripts/server does, kills it, starts it again. Knows its printed words and its files, none of its modules. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freeTcpPort } from './peers/free-port.ts';
import { CLINIC_LINE, seedProvenLine, type ProvenLine } from './proven-line.ts';
import { RTPENGINE_PORTS, startRtpengine } from './peers/rtpengine-peer.ts';
import { startTethered, type TetheredProcess } from './peers/tethered-process.ts';

const CHECKOUT = dirname(import.meta.dirname);
const NODE = join(CHECKOUT, 'node_modules/.bin/node');
/** A first start makes a database; a loaded machine takes its time. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;
const LINK = /https?:\/\/[\w.]+(?::\d+)?\/\S*#\S+/;

/** As the trunk settings file has it. */
export interface TrunkEntry {
  name: string;
  host: string;
  port: number;
  transport?: 'udp' | 'tcp' | 'tls';
  domain?: string;
  callerIdForm?: string;
  optionsIntervalSec?: number;
  ownNumber?: string;
  user?: string;
  password?: string;
  register?: boolean;
  tlsCa?: string;
  tlsCert?: string;
  tlsKey?: string;
}

export interface Product {
  /** http://localhost:PORT; the same after a restart. */
  readonly origin: string;
  readonly dataPath: string;
  /** The link of the latest start; works once. */
  signInLink(): string;
  /** Another link of the server that runs. */
  newLink(): string;
  /** The PostgreSQL of this data directory, as its superuser. */
  databaseUrl(): string;
  /** What it wrote to stdout and stderr since its last start. */
  output(): string;
  /** Its process. */
  processId(): number;
  /** What the server logged, of all starts. */
  log(): string;
  /** kill -9 of the server alone: its database is left behind, as after a crash. */
  kill(): Promise<void>;
  /** Ctrl-C. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

function buildPage(): void {
  execFileSync(join(CHECKOUT, 'scripts/build'), { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** A host of its own, in a network of its own. */
export interface ProductPlace {
  /** What runs a command there: put before it. */
  readonly inside: readonly string[];
  /** Where browsers reach its audio, at MEDIA_PORTS; without it, on loopback at any port. */
  readonly mediaAddress?: string;
  /** By https, at a port of its own. */
  readonly origin: string;
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface ProductOptions {
  /** Calls go there; without it, to the sandbox. */
  trunk?: TrunkEntry | readonly TrunkEntry[];
  /** With a trunk the practice has no line of its own accord. Null: it is the test's to prove one. */
  line?: ProvenLine | null;
  place?: ProductPlace;
  /** Further settings, which may need to know where the product will be. */
  environment?: (origin: string) => Readonly<Record<string, string>>;
  /** One that is there already, instead of a new one. */
  dataPath?: string;
}

/** The same stories on the second engine: `QUIETLINE_TEST_ENGINE=rtpengine`. */
export const ON_RTPENGINE = process.env['QUIETLINE_TEST_ENGINE'] === 'rtpengine';
/** Of a product in a place of its own. */
export const MEDIA_PORTS = ON_RTPENGINE ? RTPENGINE_PORTS : { from: 40_400, to: 40_400 };

/** Firefox pairs with no loopback address, so browsers get another where there is one. */
async function startSecondEngine(place: ProductPlace | undefined): Promise<{ words: string[]; stop(): Promise<void> }> {
  const address = place?.mediaAddress ?? Object.values(networkInterfaces()).flat().find((each) => each?.family === 'IPv4' && !each.internal)?.address ?? '127.0.0.1';
  const rtpengine = await startRtpengine({ inside: place?.inside ?? [], interfaces: [`browsers/${address}`, 'inside/127.0.0.1'] });
  return { words: ['--rtpengine', `127.0.0.1:${rtpengine.port}`, '--rtpengine-interfaces', 'browsers,inside,inside'], stop: () => rtpengine.stop() };
}

export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  buildPage();
  const folder = mkdtempSync(join(tmpdir(), 'quietline-e2e-'));
  // The embedded database runs as another user where we are root, and has to get here.
  chmodSync(folder, 0o755);
  const dataPath = options.dataPath ?? join(folder, 'data');
  const { place } = options;
  const port = await freeTcpPort();
  const origin = place?.origin ?? `http://localhost:${port}`;
  const environment = { ...place?.environment, ...options.environment?.(origin) };
  // The machine's own settings must not reach the product under test.
  const ownEnvironment = { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('QUIETLINE_'))), ...environment };
  const secondEngine = ON_RTPENGINE ? await startSecondEngine(place) : undefined;
  const mediaWords = place?.mediaAddress === undefined ? ['--media-port', '0'] : ['--media-address', place.mediaAddress, '--media-port', String(MEDIA_PORTS.from)];
  const words = ['--data', dataPath, '--sip-port', '0', '--log-level', 'debug', ...(place?.words ?? ['--port', String(port)]), ...(secondEngine?.words ?? mediaWords)];
  const [command, ...before] = [...(place?.inside ?? []), NODE];
  if (options.trunk !== undefined) {
    const trunksPath = join(folder, 'trunks.json');
    writeFileSync(trunksPath, JSON.stringify({ trunks: [options.trunk].flat() }));
    words.push('--trunks', trunksPath);
  }
  const run = (extra: readonly string[] = []): TetheredProcess =>
    startTethered(command, [...before, '--disable-warning=ExperimentalWarning', join(CHECKOUT, 'server/main.ts'), ...words, ...extra], {
      env: ownEnvironment,
    });

  let server: TetheredProcess | undefined;
  let link = '';
  const start = async (): Promise<void> => {
    server = run();
    [link] = (await server.waitForOutput(LINK, START_TIMEOUT_MS)) as [string];
  };
  /** The lines of PostgreSQL's own pid file, while it runs. */
  const readPostmaster = (): string[] | undefined => {
    const path = join(dataPath, 'postgres/cluster/postmaster.pid');
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n') : undefined;
  };

  const product: Product = {
    origin,
    dataPath,
    signInLink: () => link,
    newLink: () =>
      LINK.exec(execFileSync(NODE, [join(CHECKOUT, 'server/main.ts'), ...words, '--new-link'], { encoding: 'utf8', env: ownEnvironment }))?.[0] ?? '',
    databaseUrl() {
      const postmaster = readPostmaster();
      if (postmaster === undefined) throw new Error('No database runs on this data directory.');
      const [, , , databasePort, socketFolder] = postmaster;
      return `postgresql://postgres@localhost:${databasePort}/quietline?host=${encodeURIComponent(socketFolder ?? '')}`;
    },
    output: () => server?.output() ?? '',
    processId: () => server?.child.pid ?? 0,
    log: () => (existsSync(join(dataPath, 'server.log')) ? readFileSync(join(dataPath, 'server.log'), 'utf8') : ''),
    kill: async () => server?.kill('SIGKILL'),
    async stop() {
      if (server === undefined) return;
      const running = server;
      const deadline = setTimeout(() => void running.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await running.kill('SIGTERM');
      clearTimeout(deadline);
    },
    start,
    async close() {
      await product.stop();
      await secondEngine?.stop();
      // After a kill -9 the database lives on, for the next start to adopt; here there is none.
      const processId = Number(readPostmaster()?.[0]);
      if (processId > 0) {
        try {
          process.kill(processId, 'SIGINT');
        } catch {
          // It has ended by itself.
        }
      }
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
  try {
    await start();
    if (options.trunk !== undefined && options.line !== null) await seedProvenLine(product, options.line ?? CLINIC_LINE);
  } catch (cause) {
    await product.close();
    throw cause;
  }
  return product;
}
