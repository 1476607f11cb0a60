/** Copies whole tables out of one snapshot of a database, and into an empty one in one transaction, as COPY's text. Knows no table by name; seals nothing. */
import { Kysely, PostgresDialect } from 'kysely';
import { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface TableShape {
  readonly name: string;
  /** In the order in which the copy has them. */
  readonly columns: readonly string[];
}

export interface Snapshot {
  /** The number of the newest migration that was run. */
  readonly migration: number;
  /** The server's own word: "18.4". */
  readonly postgresVersion: string;
  /** A table comes after those its foreign keys point to. */
  readonly tables: readonly TableShape[];
  copyOut(table: TableShape): Readable;
}

/** Not this program's to copy: the migrations write it themselves. */
const MIGRATIONS = 'migration';

/** Runs `run` with a view of the database as it was at one instant; writers are not held up, and what they do meanwhile is not seen. */
export function withSnapshot<Value>(url: string, run: (snapshot: Snapshot) => Promise<Value>): Promise<Value> {
  return withClient(url, async (client) => {
    if ((await client.query(`select from pg_roles where rolname = 'quietline_backup'`)).rowCount === 0) throw new Error('This database has never been opened by a server that makes backups. Start this version of the server on it once.');
    await client.query('begin isolation level repeatable read read only');
    await client.query('set local role quietline_backup');
    const migrations = await client.query<{ number: number }>('select number from migration order by number desc limit 1');
    const version = await client.query<{ server_version: string }>('show server_version');
    const snapshot: Snapshot = {
      migration: migrations.rows[0]?.number ?? 0,
      postgresVersion: version.rows[0]!.server_version,
      tables: await readShapes(client),
      copyOut: ({ name, columns }) => client.query(copyTo(`copy ${quote(name)} (${columns.map(quote).join(', ')}) to stdout`)),
    };
    const value = await run(snapshot);
    await client.query('commit');
    return value;
  });
}

export interface Loading {
  /** From a stream, through others. */
  copyIn(table: TableShape, streams: readonly [Readable, ...Duplex[]]): Promise<void>;
  /** The same transaction, for what has to be changed before anyone may see it. Row-level security is off. */
  readonly transaction: Kysely<unknown>;
}

/** Runs `run` in one transaction of the tables' owner, in which row-level security does not hold; it is in force again before the commit. */
export function inLoading<Value>(url: string, run: (loading: Loading) => Promise<Value>): Promise<Value> {
  return withClient(url, async (client) => {
    await client.query('begin');
    const names = (await readShapes(client)).map(({ name }) => name);
    // COPY FROM is refused under row-level security, to the owner too where it is forced.
    for (const name of names) await client.query(`alter table ${quote(name)} no force row level security`);
    const transaction = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: poolOf(client) }) });
    const value = await run({
      transaction,
      copyIn: ({ name, columns }, streams) => pipeline([...streams, client.query(copyFrom(`copy ${quote(name)} (${columns.map(quote).join(', ')}) from stdin`))]),
    });
    // Checked now: a table with foreign keys still to be checked cannot be altered.
    await client.query('set constraints all immediate');
    for (const name of names) await client.query(`alter table ${quote(name)} force row level security`);
    await client.query('commit');
    await client.query('analyze');
    return value;
  });
}

/** Whether anybody's tables are there. */
export function isEmptyDatabase(url: string): Promise<boolean> {
  return withClient(url, async (client) => (await client.query(`select from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' limit 1`)).rowCount === 0);
}

/** Ends the connection whatever happens; a transaction that did not come to its commit is rolled back with it. */
async function withClient<Value>(url: string, run: (client: Client) => Promise<Value>): Promise<Value> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

/** Kysely on the one connection there is, within the transaction that has begun. */
function poolOf(client: Client) {
  return { options: {}, connect: () => Promise.resolve(Object.assign(client, { release: () => {} })), end: () => Promise.resolve() };
}

async function readShapes(client: Client): Promise<TableShape[]> {
  const { rows } = await client.query<{ name: string; columns: string[]; needs: string[] }>(
    `select relname as name,
       (select array_agg(attname::text order by attnum) from pg_attribute where attrelid = t.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns,
       (select coalesce(array_agg(distinct confrelid::regclass::text), '{}') from pg_constraint where conrelid = t.oid and contype = 'f' and confrelid <> t.oid) as needs
     from pg_class t where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> $1 order by relname`,
    [MIGRATIONS],
  );
  const placed = new Map<string, TableShape>();
  while (placed.size < rows.length) {
    const next = rows.filter(({ name, needs }) => !placed.has(name) && needs.every((each) => placed.has(each)));
    if (next.length === 0) throw new Error(`Tables point at one another in a circle: ${rows.filter(({ name }) => !placed.has(name)).map(({ name }) => name).join(', ')}. One of the foreign keys has to be left out for a backup to be restored.`);
    for (const { name, columns } of next) placed.set(name, { name, columns });
  }
  return [...placed.values()];
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
