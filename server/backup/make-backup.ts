/** Makes a backup beside the running server: every table out of one snapshot, sealed, in a folder that has its name only once it is whole; and the keys in a file elsewhere. Reads the database and changes nothing but the audit. */
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createWriteStream, mkdirSync, openSync, fsyncSync, closeSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { INSTALLATION_CHAIN, recordAct } from '#server/features/audit/index.ts';
import { openKeyring } from '#server/platform/crypto/keyring.ts';
import { createSealing, deriveStreamKey } from '#server/platform/crypto/sealed-stream.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { openDatabase } from '#server/platform/storage/database.ts';
import { withSnapshot, type Snapshot, type TableShape } from '#server/platform/storage/table-copies.ts';
import { encodeManifest, fileNameOf, type BackupManifest } from './backup-manifest-codec.ts';
import { readKeyFiles, writeKeyCopy } from './key-copy.ts';
import { syncFolder, writeWhole } from './whole-files.ts';

export interface BackupOptions {
  readonly databaseUrl: string;
  readonly dataPath: string;
  /** Where the backup's folder is made. */
  readonly to: string;
  /** Where the copy of the keys is put: another directory, and better another machine. */
  readonly keysTo: string;
  readonly productVersion: string;
  readonly nowMs: number;
  readonly onProgress?: (progress: BackupProgress) => void;
}

export interface BackupProgress {
  readonly table: string;
  readonly rows: number;
  readonly done: number;
  readonly of: number;
}

export interface MadeBackup {
  readonly path: string;
  readonly keysPath: string;
  readonly rows: number;
  readonly bytes: number;
}

/** The places cannot be used as asked; the message says what can. */
export class BackupRefusedError extends Error {
  override readonly name = 'BackupRefusedError';
}

const CHECKPOINTS = 'keys/audit-checkpoints.jsonl';

export async function makeBackup(options: BackupOptions): Promise<MadeBackup> {
  const { dataPath, nowMs, productVersion, onProgress = () => {} } = options;
  const { to, keysTo } = readPlaces(options);
  const stamp = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const path = join(to, `quietline-${stamp}`);
  const keysPath = join(keysTo, `quietline-keys-${stamp}.json`);
  const partial = `${path}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { mode: 0o700 });
  const { id: keyId, key } = openKeyring(join(dataPath, 'keys')).current('backups');
  // Before the snapshot: a checkpoint that vouches for an entry after it would say later that the audit's end was cut off.
  const checkpoints = readKeyFiles(dataPath).get(CHECKPOINTS);
  const id = randomUUID();
  const manifest = await withSnapshot(options.databaseUrl, async (snapshot): Promise<BackupManifest> => {
    const tables: BackupManifest['tables'][number][] = [];
    for (const table of snapshot.tables) {
      tables.push(await copyTable(snapshot, table, join(partial, fileNameOf(table.name)), deriveStreamKey(key, id, table.name)));
      onProgress({ table: table.name, rows: tables.at(-1)!.rows, done: tables.length, of: snapshot.tables.length });
    }
    return { kind: 'quietline-backup', version: 1, id, startedAt: new Date(nowMs).toISOString(), productVersion, postgresVersion: snapshot.postgresVersion, migration: snapshot.migration, keyId, tables };
  });
  const text = encodeManifest(manifest);
  writeWhole(join(partial, 'manifest.json'), text);
  writeWhole(join(partial, 'manifest.mac'), `${macOf(deriveStreamKey(key, id, 'manifest'), text)}\n`);
  // After the snapshot: a key that was made meanwhile has sealed what is in it.
  const files = readKeyFiles(dataPath);
  if (checkpoints === undefined) files.delete(CHECKPOINTS);
  else files.set(CHECKPOINTS, checkpoints);
  writeKeyCopy(keysPath, files, new Date(nowMs));
  renameSync(partial, path);
  syncFolder(to);
  await writeDown(options);
  return { path, keysPath, rows: sum(manifest.tables.map(({ rows }) => rows)), bytes: sum(manifest.tables.map(({ bytes }) => bytes)) };
}

export const macOf = (key: Buffer, text: string): string => createHmac('sha256', key).update(text).digest('hex');

/** Whoever finds the one must not find the other. */
function readPlaces({ to, keysTo, dataPath }: BackupOptions): { to: string; keysTo: string } {
  for (const path of [to, keysTo]) mkdirSync(path, { recursive: true, mode: 0o700 });
  const [backups, keys, data] = [realpathSync(to), realpathSync(keysTo), realpathSync(dataPath)];
  if (isWithin(backups, keys) || isWithin(keys, backups)) throw new BackupRefusedError(`The keys open the backup, so the two must not lie together: --to ${to} and --keys-to ${keysTo} have to be apart, best on different machines.`);
  for (const path of [backups, keys]) if (isWithin(data, path)) throw new BackupRefusedError(`${path} lies in the data directory and would be lost with it. Name a directory elsewhere, best on another disk or machine.`);
  return { to: backups, keysTo: keys };
}

function isWithin(outer: string, inner: string): boolean {
  const way = relative(outer, inner);
  return way === '' || !way.startsWith('..');
}

async function copyTable(snapshot: Snapshot, table: TableShape, path: string, key: Buffer): Promise<BackupManifest['tables'][number]> {
  const hash = createHash('sha256');
  const counted = countRows();
  await pipeline(snapshot.copyOut(table), counted.stream, createGzip({ level: 6 }), createSealing(key), passing((chunk) => hash.update(chunk)), createWriteStream(path, { mode: 0o600 }));
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
  return { name: table.name, columns: [...table.columns], rows: counted.rows(), bytes: statSync(path).size, sha256: hash.digest('hex') };
}

/** COPY ends each row with a line feed and writes those within as \\n (PostgreSQL, COPY, text format). */
export function countRows(): { readonly stream: Transform; rows(): number } {
  let rows = 0;
  const stream = passing((chunk) => {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) rows += 1;
  });
  return { stream, rows: () => rows };
}

/** Hands on what it looks at. */
function passing(look: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      look(chunk);
      done(null, chunk);
    },
  });
}

async function writeDown({ databaseUrl, nowMs }: BackupOptions): Promise<void> {
  const database = openDatabase({ url: databaseUrl, log: silentLog, maxConnections: 1 });
  try {
    await recordAct(database, nowMs, { practiceId: INSTALLATION_CHAIN, actor: { kind: 'operator' }, action: 'backup-made' });
  } finally {
    await database.close();
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
