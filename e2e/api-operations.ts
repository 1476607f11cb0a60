/** For tests that are generated from the API's own description: every operation, a request that fits it, and a practice with one of everything that has an id. Whoever adds a route with a new kind of id plants one here. */
import { join } from 'node:path';
import type { Client } from 'pg';
import { openKeyring } from '#server/platform/crypto/keyring.ts';
import { createRecordCipher } from '#server/platform/crypto/record-cipher.ts';
import { sampleOf, type Schema } from './openapi-sample.ts';
import type { Product } from './product.ts';

/** What may be asked by somebody who is not signed in. Whoever adds one says so here. */
export const PUBLIC = new Set([
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

/** Ends the session it is asked by. */
export const LEAVES = 'POST /sign-out';

export interface Operation {
  name: string;
  method: string;
  path: string;
  parameters: { name: string; in: 'path' | 'query'; required?: boolean; schema: Schema }[];
  body: Schema | undefined;
}

export interface Answer {
  status: number;
  text: string;
  /** "name=value", where one was set. */
  cookie: string | undefined;
  headers: Headers;
}

export interface Api {
  readonly origin: string;
  readonly dataPath: string;
  send(method: string, path: string, cookie: string | undefined, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Signs in with a link's token; resolves to the cookie. */
  enter(token: string): Promise<string>;
  readOperations(): Promise<Operation[]>;
}

export function apiOf(product: Pick<Product, 'origin' | 'dataPath'>): Api {
  const send: Api['send'] = async (method, path, cookie, body, headers = {}) => {
    const response = await fetch(`${product.origin}/api${path}`, {
      method,
      headers: { origin: product.origin, ...(cookie === undefined ? {} : { cookie }), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text(), cookie: response.headers.getSetCookie()[0]?.split(';')[0], headers: response.headers };
  };
  return {
    origin: product.origin,
    dataPath: product.dataPath,
    send,
    enter: async (token) => (await send('POST', '/sign-in/link', undefined, { token })).cookie!,
    async readOperations() {
      const { paths } = (await (await fetch(`${product.origin}/api/openapi.json`)).json()) as { paths: Record<string, Record<string, { parameters?: Operation['parameters']; requestBody?: { content: Record<string, { schema: Schema }> } }>> };
      return Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, { parameters = [], requestBody }]) => ({ name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path, parameters, body: requestBody?.content['application/json']?.schema })),
      );
    },
  };
}

/** One of everything that has an id, by the name of the parameter that would take it; `canary` is every name in it. */
export async function plantRecords(api: Api, owner: Client, cookie: string, canary: string): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  const ask = async (method: string, path: string, body?: unknown) => JSON.parse((await api.send(method, path, cookie, body)).text);
  const session = await ask('GET', '/session');
  ids.set('practiceId', session.practice.id).set('memberId', session.member.id).set('sessionId', (await ask('GET', '/me/sessions'))[0].id);
  ids.set('invitationId', (await ask('POST', '/invitations', { name: canary, email: null, roles: ['staff'] })).invitation.id);
  ids.set('accessTokenId', (await ask('POST', '/access-tokens', { name: canary, scopes: ['calls:read'] })).accessToken.id);
  ids.set('contactId', (await ask('POST', '/contacts', { details: { name: canary, numbers: [] } })).id);
  ids.set('groupId', (await ask('POST', '/contact-groups', { name: canary })).id);
  ids.set('importId', (await ask('POST', '/contact-imports', { kind: 'csv' })).id);
  // A second of a tone: something is spoken in it.
  const spoken = Buffer.from(Int16Array.from({ length: 8_000 }, (_, index) => 3_000 * Math.sin(index)).buffer).toString('base64');
  ids.set('messageId', (await ask('POST', '/spoken-messages', { name: canary, recording: spoken })).id);
  ids.set('serviceId', (await ask('POST', '/interpreters', { name: canary, number: '+16125550142', languages: ['es'], code: '42' })).id);
  const [line] = await ask('GET', '/lines');
  ids.set('lineId', line.id);
  // Recorded audio, which a sample has none of: nobody's.
  ids.set('messageId', '01890000-0000-7000-8000-0000000000ad');
  ids.set('passkeyId', 'lakeside-passkey');
  await owner.query(`insert into person (id, created_at) values ($1, now())`, ['01890000-0000-7000-8000-0000000000a9']);
  await owner.query(`insert into passkey values ('lakeside-passkey', $1, $2, '\\x00', 0, '{}', false, now())`, ['01890000-0000-7000-8000-0000000000a9', canary]);
  ids.set('callId', '01890000-0000-7000-8000-0000000000aa');
  const sealed = createRecordCipher(openKeyring(join(api.dataPath, 'keys'))).seal({ practiceId: session.practice.id, table: 'call', column: 'number', rowId: ids.get('callId')! }, '+16125550142');
  await owner.query(
    `insert into call (id, practice_id, member_id, server_name, version, direction, state, number_sealed, line_id, line_name, line_number, is_sandbox, device_id, started_at, ended_at, end_reason)
     values ($1, $2, $3, 'server', 1, 'outgoing', 'ended', $6, $4, $5, '+16125550100', true, $1, now(), now(), 'no-answer')`,
    [ids.get('callId'), session.practice.id, session.member.id, line.id, canary, sealed],
  );
  await owner.query(`insert into voicemail (practice_id, call_id, received_at, duration_ms) values ($1, $2, now(), 0)`, [session.practice.id, ids.get('callId')]);
  return ids;
}

/** A path and a body that fit, with the ids wherever one is asked for. */
export function fillOperation({ name, path, parameters, body }: Operation, ids: ReadonlyMap<string, string>): { path: string; body: unknown; takesId: boolean } {
  let filled = path;
  let takesId = false;
  const query = new URLSearchParams();
  for (const parameter of parameters) {
    const id = ids.get(parameter.name);
    if (parameter.in === 'path') {
      const isId = parameter.schema.format === 'uuid' || parameter.name.endsWith('Id');
      if (isId && id === undefined) throw new Error(`${name} takes {${parameter.name}}: plant one in plantRecords().`);
      takesId ||= isId;
      filled = filled.replace(`{${parameter.name}}`, encodeURIComponent(String(id ?? sampleOf(parameter.schema, parameter.name, () => undefined))));
    } else if (parameter.required === true) query.set(parameter.name, String(sampleOf(parameter.schema, parameter.name, (each) => ids.get(each))));
  }
  // What a contract calls plainly "id" in a body is, where it is tried, the contact's.
  const idOf = (property: string): string | undefined => ids.get(property) ?? (property === 'id' ? ids.get('contactId') : undefined);
  return { path: query.size === 0 ? filled : `${filled}?${query.toString()}`, body: body === undefined ? undefined : sampleOf(body, 'body', idOf), takesId };
}
