/** Keeps the audit: appends in the transaction of the act itself, reads pages of it, and stores checkpoints. Never changes or removes an entry, and neither may the role it runs under. */
import { sql, type Transaction } from 'kysely';
import { auditActorSchema, auditDetailSchema, auditSubjectSchema, type AuditAction, type AuditActor, type AuditDetail, type AuditEntry, type AuditSubject } from '#contract/audit.ts';
import { inInstallation, inPractice, type Database } from '#server/platform/storage/database.ts';
import { GENESIS_HASH, hashEntry, type ChainedEntry, type SignedCheckpoint } from './audit-chain.ts';

export interface AuditTables {
  audit_entry: {
    practice_id: string;
    seq: string;
    at: Date;
    actor: AuditActor;
    action: AuditAction;
    subject_kind: string | null;
    subject_id: string | null;
    detail: AuditDetail;
    previous_hash: Buffer;
    hash: Buffer;
  };
  audit_checkpoint: { practice_id: string; seq: string; hash: Buffer; at: Date; signature: Buffer };
}

/** The chain of acts that are no practice's: the operator's. */
export const INSTALLATION_CHAIN = '00000000-0000-0000-0000-000000000000';

export interface AuditAct {
  practiceId: string;
  actor: AuditActor;
  action: AuditAction;
  subject?: AuditSubject | undefined;
  detail?: AuditDetail | undefined;
}

/**
 * Appends one entry within the caller's transaction: it stands if and only if the act does. Make it the transaction's last
 * statement: until the commit every other act of the practice waits for it, so that no two entries have one predecessor.
 * Works in a practice's and in an installation's transaction.
 */
export async function appendAudit(transaction: unknown, nowMs: number, { practiceId, actor, action, subject, detail = {} }: AuditAct): Promise<void> {
  const tables = transaction as Transaction<AuditTables>;
  const [last] = (await sql<{ seq: string; hash: Buffer }>`select seq, hash from take_audit_end(${practiceId})`.execute(tables)).rows;
  const entry: AuditEntry = {
    seq: last === undefined ? 1 : Number(last.seq) + 1,
    at: new Date(nowMs).toISOString(),
    // Parsed and not trusted: the one place where patient data could slip into what is kept for ever.
    actor: auditActorSchema.parse(actor),
    action,
    subject: subject === undefined ? null : auditSubjectSchema.parse(subject),
    detail: auditDetailSchema.parse(detail),
  };
  const previousHash = last?.hash.toString('hex') ?? GENESIS_HASH;
  await tables
    .insertInto('audit_entry')
    .values({
      practice_id: practiceId,
      seq: String(entry.seq),
      at: new Date(nowMs),
      actor: sql`${JSON.stringify(entry.actor)}::jsonb`,
      action,
      subject_kind: entry.subject?.kind ?? null,
      subject_id: entry.subject?.id ?? null,
      detail: sql`${JSON.stringify(entry.detail)}::jsonb`,
      previous_hash: Buffer.from(previousHash, 'hex'),
      hash: Buffer.from(hashEntry(practiceId, entry, previousHash), 'hex'),
    })
    .execute();
}

/** For an act that has no transaction of its own: a read, a refusal. */
export function recordAct(database: Database, nowMs: number, act: AuditAct): Promise<void> {
  return inPractice<AuditTables, void>(database, act.practiceId, (transaction) => appendAudit(transaction, nowMs, act));
}

export interface AuditFilter {
  /** Entries older than this number. */
  beforeSeq?: number | undefined;
  limit: number;
  action?: AuditAction | undefined;
  memberId?: string | undefined;
  subjectKind?: string | undefined;
  subjectId?: string | undefined;
  from?: Date | undefined;
  until?: Date | undefined;
}

/** Newest first. */
export async function listAudit(transaction: unknown, filter: AuditFilter): Promise<AuditEntry[]> {
  return (await listChained(transaction, filter)).map(({ previousHash: _previousHash, hash: _hash, ...entry }) => entry);
}

/** With the hashes by which the chain is checked. */
export async function listChained(transaction: unknown, { beforeSeq, limit, action, memberId, subjectKind, subjectId, from, until }: AuditFilter): Promise<ChainedEntry[]> {
  let query = (transaction as Transaction<AuditTables>).selectFrom('audit_entry').selectAll().orderBy('seq', 'desc').limit(limit);
  if (beforeSeq !== undefined) query = query.where('seq', '<', String(beforeSeq));
  if (action !== undefined) query = query.where('action', '=', action);
  if (memberId !== undefined) query = query.where(sql<boolean>`actor ->> 'memberId' = ${memberId}`);
  if (subjectKind !== undefined) query = query.where('subject_kind', '=', subjectKind);
  if (subjectId !== undefined) query = query.where('subject_id', '=', subjectId);
  if (from !== undefined) query = query.where('at', '>=', from);
  if (until !== undefined) query = query.where('at', '<', until);
  return (await query.execute()).map(chainedOf);
}

/** When it was last done, in one chain; null where it never was. */
export function lastActAt(database: Database, practiceId: string, action: AuditAction): Promise<Date | null> {
  return inInstallation<AuditTables, Date | null>(database, async (transaction) => {
    const last = await transaction.selectFrom('audit_entry').select('at').where('practice_id', '=', practiceId).where('action', '=', action).orderBy('seq', 'desc').limit(1).executeTakeFirst();
    return last?.at ?? null;
  });
}

/** Every chain of the installation, whether or not its practice still stands. */
export function listChains(database: Database): Promise<string[]> {
  return inInstallation<AuditTables, string[]>(database, async (transaction) => {
    const rows = await sql<{ practice_id: string }>`select practice_id from audit_entry union select practice_id from audit_checkpoint order by practice_id`.execute(transaction);
    return rows.rows.map(({ practice_id }) => practice_id);
  });
}

const ROWS_A_READ = 2_000;

/** A chain from one number to another, both included, oldest first, a few thousand rows at a time. */
export async function forEachEntry(database: Database, practiceId: string, { fromSeq, untilSeq }: { fromSeq: number; untilSeq: number }, visit: (entry: ChainedEntry) => void): Promise<void> {
  for (let next = fromSeq; next <= untilSeq; ) {
    const rows = await inInstallation<AuditTables, AuditTables['audit_entry'][]>(database, (transaction) =>
      transaction.selectFrom('audit_entry').selectAll().where('practice_id', '=', practiceId).where('seq', '>=', String(next)).where('seq', '<=', String(untilSeq)).orderBy('seq').limit(ROWS_A_READ).execute(),
    );
    for (const row of rows) visit(chainedOf(row));
    if (rows.length < ROWS_A_READ) return;
    next = Number(rows.at(-1)!.seq) + 1;
  }
}

/** The number of the newest entry; 0 for a chain that is empty. */
export function readLastSeq(database: Database, practiceId: string): Promise<number> {
  return inInstallation<AuditTables, number>(database, async (transaction) => {
    const last = await transaction.selectFrom('audit_entry').select('seq').where('practice_id', '=', practiceId).orderBy('seq', 'desc').limit(1).executeTakeFirst();
    return Number(last?.seq ?? 0);
  });
}

/** The newest entry of each chain that no checkpoint vouches for yet. */
export function listUnsigned(database: Database): Promise<{ practiceId: string; seq: number; hash: string }[]> {
  return inInstallation<AuditTables, { practiceId: string; seq: number; hash: string }[]>(database, async (transaction) => {
    const { rows } = await sql<{ practice_id: string; seq: string; hash: Buffer }>`
      select entry.practice_id, entry.seq, entry.hash
      from (select practice_id, max(seq) as seq from audit_entry group by practice_id) as newest
      join audit_entry as entry on entry.practice_id = newest.practice_id and entry.seq = newest.seq
      where not exists (select from audit_checkpoint as signed where signed.practice_id = entry.practice_id and signed.seq >= entry.seq)`.execute(transaction);
    return rows.map((row) => ({ practiceId: row.practice_id, seq: Number(row.seq), hash: row.hash.toString('hex') }));
  });
}

export async function storeCheckpoint(database: Database, { practiceId, seq, hash, at, signature }: SignedCheckpoint): Promise<void> {
  await inInstallation<AuditTables, unknown>(database, (transaction) =>
    transaction
      .insertInto('audit_checkpoint')
      .values({ practice_id: practiceId, seq: String(seq), hash: Buffer.from(hash, 'hex'), at: new Date(at), signature: Buffer.from(signature, 'base64url') })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  );
}

/** Those for entries from one number to another, the newest first. */
export function listCheckpoints(database: Database, practiceId: string, { fromSeq, untilSeq = Number.MAX_SAFE_INTEGER, limit }: { fromSeq: number; untilSeq?: number; limit: number }): Promise<SignedCheckpoint[]> {
  return inInstallation<AuditTables, SignedCheckpoint[]>(database, async (transaction) => {
    const rows = await transaction.selectFrom('audit_checkpoint').selectAll().where('practice_id', '=', practiceId).where('seq', '>=', String(fromSeq)).where('seq', '<=', String(untilSeq)).orderBy('seq', 'desc').limit(limit).execute();
    return rows.map((row) => ({ practiceId, seq: Number(row.seq), hash: row.hash.toString('hex'), at: row.at.toISOString(), signature: row.signature.toString('base64url') }));
  });
}

const chainedOf = (row: AuditTables['audit_entry']): ChainedEntry => ({ ...entryOf(row), previousHash: row.previous_hash.toString('hex'), hash: row.hash.toString('hex') });

function entryOf(row: AuditTables['audit_entry']): AuditEntry {
  const { actor, action, detail } = row;
  const subject = row.subject_kind === null || row.subject_id === null ? null : { kind: row.subject_kind, id: row.subject_id };
  return { seq: Number(row.seq), at: row.at.toISOString(), actor, action, subject, detail };
}
