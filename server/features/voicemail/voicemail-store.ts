/** The rows of voicemail: which messages there are, who has heard them, and their sealed chunks. Opens nothing, and decides nothing about who may see them (calls/call-row.ts). */
import { sql, type Generated, type Transaction } from 'kysely';
import type { MemberId } from '#contract/ids.ts';
import type { RecordCipher } from '#server/platform/crypto/record-cipher.ts';
import { isSeenBy, openCallRow, type CallTables } from '../calls/index.ts';
import type { Reader } from '../members/index.ts';

export interface VoicemailTables extends CallTables {
  voicemail: { practice_id: string; call_id: string; received_at: Date; duration_ms: number | null; done_at: Date | null; done_by_id: string | null; removed_at: Date | null };
  voicemail_chunk: { practice_id: string; call_id: string; position: number; audio_sealed: Buffer };
  voicemail_heard: { practice_id: string; call_id: string; member_id: string; heard_at: Date };
  voicemail_greeting: { practice_id: string; recording_sealed: Buffer; duration_ms: number; recorded_at: Date; recorded_by_id: string };
  practice: { id: string; is_sandbox: boolean; voicemail_days: Generated<number>; greeting_languages: Generated<('en' | 'es')[]>; hold_sound: Generated<'music' | 'silence'> };
  line: { id: string; practice_id: string; name: string; number: string; kind: 'hosted' | 'verified'; proven_at: Date | null; removed_at: Date | null; takes_voicemail: Generated<boolean> };
}

export type VoicemailTransaction = Transaction<VoicemailTables>;

export interface StoredVoicemail {
  readonly call: ReturnType<typeof openCallRow>;
  readonly receivedAt: Date;
  readonly durationMs: number;
  readonly done: { readonly at: Date; readonly by: MemberId } | null;
  /** The physicians to whom the caller is kept. */
  readonly keptTo: readonly string[];
  readonly heardBy: readonly { readonly memberId: MemberId; readonly at: Date }[];
}

/** Finished ones that nobody has taken away, as the reader may see them. */
const seen = (transaction: VoicemailTransaction, reader: Reader) =>
  transaction
    .selectFrom('voicemail')
    .innerJoin('call', (join) => join.onRef('call.practice_id', '=', 'voicemail.practice_id').onRef('call.id', '=', 'voicemail.call_id'))
    .where('voicemail.practice_id', '=', reader.practiceId)
    .where('voicemail.duration_ms', 'is not', null)
    .where(isSeenBy(reader));

async function read(transaction: VoicemailTransaction, cipher: RecordCipher, query: ReturnType<typeof seen>): Promise<StoredVoicemail[]> {
  const rows = await query.selectAll('call').select(['voicemail.received_at', 'voicemail.duration_ms', 'voicemail.done_at', 'voicemail.done_by_id']).execute();
  if (rows.length === 0) return [];
  const heard = await transaction.selectFrom('voicemail_heard').select(['call_id', 'member_id', 'heard_at']).where('call_id', 'in', rows.map(({ id }) => id)).orderBy('heard_at').execute();
  return rows.map(({ received_at, duration_ms, done_at, done_by_id, ...row }) => ({
    call: openCallRow(cipher, row),
    receivedAt: received_at,
    durationMs: duration_ms ?? 0,
    keptTo: row.kept_to,
    done: done_at === null ? null : { at: done_at, by: done_by_id as MemberId },
    heardBy: heard.filter(({ call_id }) => call_id === row.id).map(({ member_id, heard_at }) => ({ memberId: member_id as MemberId, at: heard_at })),
  }));
}

/** Newest first. */
export function listVoicemail(transaction: VoicemailTransaction, cipher: RecordCipher, reader: Reader, { isDone, before, limit }: { isDone: boolean; before: string | undefined; limit: number }): Promise<StoredVoicemail[]> {
  let query = seen(transaction, reader).where('voicemail.removed_at', 'is', null).where('voicemail.done_at', isDone ? 'is not' : 'is', null);
  if (before !== undefined) query = query.where('call.id', '<', before);
  return read(transaction, cipher, query.orderBy('call.id', 'desc').limit(limit));
}

/** `isRemoved`: among those that a member took away half a minute ago or less. */
export async function findVoicemail(transaction: VoicemailTransaction, cipher: RecordCipher, reader: Reader, callId: string, { isRemoved = false } = {}): Promise<StoredVoicemail | undefined> {
  return (await read(transaction, cipher, seen(transaction, reader).where('call.id', '=', callId).where('voicemail.removed_at', isRemoved ? 'is not' : 'is', null)))[0];
}

export async function readChunks(transaction: VoicemailTransaction, practiceId: string, callId: string, from: number, count: number): Promise<{ position: number; sealed: Buffer }[]> {
  const rows = await transaction.selectFrom('voicemail_chunk').select(['position', 'audio_sealed']).where('practice_id', '=', practiceId).where('call_id', '=', callId).where('position', '>=', from).orderBy('position').limit(count).execute();
  return rows.map(({ position, audio_sealed }) => ({ position, sealed: audio_sealed }));
}

export async function insertHeard(transaction: VoicemailTransaction, { practiceId, memberId }: Reader, callId: string, at: Date): Promise<void> {
  await transaction.insertInto('voicemail_heard').values({ practice_id: practiceId, call_id: callId, member_id: memberId, heard_at: at }).onConflict((conflict) => conflict.doNothing()).execute();
}

/** The calls whose messages end now: kept for as long as the practice says, or taken away by hand and not given back. */
export async function listDue(transaction: VoicemailTransaction, practiceId: string, now: Date, removedBefore: Date): Promise<{ callId: string; isRemoved: boolean }[]> {
  const { rows } = await sql<{ call_id: string; is_removed: boolean }>`
    select call_id, removed_at is not null as is_removed from voicemail join practice on practice.id = voicemail.practice_id
    where voicemail.practice_id = ${practiceId} and (received_at <= ${now}::timestamptz - practice.voicemail_days * interval '24 hours' or removed_at <= ${removedBefore})`.execute(transaction);
  return rows.map(({ call_id, is_removed }) => ({ callId: call_id, isRemoved: is_removed }));
}

export async function deleteVoicemail(transaction: VoicemailTransaction, practiceId: string, callId: string): Promise<boolean> {
  const gone = await transaction.deleteFrom('voicemail').where('practice_id', '=', practiceId).where('call_id', '=', callId).executeTakeFirst();
  return gone.numDeletedRows > 0n;
}
