/** A member's own recordings: levelled as they come, sealed to their rows, opened for their member alone. Decides nothing about calls. */
import type { AuditAction, AuditActor } from '#contract/audit.ts';
import type { MemberId, PracticeId, SpokenMessageId } from '#contract/ids.ts';
import { ok, refused, type Result } from '#contract/result.ts';
import { mostSpokenMessages, type SpokenMessageView } from '#contract/spoken-messages.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import type { RecordCipher, RecordPlace } from '#server/platform/crypto/record-cipher.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import { decodeG711, encodeG711, levelSpeech, SAMPLE_RATE } from '#server/telephony/index.ts';
import { appendAudit } from '../audit/index.ts';

interface SpokenMessageTables {
  spoken_message: { practice_id: string; id: string; member_id: string; name_sealed: Buffer; recording_sealed: Buffer; duration_ms: number; recorded_at: Date };
}
type Row = SpokenMessageTables['spoken_message'];

export interface MessageOwner {
  readonly practiceId: PracticeId;
  readonly memberId: MemberId;
}

/** An owner who changes something, as the audit names who acts. */
export interface MessageWriter extends MessageOwner {
  readonly actor: AuditActor;
}

export interface SpokenMessages {
  list(owner: MessageOwner): Promise<SpokenMessageView[]>;
  record(owner: MessageWriter, name: string, samples: Int16Array): Promise<Result<SpokenMessageView, 'nothing-spoken' | 'too-many'>>;
  rename(owner: MessageWriter, id: SpokenMessageId, name: string): Promise<SpokenMessageView | undefined>;
  /** The samples, as they are to be played; undefined where the member has no such message. */
  open(owner: MessageOwner, id: SpokenMessageId): Promise<Int16Array | undefined>;
  /** Whether there was one. */
  remove(owner: MessageWriter, id: SpokenMessageId): Promise<boolean>;
}

export interface SpokenMessagesParts {
  readonly database: Database;
  readonly cipher: RecordCipher;
  readonly clock: Clock;
  readonly random: RandomSource;
}

export function createSpokenMessages({ database, cipher, clock, random }: SpokenMessagesParts): SpokenMessages {
  const placeOf = ({ practiceId }: MessageOwner, column: 'name' | 'recording', rowId: string): RecordPlace => ({ practiceId, table: 'spoken_message', column, rowId });
  const viewOf = (owner: MessageOwner, row: Omit<Row, 'recording_sealed'>): SpokenMessageView => ({
    id: row.id as SpokenMessageId,
    name: cipher.open(placeOf(owner, 'name', row.id), row.name_sealed),
    durationMs: row.duration_ms,
    recordedAt: row.recorded_at.toISOString(),
  });
  const within = <Value>(owner: MessageOwner, run: Parameters<typeof inPractice<SpokenMessageTables, Value>>[2]): Promise<Value> => inPractice<SpokenMessageTables, Value>(database, owner.practiceId, run);
  const write = (transaction: unknown, { practiceId, actor }: MessageWriter, action: AuditAction, id: string): Promise<void> => appendAudit(transaction, clock.now(), { practiceId, actor, action, subject: { kind: 'spoken-message', id } });
  const told = ['practice_id', 'id', 'member_id', 'name_sealed', 'duration_ms', 'recorded_at'] as const;

  return {
    list: (owner) =>
      within(owner, async (transaction) => {
        const rows = await transaction.selectFrom('spoken_message').select(told).where('member_id', '=', owner.memberId).orderBy('recorded_at').orderBy('id').execute();
        return rows.map((row) => viewOf(owner, row));
      }),

    async record(owner, name, samples) {
      const levelled = levelSpeech(samples);
      if (levelled === undefined) return refused('nothing-spoken');
      const octets = Buffer.alloc(levelled.samples.length);
      encodeG711('PCMU', levelled.samples, octets.length, octets, 0);
      const id = createId(clock.now(), random);
      const row: Row = {
        practice_id: owner.practiceId,
        id,
        member_id: owner.memberId,
        name_sealed: cipher.seal(placeOf(owner, 'name', id), name),
        recording_sealed: cipher.seal(placeOf(owner, 'recording', id), octets.toString('base64')),
        duration_ms: Math.round((octets.length * 1_000) / SAMPLE_RATE),
        recorded_at: new Date(clock.now()),
      };
      return within(owner, async (transaction) => {
        const { count } = await transaction.selectFrom('spoken_message').select(({ fn }) => fn.countAll<string>().as('count')).where('member_id', '=', owner.memberId).executeTakeFirstOrThrow();
        if (Number(count) >= mostSpokenMessages) return refused('too-many');
        await transaction.insertInto('spoken_message').values(row).execute();
        await write(transaction, owner, 'spoken-message-recorded', id);
        return ok(viewOf(owner, row));
      });
    },

    rename: (owner, id, name) =>
      within(owner, async (transaction) => {
        const row = await transaction.updateTable('spoken_message').set({ name_sealed: cipher.seal(placeOf(owner, 'name', id), name) }).where('id', '=', id).where('member_id', '=', owner.memberId).returning(told).executeTakeFirst();
        if (row === undefined) return undefined;
        await write(transaction, owner, 'spoken-message-renamed', id);
        return viewOf(owner, row);
      }),

    open: (owner, id) =>
      within(owner, async (transaction) => {
        const row = await transaction.selectFrom('spoken_message').select('recording_sealed').where('id', '=', id).where('member_id', '=', owner.memberId).executeTakeFirst();
        if (row === undefined) return undefined;
        const octets = Buffer.from(cipher.open(placeOf(owner, 'recording', id), row.recording_sealed), 'base64');
        const samples = new Int16Array(octets.length);
        decodeG711('PCMU', octets, 0, octets.length, samples);
        return samples;
      }),

    remove: (owner, id) =>
      within(owner, async (transaction) => {
        const gone = await transaction.deleteFrom('spoken_message').where('id', '=', id).where('member_id', '=', owner.memberId).executeTakeFirst();
        if (gone.numDeletedRows === 0n) return false;
        await write(transaction, owner, 'spoken-message-removed', id);
        return true;
      }),
  };
}
