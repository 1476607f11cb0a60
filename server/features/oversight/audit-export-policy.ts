/** The audit as files for elsewhere: rows for a spreadsheet, lines for a program. Pure. */
import type { AuditEntry } from '#contract/audit.ts';

/**
 * RFC 4180. Every value is a number, a code word or an id: none needs quoting but the detail, and none can begin with a sign that a
 * spreadsheet takes for a formula. That is the contract's doing, and whoever widens it there has to neutralise here.
 */
export function auditCsv(entries: readonly AuditEntry[]): string {
  const lines = entries.map(({ seq, at, actor, action, subject, detail }) => {
    const details = Object.entries(detail).map(([name, value]) => `${name}=${String(value)}`).join('; ');
    return [seq, at, actor.kind, 'memberId' in actor ? actor.memberId : '', actor.kind === 'token' ? actor.tokenId : '', action, subject?.kind ?? '', subject?.id ?? '', `"${details}"`].join(',');
  });
  return ['seq,at,actor,member,token,action,subject,subject id,detail', ...lines, ''].join('\r\n');
}

/** One JSON object a line, as it was written and hashed. */
export function auditJsonLines(entries: readonly object[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}
