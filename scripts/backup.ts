/** Makes a backup of the installation beside the running server, saying how far it is. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BackupRefusedError, makeBackup } from '#server/backup/make-backup.ts';
import { readConfig } from '#server/config.ts';
import { openText } from '#server/platform/crypto/secret-text.ts';
import { usualDataDirectory } from '#server/platform/storage/data-directory.ts';
import { startEmbeddedPostgres } from '#server/platform/storage/embedded-postgres.ts';

const USAGE = `Usage: scripts/backup --to DIRECTORY --keys-to DIRECTORY [--data DIRECTORY]

Writes everything that is kept into a new folder below --to, as it was at one instant; the server may run meanwhile.
The folder is encrypted, and the keys that open it are written to --keys-to: keep the two apart, best on different
machines, for together they are every record in plain. The keys of notes are in neither: notes end on time, in every copy.
With a database of your own, set QUIETLINE_DATABASE_URL as for the server.`;

const root = join(import.meta.dirname, '..');
process.exitCode = await run(process.argv.slice(2)).catch((cause: unknown) => {
  console.error(cause instanceof Error && cause instanceof BackupRefusedError ? cause.message : `The backup was not made. ${cause instanceof Error ? cause.message : String(cause)}`);
  return 1;
});

async function run(words: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...words], options: { to: { type: 'string' }, 'keys-to': { type: 'string' }, data: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help === true || values.to === undefined || values['keys-to'] === undefined) {
    console.log(USAGE);
    return values.help === true ? 0 : 2;
  }
  const reading = readConfig(values.data === undefined ? [] : ['--data', values.data]);
  if (!reading.ok) {
    console.error(reading.problems.join('\n'));
    return 2;
  }
  const { dataDirectory, databaseUrl } = reading.config;
  const dataPath = dataDirectory ?? (await usualDataDirectory(root));
  for (const needed of [join(dataPath, 'keys'), ...(databaseUrl === undefined ? [join(dataPath, 'postgres')] : [])]) {
    if (existsSync(needed)) continue;
    console.error(`There is no ${needed}. Name the server's data directory with --data.`);
    return 2;
  }
  const embedded = databaseUrl === undefined ? await startEmbeddedPostgres({ directory: join(dataPath, 'postgres') }) : undefined;
  try {
    const made = await makeBackup({
      databaseUrl: databaseUrl === undefined ? embedded!.url : openText(databaseUrl),
      dataPath,
      to: resolve(values.to),
      keysTo: resolve(values['keys-to']),
      productVersion: (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version,
      nowMs: Date.now(),
      onProgress: ({ table, rows, done, of }) => console.log(`${String(done).padStart(2)} of ${of}  ${table}: ${rows} rows`),
    });
    console.log(`Backup: ${made.path} (${made.rows} rows, ${(made.bytes / 1e6).toFixed(1)} MB)\nKeys:   ${made.keysPath}\nWithout the keys the backup cannot be read; with them anybody can. Keep them apart.`);
    return 0;
  } finally {
    // One that the server runs on is left running.
    if (embedded !== undefined && !embedded.adopted) await embedded.stop();
  }
}
