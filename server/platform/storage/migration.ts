/** Brings a database to the newest shape: numbered steps, each once, in order, one process at a time. Goes forward only. */
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Database } from './database.ts';

export interface Migration {
  /** Global over all features; 1, 2, 3 without gaps. */
  readonly number: number;
  /** What it is for, in kebab-case. Never changed once released. */
  readonly name: string;
  /** One or more statements, run by the owner in one transaction together with the note that it was run. */
  readonly sql: string;
}

/** Any number, the same in every version: two servers that start together migrate one after the other. */
const MIGRATION_LOCK = 7_184_265_301;

/** Runs what has not been run. Resolves to the numbers run now. Throws if the database is newer than this program, or was migrated by another history. */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<number[]> {
  assertWholeHistory(migrations);
  return database.unscoped.connection().execute(async (connection) => {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`.execute(connection);
    try {
      return await runPending(connection, migrations);
    } finally {
      await sql`select pg_advisory_unlock(${MIGRATION_LOCK})`.execute(connection);
    }
  });
}

/** What each table's policy asks: `using (practice_id = current_practice())`. Outside `inPractice` it is null, which equals nothing. */
const CURRENT_PRACTICE = `create or replace function current_practice() returns uuid language sql stable parallel safe
  return nullif(current_setting('app.practice', true), '')::uuid`;

async function runPending(connection: Kysely<unknown>, migrations: readonly Migration[]): Promise<number[]> {
  await createRoles(connection);
  await sql.raw(CURRENT_PRACTICE).execute(connection);
  await sql`create table if not exists migration (number int primary key, name text not null, ran_at timestamptz not null default now())`.execute(connection);
  const done = await sql<{ number: number; name: string }>`select number, name from migration order by number`.execute(connection);
  for (const { number, name } of done.rows) {
    const known = migrations[number - 1];
    if (known === undefined) throw new Error(`The database is at migration ${number} (${name}), which this version does not know. Start the newer version, or restore a backup made before it.`);
    if (known.name !== name) throw new Error(`Migration ${number} was run as "${name}", and this version calls it "${known.name}": the data belongs to another history.`);
  }
  const pending = migrations.slice(done.rows.length);
  for (const migration of pending) {
    // The step and its note are one transaction: a crash in between leaves neither, and the next start runs it again.
    await connection.transaction().execute(async (transaction) => {
      await runStatements(transaction, migration);
      await sql`insert into migration (number, name) values (${migration.number}, ${migration.name})`.execute(transaction);
    });
  }
  await sql.raw(OPEN_TO_BACKUPS).execute(connection);
  return pending.map(({ number }) => number);
}

/**
 * A backup reads every table and writes none. Here and not in each migration, so that a new table cannot be forgotten. A policy holds for
 * whoever inherits its role too, and the owner does: hence the condition.
 */
const OPEN_TO_BACKUPS = `do $$ declare name text; begin
  for name in select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and not has_table_privilege('quietline_backup', oid, 'select') loop
    execute format('grant select on %I to quietline_backup', name);
    if (select relrowsecurity from pg_class where oid = name::regclass) then execute format('create policy read_by_backups on %I for select to quietline_backup using (current_user = ''quietline_backup'')', name); end if;
  end loop;
end $$`;

async function runStatements(transaction: Transaction<unknown>, migration: Migration): Promise<void> {
  try {
    await sql.raw(migration.sql).execute(transaction);
  } catch (cause) {
    throw new Error(`Migration ${migration.number} (${migration.name}) failed; nothing of it was kept.`, { cause });
  }
}

/**
 * The roles that transactions take; 'quietline_backup' is the backup command's, and only reads. None may sign in or pass by row-level security. Roles belong to the whole server, so
 * two databases on it may create them at the same instant: the loser's "already exists" is the answer that was wanted. From
 * PostgreSQL 16 on, who creates a role may grant it but not yet become it, hence the grant to oneself.
 */
async function createRoles(connection: Kysely<unknown>): Promise<void> {
  for (const role of ['quietline_app', 'quietline_installation', 'quietline_backup']) {
    await sql
      .raw(
        `do $$ begin
           if not exists (select from pg_roles where rolname = '${role}') then create role ${role} nologin noinherit nosuperuser nobypassrls; end if;
         exception when duplicate_object or unique_violation then null;
         end $$;
         do $$ begin
           if not pg_has_role(current_user, '${role}', case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end) then execute format('grant ${role} to %I', current_user); end if;
         exception when unique_violation then null;
         end $$;`,
      )
      .execute(connection);
    await sql.raw(`grant usage on schema public to ${role}`).execute(connection);
  }
}

function assertWholeHistory(migrations: readonly Migration[]): void {
  migrations.forEach(({ number, name }, index) => {
    if (number !== index + 1) throw new Error(`Migration ${number} (${name}) stands at place ${index + 1}: numbers go 1, 2, 3 without gaps.`);
  });
}
