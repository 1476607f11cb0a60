/** Describes the API as OpenAPI 3.1, from the contract that also validates it, and as a page one can read. Knows no route by name. */
import { OpenAPIGenerator, type ConditionalSchemaConverter } from '@orpc/openapi';
import * as z from 'zod';
import { apiContract } from '#contract/api.ts';

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
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: unknown }> };
  responses?: Record<string, { description?: string }>;
}

export interface ApiDescription {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
}

export async function describeApi(): Promise<ApiDescription> {
  const document = await new OpenAPIGenerator({ schemaConverters: [zodConverter] }).generate(apiContract, {
    info: { title: 'Quietline', version: '1', description: 'Errors are problem details (RFC 9457). Programs send a personal access token: Authorization: Bearer qlt_...' },
    servers: [{ url: '/api' }],
    security: [{ session: [] }, { token: [] }],
    components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: '__Host-quietline-session' }, token: { type: 'http', scheme: 'bearer' } } },
  });
  return document as unknown as ApiDescription;
}

/** Without script and without style: the page's own rules allow neither inline, and a list needs none. */
export function describeApiAsPage({ paths }: ApiDescription): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })));
  const groupOf = ({ operation }: (typeof operations)[number]): string => operation.operationId?.split('.')[0] ?? 'other';
  const sections = [...new Set(operations.map(groupOf))].map((name) => `<section><h2>${escape(name)}</h2>${operations.filter((each) => groupOf(each) === name).map(operationOf).join('')}</section>`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Quietline API</title><meta name="viewport" content="width=device-width"></head><body><main><h1>Quietline API</h1><p>The whole description, for programs: <a href="/api/openapi.json">openapi.json</a></p>${sections.join('')}</main></body></html>`;
}

function operationOf({ path, method, operation }: { path: string; method: string; operation: Operation }): string {
  const parameters = (operation.parameters ?? []).map(({ name, in: place }) => `<li>${escape(name)} (${escape(place)})</li>`).join('');
  const schema = operation.requestBody?.content['application/json']?.schema;
  const answers = Object.entries(operation.responses ?? {}).map(([status, { description }]) => `<li>${escape(status)} ${escape(description ?? '')}</li>`).join('');
  return `<details><summary><code>${method} ${escape(path)}</code></summary>${parameters === '' ? '' : `<h3>Parameters</h3><ul>${parameters}</ul>`}${schema === undefined ? '' : `<h3>Body</h3><pre>${escape(JSON.stringify(schema, null, 2))}</pre>`}<h3>Answers</h3><ul>${answers}</ul></details>`;
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

let described: Promise<ApiDescription> | undefined;
/** Made once, when somebody first asks: it takes a quarter of a second, which a start should not. */
const describeOnce = (): Promise<ApiDescription> => (described ??= describeApi());

export const apiDescriptions = [
  { path: '/api/openapi.json', type: 'application/json; charset=utf-8', body: async () => JSON.stringify(await describeOnce()) },
  { path: '/api/docs', type: 'text/html; charset=utf-8', body: async () => describeApiAsPage(await describeOnce()) },
] as const;
