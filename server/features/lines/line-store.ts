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
    calls_back_to: string | null; proven_by: string | null; takes_voicemail: Generated<boolean>;
  };
  lines_to_show: { practice_id: string; member_id: string; line_ids: string[] };
  /** To know that somebody is one of the practice. */
  member: { id: string };
  line_of_member: { practice_id: string; member_id: string; line_id: string };
  line_reminder: { practice_id: string; line_id: string; expires_at: Date; days_before: number; given_at: Date };
}

/** Proven, the proof not over, and the line not removed. What the sandbox lends was proven by no call, and does not end. */
export const isShowable = sql<boolean>`removed_at is null and proven_at is not null and ((kind = 'hosted' and code_entered_at is null) or proven_at > now() - interval '180 days')`;

export interface ProvenLine extends LineView {
  readonly callsBackTo: string | null;
}

/** The default first, then by name. The database's own clock ends a proof: it is the one by which the row was written, or close to it. */
export function listProvenLines(database: Database, practiceId: PracticeId): Promise<ProvenLine[]> {
  return inPractice<LineTables, ProvenLine[]>(database, practiceId, async (transaction) => {
    const rows = await transaction
      .selectFrom('line')
      .select(['id', 'name', 'number', 'kind', 'is_default', 'calls_back_to'])
      .where(isShowable)
      .orderBy('is_default', 'desc')
      .orderBy('name')
      .execute();
    return rows.map((row) => ({ id: row.id as LineId, name: row.name, number: row.number as E164, kind: row.kind, isDefault: row.is_default, callsBackTo: row.calls_back_to }));
  });
}

/** Numbers set aside for fiction, for the sandbox alone: a practice with real trunks brings its own, and proves them. */
const DEMO_LINES = [
  { name: 'Lakeside Clinic', number: '+16125550100', is_default: true },
  { name: 'Lakeside Procedures', number: '+16125550118', is_default: false },
] as const;

/** Gives the demo practice its lines while it calls in the sandbox, where it has none. */
export async function seedDemoLines({ database, clock, random, practiceId }: { database: Database; clock: Clock; random: RandomSource; practiceId: PracticeId }): Promise<void> {
  await inPractice<LineTables, void>(database, practiceId, async (transaction) => {
    if ((await transaction.selectFrom('line').select('id').where('removed_at', 'is', null).executeTakeFirst()) !== undefined) return;
    const now = new Date(clock.now());
    const rows = DEMO_LINES.map((line) => ({ ...line, ...hostedNow(now), id: createId(clock.now(), random), practice_id: practiceId }));
    await transaction.insertInto('line').values(rows).execute();
  });
}

/** In the sandbox callers may leave a message from the first day, so that it can be tried. */
const hostedNow = (now: Date) => ({ kind: 'hosted' as const, takes_voicemail: true, created_at: now, proven_at: now, removed_at: null, extension: null, code_hash: null, code_issued_at: null, code_calls_since: null, code_entered_at: null, calls_back_to: null, proven_by: null });

/** Area codes whose 555-0150 to 555-0199 a new practice is lent while it calls in the sandbox. */
const SANDBOX_AREA_CODES = ['612', '480', '303', '206', '512', '617', '702', '815', '304', '907'];
const SANDBOX_TRIES = 20;

/** Lends a new practice a number set aside for fiction, so that its first call needs no proof. None where by chance each that was tried is lent. */
export async function seedSandboxLine({ database, clock, random, practiceId, name }: { database: Database; clock: Clock; random: RandomSource; practiceId: PracticeId; name: string }): Promise<void> {
  for (let tried = 0; tried < SANDBOX_TRIES; tried += 1) {
    const [area = 0, last = 0] = random.bytes(2);
    const number = `+1${SANDBOX_AREA_CODES[area % SANDBOX_AREA_CODES.length]}55501${50 + (last % 50)}`;
    try {
      const now = new Date(clock.now());
      await inPractice<LineTables, unknown>(database, practiceId, (transaction) => transaction.insertInto('line').values({ ...hostedNow(now), id: createId(clock.now(), random), practice_id: practiceId, name, number, is_default: true }).execute());
      return;
    } catch (cause) {
      // Another practice's line counts too, and this one may not see it: only the index can say so.
      if (!(cause instanceof Error && 'constraint' in cause && cause.constraint === 'one_line_a_number')) throw cause;
    }
  }
}

/** A practice that leaves the sandbox must not show real telephones a number that is nobody's. */
export async function removeSandboxLines(database: Database, practiceId: PracticeId): Promise<void> {
  await inPractice<LineTables, unknown>(database, practiceId, (transaction) =>
    transaction.updateTable('line').set({ removed_at: sql`now()`, is_default: false }).where('kind', '=', 'hosted').where('number', '~', '^\\+1[2-9][0-9]{2}55501[0-9]{2}$').where('removed_at', 'is', null).execute(),
  );
}
