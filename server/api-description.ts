/** Describes the API as OpenAPI 3.1, from the contract that also validates it, with the scope each operation needs. Knows no route by name but those that are open to everyone. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OpenAPIGenerator, type ConditionalSchemaConverter } from '@orpc/openapi';
import * as z from 'zod';
import { apiContract } from '#contract/api.ts';
import { tokenScopeOf } from './features/members/index.ts';

/** zod writes JSON Schema itself; the generator only asks which side of a transformation is meant. */
const zodConverter: ConditionalSchemaConverter = {
  condition: (schema) => schema !== undefined && schema['~standard'].vendor === 'zod',
  convert: (schema, { strategy }) => {
    const type = schema as unknown as z.ZodType;
    const json = z.toJSONSchema(type, { io: strategy, unrepresentable: 'any', target: 'draft-2020-12' });
    delete json.$schema;
    return [!type.safeParse(undefined).success, json as never];
  },
};

interface Operation {
  operationId?: string;
  security?: Record<string, string[]>[];
  /** The scope a personal access token needs; absent where none reaches. */
  'x-token-scope'?: string;
}

interface ApiDescription {
  paths: Record<string, Record<string, Operation>>;
}

/** By names in the contract: what one may ask without having come in. Told here, and held to the truth by the test that asks every route without a session. */
const OPEN: ReadonlySet<string> = new Set([
  'waysIn.read', 'signIn.redeemLink', 'passkeys.startSignIn', 'passkeys.finishSignIn', 'secondWay.sendEmail', 'secondWay.finishEmail', 'community.start', 'community.finish', 'invitations.open', 'invitations.join',
]);

const ABOUT = [
  'Errors are problem details (RFC 9457) with a stable code. Programs send a personal access token, made under Settings, Me: Authorization: Bearer qlt_...',
  'x-token-scope is the scope an operation needs; where there is none, it is for people. Too many requests are answered 429, with RateLimit, RateLimit-Policy and Retry-After.',
].join('\n\n');

export async function describeApi(): Promise<ApiDescription> {
  const document = (await new OpenAPIGenerator({ schemaConverters: [zodConverter] }).generate(apiContract, {
    info: { title: 'Quietline', version: '1', description: ABOUT },
    servers: [{ url: '/api' }],
    components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: '__Host-quietline-session' }, token: { type: 'http', scheme: 'bearer' } } },
  })) as unknown as ApiDescription;
  for (const methods of Object.values(document.paths)) for (const [method, operation] of Object.entries(methods)) addWayIn(operation, method.toUpperCase());
  return document;
}

function addWayIn(operation: Operation, method: string): void {
  const name = operation.operationId ?? '';
  const scope = tokenScopeOf(name.split('.'), method);
  operation.security = OPEN.has(name) ? [] : [{ session: [] }, ...(scope === null ? [] : [{ token: [scope] }])];
  if (scope !== null) operation['x-token-scope'] = scope;
}

let described: Promise<ApiDescription> | undefined;
/** Made once, when somebody first asks: it takes a quarter of a second, which a start should not. */
const describeOnce = (): Promise<ApiDescription> => (described ??= describeApi());

/** The description, and the page of ours that reads it: the page's own files stand in `pageDirectory`. */
export const apiDescriptions = (pageDirectory: string) =>
  [
    { path: '/api/openapi.json', type: 'application/json; charset=utf-8', body: async () => JSON.stringify(await describeOnce()) },
    { path: '/api/docs', type: 'text/html; charset=utf-8', body: () => readFile(join(pageDirectory, 'index.html'), 'utf8') },
  ] as const;
