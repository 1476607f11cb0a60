/** The routes by which an admin reads the audit and takes it away as CSV. Changes nothing; each reading is written down like any other act. */
import type { AuditEntry } from '#contract/audit.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import { appendAudit, listAudit, type AuditFilter } from '../audit/index.ts';
import { actorOf, api, assertRole, type MemberGuard } from '../members/index.ts';

const MOST_EXPORTED = 50_000;

export function createOversightRoutes({ database, guard, clock }: { database: Database; guard: MemberGuard; clock: Clock }) {
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
        return inPractice<object, { csv: string }>(database, session.practice.id, async (transaction) => {
          const entries = await listAudit(transaction, { ...filterOf(input), limit: MOST_EXPORTED });
          await appendAudit(transaction, clock.now(), { practiceId: session.practice.id, actor: actorOf(session), action: 'audit-exported', detail: { entries: entries.length } });
          return { csv: csvOf(entries) };
        });
      }),
    },
  };
}

function filterOf({ action, memberId, subjectId, from, until }: { action?: AuditFilter['action']; memberId?: string | undefined; subjectId?: string | undefined; from?: string | undefined; until?: string | undefined }): Omit<AuditFilter, 'limit'> {
  return { action, memberId, subjectId, from: from === undefined ? undefined : new Date(from), until: until === undefined ? undefined : new Date(until) };
}

/** RFC 4180. No value needs quoting but the detail, and none can begin with a sign that a spreadsheet takes for a formula. */
function csvOf(entries: readonly AuditEntry[]): string {
  const lines = entries.map(({ seq, at, actor, action, subject, detail }) => {
    const details = Object.entries(detail).map(([name, value]) => `${name}=${String(value)}`).join('; ');
    return [seq, at, actor.kind, 'memberId' in actor ? actor.memberId : '', action, subject?.kind ?? '', subject?.id ?? '', `"${details}"`].join(',');
  });
  return ['seq,at,actor,member,action,subject,subject id,detail', ...lines, ''].join('\r\n');
}
