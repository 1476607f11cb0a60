/** The API's description as this page reads it: flattened to operations, with a body to begin with and the codes of each error. Pure. */

export interface Schema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required?: boolean;
  readonly schema: Schema;
}

interface RawOperation {
  readonly operationId?: string;
  readonly 'x-token-scope'?: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses?: Readonly<Record<string, { readonly description?: string; readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>>;
}

export interface Operation {
  /** "contacts.change". */
  readonly name: string;
  readonly group: string;
  readonly method: string;
  readonly path: string;
  /** Null where no token reaches. */
  readonly scope: string | null;
  readonly isOpen: boolean;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | null;
  readonly answers: readonly { readonly status: string; readonly codes: readonly string[] }[];
}

export function operationsOf({ paths }: { readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>> }): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId = '', security, parameters = [], requestBody, responses = {}, ...more }]) => ({
      name: operationId,
      group: operationId.split('.')[0] ?? '',
      method: method.toUpperCase(),
      path,
      scope: more['x-token-scope'] ?? null,
      isOpen: security?.length === 0,
      parameters,
      body: requestBody?.content['application/json']?.schema ?? null,
      answers: Object.entries(responses).map(([status, { content }]) => ({ status, codes: Number(status) < 400 ? [] : codesOf(content?.['application/json']?.schema) })),
    })),
  );
}

/** The stable codes of an error, as its schema names them. */
function codesOf(schema: Schema | undefined): string[] {
  if (schema === undefined) return [];
  const code = schema.properties?.['code'];
  const here = typeof code?.const === 'string' ? [code.const] : [];
  return [...new Set([...here, ...[...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap(codesOf)])];
}

/** Something of the right shape to change: what is required, by its default or its kind. */
export function sampleOf(schema: Schema): unknown {
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const branch = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (branch !== undefined) return sampleOf(branch);
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object':
      return Object.fromEntries((schema.required ?? []).map((name) => [name, sampleOf(schema.properties?.[name] ?? {})]));
    case 'array':
      return [];
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return false;
    case 'string':
      return schema.format ?? '';
    default:
      return null;
  }
}

/** Every word of what is typed stands somewhere in the operation's name, method, path or scope. */
export function fits({ name, method, path, scope }: Operation, typed: string): boolean {
  const text = `${name} ${method} ${path} ${scope ?? ''}`.toLowerCase();
  return typed.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** The address below /api, with what was typed for each parameter. Those left empty are left out of the query. */
export function addressOf({ path, parameters }: Operation, values: Readonly<Record<string, string>>): string {
  let filled = path;
  const query = new URLSearchParams();
  for (const { name, in: place } of parameters) {
    const value = values[name] ?? '';
    if (place === 'path') filled = filled.replace(`{${name}}`, encodeURIComponent(value));
    else if (value !== '') query.set(name, value);
  }
  return query.size === 0 ? filled : `${filled}?${query.toString()}`;
}
