/** A line as its practice's settings show it: how it stands, until when, and what its code call came to. Reads a row; changes nothing. */
import type { Selectable } from 'kysely';
import type { E164, LineId, MemberId } from '#contract/ids.ts';
import type { CodeCall, LineDetail } from '#contract/lines.ts';
import { codeCallsLeft, enterableCodeOf, isApprovalDue, isLent, isReminderDue, PROOF_LIFETIME_MS, proofStateOf, type LineProofFacts } from './line-proof-policy.ts';
import type { LineTables } from './line-store.ts';

export type LineRow = Selectable<LineTables['line']>;

export const factsOf = (row: LineRow): LineProofFacts => ({ kind: row.kind, provenAt: row.proven_at?.getTime() ?? null, codeEnteredAt: row.code_entered_at?.getTime() ?? null });

export function detailOf(row: LineRow, codeCall: CodeCall, nowMs: number): LineDetail {
  const facts = factsOf(row);
  const code = enterableCodeOf({ issuedAt: row.code_issued_at?.getTime() ?? null, tries: row.code_tries }, nowMs);
  return {
    id: row.id as LineId,
    name: row.name,
    number: row.number as E164,
    kind: row.kind,
    isDefault: row.is_default,
    state: proofStateOf(facts, nowMs),
    callsBackTo: row.calls_back_to,
    extension: row.extension,
    codeCall,
    code: code === null ? null : { expiresAt: new Date(code.expiresAtMs).toISOString(), triesLeft: code.triesLeft },
    codeCallsLeft: codeCallsLeft({ calls: row.code_calls, callsSince: row.code_calls_since?.getTime() ?? null }, nowMs),
    isApprovalDue: isApprovalDue(facts),
    provenAt: row.proven_at?.toISOString() ?? null,
    provenBy: row.proven_by as MemberId | null,
    expiresAt: isLent(facts) || facts.provenAt === null ? null : new Date(facts.provenAt + PROOF_LIFETIME_MS).toISOString(),
    isReminderDue: isReminderDue(facts, nowMs),
  };
}
