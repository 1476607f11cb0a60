/** Rotates the keys of records and of indexes while the server runs: makes the next key, waits until every process uses it, seals all with it, and only then lets go of the old one. Wires the features' declarations; seals nothing itself. */
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { sealedStepColumns } from './features/call-log/index.ts';
import { reindexCalls, sealedCallColumns } from './features/calls/index.ts';
import { sealedOwnPhoneColumns } from './features/own-phones/index.ts';
import { sealedSpokenMessageColumns } from './features/spoken-messages/index.ts';
import { sealedInterpreterColumns } from './features/interpreters/index.ts';
import { sealedGreetingColumns } from './features/voicemail/index.ts';
import { reindexContacts, sealedContactColumns } from './features/contacts/index.ts';
import { REFRESH_INTERVAL_MS, type Keyring } from './platform/crypto/keyring.ts';
import { createBlindIndex, createRecordCipher } from './platform/crypto/record-cipher.ts';
import { inInstallation, type Database } from './platform/storage/database.ts';
import { resealColumn, type SealedColumn } from './platform/storage/sealed-columns.ts';

export interface RotationProgress {
  /** 'records' or the name of a table and column. */
  readonly what: string;
  readonly rows: number;
}

export interface RotationResult {
  readonly recordKeyId: number;
  readonly indexKeyId: number;
  readonly sealed: number;
  readonly indexed: number;
  readonly retired: number;
  /** Columns that hold sealed values and that nobody has declared here: old keys are kept while there is one. */
  readonly undeclared: readonly string[];
}

const COLUMNS: readonly SealedColumn[] = [...sealedCallColumns, ...sealedStepColumns, ...sealedContactColumns, ...sealedSpokenMessageColumns, ...sealedOwnPhoneColumns, ...sealedInterpreterColumns, ...sealedGreetingColumns, { table: 'person', column: 'totp_sealed', placeTable: 'person', placeColumn: 'totp_sealed', rowId: 'id::text', installationWide: 'installation' }];

/** Sealed with keys of their own, which end by themselves. */
const NOT_OURS: readonly string[] = ['note.text_sealed', 'voicemail_chunk.audio_sealed'];

/**
 * With `retire`, old record keys are destroyed once nothing needs them: a backup made before then opens only with the copy of its keys. Old index
 * keys stay, since what they indexed without keeping (recovery codes) cannot be indexed again. Killed at any step it may be run again: values sealed
 * already are passed by, and each run makes one more key.
 */
export async function rotateKeys(database: Database, keyring: Keyring, options: { retire: boolean; onProgress?: (progress: RotationProgress) => void }): Promise<RotationResult> {
  const { retire, onProgress = () => {} } = options;
  const recordKey = keyring.rotate('records');
  const indexKey = keyring.rotate('index');
  // Servers look for new keys this often; twice that, and none seals with the old one any more.
  await delay(2 * REFRESH_INTERVAL_MS);
  const sealing = { cipher: createRecordCipher(keyring), index: createBlindIndex(keyring) };
  const practices = await inInstallation(database, async (transaction) => (await sql<{ id: string }>`select id from practice order by id`.execute(transaction)).rows.map(({ id }) => id));
  let sealed = 0;
  let indexed = 0;
  const reseal = async (column: SealedColumn, practiceId: string | undefined): Promise<void> => {
    // Until a pass finds nothing: a transaction that began before the new key may have committed during the first.
    for (let rows = -1; rows !== 0; ) {
      rows = await resealColumn(database, sealing.cipher, practiceId, column, recordKey.id, (batch) => onProgress({ what: `${column.table}.${column.column}`, rows: batch }));
      sealed += rows;
    }
  };
  for (const column of COLUMNS) if (column.installationWide !== undefined) await reseal(column, undefined);
  for (const practiceId of practices) {
    for (const column of COLUMNS) if (column.installationWide === undefined) await reseal(column, practiceId);
    indexed += await reindexContacts(database, sealing, practiceId, (batch) => onProgress({ what: 'contact_number', rows: batch }));
    indexed += await reindexCalls(database, sealing, practiceId, { onBatch: (batch) => onProgress({ what: 'call.number_index', rows: batch }) });
  }
  const undeclared = await undeclaredColumns(database);
  let retired = 0;
  if (retire && undeclared.length === 0) {
    for (const { id } of keyring.list('records')) {
      if (id === recordKey.id) continue;
      keyring.retire('records', id);
      retired += 1;
    }
  }
  return { recordKeyId: recordKey.id, indexKeyId: indexKey.id, sealed, indexed, retired, undeclared };
}

/** Sealed columns are called so: one that a new feature added and forgot to declare here must not lose its key. */
async function undeclaredColumns(database: Database): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select table_name || '.' || column_name as name from information_schema.columns
    where table_schema = 'public' and column_name like '%\_sealed' order by 1`.execute(database.unscoped);
  const declared = new Set([...COLUMNS.map(({ table, column }) => `${table}.${column}`), ...NOT_OURS]);
  return rows.map(({ name }) => name).filter((name) => !declared.has(name));
}
