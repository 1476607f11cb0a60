/** Which lines an admin lets a member show, where that is not all of them. Keeps it and says it; what follows for a call is contract/line-choice.ts's to decide. */
import { sql, type Transaction } from 'kysely';
import type { AuditDetail } from '#contract/audit.ts';
import type { LineId, MemberId, PracticeId } from '#contract/ids.ts';
import { ok, refused, type Result } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import { appendAudit } from '../audit/index.ts';
import type { LineActor } from './line-proofs.ts';
import { isShowable, type LineTables } from './line-store.ts';

/** Null: all. */
export type LinesToShow = readonly LineId[] | null;

export const isToShow = (lines: LinesToShow, id: LineId): boolean => lines?.includes(id) ?? true;

export async function listLinesToShow(transaction: Transaction<LineTables>, memberId: MemberId): Promise<LineId[] | null> {
  const row = await transaction.selectFrom('lines_to_show').select('line_ids').where('member_id', '=', memberId).executeTakeFirst();
  return (row?.line_ids ?? null) as LineId[] | null;
}

export function readLinesToShow(database: Database, practiceId: PracticeId, memberId: MemberId): Promise<LineId[] | null> {
  return inPractice<LineTables, LineId[] | null>(database, practiceId, (transaction) => listLinesToShow(transaction, memberId));
}

/** Of everybody who may not show all. */
export function listAllToShow(database: Database, practiceId: PracticeId): Promise<{ memberId: MemberId; lineIds: LineId[] }[]> {
  return inPractice<LineTables, { memberId: MemberId; lineIds: LineId[] }[]>(database, practiceId, async (transaction) => {
    const rows = await transaction.selectFrom('lines_to_show').select(['member_id', 'line_ids']).orderBy('member_id').execute();
    return rows.map(({ member_id, line_ids }) => ({ memberId: member_id as MemberId, lineIds: line_ids as LineId[] }));
  });
}

/** From now on these and no others. A line that they may show already may be named though its proof has ended: it will be proven again. */
export function setLinesToShow({ database, clock }: { database: Database; clock: Pick<Clock, 'now'> }, { practice, actor }: LineActor, memberId: MemberId, lineIds: LinesToShow): Promise<Result<LineId[] | null, 'not-found' | 'line-not-proven'>> {
  return inPractice<LineTables, Result<LineId[] | null, 'not-found' | 'line-not-proven'>>(database, practice.id, async (transaction) => {
    if ((await transaction.selectFrom('member').select('id').where('id', '=', memberId).executeTakeFirst()) === undefined) return refused('not-found');
    const wanted = lineIds === null ? null : [...new Set(lineIds)].toSorted();
    if (wanted === null) await transaction.deleteFrom('lines_to_show').where('member_id', '=', memberId).execute();
    else {
      const before = (await listLinesToShow(transaction, memberId)) ?? [];
      const proven = await transaction.selectFrom('line').select('id').where('id', 'in', wanted).where(isShowable).execute();
      if (wanted.some((id) => !before.includes(id) && proven.every((line) => line.id !== id))) return refused('line-not-proven');
      await transaction
        .insertInto('lines_to_show')
        .values({ practice_id: practice.id, member_id: memberId, line_ids: sql<string[]>`${wanted}::uuid[]` })
        .onConflict((conflict) => conflict.columns(['practice_id', 'member_id']).doUpdateSet({ line_ids: sql<string[]>`${wanted}::uuid[]` }))
        .execute();
    }
    await appendAudit(transaction, clock.now(), { practiceId: practice.id, actor, action: 'lines-to-show-changed', subject: { kind: 'member', id: memberId }, detail: asDetail(wanted) });
    return ok(wanted);
  });
}

/** As the audit's detail has them: a word a line, so that a restored database can be told of it again. */
function asDetail(lines: LinesToShow): AuditDetail {
  return lines === null ? { all: true } : Object.fromEntries(lines.map((id, index) => [`line${String.fromCodePoint(65 + Math.floor(index / 26), 65 + (index % 26))}`, `l${id}`]));
}

export function linesToShowOf(detail: AuditDetail): string[] | null {
  return detail['all'] === true ? null : Object.entries(detail).flatMap(([name, value]) => (/^line[A-Z]{2}$/u.test(name) && typeof value === 'string' ? [value.slice(1)] : []));
}
