import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleOf, type Schema } from './openapi-sample.ts';
import { startProduct, type Product } from './product.ts';

/** What may be asked by somebody who is not signed in. Whoever adds one says so here. */
const PUBLIC = new Set([
  'GET /sign-in/ways',
  'POST /sign-in/link',
  'POST /sign-in/passkey/start',
  'POST /sign-in/passkey/finish',
  'POST /sign-in/email',
  'POST /sign-in/email/finish',
  'POST /sign-in/community/start',
  'POST /sign-in/community/finish',
  'POST /invitations/open',
  'POST /invitations/join',
]);

/** Ends the session it is asked by: tried without one only. */
const LEAVES = 'POST /sign-out';

interface Operation {
  name: string;
  method: string;
  path: string;
  parameters: { name: string; in: 'path' | 'query'; required?: boolean; schema: Schema }[];
  body: Schema | undefined;
}

const HILLTOP = '01890000-0000-7000-8000-0000000000b0';
const HILLTOP_ADMIN = '01890000-0000-7000-8000-0000000000b1';
const HILLTOP_LINK = 'h'.repeat(43);
const CANARY = 'Zebulon-Canary';

describe('another practice', () => {
  let product: Product;
  let owner: Client;
  let operations: Operation[];
  let ours: string;
  let theirs: string;
  /** Lakeside's, by the name of the parameter that would take it. */
  const ids = new Map<string, string>();

  const send = async (method: string, path: string, cookie: string | undefined, body?: unknown): Promise<{ status: number; text: string; cookie: string | undefined }> => {
    const response = await fetch(`${product.origin}/api${path}`, {
      method,
      headers: { origin: product.origin, ...(cookie === undefined ? {} : { cookie }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text(), cookie: response.headers.getSetCookie()[0]?.split(';')[0] };
  };
  const enter = async (token: string): Promise<string> => (await send('POST', '/sign-in/link', undefined, { token })).cookie!;

  beforeAll(async () => {
    product = await startProduct();
    owner = new Client({ connectionString: product.databaseUrl() });
    await owner.connect();
    await owner.query(`insert into practice (id, name, country, time_zone, is_sandbox, created_at) values ($1, 'Hilltop', 'US', 'America/Denver', true, now())`, [HILLTOP]);
    await owner.query(`insert into member (id, practice_id, name, created_at, roles) values ($1, $2, 'Dr. Other', now(), '{physician,practice-admin,operator}')`, [HILLTOP_ADMIN, HILLTOP]);
    await owner.query(`insert into sign_in_link (token_hash, practice_id, member_id, created_at, expires_at) values ($1, $2, $3, now(), now() + interval '1 hour')`, [createHash('sha256').update(HILLTOP_LINK).digest(), HILLTOP, HILLTOP_ADMIN]);
    ours = await enter(new URL(product.signInLink()).hash.slice(1));
    theirs = await enter(HILLTOP_LINK);
    operations = await readOperations();
    await plantLakeside();
  });
  afterAll(async () => {
    await owner?.end();
    await product?.close();
  });

  const readOperations = async (): Promise<Operation[]> => {
    const { paths } = (await (await fetch(`${product.origin}/api/openapi.json`)).json()) as { paths: Record<string, Record<string, { parameters?: Operation['parameters']; requestBody?: { content: Record<string, { schema: Schema }> } }>> };
    return Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { parameters = [], requestBody }]) => ({ name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path, parameters, body: requestBody?.content['application/json']?.schema })),
    );
  };

  /** One of everything that has an id. */
  const plantLakeside = async (): Promise<void> => {
    const ask = async (method: string, path: string, body?: unknown) => JSON.parse((await send(method, path, ours, body)).text);
    const session = await ask('GET', '/session');
    ids.set('memberId', session.member.id).set('sessionId', (await ask('GET', '/me/sessions'))[0].id);
    ids.set('invitationId', (await ask('POST', '/invitations', { name: CANARY, email: null, roles: ['staff'] })).invitation.id);
    ids.set('accessTokenId', (await ask('POST', '/access-tokens', { name: CANARY, scopes: ['calls:read'] })).accessToken.id);
    ids.set('contactId', (await ask('POST', '/contacts', { details: { name: CANARY, numbers: [] } })).id);
    ids.set('groupId', (await ask('POST', '/contact-groups', { name: CANARY })).id);
    ids.set('importId', (await ask('POST', '/contact-imports', { kind: 'csv' })).id);
    const [line] = await ask('GET', '/lines');
    ids.set('lineId', line.id);
    ids.set('passkeyId', 'lakeside-passkey');
    await owner.query(`insert into person (id, created_at) values ($1, now())`, ['01890000-0000-7000-8000-0000000000a9']);
    await owner.query(`insert into passkey values ('lakeside-passkey', $1, $2, '\\x00', 0, '{}', false, now())`, ['01890000-0000-7000-8000-0000000000a9', CANARY]);
    ids.set('callId', '01890000-0000-7000-8000-0000000000aa');
    await owner.query(
      `insert into call (id, practice_id, member_id, server_name, version, direction, state, number_sealed, line_id, line_name, line_number, is_sandbox, device_id, started_at, ended_at, end_reason)
       values ($1, $2, $3, 'server', 1, 'outgoing', 'ended', '\\x00', $4, $5, '+16125550100', true, $1, now(), now(), 'no-answer')`,
      [ids.get('callId'), session.practice.id, session.member.id, line.id, CANARY],
    );
  };

  /** A path and a body that fit, filled with Lakeside's ids wherever one is asked for. */
  const fill = ({ name, path, parameters, body }: Operation): { path: string; body: unknown; takesId: boolean } => {
    let filled = path;
    let takesId = false;
    const query = new URLSearchParams();
    for (const parameter of parameters) {
      const id = ids.get(parameter.name);
      if (parameter.in === 'path') {
        const isId = parameter.schema.format === 'uuid' || parameter.name.endsWith('Id');
        if (isId && id === undefined) throw new Error(`${name} takes {${parameter.name}}: plant one of Lakeside's in plantLakeside().`);
        takesId ||= isId;
        filled = filled.replace(`{${parameter.name}}`, encodeURIComponent(String(id ?? sampleOf(parameter.schema, parameter.name, () => undefined))));
      } else if (parameter.required === true) query.set(parameter.name, String(sampleOf(parameter.schema, parameter.name, (each) => ids.get(each))));
    }
    // What a contract calls plainly "id" in a body is, where it is tried, the contact's.
    const idOf = (property: string): string | undefined => ids.get(property) ?? (property === 'id' ? ids.get('contactId') : undefined);
    return { path: query.size === 0 ? filled : `${filled}?${query.toString()}`, body: body === undefined ? undefined : sampleOf(body, 'body', idOf), takesId };
  };

  test('and nobody at all: every route but the public ones answers 401 without a session', async () => {
    expect(operations.length).toBeGreaterThan(60);
    const wrong: string[] = [];
    for (const operation of operations) {
      const { path, body } = fill(operation);
      const { status } = await send(operation.method, path, undefined, body);
      if (!PUBLIC.has(operation.name) && status !== 401) wrong.push(`${operation.name}: ${status}`);
    }
    expect(wrong).toEqual([]);
    expect([...PUBLIC].filter((name) => !operations.some((operation) => operation.name === name))).toEqual([]);
  });

  test('and what we did ourselves stands in our audit, by its kind and without a name', async () => {
    const { text } = await send('GET', '/audit?limit=200', ours);
    const actions = (JSON.parse(text) as { action: string; subject: { kind: string } | null }[]).map(({ action, subject }) => `${action} ${subject?.kind ?? ''}`.trim());
    expect(actions).toEqual(expect.arrayContaining(['contact-written', 'member-invited invitation', 'token-made access-token', 'signed-in session']));
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
      const { path, body, takesId } = fill(operation);
      const { status, text } = await send(operation.method, path, theirs, body);
      if (takesId && status !== 404) wrong.push(`${operation.name} with our id: ${status} ${text.slice(0, 120)}`);
      if (!takesId && status === 400) wrong.push(`${operation.name}: the sample does not fit: ${text.slice(0, 200)}`);
      if (text.includes(CANARY)) wrong.push(`${operation.name} shows our names`);
    }
    expect(wrong).toEqual([]);
    expect(await readOurs()).toBe(before);
    expect((await send('GET', '/session', theirs)).status).toBe(200);
  });
});
