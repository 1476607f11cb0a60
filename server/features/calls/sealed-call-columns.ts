/** What calls keep sealed, for the rotation of keys; and the blind indexes of their numbers, made again under a new index key. */
import { sql } from 'kysely';
import type { BlindIndex, RecordCipher } from '#server/platform/crypto/record-cipher.ts';
import { inInstallation, inPractice, type Database } from '#server/platform/storage/database.ts';
import type { SealedColumn } from '#server/platform/storage/sealed-columns.ts';
import { isMembers } from './call-record.ts';
import { openCallRow, type CallTables } from './call-row.ts';
import { suggestOutcome } from './outcome-suggestion-policy.ts';

export const sealedCallColumns: readonly SealedColumn[] = [{ table: 'call', column: 'number_sealed', placeTable: 'call', placeColumn: 'number', rowId: 'id::text' }, { table: 'call_party', column: 'number_sealed', placeTable: 'call_party', placeColumn: 'number', rowId: 'id::text' }];

const CALLS_A_BATCH = 500;

/** The same for every practice, of what lacks it: after an upgrade, while the server runs. */
export async function fillInOldCalls(database: Database, sealing: { cipher: RecordCipher; index: BlindIndex }): Promise<void> {
  const practices = await inInstallation(database, async (transaction) => (await sql<{ id: string }>`select id from practice order by id`.execute(transaction)).rows.map(({ id }) => id));
  for (const id of practices) await reindexCalls(database, sealing, id, { onlyMissing: true });
}

/**
 * Makes the index of every call's number again with the current index key; searching asks under every key there is meanwhile. With `onlyMissing`, of
 * those that have none: calls older than the log's search, which get their suggestion too. Resolves to how many there were.
 */
export async function reindexCalls(database: Database, { cipher, index }: { cipher: RecordCipher; index: BlindIndex }, practiceId: string, { onlyMissing = false, onBatch = () => {} }: { onlyMissing?: boolean; onBatch?: (calls: number) => void } = {}): Promise<number> {
  let after = '00000000-0000-0000-0000-000000000000';
  let total = 0;
  for (;;) {
    const ids = await inPractice<CallTables, string[]>(database, practiceId, async (transaction) => {
      let query = transaction.selectFrom('call').selectAll().where('practice_id', '=', practiceId).where('id', '>', after).orderBy('id').limit(CALLS_A_BATCH).forUpdate();
      // A withheld number has no index.
      if (onlyMissing) query = query.where('number_index', 'is', null).where('number_sealed', 'is not', null);
      const rows = await query.execute();
      for (const row of rows) {
        const record = openCallRow(cipher, row);
        const suggestion = record.suggestion ?? (isMembers(record) ? suggestOutcome(record) : null);
        const columns = { number_index: record.number === null ? null : index.of(practiceId, 'phone', record.number), suggested_outcome: suggestion?.outcome ?? null, suggested_because: suggestion?.because ?? null };
        await transaction.updateTable('call').set(columns).where('id', '=', row.id).execute();
      }
      return rows.map(({ id }) => id);
    });
    if (ids.length === 0) return total;
    after = ids.at(-1)!;
    total += ids.length;
    onBatch(ids.length);
  }
}
