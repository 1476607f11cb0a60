/** The row of a call, and how it is opened: the one place that knows where the party's number is sealed. Reads and writes nothing. */
import { sql, type RawBuilder } from 'kysely';
import type { ColumnType, Generated, Selectable } from 'kysely';
import type { CallAudio } from '#contract/call-audio.ts';
import type { SuggestionReason } from '#contract/call-log.ts';
import type { CallOutcome } from '#contract/call-outcome.ts';
import type { CallerEnd, CallState, EndReason, PartyRole } from '#contract/calls.ts';
import type { CallId, E164, LineId, MemberId, PartyNumber } from '#contract/ids.ts';
import type { RecordCipher } from '#server/platform/crypto/record-cipher.ts';
import { subjectsSeenBy, type Reader } from '../members/index.ts';
import type { CallRecord } from './call-record.ts';

export interface CallTables {
  call: {
    id: string; practice_id: string; member_id: string | null; on_behalf_of_id: string | null; server_name: string; version: number; direction: 'outgoing' | 'incoming'; state: CallState;
    number_sealed: Buffer | null; number_index: Buffer | null; line_id: string; line_name: string; line_number: string; is_sandbox: boolean; device_id: string | null; kept_to: Generated<string[]>;
    started_at: Date; ringing_at: Date | null; answered_at: Date | null; held_at: Date | null; ended_at: Date | null; end_reason: EndReason | CallerEnd | null; end_shown_at: Date | null;
    suggested_outcome: CallOutcome | null; suggested_because: SuggestionReason | null;
    audio: ColumnType<CallAudio | null, string | null | undefined, string | null>;
  };
  call_party: {
    practice_id: string; id: string; call_id: string; role: PartyRole; number_sealed: Buffer; service_id: string | null;
    started_at: Date; ringing_at: Date | null; answered_at: Date | null; ended_at: Date | null; end_reason: EndReason | null;
  };
  call_transition: { practice_id: string; call_id: string; version: number; at: Date; event: string; state: CallState };
}

export type CallRow = Selectable<CallTables['call']>;

const msOrNull = (date: Date | null): number | null => date?.getTime() ?? null;

export const placeOfNumber = (practiceId: string, id: string) => ({ practiceId, table: 'call', column: 'number', rowId: id });

export const placeOfPartyNumber = (practiceId: string, id: string) => ({ practiceId, table: 'call_party', column: 'number', rowId: id });

export function openCallRow(cipher: RecordCipher, row: CallRow): CallRecord {
  return {
    id: row.id as CallId,
    version: row.version,
    madeBy: row.member_id as MemberId | null,
    onBehalfOf: row.on_behalf_of_id as MemberId | null,
    direction: row.direction,
    state: row.state,
    number: row.number_sealed === null ? null : (cipher.open(placeOfNumber(row.practice_id, row.id), row.number_sealed) as PartyNumber),
    line: { id: row.line_id as LineId, name: row.line_name, number: row.line_number as E164 },
    isSandbox: row.is_sandbox,
    startedAt: row.started_at.getTime(),
    ringingAt: msOrNull(row.ringing_at),
    answeredAt: msOrNull(row.answered_at),
    heldAt: msOrNull(row.held_at),
    endedAt: msOrNull(row.ended_at),
    endReason: row.end_reason,
    suggestion: row.suggested_outcome === null || row.suggested_because === null ? null : { outcome: row.suggested_outcome, because: row.suggested_because },
    // Kept before those who were added were looked at.
    audio: row.audio === null ? null : { ...row.audio, added: row.audio.added ?? [] },
  };
}

/** What maySeeCall says (members/sight-policy.ts), for the rows of `call` in a query: what a reader may not see is not there. */
export function isSeenBy(reader: Reader): RawBuilder<boolean> {
  const subjects = subjectsSeenBy(reader);
  if (subjects.length === 0) return sql<boolean>`false`;
  const isOfThePractice = sql`call.member_id is null and (call.kept_to = '{}' or call.kept_to && ${subjects}::uuid[])`;
  return sql<boolean>`(coalesce(call.on_behalf_of_id, call.member_id) = any(${subjects}::uuid[]) or (call.member_id = ${reader.memberId} and call.ended_at is null) or (${isOfThePractice}))`;
}
