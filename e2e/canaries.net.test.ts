/** Canaries: words planted as patients' data, as secrets and as tokens in every input of the product, good and bad, and then sought in everything that others may read. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiOf, fillOperation, LEAVES, plantRecords, PUBLIC, type Api, type Operation } from './api-operations.ts';
import { freeTcpPort } from './peers/free-port.ts';
import { startProduct, type Product } from './product.ts';

/** Of a patient, as typed, pasted or sent by a program. */
const PATIENT = { name: 'Xylophia-Canary', note: 'galactorrhea-canary', digits: '6125559817', email: 'xylophia.canary@patients.example', tag: 'warfarin-canary' };
/** Settings that are secret. The mail server and the community are dead, so that their errors are written down. */
const SECRETS = { smtp: 'smtp-canary-3f1c', oidc: 'oidc-canary-9b2d', trunk: 'trunk-canary-77ae', metrics: 'metrics-canary-51d0-and-some-more' };

describe('a word planted anywhere', () => {
  let product: Product;
  let metricsPort: number;
  let owner: Client;
  let api: Api;
  let cookie: string;
  let operations: Operation[];
  let ids: Map<string, string>;
  /** Tokens and cookies that the product itself made. */
  const made: string[] = [];
  /** What it answered to requests that it refused. */
  const refusals: string[] = [];

  beforeAll(async () => {
    metricsPort = await freeTcpPort();
    product = await startProduct({
      trunk: { name: 'clinic', host: '127.0.0.1', port: 1, user: 'clinic', password: SECRETS.trunk, register: true },
      environment: () => ({ QUIETLINE_METRICS: `127.0.0.1:${metricsPort}`, QUIETLINE_METRICS_TOKEN: SECRETS.metrics, QUIETLINE_SMTP_URL: `smtp://clinic:${SECRETS.smtp}@127.0.0.1:1`, QUIETLINE_MAIL_FROM: 'calls@clinic.example', QUIETLINE_OIDC_ISSUER: 'http://127.0.0.1:1', QUIETLINE_OIDC_CLIENT_ID: 'quietline', QUIETLINE_OIDC_CLIENT_SECRET: SECRETS.oidc }),
    });
    owner = new Client({ connectionString: product.databaseUrl() });
    await owner.connect();
    api = apiOf(product);
    const link = new URL(product.signInLink()).hash.slice(1);
    cookie = await api.enter(link);
    made.push(link, cookie.split('=')[1]!);
    ids = await plantRecords(api, owner, cookie, 'Lakeside');
    operations = await api.readOperations();
  });
  afterAll(async () => {
    await owner?.end();
    await product?.close();
  });

  const patientWords = Object.values(PATIENT);
  const plant = async (method: string, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<void> => {
    const { status, text } = await api.send(method, path, cookie, body, headers);
    if (status >= 400) refusals.push(`${method} ${status} ${text}`);
  };

  test('is taken as data where it is good', async () => {
    const added = await api.send('POST', '/contacts', cookie, { details: { givenName: PATIENT.name, familyName: 'Canary', email: PATIENT.email, tags: [PATIENT.tag], numbers: [{ number: `+1${PATIENT.digits}`, label: 'mobile' }] } });
    expect([added.status, added.text.includes(PATIENT.name)]).toEqual([200, true]);
    for (const text of [PATIENT.name, PATIENT.digits, PATIENT.tag]) expect((await api.send('POST', '/contacts/search', cookie, { text })).text).toContain(PATIENT.name);
    const note = await api.send('PUT', `/calls/${ids.get('callId')}/note`, cookie, { operationId: crypto.randomUUID(), baseRevision: 0, baseText: '', text: PATIENT.note });
    expect(note.text).toContain(PATIENT.note);
    const token = await api.send('POST', '/access-tokens', cookie, { name: 'Canary', scopes: ['calls:read'] });
    made.push((JSON.parse(token.text) as { token: string }).token);
    const secret = await api.send('POST', '/authenticator/start', cookie, {});
    if (secret.status === 200) made.push((JSON.parse(secret.text) as { secret: string }).secret);
    // Mailed, or tried to: the link is then shown, and its token is a secret too.
    const invited = await api.send('POST', '/invitations', cookie, { name: 'Somebody', email: PATIENT.email, roles: ['staff'] });
    const link = /#([\w-]{43})/.exec(invited.text)?.[1];
    if (link !== undefined) made.push(link);
    made.push((JSON.parse((await api.send('POST', '/socket-tickets', cookie, {})).text) as { ticket: string }).ticket);
    expect(made.length).toBeGreaterThanOrEqual(5);
  });

  test('is refused without being repeated where it is bad: wrong types, broken JSON, too much, wrong places, in headers and paths', async () => {
    const words = patientWords.join(' ');
    for (const operation of operations) {
      if (operation.name === LEAVES) continue;
      const { path, body } = fillOperation(operation, ids);
      if (operation.method !== 'GET') {
        await plant(operation.method, path, `{"${PATIENT.name}": "${words}`);
        await plant(operation.method, path, JSON.stringify(words));
        await plant(operation.method, path, { [PATIENT.name]: words, ...Object.fromEntries(Object.keys(body ?? {}).map((name) => [name, { [PATIENT.note]: words }])) });
        await plant(operation.method, path, words, { 'content-type': 'text/plain' });
      }
      if (operation.path.includes('{')) await plant(operation.method, operation.path.replaceAll(/\{\w+\}/g, encodeURIComponent(words)), operation.method === 'GET' ? undefined : {});
      if (operation.method === 'GET' && !PUBLIC.has(operation.name)) await plant('GET', `${operation.path.replaceAll(/\{\w+\}/g, ids.get('contactId')!)}?before=${encodeURIComponent(words)}&limit=${encodeURIComponent(words)}&${encodeURIComponent(PATIENT.name)}=1`, undefined);
    }
    await plant('PUT', `/contacts/${ids.get('contactId')}`, { details: { givenName: words.repeat(2_000) } });
    for (const path of [`/${PATIENT.name}`, `/contacts/${PATIENT.name}/${PATIENT.digits}`, `/nowhere?${PATIENT.name}`]) await plant('GET', path, undefined);
    await plant('POST', '/contacts/search', { text: 'x' }, { 'user-agent': words, 'x-request-id': words, referer: `${product.origin}/${PATIENT.name}`, cookie: `quietline-session=${PATIENT.name}`, authorization: `Bearer qlt_${PATIENT.name}-and-some-more` });
    for (const path of [`/h/${PATIENT.name}`, `/${PATIENT.digits}`, `/assets/${PATIENT.name}.js`]) await (await fetch(`${product.origin}${path}`)).text();
    expect(refusals.length).toBeGreaterThan(200);
    // A refusal may be copied into a ticket or a screenshot: it repeats nothing of what it refused.
    expect(refusals.filter((text) => patientWords.some((word) => text.includes(word))).map((text) => text.slice(0, 300))).toEqual([]);
  }, 240_000);

  test('stands in no log, no output, no command line, no child\'s environment, no health page, no API description and no table', async () => {
    const scraped = await fetch(`http://127.0.0.1:${metricsPort}/metrics`, { headers: { authorization: `Bearer ${SECRETS.metrics}` } });
    const metrics = { status: scraped.status, text: await scraped.text() };
    expect(metrics).toMatchObject({ status: 200, text: expect.stringContaining('# TYPE') as unknown });
    const places = new Map<string, string>([
      ['server.log', product.log()],
      // The start prints a sign-in link for whoever started it; it was used.
      ['output', product.output().replace(product.signInLink(), '')],
      ['health', await (await fetch(`${product.origin}/health`)).text()],
      ['metrics', metrics.text],
      ['openapi', await (await fetch(`${product.origin}/api/openapi.json`)).text()],
    ]);
    for (const name of readdirSync(product.dataPath)) if (name.endsWith('.jsonl')) places.set(name, readFileSync(join(product.dataPath, name), 'latin1'));
    places.set('postgres.log', readFileSync(join(product.dataPath, 'postgres/postgres.log'), 'utf8'));
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
        if (command.includes(product.dataPath)) places.set(`command ${pid}`, command);
        // The server's own environment is where its secrets come from; what it starts gets none of them.
        if (command.includes(product.dataPath) && command.includes('bin/postgres')) places.set(`environment ${pid}`, readFileSync(`/proc/${pid}/environ`, 'latin1'));
      } catch {
        // It ended while it was looked at.
      }
    }
    const tables = (await owner.query<{ name: string }>(`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`)).rows;
    for (const { name } of tables) places.set(`table ${name}`, JSON.stringify((await owner.query(`select row_to_json(t)::text as row from "${name}" t`)).rows));

    expect([...places.keys()].filter((name) => name.startsWith('command')).length).toBeGreaterThan(1);
    expect([...places.keys()].some((name) => name.startsWith('environment'))).toBe(true);
    // The search can find what is there: the log speaks of requests, the tables of the practice.
    expect(places.get('server.log')).toContain('request-answered');
    expect(places.get('table practice')).toContain('Lakeside');

    // Members are invited by an address, which stands with the invitation; patients' words stand nowhere, sealed or hashed as they are.
    const sought = [...patientWords.filter((word) => word !== PATIENT.email), ...Object.values(SECRETS), ...made];
    const found = [...places].flatMap(([place, text]) => sought.filter((word) => text.includes(word)).map((word) => `${word.slice(0, 24)} in ${place}`));
    expect(found).toEqual([]);
    expect(places.get('server.log')).not.toContain(PATIENT.email);
  });
});
