/** The routes by which an admin reads the audit, takes it away, has its chain checked, and sees what is kept. Changes nothing; each reading is written down like any other act. */
import type { AuditEntry, AuditVerification } from '#contract/audit.ts';
import type { DataKept } from '#contract/data-kept.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import { appendAudit, INSTALLATION_CHAIN, lastActAt, listAudit, listChained, type AuditFilter, type ChainFinding, type ChainPart } from '../audit/index.ts';
import { actorOf, api, assertRole, type MemberGuard } from '../members/index.ts';
import { auditCsv, auditJsonLines } from './audit-export-policy.ts';
import { countDataKept } from './data-kept.ts';

const MOST_EXPORTED = 50_000;
/** However many admins ask, the same part is read once in this time. */
const VERIFIED_FOR_MS = 30_000;

export interface OversightRouteParts {
  database: Database;
  guard: MemberGuard;
  verify: (practiceId: string, from: number | 'signed') => Promise<ChainPart>;
  clock: Clock;
}

export function createOversightRoutes({ database, guard, verify, clock }: OversightRouteParts) {
  const verifications = new Map<string, { startedAtMs: number; verified: Promise<AuditVerification> }>();
  const verifyOnce = (practiceId: string, from: number | 'signed'): Promise<AuditVerification> => {
    const now = clock.now();
    for (const [key, { startedAtMs }] of verifications) if (now - startedAtMs >= VERIFIED_FOR_MS) verifications.delete(key);
    const key = `${practiceId} ${from}`;
    const known = verifications.get(key);
    if (known !== undefined) return known.verified;
    const verified = verify(practiceId, from).then((part) => verificationOf(part, new Date(now).toISOString()));
    verifications.set(key, { startedAtMs: now, verified });
    // One that failed is tried again by the next who asks.
    verified.catch(() => verifications.delete(key));
    return verified;
  };

  return {
    audit: {
      list: api.audit.list.use(guard).handler(({ input, context }) => {
        const { session } = context;
        assertRole(session, 'practice-admin');
        return inPractice<object, AuditEntry[]>(database, session.practice.id, async (transaction) => {
          const entries = await listAudit(transaction, { ...filterOf(input), beforeSeq: input.beforeSeq, limit: input.limit });
          await appendAudit(transaction, clock.now(), { practiceId: session.practice.id, actor: actorOf(session), action: 'audit-read' });
          return entries;
        });
      }),
      export: api.audit.export.use(guard).handler(({ input, context }) => {
        const { session } = context;
        assertRole(session, 'practice-admin');
        return inPractice<object, { text: string; entryCount: number; isWhole: boolean }>(database, session.practice.id, async (transaction) => {
          const found = await listChained(transaction, { ...filterOf(input), limit: MOST_EXPORTED + 1 });
          const entries = found.slice(0, MOST_EXPORTED);
          await appendAudit(transaction, clock.now(), { practiceId: session.practice.id, actor: actorOf(session), action: 'audit-exported', detail: { entries: entries.length, format: input.format } });
          return { text: input.format === 'csv' ? auditCsv(entries) : auditJsonLines(entries), entryCount: entries.length, isWhole: entries.length === found.length };
        });
      }),
      verify: api.audit.verify.use(guard).handler(({ input, context }) => {
        assertRole(context.session, 'practice-admin');
        return verifyOnce(context.session.practice.id, input.fromSeq ?? 'signed');
      }),
    },
    dataKept: {
      read: api.dataKept.read.use(guard).handler(async ({ context }) => {
        assertRole(context.session, 'practice-admin');
        return { ...(await inPractice<object, Omit<DataKept, 'lastBackupAt'>>(database, context.session.practice.id, countDataKept)), lastBackupAt: (await lastActAt(database, INSTALLATION_CHAIN, 'backup-made'))?.toISOString() ?? null };
      }),
    },
  };
}

type Given = { readonly [Key in keyof Omit<AuditFilter, 'limit' | 'from' | 'until'>]: AuditFilter[Key] } & { readonly from?: string | undefined; readonly until?: string | undefined };

function filterOf({ action, memberId, subjectKind, subjectId, from, until }: Given): Omit<AuditFilter, 'limit'> {
  return { action, memberId, subjectKind, subjectId, from: from === undefined ? undefined : new Date(from), until: until === undefined ? undefined : new Date(until) };
}

const verificationOf = ({ fromSeq, entryCount, signedUpToSeq, nextSeq, lastSeq, chainEndSeq, findings }: ChainPart, checkedAt: string): AuditVerification => ({
  checkedAt,
  fromSeq,
  entryCount,
  lastSeq: Math.max(lastSeq, chainEndSeq),
  nextSeq,
  signedUpToSeq,
  findings: findings.map((finding) => ({ kind: finding.kind, seq: seqOf(finding) })),
});

/** Where to look. */
function seqOf(finding: ChainFinding): number {
  if (finding.kind === 'missing') return finding.fromSeq;
  return finding.kind === 'truncated' ? finding.lastSeq : finding.seq;
}
