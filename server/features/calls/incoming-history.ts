/** Calls that came in and were put through to nobody, in the log: written when they arrive, and what became of them when they are over. Owns those rows; answers no call. */
import type { CallerEnd } from '#contract/calls.ts';
import type { CallId, E164, LineId, PartyNumber, PracticeId } from '#contract/ids.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import type { BlindIndex, RecordCipher } from '#server/platform/crypto/record-cipher.ts';
import { inInstallation, inPractice, type Database } from '#server/platform/storage/database.ts';
import { appendAudit } from '../audit/index.ts';
import { placeOfNumber, type CallTables } from './call-row.ts';

export interface ArrivedCall {
  readonly practiceId: PracticeId;
  readonly line: { readonly id: LineId; readonly number: E164 };
  /** Undefined where the caller withheld it. */
  readonly caller: PartyNumber | undefined;
}

/** Of a call that came in, for whoever shows the log and contacts. */
export interface IncomingNews {
  readonly practiceId: PracticeId;
  readonly callId: CallId;
  readonly caller: PartyNumber | undefined;
  readonly keptTo: readonly string[];
  readonly at: number;
}

export interface IncomingRecord {
  readonly callId: CallId;
  noteAnswer(): Promise<void>;
  end(reason: CallerEnd): Promise<void>;
}

export interface IncomingHistory {
  begin(call: ArrivedCall): Promise<IncomingRecord>;
  /** Those that a killed server left open; `reasonOf` says what became of each. Resolves to how many there were. */
  settleLeft(reasonOf: (call: { practiceId: PracticeId; callId: CallId }) => Promise<CallerEnd>): Promise<number>;
}

export interface IncomingHistoryParts {
  readonly database: Database;
  readonly cipher: RecordCipher;
  readonly index: BlindIndex;
  /** The physicians to whom the caller is kept. */
  readonly keptToOf: (practiceId: PracticeId, number: string) => Promise<string[]>;
  /** When a call was written, and again when it is over. */
  readonly onNews: (news: IncomingNews) => void;
  readonly serverName: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: RandomSource;
}

interface Tables extends CallTables {
  practice: { id: string; is_sandbox: boolean };
  line: { id: string; name: string };
}

export function createIncomingHistory({ database, cipher, index, keptToOf, onNews, serverName, clock, random }: IncomingHistoryParts): IncomingHistory {
  const endRow = (practiceId: string, callId: string, reason: CallerEnd): Promise<void> =>
    inPractice<Tables, void>(database, practiceId, async (transaction) => {
      const at = new Date(clock.now());
      const ended = await transaction.updateTable('call').set(({ eb }) => ({ state: 'ended', version: eb('version', '+', 1), ended_at: at, end_reason: reason })).where('id', '=', callId).where('ended_at', 'is', null).returning('version').executeTakeFirst();
      if (ended === undefined) return;
      await transaction.insertInto('call_transition').values({ practice_id: practiceId, call_id: callId, version: ended.version, at, event: reason, state: 'ended' }).execute();
      await appendAudit(transaction, at.getTime(), { practiceId, actor: { kind: 'system' }, action: 'call-ended', subject: { kind: 'call', id: callId }, detail: { reason } });
    });

  return {
    async begin({ practiceId, line, caller }) {
      const keptTo = caller === undefined ? [] : await keptToOf(practiceId, caller);
      const at = clock.now();
      const callId = createId(at, random) as CallId;
      await inPractice<Tables, void>(database, practiceId, async (transaction) => {
        const { is_sandbox } = await transaction.selectFrom('practice').select('is_sandbox').where('id', '=', practiceId).executeTakeFirstOrThrow();
        const { name } = await transaction.selectFrom('line').select('name').where('id', '=', line.id).executeTakeFirstOrThrow();
        const row = {
          id: callId, practice_id: practiceId, member_id: null, on_behalf_of_id: null, device_id: null, server_name: serverName, version: 1, direction: 'incoming' as const, state: 'ringing' as const,
          number_sealed: caller === undefined ? null : cipher.seal(placeOfNumber(practiceId, callId), caller),
          number_index: caller === undefined ? null : index.of(practiceId, 'phone', caller),
          line_id: line.id, line_name: name, line_number: line.number, is_sandbox, kept_to: [...keptTo],
          started_at: new Date(at), ringing_at: null, answered_at: null, held_at: null, ended_at: null, end_reason: null, end_shown_at: new Date(at), suggested_outcome: null, suggested_because: null,
        };
        await transaction.insertInto('call').values(row).execute();
        await transaction.insertInto('call_transition').values({ practice_id: practiceId, call_id: callId, version: 1, at: new Date(at), event: 'arrived', state: 'ringing' }).execute();
        await appendAudit(transaction, at, { practiceId, actor: { kind: 'system' }, action: 'call-started', subject: { kind: 'call', id: callId }, detail: { direction: 'incoming' } });
      });
      const news: IncomingNews = { practiceId, callId, caller, keptTo, at };
      onNews(news);
      return {
        callId,
        noteAnswer: () =>
          inPractice<Tables, void>(database, practiceId, async (transaction) => {
            await transaction.updateTable('call').set({ state: 'talking', answered_at: new Date(clock.now()) }).where('id', '=', callId).where('ended_at', 'is', null).execute();
          }),
        async end(reason) {
          await endRow(practiceId, callId, reason);
          onNews(news);
        },
      };
    },

    async settleLeft(reasonOf) {
      const left = await inInstallation<CallTables, Pick<CallTables['call'], 'id' | 'practice_id'>[]>(database, (transaction) =>
        transaction.selectFrom('call').select(['id', 'practice_id']).where('server_name', '=', serverName).where('ended_at', 'is', null).where('direction', '=', 'incoming').execute(),
      );
      for (const { id, practice_id } of left) {
        const call = { practiceId: practice_id as PracticeId, callId: id as CallId };
        await endRow(call.practiceId, call.callId, await reasonOf(call));
      }
      return left.length;
    },
  };
}
