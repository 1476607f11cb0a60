/** The log's rows: calls with what people said of them and what is to be done next, as one reader may see them. Decides nothing about who that is (calls/call-row.ts). */
import { sql, type SelectQueryBuilder, type Transaction } from 'kysely';
import type { CallLogFilter, NextStep } from '#contract/call-log.ts';
import type { CallOutcome } from '#contract/call-outcome.ts';
import type { PartyRole } from '#contract/calls.ts';
import type { MemberId, PartyNumber } from '#contract/ids.ts';
import type { BlindIndex, RecordCipher } from '#server/platform/crypto/record-cipher.ts';
import type { SealedColumn } from '#server/platform/storage/sealed-columns.ts';
import { isSeenBy, openCallRow, placeOfPartyNumber, type CallRow, type CallTables } from '../calls/index.ts';
import type { Reader } from '../members/index.ts';
import type { SaidOutcome } from './number-health-policy.ts';

export interface CallLogTables extends CallTables {
  call_outcome: { practice_id: string; call_id: string; outcome: CallOutcome; by_member_id: string; at: Date };
  next_step: { practice_id: string; call_id: string; text_sealed: Buffer; due_on: string; by_member_id: string; at: Date; done_at: Date | null; done_by_id: string | null };
}

export type CallLogTransaction = Transaction<CallLogTables>;

export interface Sealing {
  readonly cipher: RecordCipher;
  readonly index: BlindIndex;
}

/** One line of the log, opened; names are not known here. */
export interface LoggedCall {
  readonly call: ReturnType<typeof openCallRow>;
  readonly outcome: { readonly outcome: CallOutcome; readonly by: MemberId; readonly at: number } | null;
  readonly nextStep: NextStep | null;
  /** Who was added and answered. */
  readonly others: readonly { readonly role: PartyRole; readonly service: string | null; readonly number: PartyNumber }[];
}

export const sealedStepColumns: readonly SealedColumn[] = [{ table: 'next_step', column: 'text_sealed', placeTable: 'next_step', placeColumn: 'text', rowId: 'call_id::text' }];

const placeOfText = (practiceId: string, callId: string) => ({ practiceId, table: 'next_step', column: 'text', rowId: callId });

interface OtherRow {
  readonly id: string;
  readonly role: PartyRole;
  readonly service: string | null;
  /** As text within the row's JSON. */
  readonly number: string;
}

interface Joined extends CallRow {
  others: readonly OtherRow[];
  said_outcome: CallOutcome | null;
  said_by: string | null;
  said_at: Date | null;
  step_text: Buffer | null;
  step_due_on: string | null;
  step_by: string | null;
  step_done_at: Date | null;
  step_done_by: string | null;
}

function seenCalls(transaction: CallLogTransaction, reader: Reader) {
  return transaction
    .selectFrom('call')
    .leftJoin('call_outcome as said', (join) => join.onRef('said.practice_id', '=', 'call.practice_id').onRef('said.call_id', '=', 'call.id'))
    .leftJoin('next_step as step', (join) => join.onRef('step.practice_id', '=', 'call.practice_id').onRef('step.call_id', '=', 'call.id'))
    .where('call.practice_id', '=', reader.practiceId)
    .where(isSeenBy(reader));
}

type Seen = ReturnType<typeof seenCalls> extends SelectQueryBuilder<infer Tables, infer From, object> ? SelectQueryBuilder<Tables, From, object> : never;

async function read(query: Seen, { cipher }: Sealing): Promise<LoggedCall[]> {
  const rows = await query
    .selectAll('call')
    .select(['said.outcome as said_outcome', 'said.by_member_id as said_by', 'said.at as said_at'])
    // As text: a day is no instant, and must not become one of the server's own time zone.
    .select(['step.text_sealed as step_text', sql<string | null>`step.due_on::text`.as('step_due_on'), 'step.by_member_id as step_by', 'step.done_at as step_done_at', 'step.done_by_id as step_done_by'])
    .select(
      sql<OtherRow[]>`(select coalesce(json_agg(json_build_object('id', other.id, 'role', other.role, 'service', service.name, 'number', encode(other.number_sealed, 'base64')) order by other.started_at), '[]')
        from call_party other left join interpreter_service service on service.practice_id = other.practice_id and service.id = other.service_id
        where other.practice_id = call.practice_id and other.call_id = call.id and other.answered_at is not null)`.as('others'),
    )
    .execute();
  return rows.map((row) => loggedOf(row, cipher));
}

function loggedOf(row: Joined, cipher: RecordCipher): LoggedCall {
  const { others, said_outcome, said_by, said_at, step_text, step_due_on, step_by, step_done_at, step_done_by } = row;
  return {
    call: openCallRow(cipher, row),
    others: others.map(({ id, role, service, number }) => ({ role, service, number: cipher.open(placeOfPartyNumber(row.practice_id, id), Buffer.from(number, 'base64')) as PartyNumber })),
    outcome: said_outcome === null || said_at === null ? null : { outcome: said_outcome, by: said_by as MemberId, at: said_at.getTime() },
    nextStep:
      step_text === null || step_due_on === null
        ? null
        : { text: cipher.open(placeOfText(row.practice_id, row.id), step_text), dueOn: step_due_on, by: step_by as MemberId, doneAt: step_done_at?.toISOString() ?? null, doneBy: step_done_by as MemberId | null },
  };
}

export interface LogQuestion extends Omit<CallLogFilter, 'text'> {
  /** Undefined: any. Otherwise only calls with one of these. */
  readonly numbers: readonly string[] | undefined;
  readonly timeZone: string;
  readonly before: string | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function searchCalls(transaction: CallLogTransaction, sealing: Sealing, reader: Reader, question: LogQuestion): Promise<LoggedCall[]> {
  const { outcome, direction, lineId, whose, memberId, from, to, numbers, timeZone, before, limit } = question;
  let query = seenCalls(transaction, reader);
  if (outcome !== undefined) query = query.where(sql<boolean>`coalesce(said.outcome, call.suggested_outcome) = ${outcome}`);
  if (direction !== undefined) query = query.where('call.direction', '=', direction);
  if (lineId !== undefined) query = query.where('call.line_id', '=', lineId);
  const isMine = sql<boolean>`(call.member_id = ${reader.memberId} or coalesce(call.on_behalf_of_id, call.member_id) = ${reader.memberId})`;
  if (whose === 'mine') query = query.where(isMine);
  if (whose === 'acted-for') query = query.where(sql<boolean>`coalesce(call.on_behalf_of_id, call.member_id) <> ${reader.memberId}`);
  if (memberId !== undefined) query = query.where(sql<boolean>`(call.member_id = ${memberId} or call.on_behalf_of_id = ${memberId})`);
  if (from !== undefined) query = query.where(sql<boolean>`call.started_at >= ${from}::date::timestamp at time zone ${timeZone}`);
  if (to !== undefined) query = query.where(sql<boolean>`call.started_at < (${to}::date + 1)::timestamp at time zone ${timeZone}`);
  if (numbers !== undefined) query = query.where(sql<boolean>`call.number_index = any(${indexesOf(sealing, reader.practiceId, numbers)}::bytea[])`);
  if (before !== undefined) query = query.where('call.id', '<', before);
  return read(query.orderBy('call.id', 'desc').limit(limit), sealing);
}

export async function findCall(transaction: CallLogTransaction, sealing: Sealing, reader: Reader, callId: string): Promise<LoggedCall | undefined> {
  return (await read(seenCalls(transaction, reader).where('call.id', '=', callId), sealing))[0];
}

export function listOfContact(transaction: CallLogTransaction, sealing: Sealing, reader: Reader, contact: { id: string; numbers: readonly string[] }, limit: number): Promise<LoggedCall[]> {
  const wasLinked = sql<boolean>`exists (select from contact_call where contact_call.practice_id = call.practice_id and contact_call.call_id = call.id and contact_call.contact_id = ${contact.id})`;
  const query = seenCalls(transaction, reader).where(sql<boolean>`(call.number_index = any(${indexesOf(sealing, reader.practiceId, contact.numbers)}::bytea[]) or ${wasLinked})`);
  return read(query.orderBy('call.id', 'desc').limit(limit), sealing);
}

/** The one due first in front. */
export function listOpenSteps(transaction: CallLogTransaction, sealing: Sealing, reader: Reader, limit: number): Promise<LoggedCall[]> {
  return read(seenCalls(transaction, reader).where('step.call_id', 'is not', null).where('step.done_at', 'is', null).orderBy('step.due_on').orderBy('call.id').limit(limit), sealing);
}

const indexesOf = ({ index }: Sealing, practiceId: string, numbers: readonly string[]): Buffer[] => numbers.flatMap((number) => index.allOf(practiceId, 'phone', number));

export async function storeOutcome(transaction: CallLogTransaction, { practiceId, memberId }: Reader, callId: string, outcome: CallOutcome | null, at: Date): Promise<void> {
  if (outcome === null) await transaction.deleteFrom('call_outcome').where('practice_id', '=', practiceId).where('call_id', '=', callId).execute();
  else {
    const said = { outcome, by_member_id: memberId, at };
    await transaction.insertInto('call_outcome').values({ practice_id: practiceId, call_id: callId, ...said }).onConflict((conflict) => conflict.columns(['practice_id', 'call_id']).doUpdateSet(said)).execute();
  }
}

/** A step that is written anew is not done yet. */
export async function storeNextStep(transaction: CallLogTransaction, { cipher }: Sealing, { practiceId, memberId }: Reader, callId: string, step: { text: string; dueOn: string } | null, at: Date): Promise<void> {
  if (step === null) await transaction.deleteFrom('next_step').where('practice_id', '=', practiceId).where('call_id', '=', callId).execute();
  else {
    const written = { text_sealed: cipher.seal(placeOfText(practiceId, callId), step.text), due_on: step.dueOn, by_member_id: memberId, at, done_at: null, done_by_id: null };
    await transaction.insertInto('next_step').values({ practice_id: practiceId, call_id: callId, ...written }).onConflict((conflict) => conflict.columns(['practice_id', 'call_id']).doUpdateSet(written)).execute();
  }
}

/** Resolves to whether there was one. */
export async function storeStepDone(transaction: CallLogTransaction, { practiceId, memberId }: Reader, callId: string, isDone: boolean, at: Date): Promise<boolean> {
  const stored = await transaction.updateTable('next_step').set(isDone ? { done_at: at, done_by_id: memberId } : { done_at: null, done_by_id: null }).where('practice_id', '=', practiceId).where('call_id', '=', callId).executeTakeFirst();
  return stored.numUpdatedRows > 0n;
}

/** What people said of the calls to a number, whoever they are: newest first. For its health, and for nobody's eyes. */
export async function listSaidOf(transaction: CallLogTransaction, { index }: Sealing, practiceId: string, number: string): Promise<SaidOutcome[]> {
  const rows = await transaction
    .selectFrom('call')
    .innerJoin('call_outcome as said', (join) => join.onRef('said.practice_id', '=', 'call.practice_id').onRef('said.call_id', '=', 'call.id'))
    .where('call.practice_id', '=', practiceId)
    .where('call.number_index', 'in', index.allOf(practiceId, 'phone', number))
    .select(['said.outcome', 'call.end_reason', 'call.ended_at'])
    .orderBy('call.id', 'desc')
    .limit(50)
    .execute();
  return rows.map(({ outcome, end_reason, ended_at }) => ({ outcome, endReason: end_reason, endedAt: ended_at?.getTime() ?? 0 }));
}

