import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { connect } from 'node:net';
import { join } from 'node:path';
import { oc } from '@orpc/contract';
import { implement } from '@orpc/server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import * as z from 'zod';
import { silentLog, type Log } from '../logging/log.ts';
import { createHttpServer, type HttpServer } from './http-server.ts';
import type { RequestContext } from './request-context.ts';

const contract = {
  greet: oc
    .route({ method: 'POST', path: '/greetings' })
    .errors({ ALREADY_GREETED: { status: 409 } })
    .input(z.object({ word: z.string().min(1) }))
    .output(z.object({ answer: z.string() })),
};
const os = implement(contract).$context<RequestContext>();
const router = {
  greet: os.greet.handler(({ input, context, errors }) => {
    if (input.word === 'again') throw errors.ALREADY_GREETED();
    if (input.word === 'bug') throw new Error('the patient is +15555550123');
    context.response.setCookie('greeted', 'yes', { maxAgeS: 60 });
    return { answer: `${input.word} to you${context.request.cookie('greeted') === 'yes' ? ' again' : ''}` };
  }),
};

describe('the HTTP server', () => {
  let server: HttpServer;
  let origin: string;
  let port: number;
  let pageDirectory: string;
  const errors: string[] = [];
  const log: Log = { ...silentLog, error: (event) => void errors.push(event) };

  beforeEach(async () => {
    errors.length = 0;
    pageDirectory = await mkdtemp(join(tmpdir(), 'quietline-page-'));
    await mkdir(join(pageDirectory, 'assets'));
    await writeFile(join(pageDirectory, 'index.html'), '<!doctype html><title>page</title>');
    await writeFile(join(pageDirectory, 'assets/app-1a2b.js'), 'export {}');
    await writeFile(join(pageDirectory, '.built-from'), 'what the build keeps for itself');
    server = await createHttpServer({
      log,
      origins: { publicOrigin: undefined, hostNames: [] },
      trustProxy: false,
      tls: undefined,
      pageDirectory,
      router,
      sockets: {
        path: '/api/socket',
        protocol: 'quietline.v1',
        admit: async (offered) => (offered.includes('ticket.good') ? (socket) => socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })) : undefined),
      },
    });
    port = await server.listen({ host: '127.0.0.1', port: 0 });
    origin = `http://127.0.0.1:${port}`;
  });
  afterEach(async () => {
    await server.close();
    await rm(pageDirectory, { recursive: true });
  });

  const post = (word: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${origin}/api/greetings`, { method: 'POST', body: JSON.stringify({ word }), headers: { 'content-type': 'application/json', connection: 'close', ...headers } });
  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> => fetch(`${origin}${path}`, { headers: { connection: 'close', ...headers } });

  test('a route answers by its contract, and its cookie is closed to scripts and other sites', async () => {
    const response = await post('hello', { origin });
    expect(await response.json()).toEqual({ answer: 'hello to you' });
    expect(response.headers.get('set-cookie')).toBe('greeted=yes; Path=/; HttpOnly; SameSite=Strict; Max-Age=60');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await (await post('hello', { cookie: 'other=1; greeted=yes' })).json()).toEqual({ answer: 'hello to you again' });
  });

  test('a refusal of the contract is a problem with its code', async () => {
    const response = await post('again');
    expect(response.status).toBe(409);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(await response.json()).toMatchObject({ type: 'about:blank', status: 409, code: 'ALREADY_GREETED', defined: true });
    expect((await post('again', { accept: 'application/json' })).headers.get('content-type')).toContain('application/json');
    expect(errors).toEqual([]);
  });

  test('a bug is logged and answered without its words', async () => {
    const response = await post('bug');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('5555550123');
    expect(errors).toEqual(['route-failed']);
  });

  test.each([
    ['an input that does not fit', { body: '{"word":""}', type: 'application/json' }, 400],
    ['a body that is not JSON', { body: '{', type: 'application/json' }, 400],
    ['a body that is too large', { body: JSON.stringify({ word: 'x'.repeat(70_000) }), type: 'application/json' }, 413],
    ['a form another site could post', { body: 'word=hello', type: 'application/x-www-form-urlencoded' }, 415],
  ])('%s is a problem too', async (_what, { body, type }, status) => {
    const response = await fetch(`${origin}/api/greetings`, { method: 'POST', body, headers: { 'content-type': type, connection: 'close' } });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });

  test('another site may change nothing, and a name that is not ours is not answered', async () => {
    expect((await post('hello', { origin: 'http://evil.example' })).status).toBe(403);
    // fetch sets the Host header itself, so this is asked without a socket.
    expect((await server.inject({ method: 'GET', url: '/', headers: { host: 'evil.example' } })).statusCode).toBe(421);
  });

  test('every answer carries a policy that allows nothing inline', async () => {
    for (const path of ['/', '/api/none', '/none']) {
      const policy = (await get(path)).headers.get('content-security-policy')!;
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
    }
  });

  test.each([
    ['what is no HTTP', 'NONSENSE\r\n\r\n', 400],
    ['headers without end', `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n${'x: '.padEnd(70_000, 'y')}\r\n\r\n`, 431],
    ['a handshake from another page', 'GET /api/socket HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n', 403],
  ])('%s is answered by hand, and carries the same rules', async (_what, bytes, status) => {
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(bytes));
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `, 'u'));
    for (const rule of ["default-src 'none'; frame-ancestors 'none'", 'cross-origin-opener-policy: same-origin', 'permissions-policy: ', 'referrer-policy: no-referrer', 'x-content-type-options: nosniff']) expect(answer).toContain(rule);
  });

  test("the page's addresses are its index; files with a hash are kept; what is missing is missing", async () => {
    expect(await (await get('/calls/1', { accept: 'text/html' })).text()).toContain('<title>page</title>');
    expect((await get('/', { accept: 'text/html' })).headers.get('cache-control')).toBe('no-cache');
    expect((await get('/assets/app-1a2b.js')).headers.get('cache-control')).toContain('immutable');
    expect((await get('/assets/gone.js')).status).toBe(404);
    expect((await get('/.built-from')).status).toBe(404);
    expect((await get('/api/none', { accept: 'text/html' })).status).toBe(404);
    expect((await get('/assets/../../../../etc/passwd')).status).toBe(404);
    expect((await get('/assets/%2e%2e/%2e%2e/etc/passwd')).status).not.toBe(200);
  });

  const dial = (options: { path?: string; from?: string | undefined; protocols?: string[] } = {}): Promise<WebSocket | number> =>
    new Promise((resolve, reject) => {
      const { path = '/api/socket', from = origin, protocols = ['quietline.v1', 'ticket.good'] } = options;
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, from === undefined ? {} : { origin: from });
      socket.on('open', () => resolve(socket));
      socket.on('unexpected-response', (request, response) => {
        resolve(response.statusCode!);
        request.destroy();
      });
      socket.on('error', reject);
    });

  test('a socket with our origin and a good ticket opens, speaks our protocol, and closes when the server does', async () => {
    const socket = await dial();
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    expect(socket.protocol).toBe('quietline.v1');
    const echoed = new Promise<string>((resolve) => socket.once('message', (data: Buffer) => resolve(data.toString())));
    socket.send('heard');
    expect(await echoed).toBe('heard');
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    await server.close();
    expect(await closed).toBe(1001);
  });

  test.each([
    ['of another origin', { from: 'http://evil.example' }, 403],
    ['of no origin', { from: '' }, 403],
    ['at another path', { path: '/api/other' }, 404],
    ['without our protocol', { protocols: ['ticket.good'] }, 400],
    ['with a bad ticket', { protocols: ['quietline.v1', 'ticket.bad'] }, 401],
  ])('a socket %s is refused', async (_what, options, status) => {
    expect(await dial(options)).toBe(status);
  });

  test('a message beyond any session description ends its socket and nothing else', async () => {
    const socket = await dial();
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    socket.send('x'.repeat(100_000));
    expect(await closed).toBe(1009);
    expect((await get('/health')).status).toBe(200);
  });
});
