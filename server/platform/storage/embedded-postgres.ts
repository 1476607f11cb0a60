/** Runs the PostgreSQL that comes with the package: makes its cluster, starts it on a unix socket, adopts one left running by a killed server, stops it. Knows no table. */
import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { silentLog, type Log } from '../logging/log.ts';
import { locatePostgres } from './postgres-binaries.ts';
import { EndedWhileStartingError, findRunningPostgres, isAlive, launchPostgres, stopPostgres, waitUntilReady, type Identity, type LaunchOptions } from './postgres-process.ts';

export interface EmbeddedPostgres {
  /** Connection string of the role that owns the database `quietline`; not a superuser. */
  readonly url: string;
  /** Connection string of the cluster's superuser, to its database `postgres`. */
  readonly superuserUrl: string;
  /** Whether it was found running. */
  readonly adopted: boolean;
  /** Ends it, its transactions rolled back, its data flushed. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Made if missing; everything of PostgreSQL lies below it. */
  directory: string;
  /** For tests: gives up durability for speed, and ends with the process that started it. */
  throwaway?: boolean;
  /** Another PostgreSQL's programs (the directory that holds `bin`), instead of the package's. */
  programs?: string | undefined;
  log?: Log;
}

/** PostgreSQL refuses to run as root; as root it is given to 'nobody'. */
const UNPRIVILEGED = 65_534;
/** A sockaddr_un holds 107 bytes, and the socket's own name takes 15. */
const LONGEST_SOCKET_DIRECTORY = 90;
const SETTLE_TIMEOUT_MS = 15_000;
const WATCH_INTERVAL_MS = 1_000;
/** From PostgreSQL 17 on: Unicode that does not change with the machine's C library. Debian 12's PostgreSQL has to take the library's. */
const BUILTIN_LOCALE = ['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--locale', 'C'];
const DEBIAN_LOCALE = ['--locale', 'C.UTF-8'];
const SUPERUSER = 'postgres';
const OWNER = 'quietline';

/** The directory cannot be used, and the message says which can. */
export class UnusableDirectoryError extends Error {
  override readonly name = 'UnusableDirectoryError';
}

/** The address of the one that runs in this directory, started by another process; undefined if none does. */
export async function findEmbeddedPostgres(directory: string): Promise<string | undefined> {
  const home = await realpath(directory).catch(() => undefined);
  const running = home === undefined ? undefined : await findRunningPostgres(join(home, 'cluster'));
  return running === undefined ? undefined : urlOf(running.socketDirectory, OWNER, OWNER);
}

export async function startEmbeddedPostgres({ directory, throwaway = false, programs, log = silentLog }: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const identity = process.getuid?.() === 0 ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {};
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const home = await realpath(directory);
  if ('uid' in identity) {
    await chown(home, UNPRIVILEGED, UNPRIVILEGED);
    await assertReachable(home);
  }
  const native = programs ?? (await locatePostgres({ copyInto: join(home, 'programs'), isReachable: 'uid' in identity ? isReachableByAnyone : async () => true }));
  const cluster = join(home, 'cluster');
  if (!(await exists(join(cluster, 'PG_VERSION')))) await createCluster(native, cluster, identity, programs === undefined ? BUILTIN_LOCALE : DEBIAN_LOCALE);

  const wasRunning = await findRunningPostgres(cluster);
  const socketDirectory = wasRunning?.socketDirectory ?? (await makeSocketDirectory(home, identity));
  const superuserUrl = urlOf(socketDirectory, SUPERUSER, 'postgres');
  const bringUp = (): Promise<number> => bringUpPostgres({ native, cluster, socketDirectory, throwaway, identity, logPath: join(home, 'postgres.log') }, superuserUrl);

  let pid = await bringUp();
  await createOwner(superuserUrl);
  const watch = watchOver({ isGone: () => !isAlive(pid), bringBack: async () => void (pid = await bringUp()), log });
  return {
    url: urlOf(socketDirectory, OWNER, OWNER),
    superuserUrl,
    adopted: wasRunning !== undefined,
    async stop() {
      await watch.end();
      await stopPostgres(pid);
    },
  };
}

/**
 * Finds the one that runs, or launches one, and waits until it answers. One that a killed server had begun to stop ends under our hands, and
 * children of a killed postmaster hold its memory for some moments: both mean once more, not failure.
 */
async function bringUpPostgres(options: LaunchOptions, superuserUrl: string): Promise<number> {
  const givesUpAt = performance.now() + SETTLE_TIMEOUT_MS;
  for (;;) {
    const pid = (await findRunningPostgres(options.cluster))?.pid ?? (await launchPostgres(options));
    try {
      await waitUntilReady({ superuserUrl, pid, logPath: options.logPath });
      return pid;
    } catch (cause) {
      if (!(cause instanceof EndedWhileStartingError) || performance.now() > givesUpAt) throw cause;
      await delay(300);
    }
  }
}

/** A database that dies under a running server (out of memory, a stray kill) is brought back; calls go on meanwhile. */
function watchOver({ isGone, bringBack, log }: { isGone: () => boolean; bringBack: () => Promise<void>; log: Log }): { end(): Promise<void> } {
  let mending: Promise<void> | undefined;
  const mend = async (): Promise<void> => {
    log.warn('database-gone');
    await bringBack().then(
      () => log.info('database-back'),
      (cause: unknown) => log.error('database-not-brought-back', cause),
    );
    mending = undefined;
  };
  const timer = setInterval(() => {
    if (mending === undefined && isGone()) mending = mend();
  }, WATCH_INTERVAL_MS);
  timer.unref();
  return {
    async end() {
      clearInterval(timer);
      await mending;
    },
  };
}

const urlOf = (socketDirectory: string, role: string, database: string): string => `postgresql://${role}@localhost/${database}?host=${encodeURIComponent(socketDirectory)}`;

async function createCluster(native: string, cluster: string, identity: Identity, locale: readonly string[]): Promise<void> {
  // Made aside and renamed, so that one whose making was interrupted is never taken for whole.
  const partial = `${cluster}.partial`;
  await rm(partial, { recursive: true, force: true });
  await promisify(execFile)(
    join(native, 'bin/initdb'),
    ['--pgdata', partial, '--username', SUPERUSER, '--auth', 'trust', '--encoding', 'UTF8', ...locale, '--data-checksums', '--no-instructions'],
    { ...identity, env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' }, cwd: '/' },
  );
  await rename(partial, cluster);
}

/** The server signs in as a role that is no superuser, so that forced row-level security holds for it too. */
async function createOwner(superuserUrl: string): Promise<void> {
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const has = async (query: string): Promise<boolean> => (await client.query(query)).rowCount !== 0;
    if (!(await has(`select from pg_roles where rolname = '${OWNER}'`))) await client.query(`create role ${OWNER} login createrole createdb nosuperuser nobypassrls`);
    if (!(await has(`select from pg_database where datname = '${OWNER}'`))) await client.query(`create database ${OWNER} owner ${OWNER}`);
  } finally {
    await client.end();
  }
}

async function makeSocketDirectory(home: string, identity: Identity): Promise<string> {
  const inside = join(home, 'socket');
  const short = join(tmpdir(), `quietline-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`);
  const path = Buffer.byteLength(inside) <= LONGEST_SOCKET_DIRECTORY ? inside : short;
  await mkdir(path, { recursive: true, mode: 0o700 });
  const owner = identity.uid ?? process.getuid!();
  if (identity.uid !== undefined) await chown(path, owner, owner);
  // In a shared temporary directory somebody else may have made it first, to listen in.
  if ((await stat(path)).uid !== owner) throw new UnusableDirectoryError(`${path} belongs to another user. Remove it, or name a shorter data directory with --data.`);
  await chmod(path, 0o700);
  return path;
}

async function assertReachable(home: string): Promise<void> {
  if (await isReachableByAnyone(dirname(home))) return;
  throw new UnusableDirectoryError(`PostgreSQL refuses to run as root, and no other user may enter ${dirname(home)}. Name a data directory that others can reach, for example --data /var/lib/quietline.`);
}

async function isReachableByAnyone(path: string): Promise<boolean> {
  for (let current = path; ; current = dirname(current)) {
    if (((await stat(current)).mode & 0o001) === 0) return false;
    if (current === dirname(current)) return true;
  }
}

const exists = (path: string): Promise<boolean> => stat(path).then(() => true, () => false);

