import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { silentLog } from '#server/platform/logging/log.ts';
import { openDatabase, type Database } from '#server/platform/storage/database.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#server/platform/storage/embedded-postgres.ts';
import { migrate } from '#server/platform/storage/migration.ts';
import { allMigrations } from '#server/platform/storage/migrations/all-migrations.ts';
import { openCheckpointSigner, recordAct, signCheckpoints, verifyAudit } from './index.ts';

const LAKESIDE = '018f0000-0000-7000-8000-000000000001';
const ROUNDS = 50;
const WRITERS = 4;

test('fifty times killed with kill -9 while four write: every acknowledged act is there, and the chain is whole', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'quietline-crash-'));
  await chmod(directory, 0o755);
  const home = join(directory, 'postgres');
  const keys = join(directory, 'keys');
  const signer = openCheckpointSigner(keys);
  let postgres: EmbeddedPostgres | undefined;
  let database: Database | undefined;
  let acknowledged = 0;
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      postgres = await startEmbeddedPostgres({ directory: home, log: silentLog });
      database = openDatabase({ url: postgres.url, log: silentLog, maxConnections: WRITERS });
      if (round === 0) await migrate(database, allMigrations);
      await signCheckpoints(database, signer, Date.now());
      let isAlive = true;
      const enough = 4 + (round % 7);
      let written = 0;
      const writers = Array.from({ length: WRITERS }, async (_, writer) => {
        while (isAlive) {
          await recordAct(database!, Date.now(), { practiceId: LAKESIDE, actor: { kind: 'system' }, action: 'call-ended', detail: { round, writer } });
          acknowledged += 1;
          written += 1;
          // In the middle of the others' writing, at another place each round.
          if (written === enough && isAlive) {
            isAlive = false;
            process.kill(Number(readFileSync(join(home, 'cluster/postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
          }
        }
      });
      // A write that was cut off was not acknowledged, whatever became of it.
      await Promise.allSettled(writers);
      await database.close();
    }
    postgres = await startEmbeddedPostgres({ directory: home, log: silentLog });
    database = openDatabase({ url: postgres.url, log: silentLog });
    const [report] = await verifyAudit(database, signer);
    expect(report?.findings).toEqual([]);
    expect(report?.entryCount).toBeGreaterThanOrEqual(acknowledged);
    expect(acknowledged).toBeGreaterThanOrEqual(ROUNDS * 4);
    await database.close();
  } finally {
    await postgres?.stop().catch(() => {});
    rmSync(directory, { recursive: true, force: true });
  }
}, 300_000);
