import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiOf, fillOperation, LEAVES, plantRecords, PUBLIC, type Api, type Operation } from './api-operations.ts';
import { startProduct, type Product } from './product.ts';

/** The operator's, who runs the installation for every practice and sees nothing in any: a practice's admin has no business there. */
const OPERATORS = new Set(['GET /practices', 'POST /practices', 'GET /practices/first-steps', 'POST /practices/{practiceId}/link', 'POST /practices/{practiceId}/disable', 'POST /practices/{practiceId}/enable', 'POST /sip-traces/recording', 'DELETE /sip-traces/recording']);

const HILLTOP = '01890000-0000-7000-8000-0000000000b0';
const HILLTOP_ADMIN = '01890000-0000-7000-8000-0000000000b1';
const HILLTOP_LINK = 'h'.repeat(43);
const CANARY = 'Zebulon-Canary';

/** What is missing of the rules that every answer carries; nothing may run inline, be framed, be guessed, or tell where one came from. */
function missingRules(headers: Headers): string[] {
  const policy = headers.get('content-security-policy') ?? '';
  return [
    ...(policy.includes("default-src 'none'") && policy.includes('frame-ancestors') && !policy.includes('unsafe') ? [] : ['content-security-policy']),
    ...(headers.get('permissions-policy')?.includes('camera=()') === true ? [] : ['permissions-policy']),
    ...Object.entries({ 'cross-origin-opener-policy': 'same-origin', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' }).flatMap(([name, value]) => (headers.get(name) === value ? [] : [name])),
  ];
}

describe('another practice', () => {
  let product: Product;
  let owner: Client;
  let operations: Operation[];
  let ours: string;
  let theirs: string;
  /** Lakeside's, by the name of the parameter that would take it. */
  let ids: ReadonlyMap<string, string>;
  let api: Api;

  beforeAll(async () => {
    product = await startProduct();
    api = apiOf(product);
    owner = new Client({ connectionString: product.databaseUrl() });
    await owner.connect();
    await owner.query(`insert into practice (id, name, country, time_zone, is_sandbox, created_at) values ($1, 'Hilltop', 'US', 'America/Denver', true, now())`, [HILLTOP]);
    await owner.query(`insert into member (id, practice_id, name, created_at, roles) values ($1, $2, 'Dr. Other', now(), '{physician,practice-admin}')`, [HILLTOP_ADMIN, HILLTOP]);
    await owner.query(`insert into sign_in_link (token_hash, practice_id, member_id, created_at, expires_at) values ($1, $2, $3, now(), now() + interval '1 hour')`, [createHash('sha256').update(HILLTOP_LINK).digest(), HILLTOP, HILLTOP_ADMIN]);
    ours = await api.enter(new URL(product.signInLink()).hash.slice(1));
    theirs = await api.enter(HILLTOP_LINK);
    operations = await api.readOperations();
    ids = await plantRecords(api, owner, ours, CANARY);
  });
  afterAll(async () => {
    await owner?.end();
    await product?.close();
  });

  test('and nobody at all: every route but the public ones answers 401 without a session', async () => {
    expect(operations.length).toBeGreaterThan(60);
    const wrong: string[] = [];
    for (const operation of operations) {
      const { path, body } = fillOperation(operation, ids);
      const { status, headers } = await api.send(operation.method, path, undefined, body);
      if (!PUBLIC.has(operation.name) && status !== 401) wrong.push(`${operation.name}: ${status}`);
      if (missingRules(headers).length > 0) wrong.push(`${operation.name} without ${missingRules(headers).join(', ')}`);
      if (status >= 400 && !headers.get('content-type')!.startsWith('application/problem+json')) wrong.push(`${operation.name}: its error is no problem`);
      if (!headers.has('ratelimit') || !headers.has('ratelimit-policy')) wrong.push(`${operation.name} does not say what is left`);
    }
    expect(wrong).toEqual([]);
    expect([...PUBLIC].filter((name) => !operations.some((operation) => operation.name === name))).toEqual([]);
  });

  test('is told by the description itself: what is open to everyone, and the scope of everything a program may ask', async () => {
    const { paths } = (await (await fetch(`${product.origin}/api/openapi.json`)).json()) as { paths: Record<string, Record<string, { security: object[]; 'x-token-scope'?: string }>> };
    const all = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, each]) => ({ name: `${method.toUpperCase()} ${path}`, ...each })));
    expect(all.filter(({ security }) => security.length === 0).map(({ name }) => name).toSorted()).toEqual([...PUBLIC].toSorted());
    const { text } = await api.send('POST', '/access-tokens', ours, { name: 'Reads who it is', scopes: ['session:read'] });
    const { token } = JSON.parse(text) as { token: string };
    const wrong: string[] = [];
    for (const operation of operations) {
      const scope = all.find(({ name }) => name === operation.name)?.['x-token-scope'];
      if (PUBLIC.has(operation.name) || scope === 'session:read') continue;
      const { path, body } = fillOperation(operation, ids);
      const { status, text: said } = await api.send(operation.method, path, undefined, body, { authorization: `Bearer ${token}` });
      const { code, title } = JSON.parse(said) as { code: string; title: string };
      if (status !== 403 || code !== 'SCOPE_MISSING' || !title.includes(scope ?? 'for people')) wrong.push(`${operation.name}: ${status} ${said.slice(0, 160)}`);
    }
    expect(wrong).toEqual([]);
    expect((await api.send('GET', '/session', undefined, undefined, { authorization: `Bearer ${token}` })).status).toBe(200);
  });

  test('nor anybody else frames, guesses or injects anything: pages, downloads, errors and what patients open carry the same rules', async () => {
    const wrong: string[] = [];
    for (const [path, status, accept] of [['/', 200, 'text/html'], ['/sign-in', 200, 'text/html'], ['/settings/audit', 200, 'text/html'], ['/set-up', 200, 'text/html'], ['/api/docs', 200, 'text/html'], ['/api/openapi.json', 200, '*/*'], ['/health', 200, '*/*'], ['/icon.svg', 200, '*/*'], ['/h/NOSUCHCODE', 404, 'text/plain'], ['/assets/none.js', 404, '*/*'], ['/api/none', 404, '*/*'], ['/%', 400, '*/*']] as const) {
      const response = await fetch(`${product.origin}${path}`, { headers: { accept } });
      await response.arrayBuffer();
      if (response.status !== status) wrong.push(`${path}: ${response.status}`);
      if (missingRules(response.headers).length > 0) wrong.push(`${path} without ${missingRules(response.headers).join(', ')}`);
    }
    expect(wrong).toEqual([]);
  });

  test('and what we did ourselves stands in our audit, by its kind and without a name', async () => {
    const { text } = await api.send('GET', '/audit?limit=200', ours);
    const actions = (JSON.parse(text) as { action: string; subject: { kind: string } | null }[]).map(({ action, subject }) => `${action} ${subject?.kind ?? ''}`.trim());
    expect(actions).toEqual(expect.arrayContaining(['contact-written contact', 'member-invited invitation', 'token-made access-token', 'signed-in session']));
    expect(text).not.toContain(CANARY);
  });

  test('finds none of our ids, reads none of our names, and changes nothing of ours, by any route', async () => {
    const readOurs = async (): Promise<string> => {
      const tables = (await owner.query<{ name: string }>(`select table_name as name from information_schema.columns where column_name = 'practice_id' and table_schema = 'public' order by 1`)).rows;
      const seen: string[] = [];
      for (const { name } of tables) seen.push(`${name} ${JSON.stringify((await owner.query(`select to_jsonb(t) - 'last_active_at' - 'last_used_at' as row from "${name}" t where practice_id <> '${HILLTOP}' order by 1`)).rows)}`);
      return seen.join('\n');
    };
    const before = await readOurs();
    const wrong: string[] = [];
    for (const operation of operations) {
      if (operation.name === LEAVES || PUBLIC.has(operation.name)) continue;
      const { path, body, takesId } = fillOperation(operation, ids);
      const { status, text } = await api.send(operation.method, path, theirs, body);
      if (OPERATORS.has(operation.name)) {
        if (status !== 403) wrong.push(`${operation.name} by an admin: ${status}`);
      } else if (takesId && status !== 404) wrong.push(`${operation.name} with our id: ${status} ${text.slice(0, 120)}`);
      if (!takesId && status === 400) wrong.push(`${operation.name}: the sample does not fit: ${text.slice(0, 200)}`);
      if (text.includes(CANARY)) wrong.push(`${operation.name} shows our names`);
    }
    expect(wrong).toEqual([]);
    expect(await readOurs()).toBe(before);
    expect((await api.send('GET', '/session', theirs)).status).toBe(200);
  });
});
