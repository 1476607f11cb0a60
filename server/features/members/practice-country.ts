/** The country a practice is in, for work that goes on without anyone's session. */
import { inInstallation } from '#server/platform/storage/database.ts';
import type { Database } from '#server/platform/storage/database.ts';
import type { MemberTables } from './member-tables.ts';

/** ISO 3166-1 alpha-2. Throws where there is no such practice. */
export async function readPracticeCountry(database: Database, practiceId: string): Promise<string> {
  const { country } = await inInstallation<MemberTables, { country: string }>(database, (transaction) => transaction.selectFrom('practice').select('country').where('id', '=', practiceId).executeTakeFirstOrThrow());
  return country;
}
