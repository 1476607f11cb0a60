/** What is known of practices by work that goes on without anyone's session: which there are, their countries, their admins' addresses. */
import { sql } from 'kysely';
import type { PracticeId } from '#contract/ids.ts';
import { inInstallation } from '#server/platform/storage/database.ts';
import type { Database } from '#server/platform/storage/database.ts';
import type { MemberTables } from './member-tables.ts';

/** ISO 3166-1 alpha-2. Throws where there is no such practice. */
export async function readPracticeCountry(database: Database, practiceId: string): Promise<string> {
  const { country } = await inInstallation<MemberTables, { country: string }>(database, (transaction) => transaction.selectFrom('practice').select('country').where('id', '=', practiceId).executeTakeFirstOrThrow());
  return country;
}

/** Those that may be entered. */
/** Disabled ones too, for what is kept and what must end on time whoever signs in. */
export async function listAllPracticeIds(database: Database): Promise<PracticeId[]> {
  const rows = await inInstallation<MemberTables, { id: string }[]>(database, (transaction) => transaction.selectFrom('practice').select('id').orderBy('id').execute());
  return rows.map(({ id }) => id as PracticeId);
}

export async function listPracticeIds(database: Database): Promise<PracticeId[]> {
  const rows = await inInstallation<MemberTables, { id: string }[]>(database, (transaction) => transaction.selectFrom('practice').select('id').where('disabled_at', 'is', null).orderBy('id').execute());
  return rows.map(({ id }) => id as PracticeId);
}

/** Where the practice's admins read mail, as far as they have said. */
export async function listAdminAddresses(database: Database, practiceId: string): Promise<string[]> {
  const rows = await inInstallation<MemberTables, { email: string | null }[]>(database, (transaction) =>
    transaction.selectFrom('member').innerJoin('person', 'person.id', 'member.person_id').where('member.practice_id', '=', practiceId).where('member.disabled_at', 'is', null).where(sql<boolean>`'practice-admin' = any(member.roles)`).where('person.email', 'is not', null).select('person.email').execute(),
  );
  return rows.flatMap(({ email }) => (email === null ? [] : [email]));
}
