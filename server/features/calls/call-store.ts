/** Calls in the database: the row, its history, the log. Seals the party's number to its row; refuses to store keypresses, which may be somebody's PIN. */
import type { CallState, EndReason } from '#contract/calls.ts';
import type { CallId, E164, LineId, MemberId, PartyNumber, PracticeId } from '#contract/ids.ts';
import type { RecordCipher } from '#server/platform/crypto/record-cipher.ts';
import { inInstallation, inPractice } from '#server/platform/storage/database.ts';
import type { Database } from '#server/platform/storage/database.ts';
import { appendAudit } from '../audit/index.ts';
import { sql } from 'kysely';
import type { Insertable, Selectable } from 'kysely';
import { stateOf } from './call-machine.ts';
import type { Call } from './call-machine.ts';
import type { CallRecord } from './call-record.ts';

export interface CallTables {
  call: {
    id: string; practice_id: string; member_id: string; server_name: string; version: number; direction: 'outgoing' | 'incoming'; state: CallState;
    number_sealed: Buffer; line_id: string; line_name: string; line_number: string; is_sandbox: boolean; device_id: string;
    started_at: Date; ringing_at: Date | null; answered_at: Date | null; held_at: Date | null; ended_at: Date | null; end_reason: EndReason | null; end_shown_at: Date | null;
  };
  call_transition: { practice_id: string; call_id: string; version: number; at: Date; event: string; state: CallState };
}

/** One line of a call's history. */
export interface CallTransition {
  readonly version: number;
  readonly at: number;
  readonly event: string;
  readonly state: CallState;
}

export interface CallPage {
  readonly practiceId: PracticeId;
  readonly memberId: MemberId;
  /** The last call of the page before. */
  readonly before: CallId | undefined;
  readonly limit: number;
}

export interface CallStore {
  /** The row of a call that is about to be placed: no INVITE leaves without it. */
  insert(call: Call): Promise<void>;
  /** Brings the row to this version, with the history since. Harmless when repeated, and when an older one comes late. */
  save(call: Call, transitions: readonly CallTransition[], endShownAt: number | null): Promise<void>;
  /** A member's calls, newest first. */
  list(page: CallPage): Promise<CallRecord[]>;
  /** When a call of the practice began and ended; with `memberId`, only if it is that member's. */
  findTimes(practiceId: string, callId: string, memberId?: string): Promise<{ startedAtMs: number; endedAtMs: number | null } | undefined>;
  /** Calls of the member that ended unseen since `sinceMs`; they count as seen from now on. */
  takeUnseenEnds(practiceId: PracticeId, memberId: MemberId, sinceMs: number, nowMs: number): Promise<CallRecord[]>;
  /** Ends every call that this server left unfinished when it died, and says so in the audit. Resolves to how many there were. */
  endUnfinished(nowMs: number): Promise<number>;
}

const dateOrNull = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
const msOrNull = (date: Date | null): number | null => date?.getTime() ?? null;

export function createCallStore({ database, cipher, serverName }: { database: Database; cipher: RecordCipher; serverName: string }): CallStore {
  const placeOf = (practiceId: string, id: string) => ({ practiceId, table: 'call', column: 'number', rowId: id });

  const changing = (call: Call) => ({
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
    server_name: serverName,
    direction: 'outgoing',
    number_sealed: cipher.seal(placeOf(call.practiceId, call.id), call.number),
    line_id: call.line.id,
    line_name: call.line.name,
    line_number: call.line.number,
    is_sandbox: call.sandbox,
    started_at: new Date(call.startedAt),
    end_shown_at: null,
  });

  const recordOf = (row: Selectable<CallTables['call']>): CallRecord => ({
    id: row.id as CallId,
    version: row.version,
    direction: row.direction,
    state: row.state,
    number: cipher.open(placeOf(row.practice_id, row.id), row.number_sealed) as PartyNumber,
    line: { id: row.line_id as LineId, name: row.line_name, number: row.line_number as E164 },
    isSandbox: row.is_sandbox,
    startedAt: row.started_at.getTime(),
    ringingAt: msOrNull(row.ringing_at),
    answeredAt: msOrNull(row.answered_at),
    heldAt: msOrNull(row.held_at),
    endedAt: msOrNull(row.ended_at),
    endReason: row.end_reason,
  });

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

    async save(call, transitions, endShownAt) {
      await inPractice<CallTables, void>(database, call.practiceId, async (transaction) => {
        await transaction
          .updateTable('call')
          .set({ ...changing(call), ...(endShownAt === null ? {} : { end_shown_at: new Date(endShownAt) }) })
          .where('id', '=', call.id)
          .where('version', '<', call.version)
          .execute();
        if (transitions.length > 0) {
          const rows = transitions.map(({ version, at, event, state }) => ({ practice_id: call.practiceId, call_id: call.id, version, at: new Date(at), event, state }));
          await transaction.insertInto('call_transition').values(rows).onConflict((conflict) => conflict.doNothing()).execute();
        }
      });
    },

    async list({ practiceId, memberId, before, limit }) {
      return inPractice<CallTables, CallRecord[]>(database, practiceId, async (transaction) => {
        let query = transaction.selectFrom('call').selectAll().where('practice_id', '=', practiceId).where('member_id', '=', memberId);
        if (before !== undefined) query = query.where('id', '<', before);
        const rows = await query.orderBy('id', 'desc').limit(limit).execute();
        return rows.map(recordOf);
      });
    },

    async findTimes(practiceId, callId, memberId) {
      return inPractice<CallTables, { startedAtMs: number; endedAtMs: number | null } | undefined>(database, practiceId, async (transaction) => {
        let query = transaction.selectFrom('call').select(['started_at', 'ended_at']).where('practice_id', '=', practiceId).where('id', '=', callId);
        if (memberId !== undefined) query = query.where('member_id', '=', memberId);
        const row = await query.executeTakeFirst();
        return row === undefined ? undefined : { startedAtMs: row.started_at.getTime(), endedAtMs: msOrNull(row.ended_at) };
      });
    },

    async takeUnseenEnds(practiceId, memberId, sinceMs, nowMs) {
      return inPractice<CallTables, CallRecord[]>(database, practiceId, async (transaction) => {
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

    endUnfinished: (nowMs) =>
      inInstallation<CallTables, number>(database, async (transaction) => {
        const at = new Date(nowMs);
        const ended = await sql<{ practice_id: string; id: string }>`
          with ended as (
            update call set state = 'ended', version = version + 1, held_at = null, ended_at = ${at}, end_reason = 'server-restarted'
            where server_name = ${serverName} and ended_at is null
            returning practice_id, id, version
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
