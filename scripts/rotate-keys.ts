/** Rotates the installation's keys beside the running server, saying how far it is. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '#server/config.ts';
import { rotateKeys } from '#server/key-rotation.ts';
import { openKeyring } from '#server/platform/crypto/keyring.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { openDatabase } from '#server/platform/storage/database.ts';
import { usualDataDirectory } from '#server/platform/storage/data-directory.ts';
import { startEmbeddedPostgres } from '#server/platform/storage/embedded-postgres.ts';

const USAGE = `Usage: scripts/rotate-keys [--data DIRECTORY] [--retire]

Makes the next key of records and of indexes, and seals every record with it. The server may run meanwhile, and calls
go on. Without --retire the old keys stay beside the new ones, so that backups made before can be restored; with it
they are destroyed once nothing needs them. Copy the keys' directory to where its copies are kept afterwards.`;

const words = process.argv.slice(2);
if (words.includes('--help')) {
  console.log(USAGE);
  process.exit(0);
}
const reading = readConfig(words.filter((word) => word !== '--retire'));
if (!reading.ok) {
  console.error(reading.problems.join('\n'));
  process.exit(2);
}
const { dataDirectory, databaseUrl } = reading.config;
const data = dataDirectory ?? (await usualDataDirectory(join(import.meta.dirname, '..')));
if (!existsSync(join(data, 'keys'))) {
  console.error(`There is no ${join(data, 'keys')}. Name the server's data directory with --data.`);
  process.exit(2);
}
const embedded = databaseUrl === undefined ? await startEmbeddedPostgres({ directory: join(data, 'postgres') }) : undefined;
const database = openDatabase({ url: databaseUrl ?? embedded!.url, log: silentLog });
try {
  const done = new Map<string, number>();
  const result = await rotateKeys(database, openKeyring(join(data, 'keys')), {
    retire: words.includes('--retire'),
    onProgress({ what, rows }) {
      done.set(what, (done.get(what) ?? 0) + rows);
      console.log(`${what}: ${done.get(what)!} done`);
    },
  });
  console.log(`Records are sealed with key ${result.recordKeyId}, numbers indexed with key ${result.indexKeyId}: ${result.sealed} values sealed again, ${result.indexed} contacts indexed again, ${result.retired} old keys destroyed.`);
  if (words.includes('--retire') && result.undeclared.length > 0) {
    console.error(`Old keys were kept: this version does not know how to seal ${result.undeclared.join(', ')} again.`);
    process.exitCode = 1;
  }
} finally {
  await database.close();
  // One that the server runs on is left running.
  if (embedded !== undefined && !embedded.adopted) await embedded.stop();
}
