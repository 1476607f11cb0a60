/** Canaries in the heap: secrets planted as settings, used as they are meant to be, and then sought in a dump of everything the running server holds. */
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import { signallingPath } from '#contract/signalling.ts';
import { openTestProvider, type TestProvider } from '#server/features/members/test-provider.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#server/platform/storage/embedded-postgres.ts';
import { apiOf } from './api-operations.ts';
import { freeTcpPort } from './peers/free-port.ts';
import { startKamailio, type KamailioPeer } from './peers/kamailio-peer.ts';
import { startMailServer, type MailServer } from './peers/mail-server.ts';
import { startProduct, type Product } from './product.ts';

const SECRETS = { database: 'database-canary-0c4e', smtp: 'smtp-canary-3f1c', oidc: 'oidc-canary-9b2d', turn: 'turn-canary-77ae-and-some-more', metrics: 'metrics-canary-51d0-and-some-more' };

let folder: string;
let postgres: EmbeddedPostgres;
let kamailio: KamailioPeer;
let mail: MailServer;
let community: TestProvider;
let product: Product;
let metrics: string;

const dumpsTo = (directory: string): string => `--heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${directory}`;

/** A database that asks for a password, as one on another machine does. */
async function demandPassword(): Promise<string> {
  const superuser = new Client({ connectionString: postgres.superuserUrl });
  await superuser.connect();
  await superuser.query(`alter role quietline password '${SECRETS.database}'`);
  const rules = join(folder, 'postgres/cluster/pg_hba.conf');
  writeFileSync(rules, `local all quietline scram-sha-256\n${readFileSync(rules, 'utf8')}`);
  await superuser.query('select pg_reload_conf()');
  await superuser.end();
  const url = new URL(postgres.url);
  url.password = SECRETS.database;
  return url.href;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quietline-heap-'));
  // The database runs as another user where we are root, and has to get here.
  chmodSync(folder, 0o755);
  [kamailio, mail, community, postgres, metrics] = await Promise.all([startKamailio({ demandsCertificate: true }), startMailServer(), openTestProvider(), startEmbeddedPostgres({ directory: join(folder, 'postgres') }), freeTcpPort().then((port) => `127.0.0.1:${port}`)]);
  const databaseUrl = await demandPassword();
  const smtp = new URL(mail.url);
  [smtp.username, smtp.password] = ['clinic', SECRETS.smtp];
  product = await startProduct({
    trunk: { name: 'clinic', host: 'localhost', port: kamailio.tlsPort, domain: kamailio.realm, transport: 'tls', tlsCa: kamailio.ca, tlsCert: kamailio.clients!.good.cert, tlsKey: kamailio.clients!.good.key, user: kamailio.user, password: kamailio.password, register: true },
    line: null,
    environment: () => ({
      NODE_OPTIONS: dumpsTo(folder),
      QUIETLINE_DATABASE_URL: databaseUrl,
      QUIETLINE_SMTP_URL: smtp.href,
      QUIETLINE_MAIL_FROM: 'calls@clinic.example',
      QUIETLINE_OIDC_ISSUER: community.issuer,
      QUIETLINE_OIDC_CLIENT_ID: 'quietline',
      QUIETLINE_OIDC_CLIENT_SECRET: SECRETS.oidc,
      QUIETLINE_TURN_URLS: 'turn:127.0.0.1:1',
      QUIETLINE_TURN_SECRET: SECRETS.turn,
      QUIETLINE_METRICS: metrics,
      QUIETLINE_METRICS_TOKEN: SECRETS.metrics,
    }),
  });
});
afterAll(async () => {
  await product?.close();
  await Promise.all([kamailio?.stop(), mail?.close(), community?.close(), postgres?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

/** Everything its garbage collector keeps. The process does nothing else while it writes, so that an answer means it is done. */
async function dumpHeap(of: Product, isHealthy: () => Promise<boolean>): Promise<string> {
  const before = new Set(readdirSync(folder));
  process.kill(of.processId(), 'SIGUSR2');
  const file = await vi.waitFor(() => {
    const written = readdirSync(folder).find((name) => name.endsWith('.heapsnapshot') && !before.has(name));
    expect(written).toBeDefined();
    return written!;
  }, 20_000);
  expect(await isHealthy()).toBe(true);
  return readFileSync(join(folder, file), 'utf8');
}

test('no secret stands in the heap of a server that has used each of them', async () => {
  const api = apiOf(product);
  const link = new URL(product.signInLink()).hash.slice(1);
  const cookie = await api.enter(link);
  const made: Record<string, string> = { 'sign-in link': link, session: cookie.split('=')[1]! };
  const ask = async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => JSON.parse((await api.send(method, path, cookie, body)).text) as Answer;

  // Each is used, so that nothing is proven by a secret that was never needed.
  await expect.poll(async () => (await ask<{ trunks: unknown }>('GET', '/practices/first-steps')).trunks, { timeout: 40_000, interval: 500 }).toMatchObject([{ state: 'up', isRegistered: true }]);
  const mailed = mail.nextTo('new@clinic.example');
  await ask('POST', '/invitations', { name: 'Somebody', email: 'new@clinic.example', roles: ['staff'] });
  made['invitation'] = /#([\w-]{43})/.exec(await mailed)![1]!;
  const started = await api.send('POST', '/sign-in/community/start', undefined, {});
  await api.send('POST', '/sign-in/community/finish', started.cookie, { answer: community.authorize((JSON.parse(started.text) as { url: string }).url) });
  expect(community.tokenRequests.map((request) => request.get('client_secret'))).toEqual([SECRETS.oidc]);
  expect((await ask<{ relays: unknown[] }>('POST', '/relays', {})).relays).toHaveLength(1);
  expect((await fetch(`http://${metrics}/metrics`, { headers: { authorization: `Bearer ${SECRETS.metrics}` } })).status).toBe(200);
  made['access token'] = (await ask<{ token: string }>('POST', '/access-tokens', { name: 'Canary', scopes: ['calls:read'] })).token;
  expect((await api.send('GET', '/calls', undefined, undefined, { authorization: `Bearer ${made['access token']}` })).status).toBe(200);
  made['authenticator'] = (await ask<{ secret: string }>('POST', '/authenticator/start', {})).secret;

  made['socket ticket'] = (await ask<{ ticket: string }>('POST', '/socket-tickets', {})).ticket;
  const socket = new WebSocket(`${product.origin.replace('http', 'ws')}${signallingPath}`, ['quietline.v1', `ticket.${made['socket ticket']}`], { headers: { origin: product.origin, cookie } });
  await once(socket, 'open');

  const heap = await dumpHeap(product, async () => (await fetch(`${product.origin}/health`)).ok);
  socket.terminate();
  // It is this server's, with its settings in it.
  for (const known of ['calls@clinic.example', community.issuer, 'turn:127.0.0.1:1', kamailio.realm]) expect(heap).toContain(known);
  const sought = { ...SECRETS, trunk: kamailio.password, 'client key': kamailio.clients!.good.key.split('\n')[2]!, ...made };
  expect(Object.entries(sought).filter(([, secret]) => heap.includes(secret)).map(([name]) => name)).toEqual([]);
});

test('the keys of the certificate and of its authority do not either', async () => {
  const port = await freeTcpPort();
  const secure = await startProduct({ place: { inside: [], origin: `https://localhost:${port}`, words: ['--https', '--host', '127.0.0.1', '--port', String(port)], environment: { NODE_OPTIONS: dumpsTo(folder) } } });
  try {
    const [server, authority, trusted] = ['server.key', 'authority.key', 'authority.crt'].map((name) => readFileSync(join(secure.dataPath, 'https', name), 'utf8'));
    const heap = await dumpHeap(secure, async () => {
      const [answer] = (await once(get(`${secure.origin}/health`, { ca: trusted, agent: false }), 'response')) as [IncomingMessage];
      answer.resume();
      return answer.statusCode === 200;
    });
    const middleOf = (pem: string | undefined): string => pem!.split('\n')[2]!;
    // What anybody may see is there to be found.
    expect([trusted, server, authority].map((pem) => heap.includes(middleOf(pem)))).toEqual([true, false, false]);
  } finally {
    await secure.close();
  }
});
