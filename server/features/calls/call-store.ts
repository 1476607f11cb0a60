/** Calls in the database: the row, its history. Seals the party's number to its row; refuses to store keypresses, which may be somebody's PIN. */
import type { CallAudio } from '#contract/call-audio.ts';
import type { CallState } from '#contract/calls.ts';
import type { CallId, DeviceId, InterpreterServiceId, MemberId, PartyId, PartyNumber, PracticeId } from '#contract/ids.ts';
import type { BlindIndex, RecordCipher } from '#server/platform/crypto/record-cipher.ts';
import { inInstallation, inPractice } from '#server/platform/storage/database.ts';
import type { Database } from '#server/platform/storage/database.ts';
import { appendAudit } from '../audit/index.ts';
import type { Reader } from '../members/index.ts';
import { sql } from 'kysely';
import type { Insertable, Selectable } from 'kysely';
import { stateOf } from './call-machine.ts';
import type { AddedParty, Call, NewParty } from './call-facts.ts';
import { isMembers, type MemberCallRecord } from './call-record.ts';
import { isSeenBy, openCallRow, placeOfNumber, placeOfPartyNumber, type CallRow, type CallTables } from './call-row.ts';
import { suggestOutcome, type ObservedCall } from './outcome-suggestion-policy.ts';

/** One line of a call's history. */
export interface CallTransition {
  readonly version: number;
  readonly at: number;
  readonly event: string;
  readonly state: CallState;
}

/** What a call needs to be gone on with. */
export interface UnfinishedCall {
  readonly practiceId: PracticeId;
  readonly deviceId: DeviceId;
  readonly isMuted: boolean;
  readonly record: MemberCallRecord;
}

export interface LeftParty {
  readonly callId: CallId;
  readonly party: AddedParty;
}

export interface CallStore {
  /** The row of a call that is about to be placed: no INVITE leaves without it. */
  insert(call: Call): Promise<void>;
  /** The row of a party that is about to be dialled into the call. */
  insertParty(call: Pick<Call, 'id' | 'practiceId'>, party: NewParty, startedAt: number): Promise<void>;
  /** Brings the row to this version, with the history since. Harmless when repeated, and when an older one comes late. */
  save(call: Call, transitions: readonly CallTransition[], endShownAt: number | null, audio?: CallAudio): Promise<void>;
  /** When a call of the practice began and ended; with a `reader`, only if they may see it. */
  findTimes(practiceId: string, callId: string, reader?: Reader): Promise<{ startedAtMs: number; endedAtMs: number | null } | undefined>;
  /** Those of the calls that the reader may see. */
  filterSeen(practiceId: string, callIds: readonly string[], reader: Reader): Promise<string[]>;
  /** Calls of the member that ended unseen since `sinceMs`; they count as seen from now on. */
  takeUnseenEnds(practiceId: PracticeId, memberId: MemberId, sinceMs: number, nowMs: number): Promise<MemberCallRecord[]>;
  /** Ends every call that this server left unfinished when it died, and says so in the audit. Resolves to how many there were. */
  endUnfinished(nowMs: number, resumed?: readonly CallId[]): Promise<number>;
  /** Those who had been added to calls when this server was killed: their legs are not gone on with, whatever becomes of the call. Each is told once. */
  endLeftParties(nowMs: number): Promise<LeftParty[]>;
  /** Of these calls those that this server's row says are answered and not over. */
  listUnfinished(callIds: readonly string[]): Promise<UnfinishedCall[]>;
}

const dateOrNull = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
const msOrNull = (date: Date | null): number | null => date?.getTime() ?? null;

function suggestionColumns(observed: ObservedCall): Pick<CallRow, 'suggested_outcome' | 'suggested_because'> {
  const suggestion = suggestOutcome(observed);
  return { suggested_outcome: suggestion?.outcome ?? null, suggested_because: suggestion?.because ?? null };
}

export function createCallStore({ database, cipher, index, serverName }: { database: Database; cipher: RecordCipher; index: BlindIndex; serverName: string }): CallStore {
  const changing = (call: Call) => ({
    ...suggestionColumns({ startedAt: call.startedAt, ringingAt: call.ringingAt, answeredAt: call.answeredAt, endedAt: call.end?.at ?? null, endReason: call.end?.reason ?? null, hint: call.hint?.kind ?? null }),
    version: call.version,
    state: stateOf(call),
    device_id: call.device.id,
    ringing_at: dateOrNull(call.ringingAt),
    answered_at: dateOrNull(call.answeredAt),
    held_at: dateOrNull(call.heldAt),
    ended_at: dateOrNull(call.end?.at ?? null),
    end_reason: call.end?.reason ?? null,
  });

  const rowOf = (call: Call): Insertable<CallTables['call']> => ({
    ...changing(call),
    id: call.id,
    practice_id: call.practiceId,
    member_id: call.memberId,
    on_behalf_of_id: call.onBehalfOf,
    server_name: serverName,
    direction: 'outgoing',
    number_sealed: cipher.seal(placeOfNumber(call.practiceId, call.id), call.number),
    number_index: index.of(call.practiceId, 'phone', call.number),
    line_id: call.line.id,
    line_name: call.line.name,
    line_number: call.line.number,
    is_sandbox: call.sandbox,
    started_at: new Date(call.startedAt),
    end_shown_at: null,
  });

  const recordOf = (row: CallRow): MemberCallRecord => {
    const record = openCallRow(cipher, row);
    if (!isMembers(record)) throw new Error('A call that came in is nobody\'s to go on with.');
    return record;
  };

  return {
    async insert(call) {
      await inPractice<CallTables, void>(database, call.practiceId, async (transaction) => {
        // One statement, so one way to the database and back: the INVITE waits for this.
        await transaction
          .with('made', (db) => db.insertInto('call').values(rowOf(call)))
          .insertInto('call_transition')
          .values({ practice_id: call.practiceId, call_id: call.id, version: call.version, at: new Date(call.startedAt), event: 'dialled', state: stateOf(call) })
          .execute();
      });
    },

    async insertParty(call, party, startedAt) {
      await inPractice<CallTables, void>(database, call.practiceId, async (transaction) => {
        await transaction
          .insertInto('call_party')
          .values({ practice_id: call.practiceId, id: party.id, call_id: call.id, role: party.role, number_sealed: cipher.seal(placeOfPartyNumber(call.practiceId, party.id), party.number), service_id: party.serviceId, started_at: new Date(startedAt), ringing_at: null, answered_at: null, ended_at: null, end_reason: null })
          .execute();
      });
    },

    async save(call, transitions, endShownAt, audio) {
      await inPractice<CallTables, void>(database, call.practiceId, async (transaction) => {
        await transaction
          .updateTable('call')
          .set({ ...changing(call), ...(endShownAt === null ? {} : { end_shown_at: new Date(endShownAt) }) })
          .where('id', '=', call.id)
          .where('version', '<', call.version)
          .execute();
        for (const { id, ringingAt, answeredAt, end } of call.added) {
          await transaction.updateTable('call_party').set({ ringing_at: dateOrNull(ringingAt), answered_at: dateOrNull(answeredAt), ended_at: dateOrNull(end?.at ?? null), end_reason: end?.reason ?? null }).where('id', '=', id).where('ended_at', 'is', null).execute();
        }
        if (audio !== undefined) await transaction.updateTable('call').set({ audio: JSON.stringify(audio) }).where('id', '=', call.id).execute();
        if (transitions.length > 0) {
          const rows = transitions.map(({ version, at, event, state }) => ({ practice_id: call.practiceId, call_id: call.id, version, at: new Date(at), event, state }));
          await transaction.insertInto('call_transition').values(rows).onConflict((conflict) => conflict.doNothing()).execute();
        }
      });
    },

    async findTimes(practiceId, callId, reader) {
      return inPractice<CallTables, { startedAtMs: number; endedAtMs: number | null } | undefined>(database, practiceId, async (transaction) => {
        let query = transaction.selectFrom('call').select(['started_at', 'ended_at']).where('practice_id', '=', practiceId).where('id', '=', callId);
        if (reader !== undefined) query = query.where(isSeenBy(reader));
        const row = await query.executeTakeFirst();
        return row === undefined ? undefined : { startedAtMs: row.started_at.getTime(), endedAtMs: msOrNull(row.ended_at) };
      });
    },

    async filterSeen(practiceId, callIds, reader) {
      if (callIds.length === 0) return [];
      return inPractice<CallTables, string[]>(database, practiceId, async (transaction) => {
        const rows = await transaction.selectFrom('call').select('id').where('practice_id', '=', practiceId).where('id', 'in', callIds).where(isSeenBy(reader)).execute();
        return rows.map(({ id }) => id);
      });
    },

    async takeUnseenEnds(practiceId, memberId, sinceMs, nowMs) {
      return inPractice<CallTables, MemberCallRecord[]>(database, practiceId, async (transaction) => {
        const rows = await transaction
          .updateTable('call')
          .set({ end_shown_at: new Date(nowMs) })
          .where('practice_id', '=', practiceId)
          .where('member_id', '=', memberId)
          .where('end_shown_at', 'is', null)
          .where('ended_at', '>', new Date(sinceMs))
          .returningAll()
          .execute();
        return rows.map(recordOf);
      });
    },

    async listUnfinished(callIds) {
      const found = await inInstallation<CallTables, Pick<CallTables['call'], 'id' | 'practice_id'>[]>(database, (transaction) =>
        transaction.selectFrom('call').select(['id', 'practice_id']).where('server_name', '=', serverName).where('direction', '=', 'outgoing').where('ended_at', 'is', null).where('id', 'in', [...callIds]).execute(),
      );
      const calls = await Promise.all(
        found.map(({ id, practice_id: practiceId }) =>
          inPractice<CallTables, UnfinishedCall | undefined>(database, practiceId as PracticeId, async (transaction) => {
            const row = await transaction.selectFrom('call').selectAll().where('id', '=', id).where('answered_at', 'is not', null).executeTakeFirst();
            if (row === undefined) return undefined;
            // Each change of muting is one line of the history: after an odd number of them the member is muted.
            const { count } = await transaction.selectFrom('call_transition').select((expression) => expression.fn.countAll<string>().as('count')).where('call_id', '=', id).where('event', '=', 'mute').executeTakeFirstOrThrow();
            return { practiceId: practiceId as PracticeId, deviceId: row.device_id as DeviceId, isMuted: Number(count) % 2 === 1, record: recordOf(row) };
          }),
        ),
      );
      return calls.filter((call) => call !== undefined);
    },

    async endLeftParties(nowMs) {
      const ended = await inInstallation<CallTables, readonly { practice_id: string; call_id: string; id: string }[]>(database, async (transaction) => {
        const { rows } = await sql<{ practice_id: string; call_id: string; id: string }>`
          update call_party set ended_at = ${new Date(nowMs)}, end_reason = 'server-restarted'
          from call where call_party.ended_at is null and call_party.call_id = call.id and call.server_name = ${serverName}
          returning call_party.practice_id, call_party.call_id, call_party.id`.execute(transaction);
        for (const { practice_id: practiceId, call_id: id } of rows) {
          await appendAudit(transaction, nowMs, { practiceId, actor: { kind: 'system' }, action: 'party-left', subject: { kind: 'call', id }, detail: { reason: 'server-restarted' } });
        }
        return rows;
      });
      // Their numbers are for the practice's own eyes.
      return Promise.all(
        ended.map(async ({ practice_id: practiceId, call_id: callId, id }) => {
          const row = await inPractice<CallTables, Selectable<CallTables['call_party']>>(database, practiceId, (transaction) => transaction.selectFrom('call_party').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
          return { callId: callId as CallId, party: leftPartyOf(cipher, row, nowMs) };
        }),
      );
    },

    endUnfinished: (nowMs, resumed = []) =>
      inInstallation<CallTables, number>(database, async (transaction) => {
        const at = new Date(nowMs);
        const left = await transaction.selectFrom('call').select(['id', 'started_at', 'ringing_at', 'answered_at']).where('server_name', '=', serverName).where('ended_at', 'is', null).$if(resumed.length > 0, (query) => query.where('id', 'not in', [...resumed])).forUpdate().execute();
        if (left.length === 0) return 0;
        const suggestions = left.map(({ started_at, ringing_at, answered_at }) =>
          suggestionColumns({ startedAt: started_at.getTime(), ringingAt: msOrNull(ringing_at), answeredAt: msOrNull(answered_at), endedAt: nowMs, endReason: 'server-restarted' }),
        );
        const ended = await sql<{ practice_id: string; id: string }>`
          with ended as (
            update call set state = 'ended', version = version + 1, held_at = null, ended_at = ${at}, end_reason = 'server-restarted', suggested_outcome = v.outcome, suggested_because = v.because
            from unnest(${left.map(({ id }) => id)}::uuid[], ${suggestions.map((each) => each.suggested_outcome)}::text[], ${suggestions.map((each) => each.suggested_because)}::text[]) as v(id, outcome, because)
            where call.id = v.id
            returning call.practice_id, call.id, call.version
          ), noted as (
            insert into call_transition (practice_id, call_id, version, at, event, state)
            select practice_id, id, version, ${at}::timestamptz, 'server-restarted', 'ended' from ended
          )
          select practice_id, id from ended order by practice_id, id`.execute(transaction);
        for (const { practice_id: practiceId, id } of ended.rows) {
          await appendAudit(transaction, nowMs, { practiceId, actor: { kind: 'system' }, action: 'call-ended', subject: { kind: 'call', id }, detail: { reason: 'server-restarted' } });
        }
        return ended.rows.length;
      }),
  };
}

function leftPartyOf(cipher: RecordCipher, row: Selectable<CallTables['call_party']>, nowMs: number): AddedParty {
  return {
    id: row.id as PartyId,
    role: row.role,
    name: null,
    number: cipher.open(placeOfPartyNumber(row.practice_id, row.id), row.number_sealed) as PartyNumber,
    serviceId: row.service_id as InterpreterServiceId | null,
    hasCode: false,
    startedAt: row.started_at.getTime(),
    state: 'gone',
    ringingAt: msOrNull(row.ringing_at),
    answeredAt: msOrNull(row.answered_at),
    hasEarlyMedia: false,
    isHeldByParty: false,
    heldAt: null,
    isMuted: false,
    end: { at: nowMs, reason: 'server-restarted' },
  };
}
