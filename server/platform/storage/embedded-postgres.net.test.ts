import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findEmbeddedPostgres, startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.ts';
import { isAlive } from './postgres-process.ts';

describe('the embedded PostgreSQL', () => {
  let base: string;
  let directory: string;
  let postgres: EmbeddedPostgres;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'quietline-postgres-'));
    // Under root the database is another user, who has to pass through.
    await chmod(base, 0o711);
    directory = join(base, 'postgres');
    postgres = await startEmbeddedPostgres({ directory });
  });
  afterEach(async () => {
    await postgres.stop();
    await rm(base, { recursive: true });
  });

  const ask = async (query: string): Promise<unknown> => {
    const client = new Client({ connectionString: postgres.url });
    client.on('error', () => {});
    await client.connect();
    try {
      return ((await client.query(query)).rows as Record<string, unknown>[])[0];
    } finally {
      await client.end();
    }
  };
  const pidOf = async (): Promise<number> => Number((await readFile(join(directory, 'cluster/postmaster.pid'), 'utf8')).split('\n')[0]);

  test('listens on a socket closed to others, as nobody where we are root, and its owner is above nothing', async () => {
    expect(await ask("select current_setting('listen_addresses') as addresses, (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as above")).toEqual({ addresses: '', above: false });
    expect((await stat(join(directory, 'socket'))).mode & 0o077).toBe(0);
    const expected = process.getuid!() === 0 ? 65_534 : process.getuid!();
    expect((await stat(`/proc/${await pidOf()}`)).uid).toBe(expected);
  });

  test('a second start finds it running and adopts it; what was written is there', async () => {
    await ask('create table kept as select 1 as value');
    const pid = await pidOf();
    const adopting = await startEmbeddedPostgres({ directory });
    expect(adopting.adopted).toBe(true);
    expect(await pidOf()).toBe(pid);
    expect(await findEmbeddedPostgres(directory)).toBe(postgres.url);
    expect(await ask('select value from kept')).toEqual({ value: 1 });
  });

  test('one that was killed is brought back under a running server, and nothing acknowledged is lost', async () => {
    await ask('create table kept as select 2 as value');
    const pid = await pidOf();
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(async () => expect(await ask('select value from kept')).toEqual({ value: 2 }), { timeout: 20_000, interval: 200 });
    expect(await pidOf()).not.toBe(pid);
  });

  test('one that a killed server had begun to stop is waited for and started again', async () => {
    process.kill(await pidOf(), 'SIGINT');
    const again = await startEmbeddedPostgres({ directory });
    expect(await ask('select 3 as value')).toEqual({ value: 3 });
    await again.stop();
  });

  test('starts although its process number went to another program, or to none', async () => {
    const pidFile = join(directory, 'cluster/postmaster.pid');
    const left = await readFile(pidFile, 'utf8');
    await postgres.stop();
    const stranger = spawn('sleep', ['60'], { cwd: '/', stdio: 'ignore', ...(process.getuid!() === 0 ? { uid: 65_534, gid: 65_534 } : {}) });
    await once(stranger, 'spawn');
    await writeFile(pidFile, left.replace(/^\d+/, String(stranger.pid)));
    postgres = await startEmbeddedPostgres({ directory });
    expect(postgres.adopted).toBe(false);
    expect(isAlive(stranger.pid!)).toBe(true);
    await postgres.stop();

    stranger.kill('SIGKILL');
    await once(stranger, 'exit');
    await writeFile(pidFile, left.replace(/^\d+/, String(stranger.pid)));
    // Left to the postmaster that starts next: looking takes nothing away.
    expect(await findEmbeddedPostgres(directory)).toBeUndefined();
    expect(await readFile(pidFile, 'utf8')).toContain(String(stranger.pid));
    postgres = await startEmbeddedPostgres({ directory });
    expect(await ask('select 4 as value')).toEqual({ value: 4 });
  });

  test('stopping it leaves no process', async () => {
    const pid = await pidOf();
    await postgres.stop();
    expect(isAlive(pid)).toBe(false);
    expect(await findEmbeddedPostgres(directory)).toBeUndefined();
  });
});
