/** The rows of handouts: the draft, its public code, the versions as they were published. Decides nothing. */
import type { Transaction } from 'kysely';
import type { HandoutSettings } from '#contract/handouts.ts';
import { inInstallation, type Database } from '#server/platform/storage/database.ts';

export interface HandoutTables {
  handout: { practice_id: string; settings: unknown; saved_at: Date; saved_by: string; code: string };
  handout_version: { practice_id: string; version: number; published_at: Date; published_by: string; settings: unknown; facts: unknown };
}

export type HandoutTransaction = Transaction<HandoutTables>;

/** What of a page may change without anyone deciding it, kept with a version. */
export interface VersionFacts {
  readonly practiceName: string;
  readonly country: string;
  /** By whose day a version is dated. Versions from before it was kept: UTC's. */
  readonly timeZone?: string;
  readonly lines: ReadonlyArray<{ readonly name: string; readonly number: string }>;
}

export interface StoredVersion {
  readonly version: number;
  readonly publishedAt: Date;
  readonly publishedBy: string;
  readonly settings: unknown;
  readonly facts: VersionFacts;
}

export function findDraft(transaction: HandoutTransaction, practiceId: string): Promise<HandoutTables['handout'] | undefined> {
  return transaction.selectFrom('handout').selectAll().where('practice_id', '=', practiceId).executeTakeFirst();
}

/** The code is given once, with the first draft, and stays: it is on paper in people's kitchens. */
export async function storeDraft(transaction: HandoutTransaction, draft: { practiceId: string; memberId: string; settings: HandoutSettings; at: Date; newCode: string }): Promise<void> {
  const changed = { settings: JSON.stringify(draft.settings), saved_at: draft.at, saved_by: draft.memberId };
  await transaction
    .insertInto('handout')
    .values({ practice_id: draft.practiceId, code: draft.newCode, ...changed })
    .onConflict((conflict) => conflict.column('practice_id').doUpdateSet(changed))
    .execute();
}

export async function findVersion(transaction: HandoutTransaction, practiceId: string, version?: number): Promise<StoredVersion | undefined> {
  let query = transaction.selectFrom('handout_version').selectAll().where('practice_id', '=', practiceId).orderBy('version', 'desc').limit(1);
  if (version !== undefined) query = query.where('version', '=', version);
  const row = await query.executeTakeFirst();
  return row === undefined ? undefined : { version: row.version, publishedAt: row.published_at, publishedBy: row.published_by, settings: row.settings, facts: row.facts as VersionFacts };
}

export function listVersions(transaction: HandoutTransaction, practiceId: string): Promise<Array<{ version: number; published_at: Date; published_by: string }>> {
  return transaction.selectFrom('handout_version').select(['version', 'published_at', 'published_by']).where('practice_id', '=', practiceId).orderBy('version', 'desc').limit(100).execute();
}

export async function insertVersion(transaction: HandoutTransaction, row: { practiceId: string; memberId: string; version: number; at: Date; settings: HandoutSettings; facts: VersionFacts }): Promise<void> {
  await transaction
    .insertInto('handout_version')
    .values({ practice_id: row.practiceId, version: row.version, published_at: row.at, published_by: row.memberId, settings: JSON.stringify(row.settings), facts: JSON.stringify(row.facts) })
    .execute();
}

export async function findPracticeByCode(database: Database, code: string): Promise<string | undefined> {
  const row = await inInstallation<HandoutTables, { practice_id: string } | undefined>(database, (transaction) => transaction.selectFrom('handout').select('practice_id').where('code', '=', code).executeTakeFirst());
  return row?.practice_id;
}
