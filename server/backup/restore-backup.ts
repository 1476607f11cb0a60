/** Restores a backup into an empty data directory and an empty database: checks every file first, loads all of it in one transaction, takes away again what was revoked since, and only then gives it the name a server starts on. */
import { createHash, type KeyObject } from 'node:crypto';
import { createReadStream, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { openCheckpointSigner, readRevocations, verifyAudit, type ChainReport, type Revocation } from '#server/features/audit/index.ts';
import { openKeyring } from '#server/platform/crypto/keyring.ts';
import { createOpening, deriveStreamKey } from '#server/platform/crypto/sealed-stream.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { openDatabase } from '#server/platform/storage/database.ts';
import { startEmbeddedPostgres } from '#server/platform/storage/embedded-postgres.ts';
import { migrate } from '#server/platform/storage/migration.ts';
import { allMigrations } from '#server/platform/storage/migrations/all-migrations.ts';
import { inLoading, isEmptyDatabase } from '#server/platform/storage/table-copies.ts';
import { decodeManifest, fileNameOf, type BackupManifest } from './backup-manifest-codec.ts';
import { placeKeyFiles, readKeyCopy } from './key-copy.ts';
import { countRows, macOf } from './make-backup.ts';
import { reapplyRevocations, type Reapplied } from './reapply-revocations.ts';
import { UNFINISHED } from './unfinished.ts';
import { syncFolder } from './whole-files.ts';

export interface RestoreOptions {
  readonly from: string;
  /** The copy of the keys: this backup's or a later one's. */
  readonly keys: string;
  /** Empty or not there; claimed by the caller. */
  readonly dataPath: string;
  /** A database of one's own, empty; undefined for the embedded one. */
  readonly databaseUrl: string | undefined;
  /** Journals of what was revoked; undefined where none survived, and then access tokens end too. */
  readonly journals: readonly string[] | undefined;
  /** The notes' keys and time line of the same installation, where they survived: `<data>/keys/notes-not-in-backups`. */
  readonly noteKeys: string | undefined;
  readonly nowMs: number;
  readonly onProgress?: (progress: { table: string; rows: number; done: number; of: number }) => void;
  /** For tests: another PostgreSQL's programs. */
  readonly postgresPrograms?: string | undefined;
}

export interface Restored extends Reapplied {
  readonly manifest: BackupManifest;
  readonly rows: number;
  /** After the restore, with the signatures of the copy of the keys. */
  readonly audit: readonly ChainReport[];
}

/** It cannot be restored there or from this; the message says what can. Nothing was changed. */
export class RestoreRefusedError extends Error {
  override readonly name = 'RestoreRefusedError';
}

const JOURNAL = 'keys/revocations.jsonl';
const NOTE_KEYS = 'keys/notes-not-in-backups';

export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { from, dataPath, databaseUrl, journals, noteKeys, nowMs } = options;
  await assertEmpty(dataPath, databaseUrl);
  const staging = join(dataPath, UNFINISHED);
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true, mode: 0o711 });
  const keyFiles = readKeyCopy(options.keys);
  // What was revoked since is told by the journals; the copy's own may be newer than the backup. The restored server begins another.
  const revocations = journals === undefined ? undefined : [...readRevocations(keyFiles.get(JOURNAL)?.toString('utf8') ?? ''), ...journals.flatMap((path) => readJournal(path))];
  keyFiles.delete(JOURNAL);
  placeKeyFiles(staging, keyFiles);
  if (noteKeys !== undefined) cpSync(noteKeys, join(staging, NOTE_KEYS), { recursive: true, preserveTimestamps: true });
  const opened = await openBackup(from, join(staging, 'keys'));

  const postgres = databaseUrl === undefined ? await startEmbeddedPostgres({ directory: join(staging, 'postgres'), programs: options.postgresPrograms }) : undefined;
  const url = databaseUrl ?? postgres!.url;
  let restored: Restored;
  try {
    restored = await load(opened, url, revocations, options, nowMs);
  } finally {
    await postgres?.stop();
  }
  // The database last: a server that finds none would make a new one.
  for (const name of readdirSync(staging).sort((one) => (one === 'postgres' ? 1 : -1))) renameSync(join(staging, name), join(dataPath, name));
  rmSync(staging, { recursive: true });
  syncFolder(dataPath);
  return restored;
}

async function load({ manifest, key, from }: OpenedBackup, url: string, revocations: readonly Revocation[] | undefined, { onProgress = () => {}, dataPath }: RestoreOptions, nowMs: number): Promise<Restored> {
  const database = openDatabase({ url, log: silentLog, maxConnections: 2 });
  try {
    await migrate(database, allMigrations.slice(0, manifest.migration));
    let rows = 0;
    await inLoading(url, async (loading) => {
      for (const [index, table] of manifest.tables.entries()) {
        const counted = countRows();
        await loading.copyIn(table, [createReadStream(join(from, fileNameOf(table.name))), createOpening(deriveStreamKey(key, manifest.id, table.name)), createGunzip(), counted.stream]);
        if (counted.rows() !== table.rows) throw new Error(`${table.name} holds ${counted.rows()} rows, and the manifest says ${table.rows}.`);
        rows += table.rows;
        onProgress({ table: table.name, rows: table.rows, done: index + 1, of: manifest.tables.length });
      }
    });
    await migrate(database, allMigrations);
    // Nobody serves from here before this has committed: the directory is claimed, and bears the mark of the unfinished.
    const reapplied = await inLoading(url, ({ transaction }) => reapplyRevocations(transaction, revocations, nowMs));
    const audit = await verifyAudit(database, openCheckpointSigner(join(dataPath, UNFINISHED, 'keys')));
    return { ...reapplied, manifest, rows, audit };
  } finally {
    await database.close();
  }
}

interface OpenedBackup {
  readonly from: string;
  readonly manifest: BackupManifest;
  readonly key: KeyObject;
}

/** Checks that it is whole and of this installation before anything is loaded. */
async function openBackup(from: string, keysDirectory: string): Promise<OpenedBackup> {
  const read = (name: string): string => {
    if (!existsSync(join(from, name))) throw new RestoreRefusedError(`${from} is no backup, or not a whole one: ${name} is missing. Give a folder that scripts/backup made (quietline-...).`);
    return readFileSync(join(from, name), 'utf8');
  };
  const text = read('manifest.json');
  const manifest = decodeManifest(text);
  if (manifest === undefined) throw new RestoreRefusedError(`${join(from, 'manifest.json')} is not the manifest of a backup this version can read.`);
  const key = openKeyring(keysDirectory).find('backups', manifest.keyId);
  if (key === undefined || macOf(deriveStreamKey(key, manifest.id, 'manifest'), text) !== read('manifest.mac').trim()) throw new RestoreRefusedError(`These keys do not open this backup, or its manifest was changed. Give the copy of the keys that was made with it, or a later one of the same installation.`);
  if (manifest.migration > allMigrations.length) throw new RestoreRefusedError(`The backup is of a newer version (${manifest.productVersion}). Restore it with that version or a later one.`);
  for (const table of manifest.tables) {
    const path = join(from, fileNameOf(table.name));
    const hash = createHash('sha256');
    if (existsSync(path)) for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    if (!existsSync(path) || hash.digest('hex') !== table.sha256) throw new RestoreRefusedError(`${path} is missing or damaged. Take another copy of this backup, or the backup before it.`);
  }
  return { from, manifest, key };
}

async function assertEmpty(dataPath: string, databaseUrl: string | undefined): Promise<void> {
  const there = existsSync(dataPath) ? readdirSync(dataPath).filter((name) => name !== UNFINISHED && name !== 'lost+found') : [];
  if (there.length > 0) throw new RestoreRefusedError(`${dataPath} is not empty (${there.slice(0, 3).join(', ')}). A restore never overwrites: name another directory with --data, or move this one away.`);
  if (databaseUrl !== undefined && !(await isEmptyDatabase(databaseUrl))) throw new RestoreRefusedError('The database of QUIETLINE_DATABASE_URL has tables already. A restore never overwrites: make an empty one and name that.');
}

function readJournal(path: string): Revocation[] {
  if (!existsSync(path)) throw new RestoreRefusedError(`There is no ${path}. Name the journal that the server kept (keys/revocations.jsonl, or what --revocations named), or say --without-revocations.`);
  return readRevocations(readFileSync(path, 'utf8'));
}
