/** The rows of notes and of what remains of them. Sees only sealed text; decides nothing. */
import { sql, type Transaction } from 'kysely';

export interface NoteTables {
  note: {
    practice_id: string;
    call_id: string;
    revision: number;
    epoch: number;
    ends_at: Date;
    is_end_final: boolean;
    text_sealed: Buffer;
    created_at: Date;
    updated_at: Date;
    updated_by: string;
    copied_at: Date | null;
  };
  note_operation: { practice_id: string; operation_id: string; call_id: string };
  purge_receipt: { practice_id: string; id: string; created_at: Date; body: string; signature: Buffer };
  destroyed_note: { practice_id: string; call_id: string; destroyed_at: Date; receipt_id: string };
}

export type NoteTransaction = Transaction<NoteTables>;
export type NoteRow = NoteTables['note'];

/** Makes savers of one note take turns, the first save included, which has no row to lock yet. Let go at the transaction's end. */
export async function lockNote(transaction: NoteTransaction, callId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`note ${callId}`}, 0))`.execute(transaction);
}

export function findNote(transaction: NoteTransaction, practiceId: string, callId: string): Promise<NoteRow | undefined> {
  return transaction.selectFrom('note').selectAll().where('practice_id', '=', practiceId).where('call_id', '=', callId).executeTakeFirst();
}

export function findDestroyedNote(transaction: NoteTransaction, practiceId: string, callId: string): Promise<{ destroyed_at: Date; receipt_id: string } | undefined> {
  return transaction.selectFrom('destroyed_note').select(['destroyed_at', 'receipt_id']).where('practice_id', '=', practiceId).where('call_id', '=', callId).executeTakeFirst();
}

export async function storeNote(transaction: NoteTransaction, row: NoteRow): Promise<void> {
  const { practice_id: _practice, call_id: _call, created_at: _created, ...changed } = row;
  await transaction
    .insertInto('note')
    .values(row)
    .onConflict((conflict) => conflict.columns(['practice_id', 'call_id']).doUpdateSet(changed))
    .execute();
}

export async function isOperationApplied(transaction: NoteTransaction, practiceId: string, operationId: string): Promise<boolean> {
  return (await transaction.selectFrom('note_operation').select('call_id').where('practice_id', '=', practiceId).where('operation_id', '=', operationId).executeTakeFirst()) !== undefined;
}

export async function rememberOperation(transaction: NoteTransaction, practiceId: string, operationId: string, callId: string): Promise<void> {
  await transaction.insertInto('note_operation').values({ practice_id: practiceId, operation_id: operationId, call_id: callId }).execute();
}

export function listUnsettled(transaction: NoteTransaction, practiceId: string): Promise<Array<{ call_id: string }>> {
  return transaction.selectFrom('note').select('call_id').where('practice_id', '=', practiceId).where('is_end_final', '=', false).execute();
}

export function listEnding(transaction: NoteTransaction, practiceId: string, afterMs: number, untilMs: number): Promise<NoteRow[]> {
  return transaction
    .selectFrom('note')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('is_end_final', '=', true)
    .where('copied_at', 'is', null)
    .where('ends_at', '>', new Date(afterMs))
    .where('ends_at', '<=', new Date(untilMs))
    .orderBy('ends_at')
    .limit(100)
    .execute();
}

/** The epochs up to `lastDue` of which the practice still has rows, oldest first. */
export async function listDueEpochs(transaction: NoteTransaction, practiceId: string, lastDue: number): Promise<number[]> {
  const rows = await transaction.selectFrom('note').select('epoch').distinct().where('practice_id', '=', practiceId).where('epoch', '<=', lastDue).orderBy('epoch').execute();
  return rows.map(({ epoch }) => epoch);
}

/** Deletes the rows of an epoch, leaving an empty slip for each. Resolves to how many there were; the receipt must follow in the same transaction. */
export async function deleteEpoch(transaction: NoteTransaction, practiceId: string, epoch: number, receiptId: string): Promise<number> {
  const left = await sql`
    with gone as (delete from note where practice_id = ${practiceId} and epoch = ${epoch} returning call_id, ends_at)
    insert into destroyed_note (practice_id, call_id, destroyed_at, receipt_id) select ${practiceId}, call_id, ends_at, ${receiptId} from gone`.execute(transaction);
  return Number(left.numAffectedRows ?? 0);
}

/** Deletes one note before its time, leaving its slip. Resolves to its epoch, or undefined if there was none. */
export async function deleteNote(transaction: NoteTransaction, practiceId: string, callId: string, at: Date, receiptId: string): Promise<number | undefined> {
  const gone = await transaction.deleteFrom('note').where('practice_id', '=', practiceId).where('call_id', '=', callId).returning('epoch').executeTakeFirst();
  if (gone === undefined) return undefined;
  await transaction.insertInto('destroyed_note').values({ practice_id: practiceId, call_id: callId, destroyed_at: at, receipt_id: receiptId }).execute();
  return gone.epoch;
}

export async function storeReceipt(transaction: NoteTransaction, receipt: NoteTables['purge_receipt']): Promise<void> {
  await transaction.insertInto('purge_receipt').values(receipt).execute();
}

export function listReceipts(transaction: NoteTransaction, practiceId: string, limit: number): Promise<Array<{ id: string; body: string; signature: Buffer }>> {
  return transaction.selectFrom('purge_receipt').select(['id', 'body', 'signature']).where('practice_id', '=', practiceId).orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
}
