/** Writes an audit entry as the one text that is hashed. Two entries never have the same text, and an entry has the same one for ever. */
import type { AuditEntry } from '#contract/audit.ts';

/** Raised with any change to the text; entries keep the number they were hashed under. */
export const ENTRY_FORM = 1;

/** JSON of an array: order is fixed, strings are quoted, so that nothing of one field can pass for part of another. */
export function entryText(practiceId: string, entry: AuditEntry, previousHash: string): string {
  const { seq, at, actor, action, subject, detail } = entry;
  const who = actor.kind === 'member' ? [actor.kind, actor.memberId] : actor.kind === 'token' ? [actor.kind, actor.memberId, actor.tokenId] : [actor.kind];
  const details = Object.entries(detail).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([ENTRY_FORM, practiceId, seq, at, who, action, subject === null ? null : [subject.kind, subject.id], details, previousHash]);
}

export interface Checkpoint {
  practiceId: string;
  /** The last entry it vouches for, and its hash in hex. */
  seq: number;
  hash: string;
  at: string;
}

/** What is signed. */
export function checkpointText({ practiceId, seq, hash, at }: Checkpoint): string {
  return JSON.stringify(['quietline audit checkpoint', ENTRY_FORM, practiceId, seq, hash, at]);
}
