/** The command itself, as an operator meets it: started, doubled, killed, started again, stopped. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

interface Command {
  readonly process: ChildProcess;
  /** What it said so far, on both channels. */
  said(): string;
  /** The link it prints once it runs. Rejects with its words if it ends before. */
  readonly link: Promise<URL>;
  readonly exitCode: Promise<number | null>;
}

describe('scripts/server', () => {
  let base: string;
  let data: string;
  const started: Command[] = [];
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'quietline-command-'));
    await chmod(base, 0o711);
    data = join(base, 'data');
  });
  afterEach(async () => {
    for (const { process: child, exitCode } of started.splice(0)) {
      child.kill('SIGTERM');
      await exitCode;
    }
    await rm(base, { recursive: true, force: true });
  });

  function server(...words: string[]): Command {
    const child = spawn(join(root, 'scripts/server'), ['--data', data, ...words], { env: { PATH: process.env['PATH'], HOME: base }, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const exitCode = once(child, 'close').then(([code]) => code as number | null);
    const link = new Promise<URL>((resolve, reject) => {
      const hear = (words_: Buffer): void => {
        said += words_.toString();
        const found = /https?:\/\/\S+\/sign-in#[\w-]+/.exec(said);
        if (found !== null) resolve(new URL(found[0]));
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      void exitCode.then((code) => reject(new Error(`ended with ${code}: ${said}`)));
    });
    // Not every test waits for a link.
    link.catch(() => {});
    const command = { process: child, said: () => said, link, exitCode };
    started.push(command);
    return command;
  }

  const postmasterPid = async (): Promise<number> => Number((await readFile(join(data, 'postgres/cluster/postmaster.pid'), 'utf8')).split('\n')[0]);
  const isRunning = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  const redeem = (link: URL): Promise<Response> =>
    fetch(new URL('/api/sign-in/link', link), { method: 'POST', headers: { 'content-type': 'application/json', connection: 'close' }, body: JSON.stringify({ token: link.hash.slice(1) }) });

  test('prints a link that signs in once, and stops everything on a signal', async () => {
    const command = server('--port', '0');
    const link = await command.link;
    expect((await redeem(link)).status).toBe(200);
    expect((await redeem(link)).status).toBe(410);
    const pid = await postmasterPid();
    command.process.kill('SIGTERM');
    expect(await command.exitCode).toBe(0);
    expect(isRunning(pid)).toBe(false);
  });

  test('a second one on the same data says where the first is; a new link of the first signs in', async () => {
    const first = server('--port', '0');
    const { origin } = await first.link;
    const second = server();
    expect(await second.exitCode).toBe(1);
    expect(second.said()).toContain(`already runs on ${data}, at ${origin}`);
    const newLink = server('--new-link');
    expect((await redeem(await newLink.link)).status).toBe(200);
    expect(await newLink.exitCode).toBe(0);
    expect((await fetch(`${origin}/health`, { headers: { connection: 'close' } })).status).toBe(200);
  });

  test('after kill -9 the next start adopts the database that was left running', async () => {
    const first = server('--port', '0');
    await first.link;
    const pid = await postmasterPid();
    first.process.kill('SIGKILL');
    await first.exitCode;
    expect(isRunning(pid)).toBe(true);
    const next = server('--port', '0');
    expect((await redeem(await next.link)).status).toBe(200);
    expect(await postmasterPid()).toBe(pid);
  });

  test('after a kill of server and database alike the next start recovers', async () => {
    const first = server('--port', '0');
    await first.link;
    first.process.kill('SIGKILL');
    process.kill(await postmasterPid(), 'SIGKILL');
    await first.exitCode;
    expect((await redeem(await server('--port', '0').link)).status).toBe(200);
  });

  test('a port that is taken is said with the fix', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const command = server('--port', String(port));
    expect(await command.exitCode).toBe(1);
    expect(command.said()).toContain(`Port ${port} is taken`);
    expect(command.said()).not.toContain('    at ');
    await new Promise((resolve) => taken.close(resolve));
  });

  test('a bad option is said with the fix, and help needs nothing at all', async () => {
    const bad = server('--prot', '8080');
    expect(await bad.exitCode).toBe(1);
    expect(bad.said()).toContain('Did you mean --port?');
    const help = server('--help');
    expect(await help.exitCode).toBe(0);
    expect(help.said()).toContain('--public-url');
  });

  test('with https other devices are served by a certificate of an authority it explains', async () => {
    const command = server('--https', '--port', '0');
    const link = await command.link;
    expect(link.protocol).toBe('https:');
    expect(command.said()).toContain('/authority.crt');
    expect(await readFile(join(data, 'https/authority.crt'), 'utf8')).toContain('BEGIN CERTIFICATE');
  });
});
