/** Runs the PostgreSQL that comes with the package: makes its cluster, starts it on a unix socket, adopts one left running by a killed server, stops it. Knows no table. */
import { execFile, spawn } from 'node:child_process';
import { chmod, chown, mkdir, open, readFile, readlink, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { locatePostgres } from './postgres-binaries.ts';

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
}

/** PostgreSQL refuses to run as root; as root it is given to 'nobody'. */
const UNPRIVILEGED = 65_534;
/** A sockaddr_un holds 107 bytes, and the socket's own name takes 15. */
const LONGEST_SOCKET_DIRECTORY = 90;
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;
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
  const running = home === undefined ? undefined : await findRunning(join(home, 'cluster'));
  return running === undefined ? undefined : urlOf(running.socketDirectory, OWNER, OWNER);
}

export async function startEmbeddedPostgres({ directory, throwaway = false, programs }: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
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

  const running = await findRunning(cluster);
  const socketDirectory = running?.socketDirectory ?? (await makeSocketDirectory(home, identity));
  const pid = running?.pid ?? (await launch({ native, cluster, socketDirectory, throwaway, identity, logPath: join(home, 'postgres.log') }));
  const superuserUrl = urlOf(socketDirectory, SUPERUSER, 'postgres');
  await waitUntilReady({ superuserUrl, pid, logPath: join(home, 'postgres.log') });
  await createOwner(superuserUrl);

  return { url: urlOf(socketDirectory, OWNER, OWNER), superuserUrl, adopted: running !== undefined, stop: () => stop(pid) };
}

const urlOf = (socketDirectory: string, role: string, database: string): string => `postgresql://${role}@localhost/${database}?host=${encodeURIComponent(socketDirectory)}`;

interface Identity {
  uid?: number;
  gid?: number;
}

async function createCluster(native: string, cluster: string, identity: Identity, locale: readonly string[]): Promise<void> {
  // A cluster without PG_VERSION is one whose making was interrupted: nothing in it was ever served.
  await rm(cluster, { recursive: true, force: true });
  await promisify(execFile)(
    join(native, 'bin/initdb'),
    ['--pgdata', cluster, '--username', SUPERUSER, '--auth', 'trust', '--encoding', 'UTF8', ...locale, '--data-checksums', '--no-instructions'],
    { ...identity, env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' }, cwd: '/' },
  );
}

async function launch(options: { native: string; cluster: string; socketDirectory: string; throwaway: boolean; identity: Identity; logPath: string }): Promise<number> {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: options.socketDirectory,
    unix_socket_permissions: '0700',
    max_connections: '80',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // A statement's values may be a patient's: they stay out of the database's log.
    log_min_error_statement: 'panic',
    log_parameter_max_length_on_error: '0',
    ...(options.throwaway ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  const log = await open(options.logPath, 'a', 0o600);
  try {
    const command = [join(options.native, 'bin/postgres'), '-D', options.cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
    const [program, ...words] = options.throwaway ? ['setpriv', '--pdeathsig', 'QUIT', '--', ...command] : command;
    const child = spawn(program!, words, {
      ...options.identity,
      cwd: '/',
      env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
      stdio: ['ignore', log.fd, log.fd],
      // A group of its own: Ctrl-C in the terminal reaches the server, which then stops the database in its turn.
      detached: true,
    });
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
    return child.pid!;
  } finally {
    await log.close();
  }
}

/** The postmaster that already serves this cluster, if a killed server left one. Removes the pid file of one that is gone. */
async function findRunning(cluster: string): Promise<{ pid: number; socketDirectory: string } | undefined> {
  const path = join(cluster, 'postmaster.pid');
  const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  const socketDirectory = lines[4];
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  // The number may have gone to another program since: a postmaster works in its cluster's directory.
  const worksIn = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  if (worksIn === cluster && socketDirectory) return { pid, socketDirectory };
  await rm(path, { force: true });
  return undefined;
}

async function waitUntilReady({ superuserUrl, pid, logPath }: { superuserUrl: string; pid: number; logPath: string }): Promise<void> {
  const endsAt = performance.now() + START_TIMEOUT_MS;
  for (let waitMs = 10; ; waitMs = Math.min(200, waitMs * 2)) {
    const client = new Client({ connectionString: superuserUrl, connectionTimeoutMillis: 5_000 });
    const refusal = await client.connect().then(
      () => undefined,
      (cause: unknown) => ({ cause }),
    );
    if (refusal === undefined) return await client.end();
    await client.end().catch(() => {});
    if (!isAlive(pid)) throw new Error(`PostgreSQL ended while starting. Its last words, in ${logPath}:\n${await lastLines(logPath)}`, refusal);
    if (performance.now() > endsAt) throw new Error(`PostgreSQL did not answer within ${START_TIMEOUT_MS / 1000} s. Its last words, in ${logPath}:\n${await lastLines(logPath)}`, refusal);
    await delay(waitMs);
  }
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

async function stop(pid: number): Promise<void> {
  // SIGINT is PostgreSQL's fast shutdown: clients are let go of, then a checkpoint is written.
  signal(pid, 'SIGINT');
  if (await hasEnded(pid, STOP_TIMEOUT_MS)) return;
  // SIGQUIT leaves the checkpoint out: the next start replays the log, and nothing acknowledged is lost.
  signal(pid, 'SIGQUIT');
  if (!(await hasEnded(pid, 5_000))) throw new Error(`PostgreSQL (process ${pid}) does not stop.`);
}

async function hasEnded(pid: number, withinMs: number): Promise<boolean> {
  const endsAt = performance.now() + withinMs;
  while (isAlive(pid)) {
    if (performance.now() > endsAt) return false;
    await delay(20);
  }
  return true;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
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

const lastLines = async (path: string): Promise<string> => (await readFile(path, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-10).join('\n');
