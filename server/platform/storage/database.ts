/** The way to the database: one pool, and transactions that are scoped before they may read. Owns no table; gives no one an unscoped query. */
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import { Pool } from 'pg';
import type { Log } from '../logging/log.ts';

/** A pool that is not yet scoped to anyone. Features get rows only through `inPractice` and `inInstallation`. */
export interface Database {
  /** The pool as kysely sees it. For migrations, jobs and tests; a feature that queries it directly finds nothing, since every table forces row-level security. */
  readonly unscoped: Kysely<unknown>;
  /** Waits for running transactions, then closes every connection. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** A PostgreSQL connection string; a unix socket is `postgresql://role@/name?host=/directory`. */
  url: string;
  log: Log;
  maxConnections?: number;
}

export function openDatabase({ url, log, maxConnections = 10 }: DatabaseOptions): Database {
  const pool = new Pool({ connectionString: url, max: maxConnections, connectionTimeoutMillis: 5_000, idleTimeoutMillis: 30_000 });
  // An idle connection that breaks (the database restarted) says so here; unheard, the event would end the process.
  pool.on('error', (cause) => log.warn('database-connection-lost', { code: codeOf(cause) }));
  // The pool hears idle connections only. One that breaks in the middle of a transaction fails its query, and says so a second time here.
  pool.on('connect', (client) => client.on('error', (cause) => log.debug('database-connection-broken', { code: codeOf(cause) })));
  const unscoped = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  return { unscoped, close: () => unscoped.destroy() };
}

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

function scoped<Tables, Value>(database: Database, role: string, practiceId: string, run: (transaction: Transaction<Tables>) => Promise<Value>): Promise<Value> {
  return database.unscoped.transaction().execute(async (transaction) => {
    await sql`select set_config('role', ${role}, true), set_config('app.practice', ${practiceId}, true)`.execute(transaction);
    return run(transaction as unknown as Transaction<Tables>);
  });
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}
