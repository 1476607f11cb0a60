/** Gives a new sign-in link of a server that already runs, to whoever may read its data directory. Starts nothing. */
import { join } from 'node:path';
import { signInLinkOf } from '#contract/sign-in-link.ts';
import type { Config } from './config.ts';
import { createSignIn, findDemoPractice } from './features/members/index.ts';
import type { Clock } from './platform/clock/clock.ts';
import type { RandomSource } from './platform/clock/random.ts';
import { silentLog } from './platform/logging/log.ts';
import { openDatabase } from './platform/storage/database.ts';
import { findEmbeddedPostgres } from './platform/storage/embedded-postgres.ts';
import { StartRefused } from './shutdown.ts';

export async function issueNewLink({ config, dataPath, runningAt, clock, random }: { config: Config; dataPath: string; runningAt: string | undefined; clock: Clock; random: RandomSource }): Promise<void> {
  const url = config.databaseUrl ?? (await findEmbeddedPostgres(join(dataPath, 'postgres')));
  if (runningAt === undefined || runningAt === '' || url === undefined) throw new StartRefused(`No server runs on ${dataPath}. Start one with scripts/server: it prints a link.`);
  const database = openDatabase({ url, log: silentLog });
  try {
    const found = await findDemoPractice(database);
    if (found === undefined) throw new StartRefused('The server has not finished its first start yet. Try again in some seconds.');
    const token = await createSignIn({ database, clock, random }).issueLink(found.practiceId, found.memberId);
    process.stdout.write(`${signInLinkOf(runningAt, token)}\n`);
  } finally {
    await database.close();
  }
}
