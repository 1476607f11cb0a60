/** Signs what the audit holds and checks it against what was signed: the two commands beside its writing. */
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { Database } from '#server/platform/storage/database.ts';
import { createChainVerifier, type ChainFinding, type ChainReport, type SignedCheckpoint } from './audit-chain.ts';
import { checkpointText } from './audit-entry-codec.ts';
import { forEachEntry, listChains, listCheckpoints, listUnsigned, readLastSeq, storeCheckpoint } from './audit-store.ts';
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

export interface VerifyOptions {
  /** From the newest entry that is signed for, and not from the first. What was altered before it is not found. */
  readonly sinceSigned?: boolean;
  readonly entriesAPart?: number;
  /** After each part. */
  readonly onProgress?: (practiceId: string, checkedSeq: number, lastSeq: number) => void;
}

/** Every chain there is, and every one there was. */
export async function verifyAudit(database: Database, signer: CheckpointSigner, { sinceSigned = false, entriesAPart = ENTRIES_A_PART, onProgress }: VerifyOptions = {}): Promise<ChainReport[]> {
  const chains = new Set([...(await listChains(database)), ...(await signer.readCopies()).map(({ practiceId }) => practiceId)]);
  const reports: ChainReport[] = [];
  for (const practiceId of chains) {
    let part = await verifyPart(database, signer, practiceId, sinceSigned ? 'signed' : 1, entriesAPart);
    const report: ChainReport = { practiceId, fromSeq: part.fromSeq, entryCount: part.entryCount, lastSeq: part.lastSeq, signedUpToSeq: part.signedUpToSeq, findings: part.findings };
    while (part.nextSeq !== null) {
      onProgress?.(practiceId, part.lastSeq, part.chainEndSeq);
      part = await verifyPart(database, signer, practiceId, part.nextSeq, entriesAPart);
      const isAgain = (finding: ChainFinding): boolean => report.findings.some((known) => isDeepStrictEqual(known, finding));
      const isOverlapThere = !part.findings.some((finding) => finding.kind === 'missing' && finding.fromSeq === part.fromSeq);
      Object.assign(report, { entryCount: report.entryCount + part.entryCount - Number(isOverlapThere), lastSeq: part.lastSeq, signedUpToSeq: part.signedUpToSeq, findings: [...report.findings, ...part.findings.filter((finding) => !isAgain(finding))] });
    }
    reports.push(report);
  }
  return reports;
}

export interface ChainPart extends ChainReport {
  /** Where the next part begins: with this part's last entry. Null after the chain's end. */
  readonly nextSeq: number | null;
  /** The number of the newest entry when this part was begun. */
  readonly chainEndSeq: number;
}

/** Entries a part: some hundred milliseconds of work, so that a chain of millions holds up nobody, and shows how far it is. */
const ENTRIES_A_PART = 20_000;
/** Among so many of the newest signatures one is ours, unless they are all forged. */
const NEWEST_SIGNED = 20;

/** A part of one practice's chain, from an entry on, or from the newest that is signed for. */
export async function verifyPart(database: Database, signer: CheckpointSigner, practiceId: string, from: number | 'signed', entriesAPart = ENTRIES_A_PART): Promise<ChainPart> {
  // The signatures before the end: an entry that is written and signed meanwhile is not taken for one that was cut off.
  const copies = await signer.readCopies(practiceId);
  const newest = [...(await listCheckpoints(database, practiceId, { fromSeq: 0, limit: NEWEST_SIGNED })), ...copies.toSorted((one, other) => other.seq - one.seq).slice(0, NEWEST_SIGNED)];
  const chainEndSeq = await readLastSeq(database, practiceId);
  const isOurs = (checkpoint: SignedCheckpoint): boolean => signer.isSigned(checkpointText(checkpoint), checkpoint.signature);
  const fromSeq = from === 'signed' ? newest.filter((checkpoint) => checkpoint.seq <= chainEndSeq && isOurs(checkpoint)).reduce((most, { seq }) => Math.max(most, seq), 1) : from;
  const untilSeq = fromSeq + entriesAPart - 1;
  const ofPart = [...(await listCheckpoints(database, practiceId, { fromSeq, untilSeq, limit: entriesAPart })), ...copies.filter(({ seq }) => seq >= fromSeq && seq <= untilSeq)];
  const once = new Map([...newest, ...ofPart].map((checkpoint) => [JSON.stringify(checkpoint), checkpoint]));
  const verifier = createChainVerifier(practiceId, [...once.values()], (text, signature) => signer.isSigned(text, signature), fromSeq);
  await forEachEntry(database, practiceId, { fromSeq, untilSeq }, (entry) => verifier.add(entry));
  return { ...verifier.finish(chainEndSeq), nextSeq: untilSeq >= chainEndSeq ? null : untilSeq, chainEndSeq };
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
