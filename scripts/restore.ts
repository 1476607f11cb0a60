/** Restores a backup into an empty data directory, saying how far it is and what could not come back. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UnusableKeyCopyError } from '#server/backup/key-copy.ts';
import { restoreBackup, RestoreRefusedError } from '#server/backup/restore-backup.ts';
import { readConfig } from '#server/config.ts';
import { openText } from '#server/platform/crypto/secret-text.ts';
import { claimDataDirectory, usualDataDirectory } from '#server/platform/storage/data-directory.ts';

const USAGE = `Usage: scripts/restore --from BACKUP --keys FILE [--data DIRECTORY]
       and one of: --old-data DIRECTORY | --revocations FILE | --without-revocations

Restores a folder that scripts/backup made, with the copy of the keys made then or later, into an empty data directory.
Nothing is ever overwritten. Before it can serve: everybody is signed out, open links and invitations end, and what was
revoked after the backup (members, tokens, passkeys, lines, notes destroyed by hand) is revoked again.

  --old-data DIRECTORY    the data directory that was lost, as far as it can still be read: its journal of revocations,
                          the keys of notes that have not ended, and the time by which they end
  --revocations FILE      the journal alone, from wherever the server's --revocations put it
  --without-revocations   nothing of it survived: access tokens end too; look through members, roles and lines yourself
With a database of your own, set QUIETLINE_DATABASE_URL to an empty one.`;

process.exitCode = await run(process.argv.slice(2)).catch((cause: unknown) => {
  console.error(cause instanceof RestoreRefusedError || cause instanceof UnusableKeyCopyError ? cause.message : `Nothing was restored. ${cause instanceof Error ? cause.message : String(cause)}`);
  return 1;
});

async function run(words: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...words], options: { from: text, keys: text, data: text, 'old-data': text, revocations: text, 'without-revocations': { type: 'boolean' }, help: { type: 'boolean' } } });
  const sources = [values['old-data'], values.revocations, values['without-revocations']].filter((each) => each !== undefined);
  if (values.help === true || values.from === undefined || values.keys === undefined || sources.length !== 1) {
    console.log(USAGE);
    return values.help === true ? 0 : 2;
  }
  const reading = readConfig(values.data === undefined ? [] : ['--data', values.data]);
  if (!reading.ok) {
    console.error(reading.problems.join('\n'));
    return 2;
  }
  const dataPath = reading.config.dataDirectory ?? (await usualDataDirectory(join(import.meta.dirname, '..')));
  const claim = await claimDataDirectory(dataPath);
  if (!claim.ok) throw new RestoreRefusedError(`A server runs on ${dataPath}. Stop it, or name another directory with --data.`);
  const oldKeys = values['old-data'] === undefined ? undefined : join(resolve(values['old-data']), 'keys');
  const noteKeys = oldKeys === undefined ? undefined : join(oldKeys, 'notes-not-in-backups');
  const oldJournal = oldKeys === undefined ? values.revocations : join(oldKeys, 'revocations.jsonl');
  const restored = await restoreBackup({
    from: resolve(values.from),
    keys: resolve(values.keys),
    dataPath: claim.directory.path,
    databaseUrl: reading.config.databaseUrl === undefined ? undefined : openText(reading.config.databaseUrl),
    journals: oldJournal === undefined ? undefined : [resolve(oldJournal)],
    noteKeys: noteKeys !== undefined && existsSync(noteKeys) ? noteKeys : undefined,
    nowMs: Date.now(),
    onProgress: ({ table, rows, done, of }) => console.log(`${String(done).padStart(2)} of ${of}  ${table}: ${rows} rows`),
  });
  const findings = restored.audit.filter((report) => report.findings.length > 0);
  console.log(`Restored ${restored.rows} rows as of ${restored.manifest.startedAt}. ${restored.endedCount} open ways in were ended, ${restored.revocationCount} later revocations applied again.`);
  console.log(findings.length === 0 ? 'The audit is whole.' : `The audit of ${findings.length} practices ends before what was signed since, or is damaged: scripts/audit-verify says where.`);
  if (noteKeys === undefined) console.log('Notes stay unreadable: their keys were on the machine that was lost, as they have to be.');
  console.log(`Start it with: scripts/server --data ${dataPath}, then scripts/server --data ${dataPath} --new-link.`);
  await claim.directory.release();
  return findings.length === 0 ? 0 : 3;
}
