/** The real product on a data directory of its own: starts it as scripts/server does, kills it, starts it again. Knows its printed words and its files, none of its modules. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freeTcpPort } from './peers/free-port.ts';
import { startTethered, type TetheredProcess } from './peers/tethered-process.ts';

const CHECKOUT = dirname(import.meta.dirname);
const NODE = join(CHECKOUT, 'node_modules/.bin/node');
/** A first start makes a database; a loaded machine takes its time. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;
const LINK = /http:\/\/localhost:\d+\/\S*#\S+/;

/** As the trunk settings file has it. */
export interface TrunkEntry {
  name: string;
  host: string;
  port: number;
  transport?: 'udp' | 'tcp';
  callerIdForm?: string;
  optionsIntervalSec?: number;
}

export interface Product {
  /** http://localhost:PORT; the same after a restart. */
  readonly origin: string;
  /** The link of the latest start; works once. */
  signInLink(): string;
  /** Another link of the server that runs. */
  newLink(): string;
  /** The PostgreSQL of this data directory, as its superuser. */
  databaseUrl(): string;
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

/** With `trunk`, calls go there; without, to the sandbox. */
export async function startProduct(options: { trunk?: TrunkEntry } = {}): Promise<Product> {
  buildPage();
  const folder = mkdtempSync(join(tmpdir(), 'quietline-e2e-'));
  // The embedded database runs as another user where we are root, and has to get here.
  chmodSync(folder, 0o755);
  const dataPath = join(folder, 'data');
  const port = await freeTcpPort();
  const origin = `http://localhost:${port}`;
  const words = ['--data', dataPath, '--port', String(port), '--media-port', '0', '--sip-port', '0', '--log-level', 'debug'];
  if (options.trunk !== undefined) {
    const trunksPath = join(folder, 'trunks.json');
    writeFileSync(trunksPath, JSON.stringify({ trunks: [options.trunk] }));
    words.push('--trunks', trunksPath);
  }
  const run = (extra: readonly string[] = []): TetheredProcess =>
    startTethered(NODE, ['--disable-warning=ExperimentalWarning', join(CHECKOUT, 'server/main.ts'), ...words, ...extra], {
      // The machine's own settings must not reach the product under test.
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('QUIETLINE_'))),
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
    signInLink: () => link,
    newLink: () =>
      LINK.exec(execFileSync(NODE, [join(CHECKOUT, 'server/main.ts'), ...words, '--new-link'], { encoding: 'utf8' }))?.[0] ?? '',
    databaseUrl() {
      const postmaster = readPostmaster();
      if (postmaster === undefined) throw new Error('No database runs on this data directory.');
      const [, , , databasePort, socketFolder] = postmaster;
      return `postgresql://postgres@localhost:${databasePort}/quietline?host=${encodeURIComponent(socketFolder ?? '')}`;
    },
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
  } catch (cause) {
    await product.close();
    throw cause;
  }
  return product;
}
