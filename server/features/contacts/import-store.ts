/** The rows of an import: its state, the sealed pieces of its file, its problems. Decides nothing. */
import { sql, type Generated, type Transaction } from 'kysely';
import type { ImportField, ImportProblem, ImportView } from '#contract/contacts.ts';
import type { RecordCipher } from '#server/platform/crypto/record-cipher.ts';
import type { ContactTables } from './contact-store.ts';
import type { TextEncodingName } from './text-decoding.ts';

export interface ImportTables extends ContactTables {
  contact_import: {
    practice_id: string;
    id: string;
    member_id: string;
    kind: 'csv' | 'vcard';
    state: ImportView['state'];
    created_at: Date;
    bytes_received: Generated<number>;
    encoding: TextEncodingName | null;
    delimiter: string | null;
    columns_sealed: Buffer | null;
    mapping: string | null;
    rows_total: number | null;
    rows_done: Generated<number>;
    added: Generated<number>;
    duplicates: Generated<number>;
    failed: Generated<number>;
    undone_by: Generated<string | null>;
    taken_out: Generated<number>;
    kept: Generated<number>;
  };
  contact_import_piece: { practice_id: string; import_id: string; at_byte: number; length: number; bytes_sealed: Buffer };
  contact_import_problem: { practice_id: string; import_id: string; row_number: number; place: number; field: ImportField | null; problem: ImportProblem };
}

export type ImportTransaction = Transaction<ImportTables>;

/** An import as it is stored. */
export interface StoredImport {
  readonly id: string;
  readonly memberId: string;
  readonly begunAt: Date;
  readonly kind: 'csv' | 'vcard';
  readonly state: ImportView['state'];
  readonly bytesReceived: number;
  readonly encoding: TextEncodingName | null;
  readonly delimiter: string | null;
  readonly columns: ImportView['columns'];
  readonly mapping: ReadonlyArray<ImportField | null>;
  readonly rowsTotal: number | null;
  readonly rowsDone: number;
  readonly added: number;
  readonly duplicates: number;
  readonly failed: number;
  /** Whose act it was to take it back. */
  readonly undoneBy: string | null;
  readonly takenOut: number;
  readonly kept: number;
}

const columnsPlace = (practiceId: string, rowId: string) => ({ practiceId, table: 'contact_import', column: 'columns', rowId });
const piecePlace = (practiceId: string, importId: string, atByte: number) => ({ practiceId, table: 'contact_import_piece', column: 'bytes', rowId: `${importId} ${atByte}` });

export async function insertImport(transaction: ImportTransaction, row: { practiceId: string; id: string; memberId: string; kind: 'csv' | 'vcard'; at: Date }): Promise<void> {
  await transaction
    .insertInto('contact_import')
    .values({ practice_id: row.practiceId, id: row.id, member_id: row.memberId, kind: row.kind, state: 'uploading', created_at: row.at, encoding: null, delimiter: null, columns_sealed: null, mapping: null, rows_total: null })
    .execute();
}

export async function findImport(transaction: ImportTransaction, cipher: RecordCipher, practiceId: string, id: string, options: { forUpdate?: boolean } = {}): Promise<StoredImport | undefined> {
  let query = transaction.selectFrom('contact_import').selectAll().where('practice_id', '=', practiceId).where('id', '=', id);
  if (options.forUpdate === true) query = query.forUpdate();
  const row = await query.executeTakeFirst();
  return row === undefined ? undefined : toStored(cipher, row);
}

export async function listImports(transaction: ImportTransaction, cipher: RecordCipher, practiceId: string): Promise<StoredImport[]> {
  const rows = await transaction.selectFrom('contact_import').selectAll().where('practice_id', '=', practiceId).orderBy('id', 'desc').limit(20).execute();
  return rows.map((row) => toStored(cipher, row));
}

export async function updateImport(transaction: ImportTransaction, cipher: RecordCipher, practiceId: string, id: string, changes: Partial<Omit<StoredImport, 'id' | 'memberId' | 'begunAt' | 'kind'>>): Promise<void> {
  const { columns, mapping, state, bytesReceived, encoding, delimiter, rowsTotal, rowsDone, added, duplicates, failed, undoneBy, takenOut, kept } = changes;
  await transaction
    .updateTable('contact_import')
    .set({
      ...(state === undefined ? {} : { state }),
      ...(bytesReceived === undefined ? {} : { bytes_received: bytesReceived }),
      ...(encoding === undefined ? {} : { encoding }),
      ...(delimiter === undefined ? {} : { delimiter }),
      ...(columns === undefined ? {} : { columns_sealed: cipher.seal(columnsPlace(practiceId, id), JSON.stringify(columns)) }),
      ...(mapping === undefined ? {} : { mapping: JSON.stringify(mapping) }),
      ...(rowsTotal === undefined ? {} : { rows_total: rowsTotal }),
      ...(rowsDone === undefined ? {} : { rows_done: rowsDone }),
      ...(added === undefined ? {} : { added }),
      ...(duplicates === undefined ? {} : { duplicates }),
      ...(failed === undefined ? {} : { failed }),
      ...(undoneBy === undefined ? {} : { undone_by: undoneBy }),
      ...(takenOut === undefined ? {} : { taken_out: takenOut }),
      ...(kept === undefined ? {} : { kept }),
    })
    .where('practice_id', '=', practiceId)
    .where('id', '=', id)
    .execute();
}

/** Keeps a piece. One that is there already is left as it is: the page sends again what it got no answer for. */
export async function insertPiece(transaction: ImportTransaction, cipher: RecordCipher, practiceId: string, importId: string, atByte: number, bytes: Buffer): Promise<void> {
  const bytes_sealed = cipher.seal(piecePlace(practiceId, importId, atByte), bytes.toString('base64'));
  await transaction
    .insertInto('contact_import_piece')
    .values({ practice_id: practiceId, import_id: importId, at_byte: atByte, length: bytes.length, bytes_sealed })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The piece at or after an offset. */
export async function readPiece(transaction: ImportTransaction, cipher: RecordCipher, practiceId: string, importId: string, fromByte: number): Promise<{ bytes: Buffer; nextByte: number } | undefined> {
  const row = await transaction.selectFrom('contact_import_piece').selectAll().where('practice_id', '=', practiceId).where('import_id', '=', importId).where('at_byte', '>=', fromByte).orderBy('at_byte').limit(1).executeTakeFirst();
  if (row === undefined) return undefined;
  return { bytes: Buffer.from(cipher.open(piecePlace(practiceId, importId, row.at_byte), row.bytes_sealed), 'base64'), nextByte: row.at_byte + row.length };
}

export async function deletePieces(transaction: ImportTransaction, practiceId: string, importId: string): Promise<void> {
  await transaction.deleteFrom('contact_import_piece').where('practice_id', '=', practiceId).where('import_id', '=', importId).execute();
}

/** Files that nobody went on with: they are gone, and so is what was seen of their columns. */
export async function forgetAbandoned(transaction: ImportTransaction, practiceId: string, before: Date): Promise<void> {
  const rows = await transaction.updateTable('contact_import').set({ state: 'undone', columns_sealed: null }).where('practice_id', '=', practiceId).where('state', 'in', ['uploading', 'mapping', 'unreadable']).where('created_at', '<', before).returning('id').execute();
  for (const { id } of rows) await deletePieces(transaction, practiceId, id);
}

export async function insertProblems(transaction: ImportTransaction, practiceId: string, importId: string, problems: ReadonlyArray<{ row: number; place: number; field: ImportField | null; problem: ImportProblem }>): Promise<void> {
  if (problems.length === 0) return;
  await transaction
    .insertInto('contact_import_problem')
    .values(problems.map(({ row, place, field, problem }) => ({ practice_id: practiceId, import_id: importId, row_number: row, place, field, problem })))
    .execute();
}

export async function listProblems(transaction: ImportTransaction, practiceId: string, importId: string): Promise<Array<{ row: number; field: ImportField | null; problem: ImportProblem }>> {
  const rows = await transaction.selectFrom('contact_import_problem').select(['row_number', 'field', 'problem']).where('practice_id', '=', practiceId).where('import_id', '=', importId).orderBy('row_number').orderBy('place').limit(5_000).execute();
  return rows.map(({ row_number, field, problem }) => ({ row: row_number, field, problem }));
}

/** Removes, for good, the next of what an import added and nobody has changed since, by their ids. Resolves to how many went, and the last one's id. */
export async function removeImported(transaction: ImportTransaction, practiceId: string, importId: string, facts: { afterId: string; limit: number; sequence: string; at: Date }): Promise<{ removed: number; lastId: string }> {
  const { afterId, limit, sequence, at } = facts;
  const removed = await sql<{ id: string }>`
    with next as (select id from contact where practice_id = ${practiceId} and import_id = ${importId} and id > ${afterId} and version = 1 and removed_at is null order by id limit ${limit} for update),
    numbers as (delete from contact_number using next where contact_id = next.id)
    update contact set details_sealed = null, removed_at = ${at}, sequence = ${sequence} from next where contact.id = next.id
    returning contact.id`.execute(transaction);
  return { removed: removed.rows.length, lastId: removed.rows.reduce((last, { id }) => (id > last ? id : last), afterId) };
}

/** Those that an import added and that are still there. */
export async function countImported(transaction: ImportTransaction, practiceId: string, importId: string): Promise<number> {
  const { count } = await transaction.selectFrom('contact').select((by) => by.fn.countAll<string>().as('count')).where('practice_id', '=', practiceId).where('import_id', '=', importId).where('removed_at', 'is', null).executeTakeFirstOrThrow();
  return Number(count);
}

function toStored(cipher: RecordCipher, row: { practice_id: string; id: string; member_id: string; created_at: Date; kind: 'csv' | 'vcard'; state: ImportView['state']; bytes_received: number; encoding: TextEncodingName | null; delimiter: string | null; columns_sealed: Buffer | null; mapping: unknown; rows_total: number | null; rows_done: number; added: number; duplicates: number; failed: number; undone_by: string | null; taken_out: number; kept: number }): StoredImport {
  return {
    id: row.id,
    memberId: row.member_id,
    begunAt: row.created_at,
    kind: row.kind,
    state: row.state,
    bytesReceived: row.bytes_received,
    encoding: row.encoding,
    delimiter: row.delimiter,
    columns: row.columns_sealed === null ? [] : (JSON.parse(cipher.open(columnsPlace(row.practice_id, row.id), row.columns_sealed)) as ImportView['columns']),
    // The driver has parsed the jsonb already.
    mapping: (row.mapping ?? []) as Array<ImportField | null>,
    rowsTotal: row.rows_total,
    rowsDone: row.rows_done,
    added: row.added,
    duplicates: row.duplicates,
    failed: row.failed,
    undoneBy: row.undone_by,
    takenOut: row.taken_out,
    kept: row.kept,
  };
}
