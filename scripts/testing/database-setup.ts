/** One PostgreSQL for a whole test run: the embedded one, or the one named by QUIETLINE_TEST_DATABASE_URL. Makes the migrated template that each test file's database is cloned from. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '#server/platform/storage/database.ts';
import { startEmbeddedPostgres } from '#server/platform/storage/embedded-postgres.ts';
import { migrate } from '#server/platform/storage/migration.ts';
import { allMigrations } from '#server/platform/storage/migrations/all-migrations.ts';
import { silentLog } from '#server/platform/logging/log.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A role that may create databases, signed in to one it may clone from. */
    testDatabaseUrl: string;
    testDatabaseTemplate: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const external = process.env['QUIETLINE_TEST_DATABASE_URL'];
  const server = external === undefined ? await startThrowaway() : { url: external, stop: async () => {} };
  const template = `quietline_template_${process.pid}_${Date.now().toString(36)}`;
  await run(server.url, `create database ${template}`);
  const url = new URL(server.url);
  url.pathname = `/${template}`;
  const database = openDatabase({ url: url.href, log: silentLog });
  await migrate(database, allMigrations);
  await database.close();
  project.provide('testDatabaseUrl', server.url);
  project.provide('testDatabaseTemplate', template);
  return async () => {
    await run(server.url, `drop database ${template}`);
    await server.stop();
  };
}

async function startThrowaway(): Promise<{ url: string; stop: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'quietline-test-'));
  const postgres = await startEmbeddedPostgres({ directory, throwaway: true });
  return {
    url: postgres.url,
    stop: async () => {
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function run(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
