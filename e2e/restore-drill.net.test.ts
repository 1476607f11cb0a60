/** Backup and restore as an operator runs them: beside the running server, after everything was killed, and with the mistakes one makes at night. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, chmodSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProduct, type Product } from './product.ts';

const CHECKOUT = dirname(import.meta.dirname);

interface Said {
  readonly code: number;
  readonly text: string;
}

function command(name: string, ...words: string[]): Promise<Said> {
  return new Promise((resolve) => {
    const env = Object.fromEntries(Object.entries(process.env).filter(([variable]) => !variable.startsWith('QUIETLINE_')));
    execFile(join(CHECKOUT, 'scripts', name), words, { env }, (cause, out, err) => resolve({ code: cause === null ? 0 : Number(cause.code), text: out + err }));
  });
}

describe('backup and restore', () => {
  let product: Product;
  let restored: Product | undefined;
  let folder: string;
  let cookie: string;
  const ask = async (at: Product, method: string, path: string, body?: unknown, as = cookie): Promise<{ status: number; json: unknown }> => {
    const response = await fetch(`${at.origin}/api${path}`, { method, headers: { origin: at.origin, cookie: as, connection: 'close', ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    return { status: response.status, json: await response.json() };
  };
  const enter = async (at: Product): Promise<string> => {
    const response = await fetch(`${at.origin}/api/sign-in/link`, { method: 'POST', headers: { origin: at.origin, 'content-type': 'application/json', connection: 'close' }, body: JSON.stringify({ token: new URL(at.signInLink()).hash.slice(1) }) });
    return response.headers.getSetCookie()[0]!.split(';')[0]!;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quietline-restore-'));
    chmodSync(folder, 0o711);
    product = await startProduct();
    cookie = await enter(product);
  });
  afterAll(async () => {
    await restored?.close();
    await product?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a backup of a running server says how far it is, and refuses to lay the keys beside it', async () => {
    expect((await ask(product, 'POST', '/contacts', { details: { givenName: 'Rosalind', numbers: [] } })).status).toBe(200);
    const wrong = await command('backup', '--data', product.dataPath, '--to', join(folder, 'backups'), '--keys-to', join(folder, 'backups'));
    expect(wrong).toMatchObject({ code: 1, text: expect.stringContaining('must not lie together') as unknown });
    const made = await command('backup', '--data', product.dataPath, '--to', join(folder, 'backups'), '--keys-to', join(folder, 'keys'));
    expect(made).toMatchObject({ code: 0, text: expect.stringMatching(/contact: 1 rows[\s\S]*Keep them apart/) as unknown });
    expect((await ask(product, 'GET', '/session')).status).toBe(200);
  });

  test('after everything is killed it is restored elsewhere: the records are there, the sessions are not, the audit is whole', async () => {
    const pid = Number(readFileSync(join(product.dataPath, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0]);
    await product.kill();
    process.kill(pid, 'SIGKILL');
    const from = join(folder, 'backups', readdirSync(join(folder, 'backups'))[0]!);
    const keys = join(folder, 'keys', readdirSync(join(folder, 'keys'))[0]!);
    const into = join(folder, 'restored');
    expect(await command('restore', '--from', from, '--keys', keys, '--data', product.dataPath, '--old-data', product.dataPath)).toMatchObject({ code: 1, text: expect.stringContaining('never overwrites') as unknown });
    expect((await command('restore', '--from', from, '--keys', keys, '--data', into)).text).toContain('Usage');
    const done = await command('restore', '--from', from, '--keys', keys, '--data', into, '--old-data', product.dataPath);
    expect(done).toMatchObject({ code: 0, text: expect.stringContaining('The audit is whole.') as unknown });
    restored = await startProduct({ dataPath: into });
    expect((await ask(restored, 'GET', '/session')).status).toBe(401);
    const again = await enter(restored);
    const { json } = await ask(restored, 'POST', '/contacts/search', { text: 'rosalind', onlyFavourites: false, limit: 10, offset: 0 }, again);
    expect(json).toMatchObject({ total: 1 });
    expect(await command('audit-verify', '--data', into)).toMatchObject({ code: 0, text: expect.not.stringContaining('findings') as unknown });
  });
});
