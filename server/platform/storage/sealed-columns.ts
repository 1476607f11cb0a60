/** Seals again, with the current key, what an older one sealed: column by column, some hundred rows a transaction, while the server runs. Knows of each column only where its values are bound to. */
import { sql } from 'kysely';
import type { RecordCipher } from '../crypto/record-cipher.ts';
import { inInstallation, inPractice, type Database } from './database.ts';

/** A column of sealed values, as its feature declares it. */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** The place's parts, as the feature seals with them. */
  readonly placeTable: string;
  readonly placeColumn: string;
  /** An SQL expression for the place's row id. */
  readonly rowId: string;
  /** Where rows are no practice's: what stands in the place instead of a practice's id. */
  readonly installationWide?: string;
}

const ROWS_A_BATCH = 500;

/**
 * Resolves to how many values were sealed again. Rows that change meanwhile are sealed by the server with the current key itself; what was
 * missed is found by the next pass, until a pass finds nothing. `onBatch` is told how many rows each batch did. Without a practice for columns that
 * are installation-wide.
 */
export async function resealColumn(database: Database, cipher: RecordCipher, practiceId: string | undefined, place: SealedColumn, currentKeyId: number, onBatch: (rows: number) => void = () => {}): Promise<number> {
  const table = sql.table(place.table);
  const column = sql.ref(place.column);
  // The key's number stands in octets 2 to 5 of the sealed form (record-cipher.ts).
  const isOld = sql`${column} is not null and length(${column}) > 5 and substring(${column} from 2 for 4) <> ${keyIdOctets(currentKeyId)}`;
  const ofPractice = place.installationWide === undefined ? sql`practice_id = ${practiceId}` : sql`true`;
  const placePractice = place.installationWide ?? practiceId ?? '';
  const inScope = <Value>(run: Parameters<typeof inPractice<unknown, Value>>[2]): Promise<Value> => (place.installationWide === undefined ? inPractice<unknown, Value>(database, practiceId ?? '', run) : inInstallation<unknown, Value>(database, run));
  let total = 0;
  for (;;) {
    const done = await inScope(async (transaction) => {
      const { rows } = await sql<{ at: string; row_id: string; sealed: Buffer }>`
        select ctid::text as at, ${sql.raw(place.rowId)} as row_id, ${column} as sealed from ${table}
        where ${ofPractice} and ${isOld} limit ${ROWS_A_BATCH} for update`.execute(transaction);
      if (rows.length === 0) return 0;
      const sealed = rows.map((row) => {
        const at = { practiceId: placePractice, table: place.placeTable, column: place.placeColumn, rowId: row.row_id };
        return cipher.seal(at, cipher.open(at, row.sealed));
      });
      // The rows are locked: nobody moves them before this.
      await sql`update ${table} set ${column} = v.sealed from unnest(${rows.map(({ at }) => at)}::tid[], ${sealed}::bytea[]) as v(at, sealed) where ${table}.ctid = v.at`.execute(transaction);
      return rows.length;
    });
    if (done === 0) return total;
    total += done;
    onBatch(done);
  }
}

function keyIdOctets(keyId: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(keyId);
  return octets;
}
