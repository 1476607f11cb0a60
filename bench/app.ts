/**
 * The application around the call, measured: what a request costs beside a bare route of the same framework, what row-level security adds to a query,
 * how long a start takes, how much script home is drawn from; and what is kept (app/records.ts): searches, imports, sweeps, pages.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { Client } from 'pg';
import { freeTcpPort } from '../e2e/peers/free-port.ts';
import { startTethered } from '../e2e/peers/tethered-process.ts';
import { startProduct, type Product } from '../e2e/product.ts';
import { measureRecords } from './app/records.ts';
import { median, quantile, report, type Row } from './report.ts';

const CHECKOUT = dirname(import.meta.dirname);
const { values: options } = parseArgs({ options: { json: { type: 'boolean', default: false }, runs: { type: 'string', default: '3' }, 'without-records': { type: 'boolean', default: false } } });
const RUNS = Number(options.runs);
const REQUESTS = 3_000;
const AT_ONCE = 16;
const QUERIES = 2_000;

interface Measured {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly cpuUs: number;
}

/** User and system time of one process, ms. */
function cpuMs(pid: number): number {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ').slice(11, 13);
  return (Number(user) + Number(system)) * 10;
}

async function load(url: URL, cookies: readonly string[], pid: number): Promise<Measured> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  let asked = 0;
  const ask = (): Promise<void> =>
    new Promise((resolve, reject) => {
      // A session may ask 600 times a minute: many ask.
      const cookie = cookies[asked++ % cookies.length];
      request(url, { agent, headers: cookie === undefined ? {} : { cookie } }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`${url.pathname}: ${response.statusCode}`));
        response.on('end', resolve).resume();
      }).on('error', reject).end();
    });
  const took: number[] = [];
  let left = REQUESTS;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const began = performance.now();
      await ask();
      took.push(performance.now() - began);
    }
  };
  for (let warm = 0; warm < 300; warm += 1) await ask();
  const cpu = cpuMs(pid);
  const began = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const measured = { perSecond: REQUESTS / ((performance.now() - began) / 1_000), p99Ms: quantile(took, 0.99), cpuUs: ((cpuMs(pid) - cpu) * 1_000) / REQUESTS };
  agent.destroy();
  return measured;
}

async function measureRequests(product: Product, cookies: readonly string[]): Promise<Row[]> {
  const bare = { port: await freeTcpPort() };
  const peer = startTethered(join(CHECKOUT, 'node_modules/.bin/node'), [join(import.meta.dirname, 'app/bare-route.ts'), String(bare.port)]);
  await peer.waitForOutput(/listening/, 20_000);
  const ours: Measured[] = [];
  const light: Measured[] = [];
  const theirs: Measured[] = [];
  try {
    // By turns, so that what else the machine does falls on all alike.
    for (let run = 0; run < RUNS; run += 1) {
      theirs.push(await load(new URL(`http://127.0.0.1:${bare.port}/session`), [], peer.child.pid!));
      light.push(await load(new URL('/health', product.origin), [], product.processId()));
      ours.push(await load(new URL('/api/session', product.origin), cookies, product.processId()));
    }
  } finally {
    await peer.kill();
  }
  const of = (all: readonly Measured[], name: keyof Measured): number => median(all.map((each) => each[name]));
  const beside = (metric: string, unit: string, all: readonly Measured[], name: keyof Measured, goal: number, better: Row['better']): Row => ({ metric, unit, ours: of(all, name), peer: of(theirs, name), peerName: 'bare Fastify', goal, goalOf: 'ratio', better });
  return [
    beside('CPU a request without session or query', 'us', light, 'cpuUs', 2.5, 'less'),
    beside('CPU a request that finds its session in the database', 'us', ours, 'cpuUs', 12, 'less'),
    beside('requests a second, session found, 16 at once', '1/s', ours, 'perSecond', 0.08, 'more'),
    beside('p99 of those', 'ms', ours, 'p99Ms', 12, 'less'),
  ];
}

/** As many sessions of the member as the rates of requests ask for. */
async function openSessions(product: Product, cookie: string): Promise<string[]> {
  const { practice, member } = (await (await fetch(`${product.origin}/api/session`, { headers: { cookie } })).json()) as { practice: { id: string }; member: { id: string } };
  const client = new Client({ connectionString: product.databaseUrl() });
  await client.connect();
  const tokens = Array.from({ length: 8 * RUNS + 24 }, (_, index) => String(index).padStart(43, 's'));
  for (const token of tokens) await client.query(`insert into session (id, token_hash, practice_id, member_id, created_at, expires_at) values (gen_random_uuid(), $1, $2, $3, now(), now() + interval '1 hour')`, [createHash('sha256').update(token).digest(), practice.id, member.id]);
  await client.end();
  return tokens.map((token) => `quietline-session=${token}`);
}

/** One query of a practice's rows: in the scoped transaction that features use, and as the superuser, whom no policy holds, in a plain one. */
async function measureRowLevelSecurity(product: Product, cookie: string): Promise<Row[]> {
  const { practice } = (await (await fetch(`${product.origin}/api/session`, { headers: { cookie } })).json()) as { practice: { id: string } };
  const client = new Client({ connectionString: product.databaseUrl() });
  await client.connect();
  const query = 'select id, version, details_sealed from contact where practice_id = $1 order by id limit 50';
  const run = async (scope: string): Promise<number> => {
    const began = performance.now();
    for (let count = 0; count < QUERIES; count += 1) {
      await client.query('begin');
      await client.query(scope, [practice.id]);
      await client.query(query, [practice.id]);
      await client.query('commit');
    }
    return ((performance.now() - began) * 1_000) / QUERIES;
  };
  const [secured, open]: [number[], number[]] = [[], []];
  for (let count = 0; count < RUNS; count += 1) {
    // The same statements on both sides but for the role: what differs is the policies.
    secured.push(await run(`select set_config('role', 'quietline_app', true), set_config('app.practice', $1, true)`));
    open.push(await run(`select set_config('app.name', 'bench', true), set_config('app.practice', $1, true)`));
  }
  await client.end();
  return [{ metric: 'a transaction with row-level security', unit: 'us', ours: median(secured), peer: median(open), peerName: 'without', goal: 1.25, goalOf: 'ratio', better: 'less' }];
}

async function measureStart(product: Product): Promise<Row[]> {
  const walls: number[] = [];
  const cpus: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    await product.stop();
    const began = performance.now();
    await product.start();
    walls.push(performance.now() - began);
    cpus.push(cpuMs(product.processId()));
  }
  return [
    { metric: 'start of server and database to the first link, CPU of the server', unit: 'ms', ours: median(cpus), goal: 1_500, goalOf: 'ours', better: 'less' },
    { metric: 'start of server and database to the first link', unit: 'ms', ours: median(walls), goal: 3_000, goalOf: 'ours', better: 'less' },
  ];
}

/** What a browser fetches before home is drawn: the head's scripts and home's own with all they import, and one language. That nothing is fetched before the first paint, bench/page.ts sees in a browser. */
function measureScript(): Row[] {
  const root = join(CHECKOUT, 'dist/web');
  const scriptsOf = (text: string): string[] => [...text.matchAll(/(?:src|href)="(\/assets\/[\w.-]+\.js)"/g)].map((match) => match[1]!);
  const seen = new Set<string>();
  const take = (path: string): number => {
    if (seen.has(path)) return 0;
    seen.add(path);
    const bytes = readFileSync(join(root, path));
    const imports = [...bytes.toString('utf8').matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)].map((match) => `/assets/${match[1]!}`);
    return gzipSync(bytes, { level: 9 }).length + imports.reduce((sum, each) => sum + take(each), 0);
  };
  const withoutSignIn = readFileSync(join(root, 'index.html'), 'utf8').replace(/<template id="sign-in">.*?<\/template>/s, '');
  // Those of earlier builds lie there too: it is the one that a script of this build names.
  const start = scriptsOf(withoutSignIn).map((path) => readFileSync(join(root, path), 'utf8')).join('');
  const language = readdirSync(join(root, 'assets')).filter((file) => /^en-(?!more-)[\w-]+\.js$/.test(file) && start.includes(file));
  const bytes = [...scriptsOf(withoutSignIn), ...language.map((file) => `/assets/${file}`)].reduce((sum, path) => sum + take(path), 0);
  return [{ metric: 'script that home is drawn from, gzipped', unit: 'kB', ours: bytes / 1_000, goal: 150, goalOf: 'ours', better: 'less' }];
}

async function measureProduct(): Promise<Row[]> {
  // With the compiled modules kept, as scripts/server keeps them.
  const product = await startProduct({ environment: () => ({ QUIETLINE_LOG_LEVEL: 'warn', NODE_COMPILE_CACHE: join(CHECKOUT, 'node_modules/.cache/compiled') }) });
  try {
    const entered = await fetch(`${product.origin}/api/sign-in/link`, { method: 'POST', headers: { origin: product.origin, 'content-type': 'application/json' }, body: JSON.stringify({ token: new URL(product.signInLink()).hash.slice(1) }) });
    const cookie = entered.headers.getSetCookie()[0]!.split(';')[0]!;
    return [...(await measureRequests(product, await openSessions(product, cookie))), ...(await measureRowLevelSecurity(product, cookie)), ...measureScript(), ...(await measureStart(product))];
  } finally {
    await product.close();
  }
}

const rows = await measureProduct();
if (!options['without-records']) rows.push(...(await measureRecords(RUNS)));
report('app', { runs: RUNS, versions: { postgres: '18' }, note: 'durable writes; medians of the runs, and the worst percentile of all searches' }, rows, options.json);
