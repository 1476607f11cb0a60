import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:https';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { silentLog } from '../logging/log.ts';
import { createHttpServer, type HttpServer } from './http-server.ts';
import { loadLocalCertificate } from './local-authority.ts';

/** The first octets of an Allocate request (RFC 8656 17): a method whose two highest bits are zero. */
const ALLOCATE = Buffer.from('000300002112a442', 'hex');

describe('a port shared by pages and a TURN server', () => {
  let directory: string;
  let authority: string;
  let backend: Server;
  let http: HttpServer;
  let port: number;
  const open: TLSSocket[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'quietline-shared-port-'));
    const certificate = await loadLocalCertificate({ directory, hostNames: ['localhost'], addresses: ['127.0.0.1'], nowMs: Date.now() });
    authority = certificate.authority;
    // Answers what it got, turned round, so that it cannot be taken for the page's server.
    backend = createServer((socket) => socket.on('data', (bytes) => socket.write(Buffer.from(bytes).reverse())).on('error', () => {}));
    await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
    http = await createHttpServer({
      log: silentLog,
      origins: { publicOrigin: undefined, hostNames: [] },
      trustProxy: false,
      tls: certificate,
      turnBackend: { host: '127.0.0.1', port: (backend.address() as AddressInfo).port },
      pageDirectory: undefined,
      router: {},
      sockets: { path: '/socket', protocol: 'test', admit: async () => (socket) => socket.on('message', (data: Buffer) => socket.send(String(data).toUpperCase())) },
    });
    port = await http.listen({ host: '127.0.0.1', port: 0 });
  });
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.destroy();
    await http.close();
    if (backend.listening) await new Promise((resolve) => backend.close(resolve));
    await rm(directory, { recursive: true });
  });

  const dial = (): Promise<TLSSocket> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, ca: authority }, () => resolve(socket)).on('error', reject);
      open.push(socket);
    });
  const nextBytes = (socket: TLSSocket): Promise<Buffer> => new Promise((resolve) => socket.once('data', resolve));
  const statusOf = (path: string): Promise<number | undefined> => new Promise((resolve, reject) => get({ host: '127.0.0.1', port, path, ca: authority, agent: false }, (response) => resolve(response.resume().statusCode)).on('error', reject));

  test('pages and sockets are served as on a port of their own', async () => {
    expect(await statusOf('/health')).toBe(200);
    const socket = new WebSocket(`wss://127.0.0.1:${port}/socket`, 'test', { ca: authority, origin: `https://127.0.0.1:${port}` });
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
    const answer = new Promise((resolve) => socket.once('message', (data: Buffer) => resolve(String(data))));
    socket.send('hello');
    expect(await answer).toBe('HELLO');
    await new Promise((resolve) => socket.on('close', resolve).close());
  });

  test('one connection serves several requests, each whole', async () => {
    const socket = await dial();
    for (let request = 0; request < 3; request += 1) {
      socket.write(`GET /health HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
      expect(String(await nextBytes(socket))).toContain('200 OK');
    }
  });

  test('a request that comes octet by octet is understood', async () => {
    const socket = await dial();
    socket.setNoDelay(true);
    for (const octet of `GET /health HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`) {
      socket.write(octet);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(String(await nextBytes(socket))).toContain('200 OK');
  });

  test('what begins as a STUN message goes to the TURN server, and its answers come back', async () => {
    const socket = await dial();
    socket.write(ALLOCATE);
    expect(await nextBytes(socket)).toEqual(Buffer.from(ALLOCATE).reverse());
    socket.write(Buffer.from([0x47, 1, 2]));
    expect(await nextBytes(socket)).toEqual(Buffer.from([2, 1, 0x47]));
  });

  test('where the TURN server is away the connection ends, and pages go on', async () => {
    await new Promise((resolve) => backend.close(resolve));
    const socket = await dial();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(ALLOCATE);
    await closed;
    expect(await statusOf('/health')).toBe(200);
  });

  test('the TURN server’s hang-up ends the browser’s connection', async () => {
    backend.on('connection', (socket) => socket.on('data', () => socket.destroy()));
    const socket = await dial();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.resume().write(ALLOCATE);
    await closed;
  });
});
