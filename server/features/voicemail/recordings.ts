/**
 * What a caller says, sealed second by second as it is said: each chunk bound to its practice, its call and its place in it, under a key of
 * the message's own. Nothing of it is ever plain outside memory, and a kill costs the last second. Knows no telephone and no inbox.
 */
import type { KeyObject } from 'node:crypto';
import { sql } from 'kysely';
import type { Clock } from '#server/platform/clock/clock.ts';
import { openBytesWithKey, SEALED_OVERHEAD, sealWithKey, type RecordPlace } from '#server/platform/crypto/record-cipher.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import { encodeG711, SAMPLE_RATE } from '#server/telephony/index.ts';
import { deleteVoicemail, type VoicemailTables, type VoicemailTransaction } from './voicemail-store.ts';
import type { VoicemailKeys } from './voicemail-keys.ts';

/** Of mu-law: a second. */
export const CHUNK_OCTETS = SAMPLE_RATE;
/** Written behind the speaker by more than this, the message is given up: memory is no place for it. */
const MOST_WAITING = 30;
/** One key, one message: there is no other to tell it from. */
const KEY_ID = 0;

export interface Recording {
  /** The samples are taken at once. */
  add(frame: Int16Array): void;
  /** Resolves once all is written; with `isMessage` false, once nothing is left of it. Harmless when repeated. */
  end(isMessage: boolean): Promise<void>;
}

export interface RecordingParts {
  readonly database: Database;
  readonly keys: VoicemailKeys;
  readonly clock: Pick<Clock, 'now'>;
}

export interface MessagePlace {
  readonly practiceId: string;
  readonly callId: string;
}

const placeOf = ({ practiceId, callId }: MessagePlace, position: number): RecordPlace => ({ practiceId, table: 'voicemail_chunk', column: `audio ${position}`, rowId: callId });

export const sealChunk = (key: KeyObject, message: MessagePlace, position: number, octets: Uint8Array): Buffer => sealWithKey(key, KEY_ID, placeOf(message, position), octets);

/** Throws UnreadableRecordError for a chunk of another message, and for one of another place in this one. */
export const openChunk = (key: KeyObject, message: MessagePlace, position: number, sealed: Uint8Array): Buffer => openBytesWithKey(key, placeOf(message, position), sealed);

/** `onLost` once, when a chunk could not be written; what was written before stays. */
export function beginRecording({ database, keys, clock }: RecordingParts, message: MessagePlace, onLost: (cause: unknown) => void): Recording {
  const { practiceId, callId } = message;
  const key = keys.create(callId);
  const octets = new Uint8Array(CHUNK_OCTETS);
  let filled = 0;
  let position = 0;
  let waiting = 0;
  let isLost = false;
  let ended: Promise<void> | undefined;
  const within = <Value>(run: Parameters<typeof inPractice<VoicemailTables, Value>>[2]): Promise<Value> => inPractice<VoicemailTables, Value>(database, practiceId, run);

  let written: Promise<unknown> = Promise.resolve();
  const inTurn = (write: () => Promise<unknown>): void => {
    waiting += 1;
    written = written.then(async () => {
      try {
        if (!isLost) await write();
      } catch (cause) {
        lose(cause);
      } finally {
        waiting -= 1;
      }
    });
    if (waiting > MOST_WAITING) lose(new Error('The database does not keep up with the caller.'));
  };
  const lose = (cause: unknown): void => {
    if (isLost) return;
    isLost = true;
    onLost(cause);
  };
  inTurn(() => within((transaction) => transaction.insertInto('voicemail').values({ practice_id: practiceId, call_id: callId, received_at: new Date(clock.now()), duration_ms: null, done_at: null, done_by_id: null, removed_at: null }).execute()));

  const flush = (): void => {
    if (filled === 0) return;
    const row = { practice_id: practiceId, call_id: callId, position, audio_sealed: sealChunk(key, message, position, octets.subarray(0, filled)) };
    position += 1;
    filled = 0;
    inTurn(() => within((transaction) => transaction.insertInto('voicemail_chunk').values(row).execute()));
  };

  const finish = async (isMessage: boolean): Promise<void> => {
    if (isMessage) flush();
    octets.fill(0);
    await written;
    if (isMessage) return within((transaction) => settleDuration(transaction, message));
    // The key first: from here on nothing of it can be read, whatever happens next.
    keys.destroy(callId);
    await within((transaction) => deleteVoicemail(transaction, practiceId, callId));
  };

  return {
    add(frame) {
      if (ended !== undefined || isLost) return;
      for (let start = 0; start < frame.length; ) {
        const count = Math.min(frame.length - start, CHUNK_OCTETS - filled);
        encodeG711('PCMU', frame.subarray(start, start + count), count, octets, filled);
        filled += count;
        start += count;
        if (filled === CHUNK_OCTETS) flush();
      }
    },
    end: (isMessage) => (ended ??= finish(isMessage)),
  };
}

/** As long as what was kept of it, which is also all that a kill leaves. */
export async function settleDuration(transaction: VoicemailTransaction, { practiceId, callId }: MessagePlace): Promise<void> {
  await sql`
    update voicemail set duration_ms = (select coalesce(sum(length(audio_sealed) - ${SEALED_OVERHEAD}), 0) * 1000 / ${SAMPLE_RATE} from voicemail_chunk where practice_id = ${practiceId} and call_id = ${callId})
    where practice_id = ${practiceId} and call_id = ${callId}`.execute(transaction);
}
