/** Checks the whole audit: that each chain is whole and agrees with what was signed. Changes nothing; may run beside the server. Ends with 1 if anything was found. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '#server/config.ts';
import { openCheckpointSigner, verifyAudit, type ChainFinding } from '#server/features/audit/index.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { openDatabase } from '#server/platform/storage/database.ts';
import { usualDataDirectory } from '#server/platform/storage/data-directory.ts';
import { startEmbeddedPostgres } from '#server/platform/storage/embedded-postgres.ts';

const USAGE = `Usage: scripts/audit-verify [--data DIRECTORY] [--since-signed]

Checks every practice's audit: each entry against its hash, the order, the gaps, and the end against the signed
checkpoints in the database and in the keys' directory. Says up to which entry a signature vouches. Ends with 0 if all
is well, with 1 and one line for each finding if not. Reads only; the server may run meanwhile.
With --since-signed each chain is checked from its newest signed entry on only, which is quick and finds nothing
that was altered before it. How far a long check is, is said on a terminal.
With a database of your own, set QUIETLINE_DATABASE_URL as for the server.`;

const given = process.argv.slice(2);
const sinceSigned = given.includes('--since-signed');
const words = given.filter((word) => word !== '--since-signed');
if (words.includes('--help')) {
  console.log(USAGE);
  process.exit(0);
}
const reading = readConfig(words);
if (!reading.ok) {
  console.error(reading.problems.join('\n'));
  process.exit(2);
}
const { dataDirectory, databaseUrl } = reading.config;
const data = dataDirectory ?? (await usualDataDirectory(join(import.meta.dirname, '..')));
for (const needed of [join(data, 'keys'), ...(databaseUrl === undefined ? [join(data, 'postgres')] : [])]) {
  if (existsSync(needed)) continue;
  console.error(`There is no ${needed}. Name the server's data directory with --data, and put its keys back if they were restored apart.`);
  process.exit(2);
}
const embedded = databaseUrl === undefined ? await startEmbeddedPostgres({ directory: join(data, 'postgres') }) : undefined;
const database = openDatabase({ url: databaseUrl ?? embedded!.url, log: silentLog });
try {
  const onProgress = (practiceId: string, checkedSeq: number, lastSeq: number): void => void (process.stderr.isTTY && process.stderr.write(`\r${practiceId}: ${checkedSeq} of ${lastSeq} `));
  const reports = await verifyAudit(database, openCheckpointSigner(join(data, 'keys')), { sinceSigned, onProgress });
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
  for (const { practiceId, fromSeq, entryCount, signedUpToSeq, findings } of reports) {
    console.log(`${practiceId}: ${entryCount} entries${fromSeq === 1 ? '' : ` from ${fromSeq} on`}, signed up to ${signedUpToSeq}, ${findings.length === 0 ? 'whole' : `${findings.length} findings`}`);
    for (const finding of findings) console.log(`  ${sentenceOf(finding)}`);
  }
  if (reports.length === 0) console.log('The audit is empty, and nothing was ever signed.');
  process.exitCode = reports.some(({ findings }) => findings.length > 0) ? 1 : 0;
} finally {
  await database.close();
  // One that the server runs on is left running.
  if (embedded !== undefined && !embedded.adopted) await embedded.stop();
}

function sentenceOf(finding: ChainFinding): string {
  switch (finding.kind) {
    case 'altered':
      return `Entry ${finding.seq} is not what it was when it was written.`;
    case 'broken-link':
      return `Entry ${finding.seq} does not follow the entry before it.`;
    case 'missing':
      return finding.fromSeq === finding.toSeq ? `Entry ${finding.fromSeq} is missing.` : `Entries ${finding.fromSeq} to ${finding.toSeq} are missing.`;
    case 'out-of-order':
      return `Entry ${finding.seq} stands in the wrong place.`;
    case 'truncated':
      return `The end was cut off: entry ${finding.signedSeq} was signed for, and the last one is ${finding.lastSeq}.`;
    case 'contradicts-checkpoint':
      return `Entry ${finding.seq} is not the one that was signed: the chain was written anew.`;
    case 'forged-checkpoint':
      return `The checkpoint at entry ${finding.seq} was not signed with this installation's key.`;
  }
}
