/** A fresh, migrated database for one test file, cloned from the run's template in some 50 ms. For `*.db.test.ts`, `*.net.test.ts` and e2e only. */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { silentLog } from '../logging/log.ts';
import { openDatabase, type Database } from './database.ts';

export interface TestDatabase {
  readonly database: Database;
  /** For a server process of its own. Signed in as the owner, who is not above row-level security. */
  readonly url: string;
  /** Closes the connections and removes the database, other processes' connections to it included. */
  drop(): Promise<void>;
}

/** Call in `beforeAll`, and `drop()` in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = inject('testDatabaseUrl');
  const name = `quietline_test_${randomBytes(8).toString('hex')}`;
  await administer(server, `create database ${name} template ${inject('testDatabaseTemplate')}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const database = openDatabase({ url: url.href, log: silentLog });
  return {
    database,
    url: url.href,
    async drop() {
      await database.close();
      await administer(server, `drop database ${name} with (force)`);
    },
  };
}

/** PostgreSQL clones a template only while nobody else does: files that start together take turns. */
const CLONING_LOCK = 7_184_265_302;

async function administer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [CLONING_LOCK]);
    await client.query(statement);
  } finally {
    await client.end();
  }
}
