/** The line that a member shows by default. Keeps a choice among the proven ones, and says it; which line a call shows is contract/line-choice.ts's to decide. */
import type { LineId, MemberId, PracticeId } from '#contract/ids.ts';
import { ok, refused, type Result } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import { appendAudit } from '../audit/index.ts';
import type { LineActor } from './line-proofs.ts';
import { isShowable, type LineTables } from './line-store.ts';
import { isToShow, listLinesToShow } from './lines-to-show.ts';

export function readLineOfMember(database: Database, practiceId: PracticeId, memberId: MemberId): Promise<LineId | null> {
  return inPractice<LineTables, LineId | null>(database, practiceId, async (transaction) => {
    const row = await transaction.selectFrom('line_of_member').select('line_id').where('member_id', '=', memberId).executeTakeFirst();
    return (row?.line_id ?? null) as LineId | null;
  });
}

/** Null: the practice's again. */
export function setLineOfMember({ database, clock }: { database: Database; clock: Pick<Clock, 'now'> }, { practice, actor }: LineActor, memberId: MemberId, lineId: LineId | null): Promise<Result<void, 'line-not-proven' | 'line-not-yours'>> {
  return inPractice<LineTables, Result<void, 'line-not-proven' | 'line-not-yours'>>(database, practice.id, async (transaction) => {
    if (lineId === null) await transaction.deleteFrom('line_of_member').where('member_id', '=', memberId).execute();
    else {
      const line = await transaction.selectFrom('line').select('id').where('id', '=', lineId).where(isShowable).executeTakeFirst();
      if (line === undefined) return refused('line-not-proven');
      if (!isToShow(await listLinesToShow(transaction, memberId), lineId)) return refused('line-not-yours');
      await transaction
        .insertInto('line_of_member')
        .values({ practice_id: practice.id, member_id: memberId, line_id: lineId })
        .onConflict((conflict) => conflict.columns(['practice_id', 'member_id']).doUpdateSet({ line_id: lineId }))
        .execute();
    }
    await appendAudit(transaction, clock.now(), { practiceId: practice.id, actor, action: 'line-of-member-changed', ...(lineId === null ? {} : { subject: { kind: 'line', id: lineId } }) });
    return ok(undefined);
  });
}
