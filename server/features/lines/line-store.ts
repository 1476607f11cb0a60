/** A practice's lines. A line without proof that it is the practice's own is given to nobody. */
import type { E164, LineId, PracticeId } from '#contract/ids.ts';
import type { LineView } from '#contract/api.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import { inPractice } from '#server/platform/storage/database.ts';
import type { Database } from '#server/platform/storage/database.ts';
import { sql } from 'kysely';
import type { Generated } from 'kysely';

export interface LineTables {
  line: {
    id: string; practice_id: string; name: string; number: string; kind: 'hosted' | 'verified'; is_default: boolean; created_at: Date; proven_at: Date | null; removed_at: Date | null;
    extension: string | null; code_hash: Buffer | null; code_issued_at: Date | null; code_tries: Generated<number>; code_calls: Generated<number>; code_calls_since: Date | null; code_entered_at: Date | null;
  };
}

/** The default first, then by name. The database's own clock ends a proof: it is the one by which the row was written, or close to it. */
export function listProvenLines(database: Database, practiceId: PracticeId): Promise<LineView[]> {
  return inPractice<LineTables, LineView[]>(database, practiceId, async (transaction) => {
    const rows = await transaction
      .selectFrom('line')
      .select(['id', 'name', 'number', 'kind', 'is_default'])
      .where('proven_at', 'is not', null)
      .where((where) => where.or([where('kind', '=', 'hosted'), where('proven_at', '>', sql<Date>`now() - interval '180 days'`)]))
      .where('removed_at', 'is', null)
      .orderBy('is_default', 'desc')
      .orderBy('name')
      .execute();
    return rows.map((row) => ({ id: row.id as LineId, name: row.name, number: row.number as E164, kind: row.kind, isDefault: row.is_default }));
  });
}

/** Numbers set aside for fiction: a practice with real trunks must bring its own. */
const DEMO_LINES = [
  { name: 'Lakeside Clinic', number: '+16125550100', is_default: true },
  { name: 'Lakeside Procedures', number: '+16125550118', is_default: false },
] as const;

/** Gives the demo practice its lines, where it has none. */
export async function seedDemoLines({ database, clock, random, practiceId }: { database: Database; clock: Clock; random: RandomSource; practiceId: PracticeId }): Promise<void> {
  await inPractice<LineTables, void>(database, practiceId, async (transaction) => {
    if ((await transaction.selectFrom('line').select('id').executeTakeFirst()) !== undefined) return;
    const now = new Date(clock.now());
    const rows = DEMO_LINES.map((line) => ({ ...line, id: createId(clock.now(), random), practice_id: practiceId, kind: 'hosted' as const, created_at: now, proven_at: now, removed_at: null, extension: null, code_hash: null, code_issued_at: null, code_calls_since: null, code_entered_at: null }));
    await transaction.insertInto('line').values(rows).execute();
  });
}
