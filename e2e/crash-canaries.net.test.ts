/** Canaries in a crash: secrets planted as settings and words planted as a patient's are sought in what a process that dies, reports on itself or refuses to start leaves behind. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { apiOf } from './api-operations.ts';
import { freeTcpPort } from './peers/free-port.ts';
import { startProduct } from './product.ts';

const CHECKOUT = dirname(import.meta.dirname);
const PATIENT = ['Xylophia-Canary', '6125559817', 'warfarin-canary'] as const;
const SECRETS = { QUIETLINE_SMTP_URL: 'smtp://clinic:smtp-canary-3f1c@127.0.0.1:1', QUIETLINE_OIDC_CLIENT_SECRET: 'oidc-canary-9b2d', QUIETLINE_TURN_SECRET: 'turn-canary-77ae-and-some-more', QUIETLINE_METRICS_TOKEN: 'metrics-canary-51d0-and-some-more' };
const SETTINGS = { ...SECRETS, QUIETLINE_MAIL_FROM: 'calls@clinic.example', QUIETLINE_OIDC_ISSUER: 'http://127.0.0.1:1', QUIETLINE_OIDC_CLIENT_ID: 'quietline', QUIETLINE_TURN_URLS: 'turn:127.0.0.1:1' };
const SOUGHT = ['smtp-canary', 'oidc-canary', 'turn-canary', 'metrics-canary', 'trunk-canary', 'db-canary', ...PATIENT];

const canariesIn = (text: string): string[] => SOUGHT.filter((word) => text.includes(word));

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'quietline-crash-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Asked for on every occasion there is. */
function reportsTo(name: string): { options: string; read: () => string[] } {
  const directory = join(folder, name);
  mkdirSync(directory);
  return { options: `--report-on-fatalerror --report-on-signal --report-uncaught-exception --report-directory=${directory}`, read: () => readdirSync(directory).map((file) => readFileSync(join(directory, file), 'utf8')) };
}

test('a server that is asked for a report of itself tells nothing of its settings or its patients, and lets no debugger in', async () => {
  const reports = reportsTo('running');
  const metrics = `127.0.0.1:${await freeTcpPort()}`;
  const product = await startProduct({ environment: () => ({ ...SETTINGS, QUIETLINE_METRICS: metrics, NODE_OPTIONS: reports.options }) });
  try {
    const api = apiOf(product);
    const cookie = await api.enter(new URL(product.signInLink()).hash.slice(1));
    const [givenName, digits, tag] = PATIENT;
    await api.send('POST', '/contacts', cookie, { details: { givenName, tags: [tag], numbers: [{ number: `+1${digits}`, label: 'mobile' }] } });
    expect((await api.send('POST', '/contacts/search', cookie, { text: tag })).text).toContain(givenName);
    process.kill(product.processId(), 'SIGUSR1');
    process.kill(product.processId(), 'SIGUSR2');
    const [report] = await vi.waitFor(() => {
      const written = reports.read();
      expect(written.map((text) => (JSON.parse(text) as { header: { event: string } }).header.event)).toEqual(['SIGUSR2']);
      return written;
    }, 20_000);
    // It is a report, of this process; and of what it must not hold there is none.
    expect(report).toContain(product.dataPath);
    expect(canariesIn(report!)).toEqual([]);
    expect(report).not.toContain(cookie.split('=')[1]);
    expect((await fetch(`${product.origin}/health`)).status).toBe(200);
    expect(product.output()).not.toMatch(/Debugger listening/u);
    expect(canariesIn(product.output() + product.log())).toEqual([]);
  } finally {
    await product.close();
  }
});

/** As scripts/server does, with the flags it gives. */
function runToItsEnd(words: readonly string[], environment: Readonly<Record<string, string>>): string {
  const flags = /exec .*?node" (?<flags>.*) "\$root\/server/u.exec(readFileSync(join(CHECKOUT, 'scripts/server'), 'utf8'))!.groups!['flags']!.split(' ');
  const { stdout, stderr, error } = spawnSync(join(CHECKOUT, 'node_modules/.bin/node'), [...flags, join(CHECKOUT, 'server/main.ts'), '--data', join(folder, 'data'), ...words], { env: { PATH: process.env['PATH'], ...environment }, encoding: 'utf8', timeout: 60_000 });
  if (error !== undefined) throw error;
  return stdout + stderr;
}

test('a server that runs out of memory leaves a report without its settings', () => {
  const reports = reportsTo('dying');
  const output = runToItsEnd([], { ...SETTINGS, NODE_OPTIONS: `${reports.options} --max-old-space-size=12` });
  expect(output).toMatch(/heap out of memory|heap limit/u);
  expect(reports.read()).toHaveLength(1);
  expect(canariesIn(output + reports.read().join(''))).toEqual([]);
});

test.each([
  ['a broken trunk file', '{ "trunks": [ { "password": trunk-canary } ] }', {}],
  ['a trunk file with an unknown setting', '{ "trunks": [ { "name": "main", "host": "h", "secret": "trunk-canary" } ] }', {}],
  ['an address of a mail server that is none', '{}', { QUIETLINE_SMTP_URL: 'smtp//clinic:smtp-canary@h' }],
  ['a database that is not there', '{}', { QUIETLINE_DATABASE_URL: 'postgresql://clinic:db-canary@127.0.0.1:1/x' }],
  ['an address of a database that is none', '{}', { QUIETLINE_DATABASE_URL: 'postgresql://clinic:db-canary@127.0.0.1:1:1/x' }],
])('a start that is refused for %s repeats no secret of it', (_what, trunks, environment) => {
  const path = join(folder, 'trunks.json');
  writeFileSync(path, trunks);
  const output = runToItsEnd(trunks === '{}' ? [] : ['--trunks', path], { QUIETLINE_MAIL_FROM: 'calls@clinic.example', ...environment });
  expect(output).not.toBe('');
  expect(canariesIn(output)).toEqual([]);
});
