/** Hashes entries into a chain and finds what was done to it afterwards: flipped, deleted, reordered, truncated. Knows no database. */
import { createHash } from 'node:crypto';
import type { AuditEntry } from '#contract/audit.ts';
import { checkpointText, entryText, type Checkpoint } from './audit-entry-codec.ts';

/** Before the first entry. */
export const GENESIS_HASH = '0'.repeat(64);

export interface ChainedEntry extends AuditEntry {
  previousHash: string;
  hash: string;
}

export interface SignedCheckpoint extends Checkpoint {
  signature: string;
}

/** SHA-256 in hex. */
export function hashEntry(practiceId: string, entry: AuditEntry, previousHash: string): string {
  return createHash('sha256').update(entryText(practiceId, entry, previousHash)).digest('hex');
}

export type ChainFinding =
  /** Something of the entry is not what it was when it was written. */
  | { kind: 'altered'; seq: number }
  /** The entry's predecessor is not the one it was written after. */
  | { kind: 'broken-link'; seq: number }
  | { kind: 'missing'; fromSeq: number; toSeq: number }
  | { kind: 'out-of-order'; seq: number }
  /** Signed for, and now beyond the chain's end: the end was cut off. */
  | { kind: 'truncated'; signedSeq: number; lastSeq: number }
  /** The chain was rewritten: its hashes agree with one another and not with what was signed. */
  | { kind: 'contradicts-checkpoint'; seq: number }
  | { kind: 'forged-checkpoint'; seq: number };

export interface ChainReport {
  practiceId: string;
  /** The first entry that was looked at. One before it may have been altered unseen. */
  fromSeq: number;
  /** How many were looked at. */
  entryCount: number;
  lastSeq: number;
  /** Up to here a valid signature vouches. Entries after it are only as good as the chain. */
  signedUpToSeq: number;
  findings: ChainFinding[];
}

/** Damage is counted and not all listed: one deleted page of a table would fill a terminal. */
const MOST_FINDINGS = 100;

/**
 * Takes entries in the order of their numbers, one at a time: a chain of millions is never in memory at once. From the first, or from one in the middle, whose own
 * predecessor is not looked at; so a part begins with the last entry of the part before.
 */
export function createChainVerifier(practiceId: string, checkpoints: readonly SignedCheckpoint[], isSigned: (text: string, signature: string) => boolean, fromSeq = 1) {
  const findings: ChainFinding[] = [];
  const find = (finding: ChainFinding): void => void (findings.length < MOST_FINDINGS && findings.push(finding));
  const signed = new Map<number, Set<string>>();
  let signedUpToSeq = 0;
  for (const checkpoint of checkpoints) {
    if (checkpoint.practiceId !== practiceId || !isSigned(checkpointText(checkpoint), checkpoint.signature)) {
      find({ kind: 'forged-checkpoint', seq: checkpoint.seq });
      continue;
    }
    signed.set(checkpoint.seq, (signed.get(checkpoint.seq) ?? new Set()).add(checkpoint.hash));
    signedUpToSeq = Math.max(signedUpToSeq, checkpoint.seq);
  }

  let entryCount = 0;
  let lastSeq = fromSeq - 1;
  let lastHash = GENESIS_HASH;
  return {
    add(entry: ChainedEntry): void {
      entryCount += 1;
      const isNext = entry.seq === lastSeq + 1;
      if (entry.seq <= lastSeq) find({ kind: 'out-of-order', seq: entry.seq });
      else if (!isNext) find({ kind: 'missing', fromSeq: lastSeq + 1, toSeq: entry.seq - 1 });
      else if (entry.previousHash !== lastHash && (entryCount > 1 || fromSeq === 1)) find({ kind: 'broken-link', seq: entry.seq });
      // Computed, not believed: an altered entry's stored hash may have been left as it was.
      const hash = hashEntry(practiceId, entry, entry.previousHash);
      if (hash !== entry.hash) find({ kind: 'altered', seq: entry.seq });
      const vouched = signed.get(entry.seq);
      if (vouched !== undefined && [...vouched].some((each) => each !== hash)) find({ kind: 'contradicts-checkpoint', seq: entry.seq });
      lastSeq = Math.max(lastSeq, entry.seq);
      lastHash = entry.hash;
    },
    /** `chainEndSeq`: the last number of the chain, where entries come after those that were added. */
    finish(chainEndSeq = 0): ChainReport {
      const endSeq = Math.max(chainEndSeq, lastSeq);
      if (signedUpToSeq > endSeq) find({ kind: 'truncated', signedSeq: signedUpToSeq, lastSeq: endSeq });
      return { practiceId, fromSeq, entryCount, lastSeq, signedUpToSeq, findings };
    },
  };
}
