/** For tests: an input that fits an operation of an OpenAPI document, with the ids one gives it. Throws for what it does not know how to fill, so that nothing is left untried in silence. */

export interface Schema {
  type?: string | string[];
  format?: string;
  pattern?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minItems?: number;
  minLength?: number;
  minimum?: number;
  exclusiveMinimum?: number;
}

const TOKEN = 'A'.repeat(43);

/** Only what is required is filled. `idOf` names the id for a property, if it is one. */
export function sampleOf(schema: Schema, name: string, idOf: (name: string) => string | undefined): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const branch = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (branch !== undefined) return sampleOf(branch, name, idOf);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object':
      return Object.fromEntries((schema.required ?? []).map((property) => [property, sampleOf(schema.properties?.[property] ?? {}, property, idOf)]));
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => sampleOf(schema.items ?? {}, name, idOf));
    case 'string':
      return sampleText(schema, name, idOf);
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, (schema.exclusiveMinimum ?? 0) + 1);
    case 'boolean':
      return false;
    case 'null':
      return null;
    case undefined:
      return {};
    default:
      throw new Error(`No sample for the type ${type} of ${name}.`);
  }
}

function sampleText({ format, pattern, minLength = 0 }: Schema, name: string, idOf: (name: string) => string | undefined): string {
  const id = idOf(name);
  if (format === 'uuid' || id !== undefined) return id ?? '01890000-0000-7000-8000-00000000dead';
  if (format === 'email') return 'nobody@clinic.example';
  if (format === 'base64') return 'AAAA';
  if (format === 'date-time') return '2026-01-05T12:00:00.000Z';
  if (format === 'date') return '1980-01-05';
  if (pattern?.includes('[1-9]\\d{6,14}')) return '+16125550142';
  if (pattern === '^[A-Z]{2}$') return 'CA';
  if (pattern?.startsWith('^[a-z]{2,3}(-') === true) return 'en';
  if (pattern === '^\\d{6}$') return '000000';
  if (pattern?.startsWith('^[0-9*#') === true) return '42';
  if (name === 'number') return '+16125550142';
  return minLength >= 20 ? TOKEN : 'Sample'.padEnd(minLength, 'x');
}
