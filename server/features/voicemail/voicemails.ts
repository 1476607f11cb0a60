/** What members do with voicemail: see what was left, hear it, settle it, take it away and give it back. Owns the order of finding, writing and telling; records nothing. */
import type { CallId, MemberId } from '#contract/ids.ts';
import { ok, refused, type Result } from '#contract/result.ts';
import type { VoicemailView } from '#contract/voicemail.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RecordCipher } from '#server/platform/crypto/record-cipher.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import { appendAudit } from '../audit/index.ts';
import type { NamesOf } from '../calls/index.ts';
import { actorOfReader, type Reader } from '../members/index.ts';
import { CHUNK_OCTETS, openChunk } from './recordings.ts';
import { findVoicemail, insertHeard, listVoicemail, readChunks, type StoredVoicemail, type VoicemailTables, type VoicemailTransaction } from './voicemail-store.ts';
import type { VoicemailKeys } from './voicemail-keys.ts';
import { REMOVED_FOR_MS } from './voicemail-sweep.ts';

/** Ten seconds: heard at once, and asked for again before it is over. */
export const CHUNKS_A_PIECE = 10;
const DAY_MS = 86_400_000;

export interface Piece {
  readonly octets: Buffer;
  readonly next: number | null;
}

export interface Voicemails {
  list(reader: Reader, page: { isDone: boolean; before: CallId | undefined; limit: number }): Promise<{ messages: VoicemailView[]; hasMore: boolean }>;
  read(reader: Reader, callId: CallId): Promise<Result<VoicemailView, 'not-found'>>;
  listen(reader: Reader, callId: CallId, from: number): Promise<Result<Piece, 'not-found' | 'unreadable'>>;
  setDone(reader: Reader, callId: CallId, isDone: boolean): Promise<Result<VoicemailView, 'not-found'>>;
  remove(reader: Reader, callId: CallId): Promise<Result<undefined, 'not-found'>>;
  restore(reader: Reader, callId: CallId): Promise<Result<VoicemailView, 'not-found'>>;
}

export interface VoicemailsParts {
  readonly database: Database;
  readonly cipher: RecordCipher;
  readonly keys: VoicemailKeys;
  readonly namesOf: NamesOf;
  /** To the devices of all who see the caller. */
  readonly announce: (practiceId: string, callId: CallId, keptTo: readonly string[]) => void;
  /** To the reader's own devices. */
  tellReader(memberId: MemberId, callId: CallId): void;
  /** Destroys what is due; asked half a minute after a removal. */
  sweep(practiceId: string): Promise<unknown>;
  readonly clock: Clock;
  readonly log: Log;
}

export function createVoicemails(parts: VoicemailsParts): Voicemails {
  const { database, cipher, keys, namesOf, announce, clock, log } = parts;
  const within = <Value>({ practiceId }: Reader, run: (transaction: VoicemailTransaction) => Promise<Value>): Promise<Value> => inPractice<VoicemailTables, Value>(database, practiceId, run);

  const viewsOf = async (reader: Reader, stored: readonly StoredVoicemail[]): Promise<VoicemailView[]> => {
    if (stored.length === 0) return [];
    const numbers = [...new Set(stored.flatMap(({ call }) => call.number ?? []))];
    const [names, days] = await Promise.all([namesOf(reader, numbers), within(reader, (transaction) => retentionDaysOf(transaction, reader.practiceId))]);
    return stored.map(({ call, receivedAt, durationMs, done, heardBy }) => ({
      callId: call.id,
      number: call.number,
      partyName: call.number === null ? null : (names.get(call.number) ?? null),
      line: call.line,
      receivedAt: receivedAt.toISOString(),
      durationMs,
      isHeard: heardBy.some(({ memberId }) => memberId === reader.memberId),
      heardBy: heardBy.map(({ memberId, at }) => ({ memberId, at: at.toISOString() })),
      done: done === null ? null : { by: done.by, at: done.at.toISOString() },
      isReadable: keys.find(call.id) !== undefined,
      destroyedAt: new Date(receivedAt.getTime() + days * DAY_MS).toISOString(),
    }));
  };

  /** One write to a message that the reader sees; then everybody who sees it is told. */
  const write = async (reader: Reader, callId: CallId, { isRemoved }: { isRemoved: boolean }, act: string, values: Partial<Pick<VoicemailTables['voicemail'], 'done_at' | 'done_by_id' | 'removed_at'>>): Promise<Result<VoicemailView, 'not-found'>> => {
    const found = await within(reader, async (transaction) => {
      const stored = await findVoicemail(transaction, cipher, reader, callId, { isRemoved });
      if (stored === undefined) return undefined;
      await transaction.updateTable('voicemail').set(values).where('call_id', '=', callId).execute();
      await appendAudit(transaction, clock.now(), { practiceId: reader.practiceId, actor: actorOfReader(reader), action: 'voicemail-written', subject: { kind: 'call', id: callId }, detail: { act } });
      return findVoicemail(transaction, cipher, reader, callId, { isRemoved: values.removed_at === undefined ? isRemoved : values.removed_at !== null });
    });
    if (found === undefined) return refused('not-found');
    announce(reader.practiceId, callId, found.keptTo);
    return ok((await viewsOf(reader, [found]))[0]!);
  };

  return {
    async list(reader, { isDone, before, limit }) {
      const found = await within(reader, (transaction) => listVoicemail(transaction, cipher, reader, { isDone, before, limit: limit + 1 }));
      return { messages: await viewsOf(reader, found.slice(0, limit)), hasMore: found.length > limit };
    },

    async read(reader, callId) {
      const found = await within(reader, (transaction) => findVoicemail(transaction, cipher, reader, callId));
      return found === undefined ? refused('not-found') : ok((await viewsOf(reader, [found]))[0]!);
    },

    async listen(reader, callId, from) {
      const heard = await within(reader, async (transaction) => {
        const stored = await findVoicemail(transaction, cipher, reader, callId);
        if (stored === undefined) return refused('not-found');
        const key = keys.find(callId);
        if (key === undefined) return refused('unreadable');
        const wasHeard = stored.heardBy.some(({ memberId }) => memberId === reader.memberId);
        // Each listening begins at the front; one that does not is written down all the same, the first time.
        if (from === 0 || !wasHeard) {
          const at = clock.now();
          await insertHeard(transaction, reader, callId, new Date(at));
          await appendAudit(transaction, at, { practiceId: reader.practiceId, actor: actorOfReader(reader), action: 'voicemail-heard', subject: { kind: 'call', id: callId } });
        }
        const chunks = await readChunks(transaction, reader.practiceId, callId, from, CHUNKS_A_PIECE + 1);
        const piece = chunks.slice(0, CHUNKS_A_PIECE);
        // A chunk that is missing in the middle would join what was never said together.
        if (piece.some(({ position }, index) => position !== from + index)) throw new Error('A message has a gap: its rows were tampered with.');
        const octets = Buffer.concat(piece.map(({ position, sealed }) => openChunk(key, { practiceId: reader.practiceId, callId }, position, sealed)));
        return ok({ octets, next: chunks.length > CHUNKS_A_PIECE ? from + CHUNKS_A_PIECE : null, wasHeard });
      });
      if (heard.ok && !heard.value.wasHeard) parts.tellReader(reader.memberId as MemberId, callId);
      return heard;
    },

    setDone: (reader, callId, isDone) => write(reader, callId, { isRemoved: false }, isDone ? 'done' : 'notDone', isDone ? { done_at: new Date(clock.now()), done_by_id: reader.memberId } : { done_at: null, done_by_id: null }),

    async remove(reader, callId) {
      const removed = await write(reader, callId, { isRemoved: false }, 'removed', { removed_at: new Date(clock.now()) });
      if (!removed.ok) return removed;
      // A server that is stopped before then sweeps at its next start.
      clock.after(REMOVED_FOR_MS, () => {
        parts.sweep(reader.practiceId).catch((cause: unknown) => log.error('voicemail-sweep-failed', cause));
      });
      return ok(undefined);
    },

    restore: (reader, callId) => write(reader, callId, { isRemoved: true }, 'restored', { removed_at: null }),
  };
}

export const durationOfOctets = (octets: number): number => Math.round((octets * 1_000) / CHUNK_OCTETS);

async function retentionDaysOf(transaction: VoicemailTransaction, practiceId: string): Promise<number> {
  const { voicemail_days } = await transaction.selectFrom('practice').select('voicemail_days').where('id', '=', practiceId).executeTakeFirstOrThrow();
  return voicemail_days;
}
