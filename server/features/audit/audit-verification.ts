/** Signs what the audit holds and checks it against what was signed: the two commands beside its writing. */
import type { Clock } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { Database } from '#server/platform/storage/database.ts';
import { createChainVerifier, type ChainReport } from './audit-chain.ts';
import { forEachEntry, listChains, listCheckpoints, listUnsigned, storeCheckpoint } from './audit-store.ts';
import type { CheckpointSigner } from './checkpoint-signer.ts';

/** Signs the end of every chain that has grown. Resolves to how many. */
export async function signCheckpoints(database: Database, signer: CheckpointSigner, nowMs: number): Promise<number> {
  const unsigned = await listUnsigned(database);
  for (const { practiceId, seq, hash } of unsigned) {
    const checkpoint = signer.sign({ practiceId, seq, hash, at: new Date(nowMs).toISOString() });
    // The copy first: whoever removes the database's rows has the file against them.
    signer.keepCopy(checkpoint);
    await storeCheckpoint(database, checkpoint);
  }
  return unsigned.length;
}

export async function verifyAudit(database: Database, signer: CheckpointSigner): Promise<ChainReport[]> {
  const copies = signer.readCopies();
  const chains = new Set([...(await listChains(database)), ...copies.map(({ practiceId }) => practiceId)]);
  const reports: ChainReport[] = [];
  for (const practiceId of chains) {
    const checkpoints = [...(await listCheckpoints(database, practiceId)), ...copies.filter((copy) => copy.practiceId === practiceId)];
    const verifier = createChainVerifier(practiceId, checkpoints, (text, signature) => signer.isSigned(text, signature));
    await forEachEntry(database, practiceId, (entry) => verifier.add(entry));
    reports.push(verifier.finish());
  }
  return reports;
}

/** How much of a chain's end nobody vouches for yet: what somebody above the database could cut off unseen. */
const SIGN_EVERY_MS = 30_000;

/** Signs every 30 s while the server runs, and once more when it stops. */
export function keepSigning({ database, signer, clock, log }: { database: Database; signer: CheckpointSigner; clock: Clock; log: Log }): { stop(): Promise<void> } {
  let running: Promise<unknown> = Promise.resolve();
  const signNow = (): Promise<unknown> => signCheckpoints(database, signer, clock.now()).catch((cause: unknown) => log.error('audit-checkpoint-failed', cause));
  const tick = (): void => {
    running = signNow();
    timer = clock.after(SIGN_EVERY_MS, tick);
  };
  let timer = clock.after(SIGN_EVERY_MS, tick);
  return {
    async stop() {
      timer.cancel();
      await running;
      await signNow();
    },
  };
}
