/** What contacts keep sealed, for the rotation of keys; and their blind indexes, made again under a new index key. */
import { sql } from 'kysely';
import type { SealedColumn } from '#server/platform/storage/sealed-columns.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import { openDetails, type ContactTables, type Sealing } from './contact-store.ts';

export const sealedContactColumns: readonly SealedColumn[] = [
  { table: 'contact', column: 'details_sealed', placeTable: 'contact', placeColumn: 'details', rowId: 'id::text' },
  { table: 'contact_group', column: 'name_sealed', placeTable: 'contact_group', placeColumn: 'name', rowId: 'id::text' },
  { table: 'contact_import', column: 'columns_sealed', placeTable: 'contact_import', placeColumn: 'columns', rowId: 'id::text' },
  { table: 'contact_import_piece', column: 'bytes_sealed', placeTable: 'contact_import_piece', placeColumn: 'bytes', rowId: "import_id::text || ' ' || at_byte::text" },
];

const CONTACTS_A_BATCH = 500;

/** Makes the index of every number again with the current index key. Searching goes on meanwhile: it asks under every key there is. Resolves to how many contacts there were. */
export async function reindexContacts(database: Database, { cipher, index }: Sealing, practiceId: string, onBatch: (contacts: number) => void = () => {}): Promise<number> {
  let after = '00000000-0000-0000-0000-000000000000';
  let total = 0;
  for (;;) {
    const ids = await inPractice<ContactTables, string[]>(database, practiceId, async (transaction) => {
      const rows = await transaction.selectFrom('contact').select(['id', 'details_sealed']).where('practice_id', '=', practiceId).where('removed_at', 'is', null).where('id', '>', after).orderBy('id').limit(CONTACTS_A_BATCH).forUpdate().execute();
      if (rows.length === 0) return [];
      const numbers = rows.flatMap(({ id, details_sealed }) => [...new Set(openDetails(cipher, practiceId, id, details_sealed!).numbers.map(({ number }) => number))].map((number) => ({ practice_id: practiceId, number_index: index.of(practiceId, 'phone', number), contact_id: id })));
      await sql`delete from contact_number where practice_id = ${practiceId} and contact_id = any(${rows.map(({ id }) => id)}::uuid[])`.execute(transaction);
      if (numbers.length > 0) await transaction.insertInto('contact_number').values(numbers).execute();
      return rows.map(({ id }) => id);
    });
    if (ids.length === 0) return total;
    after = ids.at(-1)!;
    total += ids.length;
    onBatch(ids.length);
  }
}
