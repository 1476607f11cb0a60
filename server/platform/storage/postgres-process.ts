/** The PostgreSQL process itself: launched, found, waited for, stopped by its number. Knows no role and no database of ours. */
import { spawn } from 'node:child_process';
import { open, readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';

/** Whom it runs as; empty for ourselves. */
export interface Identity {
  uid?: number;
  gid?: number;
}

export interface LaunchOptions {
  /** The directory that holds `bin`. */
  native: string;
  cluster: string;
  socketDirectory: string;
  throwaway: boolean;
  identity: Identity;
  logPath: string;
}

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;

/** It ended before it answered; the message holds its last words. */
export class EndedWhileStartingError extends Error {
  override readonly name = 'EndedWhileStartingError';
}

/** Resolves to its process number, before it answers anyone. */
export async function launchPostgres(options: LaunchOptions): Promise<number> {
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

/**
 * The postmaster that already serves this cluster, if a killed server left one. The file of one that is gone is left to the next postmaster, which knows
 * how to take it over: removed here, it might be the file of one that was started just now.
 */
export async function findRunningPostgres(cluster: string): Promise<{ pid: number; socketDirectory: string } | undefined> {
  const path = join(cluster, 'postmaster.pid');
  const content = await readFile(path, 'utf8').catch(() => '');
  const lines = content.split('\n');
  const pid = Number(lines[0]);
  const socketDirectory = lines[4];
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined;
  // The number may have gone to another program since: a postmaster works in its cluster's directory.
  const worksIn = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  if (worksIn === cluster && socketDirectory) return { pid, socketDirectory };
  // Before that other program ends, no postmaster would start.
  if (worksIn !== cluster && isAlive(pid) && (await readFile(path, 'utf8').catch(() => '')) === content) await rm(path, { force: true });
  return undefined;
}

export async function waitUntilReady({ superuserUrl, pid, logPath }: { superuserUrl: string; pid: number; logPath: string }): Promise<void> {
  const endsAt = performance.now() + READY_TIMEOUT_MS;
  for (let waitMs = 10; ; waitMs = Math.min(200, waitMs * 2)) {
    const client = new Client({ connectionString: superuserUrl, connectionTimeoutMillis: 5_000 });
    const refusal = await client.connect().then(
      () => undefined,
      (cause: unknown) => ({ cause }),
    );
    if (refusal === undefined) return await client.end();
    await client.end().catch(() => {});
    if (!isAlive(pid)) throw new EndedWhileStartingError(`PostgreSQL ended while starting. Its last words, in ${logPath}:\n${await lastLines(logPath)}`, refusal);
    if (performance.now() > endsAt) throw new Error(`PostgreSQL did not answer within ${READY_TIMEOUT_MS / 1000} s. Its last words, in ${logPath}:\n${await lastLines(logPath)}`, refusal);
    await delay(waitMs);
  }
}

/** Ends it with its transactions rolled back and its data flushed. */
export async function stopPostgres(pid: number): Promise<void> {
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

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const lastLines = async (path: string): Promise<string> => (await readFile(path, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-10).join('\n');
