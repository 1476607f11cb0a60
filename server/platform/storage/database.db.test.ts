import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inInstallation, inPractice } from './database.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

const LAKESIDE = '01890000-0000-7000-8000-000000000001';
const HILLTOP = '01890000-0000-7000-8000-000000000002';

interface Tables {
  chart: { practice_id: string; title: string };
}

describe('the database', () => {
  let fresh: TestDatabase;

  beforeAll(async () => {
    fresh = await createTestDatabase();
    await sql
      .raw(
        `create table chart (practice_id uuid not null, title text not null);
         alter table chart enable row level security, force row level security;
         create policy of_the_practice on chart to quietline_app using (practice_id = current_practice());
         grant select, insert, update, delete on chart to quietline_app, quietline_installation`,
      )
      .execute(fresh.database.unscoped);
    for (const [practice, title] of [[LAKESIDE, 'ours'], [HILLTOP, 'theirs']] as const) {
      await inPractice<Tables, unknown>(fresh.database, practice, (transaction) => transaction.insertInto('chart').values({ practice_id: practice, title }).execute());
    }
  });
  afterAll(() => fresh.drop());

  const titlesOf = (practice: string): Promise<string[]> =>
    inPractice<Tables, string[]>(fresh.database, practice, async (transaction) => (await transaction.selectFrom('chart').select('title').execute()).map(({ title }) => title));

  test('a practice sees its own rows and no others', async () => {
    expect(await titlesOf(LAKESIDE)).toEqual(['ours']);
    expect(await titlesOf(HILLTOP)).toEqual(['theirs']);
  });

  test('a practice cannot write a row of another', async () => {
    const write = inPractice<Tables, unknown>(fresh.database, LAKESIDE, (transaction) => transaction.insertInto('chart').values({ practice_id: HILLTOP, title: 'planted' }).execute());
    await expect(write).rejects.toThrow(/row-level security/);
  });

  test('a transaction cannot step out of its role', async () => {
    const escape = inPractice<Tables, unknown>(fresh.database, LAKESIDE, async (transaction) => {
      await sql`set local row_security = off`.execute(transaction);
      return transaction.selectFrom('chart').selectAll().execute();
    });
    await expect(escape).rejects.toThrow(/row-level security/);
  });

  test('an unscoped query sees nothing, though the owner of the table runs it', async () => {
    expect((await sql`select * from chart`.execute(fresh.database.unscoped)).rows).toEqual([]);
  });

  test('the installation sees nothing of a table that has no policy for it', async () => {
    expect(await inInstallation<Tables, unknown[]>(fresh.database, (transaction) => transaction.selectFrom('chart').selectAll().execute())).toEqual([]);
  });

  test('twenty transactions of two practices, interleaved on few connections, never see each other', async () => {
    const seen = await Promise.all(Array.from({ length: 20 }, (_, index) => titlesOf(index % 2 === 0 ? LAKESIDE : HILLTOP)));
    expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? ['ours'] : ['theirs'])));
  });

  test('a practice that is not an id is refused rather than read as none', async () => {
    await expect(titlesOf("' or true --")).rejects.toThrow(/uuid/i);
  });
});
