import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadLocalCertificate, type LocalCertificateOptions } from './local-authority.ts';

describe('the local authority', () => {
  let directory: string;
  let usual: LocalCertificateOptions;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'quietline-authority-'));
    usual = { directory, hostNames: ['localhost', 'clinic-server'], addresses: ['127.0.0.1', '::1'], nowMs: Date.now() };
  });
  afterEach(() => rm(directory, { recursive: true }));

  test('a device that trusts it is served by https, by name and by address', async () => {
    const { cert, key, authority } = await loadLocalCertificate(usual);
    const server = createServer({ cert, key }, (_request, response) => response.setHeader('connection', 'close').end('secure'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    for (const host of ['localhost', '127.0.0.1']) {
      const status = await new Promise((resolve, reject) => get({ host, port, ca: authority, agent: false }, (response) => resolve(response.resume().statusCode)).on('error', reject));
      expect(status).toBe(200);
    }
    await new Promise((resolve) => server.close(resolve));
  });

  test('a second start keeps both; a new address renews the certificate and keeps the authority', async () => {
    const first = await loadLocalCertificate(usual);
    expect(await loadLocalCertificate(usual)).toEqual(first);
    const moved = await loadLocalCertificate({ ...usual, addresses: ['192.168.1.20'] });
    expect(moved.cert).not.toBe(first.cert);
    expect(moved.authority).toBe(first.authority);
  });

  test('a certificate near its end is renewed before anyone is turned away', async () => {
    const first = await loadLocalCertificate(usual);
    const later = await loadLocalCertificate({ ...usual, nowMs: usual.nowMs + 370 * 86_400_000 });
    expect(later.cert).not.toBe(first.cert);
    expect(later.authority).toBe(first.authority);
  });

  test('keys are closed to others, and a file that a crash cut short is made anew', async () => {
    await loadLocalCertificate(usual);
    expect((await stat(join(directory, 'authority.key'))).mode & 0o077).toBe(0);
    await writeFile(join(directory, 'server.crt'), '-----BEGIN');
    expect((await loadLocalCertificate(usual)).cert).toContain('END CERTIFICATE');
  });
});
