/** Counts what a practice keeps, by kind. Reads every feature's rows and none of their content. */
import { sql, type Transaction } from 'kysely';
import type { DataKept } from '#contract/data-kept.ts';

type Counts = Omit<DataKept, 'lastBackupAt'>;
type Row = Record<Exclude<keyof Counts, 'oldestCallAt'>, string> & { oldestCallAt: Date | null };

/** In the practice's transaction: row-level security leaves nothing of another's to count. */
export async function countDataKept(transaction: Transaction<object>): Promise<Counts> {
  const { rows } = await sql<Row>`
    select
      (select count(*) from contact where removed_at is null) as contacts,
      (select count(*) from call) as calls,
      (select min(started_at) from call) as "oldestCallAt",
      (select count(*) from note where ends_at > now()) as notes,
      (select count(*) from destroyed_note) as "notesDestroyed",
      (select count(*) from audit_entry) as "auditEntries"`.execute(transaction);
  const { oldestCallAt, ...counts } = rows[0]!;
  return { ...(Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Number(count)])) as Omit<Counts, 'oldestCallAt'>), oldestCallAt: oldestCallAt?.toISOString() ?? null };
}
