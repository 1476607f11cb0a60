/** One PostgreSQL for a whole test run: the embedded one, or the one whose programs QUIETLINE_TEST_POSTGRES names. Makes the migrated template that each test file's database is cloned from. */
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
  const server = await startThrowaway();
  const template = `quietline_template_${process.pid}_${Date.now().toString(36)}`;
  try {
    await run(server.url, `create database ${template}`);
    await migrateTemplate(server.url, template);
  } catch (cause) {
    await server.stop();
    throw cause;
  }
  project.provide('testDatabaseUrl', server.url);
  project.provide('testDatabaseTemplate', template);
  return server.stop;
}

async function migrateTemplate(serverUrl: string, template: string): Promise<void> {
  const url = new URL(serverUrl);
  url.pathname = `/${template}`;
  const database = openDatabase({ url: url.href, log: silentLog });
  try {
    await migrate(database, allMigrations);
  } finally {
    await database.close();
  }
}

async function startThrowaway(): Promise<{ url: string; stop: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'quietline-test-'));
  const postgres = await startEmbeddedPostgres({ directory, throwaway: true, programs: process.env['QUIETLINE_TEST_POSTGRES'] });
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
