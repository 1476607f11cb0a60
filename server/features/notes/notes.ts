/** What a member does with a call's note: reads, writes, copies, destroys it. Owns the order of lock, time, key and row; leaves the job's sweep to destruction-sweep. */
import { LONGEST_NOTE_CHARACTERS, type NoteView, type PurgeReceiptView, type SavedNote, type SaveNote } from '#contract/notes.ts';
import type { CallId, MemberId } from '#contract/ids.ts';
import { ok, refused, type Result } from '#contract/result.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import { appendAudit } from '../audit/index.ts';
import { actorOfReader, type Reader } from '../members/index.ts';
import type { EpochKeys } from './epoch-keys.ts';
import { mergeTexts } from './merge-policy.ts';
import { openNote, sealNote } from './note-cipher.ts';
import { deleteNote, findDestroyedNote, findNote, isOperationApplied, listEnding, listReceipts, lockNote, rememberOperation, storeNote, storeReceipt, type NoteRow, type NoteTables, type NoteTransaction } from './note-store.ts';
import { encodeReceipt } from './purge-receipt-codec.ts';
import type { ReceiptSigner } from './receipt-signature.ts';
import type { RetentionClock } from './retention-clock.ts';
import { COPY_REMINDER_MS, decideEnd, epochOf, isReadable, type CallFacts } from './retention-policy.ts';
import type { TrustedTime } from './trusted-time-policy.ts';

/** What notes must know of calls. */
export interface NoteCalls {
  /** A call of the practice; with a reader, only if they may see it. */
  find(practiceId: string, callId: string, reader?: NoteReader): Promise<CallFacts | undefined>;
  /** Those of the calls that the reader may see. */
  filterSeen(practiceId: string, callIds: readonly string[], reader: NoteReader): Promise<string[]>;
}

export interface NotesOptions {
  readonly database: Database;
  readonly clock: RetentionClock;
  readonly keys: EpochKeys;
  readonly signer: ReceiptSigner;
  readonly calls: NoteCalls;
  readonly random: RandomSource;
}

/** Who asks. */
export type NoteReader = Reader;

export type NoteRefusal = 'call-not-found' | 'note-destroyed' | 'clock-at-odds' | 'note-too-long';

export interface Notes {
  read(reader: NoteReader, callId: string): Promise<Result<NoteView, NoteRefusal>>;
  listOfCalls(reader: NoteReader, callIds: readonly string[]): Promise<NoteView[]>;
  save(reader: NoteReader, save: SaveNote): Promise<Result<SavedNote, NoteRefusal>>;
  /** Of this revision: words that another device has added since were not copied. */
  markCopied(reader: NoteReader, callId: string, revision: number): Promise<Result<NoteView, NoteRefusal>>;
  /** Before its time, by hand. Its sealed text leaves the database; old copies of that open until the hour's key dies. */
  destroy(reader: NoteReader, callId: string): Promise<Result<NoteView, NoteRefusal>>;
  listEnding(reader: NoteReader): Promise<NoteView[]>;
  listReceipts(reader: NoteReader, limit: number): Promise<PurgeReceiptView[]>;
  /** Fixes the end of a call's note once the call is over, and seals it with the key of that end. Harmless when repeated. */
  settle(practiceId: string, callId: string): Promise<void>;
}

export function createNotes(options: NotesOptions): Notes {
  const { database, clock, keys, signer, calls, random } = options;
  const inNotes = <Value>(practiceId: string, run: (transaction: NoteTransaction) => Promise<Value>): Promise<Value> => inPractice<NoteTables, Value>(database, practiceId, run);

  /** In the transaction of the act: the one stands if and only if the other does. */
  const writeDown = (transaction: NoteTransaction, reader: NoteReader, action: 'note-written' | 'notes-destroyed', callId: string, time: TrustedTime, act: string): Promise<void> =>
    appendAudit(transaction, nowMsOf(time), { practiceId: reader.practiceId, actor: actorOfReader(reader), action, subject: { kind: 'call', id: callId }, detail: { act } });

  const openRow = (row: NoteRow, time: TrustedTime): string | undefined => {
    const destroyedAtMs = row.ends_at.getTime();
    if (!isReadable(destroyedAtMs, time.latestMs)) return undefined;
    // No key in its time: it was destroyed, or this database is a copy without its keys. Either way the note is no more.
    const key = keys.find(row.epoch, time.latestMs);
    return key === undefined ? undefined : openNote(key, { practiceId: row.practice_id, callId: row.call_id, destroyedAtMs }, row.text_sealed);
  };

  const viewOf = async (transaction: NoteTransaction, practiceId: string, callId: string, time: TrustedTime): Promise<NoteView> => {
    const id = callId as CallId;
    if (!time.mayRead) return { state: 'hidden', callId: id, reason: 'clock-at-odds' };
    const row = await findNote(transaction, practiceId, callId);
    if (row !== undefined) return viewOfRow(row, openRow(row, time));
    const slip = await findDestroyedNote(transaction, practiceId, callId);
    return slip === undefined ? { state: 'none', callId: id } : { state: 'destroyed', callId: id, destroyedAt: slip.destroyed_at.toISOString(), receiptId: slip.receipt_id };
  };

  /** Runs `run` for one who may see the call, at a time that can be trusted, with the note locked. */
  const withNote = async <Value>(reader: NoteReader, callId: string, run: (transaction: NoteTransaction, time: TrustedTime, call: CallFacts) => Promise<Result<Value, NoteRefusal>>): Promise<Result<Value, NoteRefusal>> => {
    const call = await calls.find(reader.practiceId, callId, reader);
    if (call === undefined) return refused('call-not-found');
    return inNotes(reader.practiceId, async (transaction) => {
      await lockNote(transaction, callId);
      // After the lock: waiting for it took time, and the key must be alive when it is used.
      const time = clock.read();
      return time.mayRead ? run(transaction, time, call) : refused('clock-at-odds');
    });
  };

  const seal = async (transaction: NoteTransaction, row: Omit<NoteRow, 'epoch' | 'text_sealed'>, text: string, time: TrustedTime): Promise<boolean> => {
    const destroyedAtMs = row.ends_at.getTime();
    if (!isReadable(destroyedAtMs, time.latestMs)) return false;
    const epoch = epochOf(destroyedAtMs);
    const key = keys.obtain(epoch, time.latestMs);
    if (key === undefined) return false;
    await storeNote(transaction, { ...row, epoch, text_sealed: sealNote(key, { practiceId: row.practice_id, callId: row.call_id, destroyedAtMs }, text) });
    return true;
  };

  return {
    async read(reader, callId) {
      const { practiceId } = reader;
      if ((await calls.find(practiceId, callId, reader)) === undefined) return refused('call-not-found');
      return ok(await inNotes(practiceId, (transaction) => viewOf(transaction, practiceId, callId, clock.read())));
    },

    async listOfCalls(reader, callIds) {
      const { practiceId } = reader;
      const seen = await calls.filterSeen(practiceId, callIds, reader);
      const views = await inNotes(practiceId, async (transaction) => {
        const listed: NoteView[] = [];
        for (const callId of seen) listed.push(await viewOf(transaction, practiceId, callId, clock.read()));
        return listed;
      });
      return views.filter(({ state }) => state !== 'none');
    },

    save(reader, { callId, operationId, baseRevision, baseText, text }) {
      const { practiceId, memberId } = reader;
      return withNote(reader, callId, async (transaction, time, call): Promise<Result<SavedNote, NoteRefusal>> => {
        const answer = async (outcome: SavedNote['outcome']): Promise<Result<SavedNote, NoteRefusal>> => ok({ note: await viewOf(transaction, practiceId, callId, time), outcome });
        if (await isOperationApplied(transaction, practiceId, operationId)) return answer('already-saved');
        if ((await findDestroyedNote(transaction, practiceId, callId)) !== undefined) return refused('note-destroyed');
        const row = await findNote(transaction, practiceId, callId);
        if (row === undefined && text === '') return answer('saved');
        const stored = row === undefined ? '' : openRow(row, time);
        if (stored === undefined) return refused('note-destroyed');

        const isApart = (row?.revision ?? 0) !== baseRevision;
        const merged = isApart ? mergeTexts(baseText, text, stored) : { text, hasBoth: false };
        if (merged.text.length > LONGEST_NOTE_CHARACTERS) return refused('note-too-long');
        const end = decideEnd(call, nowMsOf(time), row === undefined ? undefined : { destroyedAtMs: row.ends_at.getTime(), isFinal: row.is_end_final });
        const now = new Date(nowMsOf(time));
        const isKept = await seal(
          transaction,
          {
            practice_id: practiceId,
            call_id: callId,
            revision: (row?.revision ?? 0) + 1,
            ends_at: new Date(end.destroyedAtMs),
            is_end_final: end.isFinal,
            created_at: row?.created_at ?? now,
            updated_at: now,
            updated_by: memberId,
            // What was copied to the chart is no longer what stands here.
            copied_at: merged.text === stored ? (row?.copied_at ?? null) : null,
          },
          merged.text,
          time,
        );
        if (!isKept) return refused('note-destroyed');
        await rememberOperation(transaction, practiceId, operationId, callId);
        await writeDown(transaction, reader, 'note-written', callId, time, 'saved');
        return answer(merged.hasBoth ? 'merged-both' : isApart && merged.text !== text ? 'merged' : 'saved');
      });
    },

    markCopied(reader, callId, revision) {
      return withNote(reader, callId, async (transaction, time) => {
        const view = await viewOf(transaction, reader.practiceId, callId, time);
        if (view.state !== 'kept') return refused('note-destroyed');
        if (view.revision !== revision) return ok(view);
        await transaction.updateTable('note').set({ copied_at: new Date(nowMsOf(time)) }).where('practice_id', '=', reader.practiceId).where('call_id', '=', callId).execute();
        await writeDown(transaction, reader, 'note-written', callId, time, 'copied');
        return ok(await viewOf(transaction, reader.practiceId, callId, time));
      });
    },

    destroy(reader, callId) {
      return withNote(reader, callId, async (transaction, time) => {
        const now = new Date(nowMsOf(time));
        const receiptId = createId(now.getTime(), random);
        const epoch = await deleteNote(transaction, reader.practiceId, callId, now, receiptId);
        if (epoch !== undefined) {
          const body = encodeReceipt({ kind: 'quietline-purge-receipt', version: 1, id: receiptId, practiceId: reader.practiceId, reason: 'by-member', keyId: `epoch-${epoch}`, isKeyDestroyed: false, notes: 1, deletedAt: now.toISOString() });
          await storeReceipt(transaction, { practice_id: reader.practiceId, id: receiptId, created_at: now, body, signature: signer.sign(body) });
          await writeDown(transaction, reader, 'notes-destroyed', callId, time, 'byHand');
        }
        return ok(await viewOf(transaction, reader.practiceId, callId, time));
      });
    },

    async listEnding(reader) {
      const { practiceId } = reader;
      const time = clock.read();
      if (!time.mayRead) return [];
      const rows = await inNotes(practiceId, (transaction) => listEnding(transaction, practiceId, time.latestMs, time.latestMs + COPY_REMINDER_MS));
      const isVisible = await Promise.all(rows.map((row) => calls.find(practiceId, row.call_id, reader)));
      return rows.filter((_row, index) => isVisible[index] !== undefined).map((row) => viewOfRow(row, openRow(row, clock.read())));
    },

    async listReceipts({ practiceId }, limit) {
      const rows = await inNotes(practiceId, (transaction) => listReceipts(transaction, practiceId, limit));
      return rows.map(({ id, body, signature }) => ({ id, body, signature: signature.toString('base64url'), publicKey: signer.publicKey }));
    },

    async settle(practiceId, callId) {
      const call = await calls.find(practiceId, callId);
      if (call === undefined || call.endedAtMs === null) return;
      await inNotes(practiceId, async (transaction) => {
        await lockNote(transaction, callId);
        const time = clock.read();
        const row = await findNote(transaction, practiceId, callId);
        if (row === undefined || row.is_end_final || !time.mayRead) return;
        const text = openRow(row, time);
        // Too late to read is too late to settle: the sweep takes it.
        if (text === undefined) return;
        const end = decideEnd(call, nowMsOf(time), { destroyedAtMs: row.ends_at.getTime(), isFinal: false });
        await seal(transaction, { ...row, ends_at: new Date(end.destroyedAtMs), is_end_final: end.isFinal }, text, time);
      });
    },
  };
}

/** The wall clock, where it agrees with the line of accepted time; otherwise the line, which no jump has moved. */
export function nowMsOf(time: TrustedTime): number {
  return time.disagreementMs === null ? time.latestMs : time.acceptedMs;
}

function viewOfRow(row: NoteRow, text: string | undefined): NoteView {
  const callId = row.call_id as CallId;
  if (text === undefined) return { state: 'destroyed', callId, destroyedAt: row.ends_at.toISOString(), receiptId: null };
  return {
    state: 'kept',
    callId,
    text,
    revision: row.revision,
    destroyedAt: row.ends_at.toISOString(),
    isEndFinal: row.is_end_final,
    askToCopyAt: row.is_end_final ? new Date(row.ends_at.getTime() - COPY_REMINDER_MS).toISOString() : null,
    copiedAt: row.copied_at?.toISOString() ?? null,
    updatedAt: row.updated_at.toISOString(),
    updatedBy: row.updated_by as MemberId,
  };
}
