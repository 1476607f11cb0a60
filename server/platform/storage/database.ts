/** The way to the database: one pool, and transactions that are scoped before they may read. Owns no table; gives no one an unscoped query. */
import { Kysely, PostgresDialect, sql, type RawBuilder, type Transaction } from 'kysely';
import { Client, Pool, type ClientConfig } from 'pg';
import { openText, type SecretText } from '../crypto/secret-text.ts';
import type { Log } from '../logging/log.ts';

/** A pool that is not yet scoped to anyone. Features get rows only through `inPractice` and `inInstallation`. */
export interface Database {
  /** The pool as kysely sees it. For migrations, jobs and tests; a feature that queries it directly finds nothing, since every table forces row-level security. */
  readonly unscoped: Kysely<unknown>;
  /** Waits for running transactions, then closes every connection. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** A PostgreSQL connection string; a unix socket is `postgresql://role@/name?host=/directory`. Hidden where it holds a password. */
  url: string | SecretText;
  log: Log;
  maxConnections?: number;
}

export function openDatabase({ url, log, maxConnections = 10 }: DatabaseOptions): Database {
  const pool = new Pool({ ...(typeof url === 'string' ? { connectionString: url } : { Client: clientOf(url) }), max: maxConnections, connectionTimeoutMillis: 5_000, idleTimeoutMillis: 30_000 });
  // An idle connection that breaks (the database restarted) says so here; unheard, the event would end the process.
  pool.on('error', (cause) => log.warn('database-connection-lost', { code: codeOf(cause) }));
  // The pool hears idle connections only. One that breaks in the middle of a transaction fails its query, and says so a second time here.
  pool.on('connect', (client) => client.on('error', (cause) => log.debug('database-connection-broken', { code: codeOf(cause) })));
  const unscoped = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  return { unscoped, close: () => unscoped.destroy() };
}

/** Connections by an address that the pool is not told, since it would hold the password as text for as long as it lives. */
const clientOf = (url: SecretText): typeof Client =>
  class extends Client {
    constructor(options: ClientConfig) {
      super({ ...options, connectionString: openText(url) });
      // Once let in, a connection needs it no more; the parameters are the package's own, and not among its types.
      const { connectionParameters } = this as unknown as { connectionParameters: object };
      this.once('connect', () => [this, connectionParameters].forEach((holder) => Object.assign(holder, { password: null })));
    }
  };

/**
 * Runs `run` in a transaction that sees one practice's rows and no others. The role and the practice are set first, for
 * this transaction only, so that a pooled connection carries neither over to the next borrower.
 */
export function inPractice<Tables, Value>(database: Database, practiceId: string, run: (transaction: Transaction<Tables>) => Promise<Value>): Promise<Value> {
  return scoped(database, 'quietline_app', practiceId, run);
}

/**
 * Runs `run` in a transaction of the installation itself, for what must be found before the practice is known: a session by its
 * token's hash, the practices to wake at start. Only tables with a policy for `quietline_installation` show it any row.
 */
export function inInstallation<Tables, Value>(database: Database, run: (transaction: Transaction<Tables>) => Promise<Value>): Promise<Value> {
  return scoped(database, 'quietline_installation', '', run);
}

/** For a statement that is one call of a function which takes the installation's role itself (migration 24): one round trip where a transaction takes four. */
export async function askInstallation<Row>(database: Database, call: RawBuilder<Row>): Promise<readonly Row[]> {
  return (await call.execute(database.unscoped)).rows;
}

/** Stands in the text of a statement. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

async function scoped<Tables, Value>(database: Database, role: 'quietline_app' | 'quietline_installation', practiceId: string, run: (transaction: Transaction<Tables>) => Promise<Value>): Promise<Value> {
  if (role === 'quietline_app' && !UUID.test(practiceId)) throw new Error('The id of a practice is a UUID, and this is none.');
  return database.unscoped.connection().execute(async (connection) => {
    let value: Value;
    try {
      // Begun and scoped in one round trip: without parameters, the statements travel as one message.
      await sql.raw(`begin; set local role ${role}; set local app.practice = '${practiceId}'`).execute(connection);
      value = await run(connection as unknown as Transaction<Tables>);
    } catch (cause) {
      // A connection that is gone has rolled back by itself, and the pool takes no broken one back.
      await sql`rollback`.execute(connection).catch(() => {});
      throw cause;
    }
    const [committed] = (await sql<{ command?: string }>`commit`.execute(connection)).rows;
    // What a caught error had spoilt is answered so, and not with an error.
    if (committed?.command === 'ROLLBACK') throw new Error('The transaction had failed, and was rolled back instead of committed.');
    return value;
  });
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}
