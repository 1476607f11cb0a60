/** How a practice answers: its greeting, its lines with voicemail, how long messages are kept, and what is heard on hold. Owns those settings; answers no call. */
import type { E164, LineId, MemberId } from '#contract/ids.ts';
import { ok, refused, type Result } from '#contract/result.ts';
import type { GreetingLanguage, VoicemailSettings } from '#contract/voicemail.ts';
import type { AuditActor } from '#contract/audit.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RecordCipher, RecordPlace } from '#server/platform/crypto/record-cipher.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import type { SealedColumn } from '#server/platform/storage/sealed-columns.ts';
import { decodeG711, encodeG711, levelSpeech, SAMPLE_RATE } from '#server/telephony/index.ts';
import { appendAudit } from '../audit/index.ts';
import { soundsOf } from './greeting.ts';
import type { VoicemailTables, VoicemailTransaction } from './voicemail-store.ts';

export interface AnsweringActor {
  readonly practiceId: string;
  readonly memberId: string;
  readonly actor: AuditActor;
}

export interface Answering {
  read(practiceId: string): Promise<VoicemailSettings>;
  change(who: AnsweringActor, settings: { retentionDays?: number | undefined; languages?: readonly GreetingLanguage[] | undefined; holdSound?: 'music' | 'silence' | undefined }): Promise<VoicemailSettings>;
  setLine(who: AnsweringActor, lineId: string, takesVoicemail: boolean): Promise<Result<VoicemailSettings, 'not-found' | 'line-not-answered-here'>>;
  recordGreeting(who: AnsweringActor, samples: Int16Array): Promise<Result<VoicemailSettings, 'nothing-spoken'>>;
  restoreGreeting(who: AnsweringActor): Promise<VoicemailSettings>;
  /** All that a caller hears before the beep. */
  openGreeting(practiceId: string): Promise<Int16Array>;
  holdSoundOf(practiceId: string): Promise<'music' | 'silence'>;
}

export const sealedGreetingColumns: readonly SealedColumn[] = [{ table: 'voicemail_greeting', column: 'recording_sealed', placeTable: 'voicemail_greeting', placeColumn: 'recording', rowId: 'practice_id::text' }];

const placeOf = (practiceId: string): RecordPlace => ({ practiceId, table: 'voicemail_greeting', column: 'recording', rowId: practiceId });

/** The practice's own recording; undefined where the default is spoken. */
export async function openGreeting(transaction: VoicemailTransaction, cipher: RecordCipher, practiceId: string): Promise<Int16Array | undefined> {
  const row = await transaction.selectFrom('voicemail_greeting').select('recording_sealed').where('practice_id', '=', practiceId).executeTakeFirst();
  if (row === undefined) return undefined;
  const octets = Buffer.from(cipher.open(placeOf(practiceId), row.recording_sealed), 'base64');
  const samples = new Int16Array(octets.length);
  decodeG711('PCMU', octets, 0, octets.length, samples);
  return samples;
}

export function createAnswering({ database, cipher, clock }: { database: Database; cipher: RecordCipher; clock: Pick<Clock, 'now'> }): Answering {
  const within = <Value>(practiceId: string, run: (transaction: VoicemailTransaction) => Promise<Value>): Promise<Value> => inPractice<VoicemailTables, Value>(database, practiceId, run);
  const write = (transaction: VoicemailTransaction, { practiceId, actor }: AnsweringActor, act: string, lineId?: string): Promise<void> =>
    appendAudit(transaction, clock.now(), { practiceId, actor, action: 'answering-changed', subject: lineId === undefined ? { kind: 'practice', id: practiceId } : { kind: 'line', id: lineId }, detail: { act } });

  const settingsOf = async (transaction: VoicemailTransaction, practiceId: string): Promise<VoicemailSettings> => {
    const practice = await transaction.selectFrom('practice').select(['voicemail_days', 'greeting_languages', 'hold_sound']).where('id', '=', practiceId).executeTakeFirstOrThrow();
    const greeting = await transaction.selectFrom('voicemail_greeting').select(['duration_ms', 'recorded_at', 'recorded_by_id']).where('practice_id', '=', practiceId).executeTakeFirst();
    const lines = await transaction.selectFrom('line').select(['id', 'name', 'number', 'takes_voicemail']).where('kind', '=', 'hosted').where('removed_at', 'is', null).where('proven_at', 'is not', null).orderBy('name').execute();
    return {
      lines: lines.map(({ id, name, number, takes_voicemail }) => ({ id: id as LineId, name, number: number as E164, takesVoicemail: takes_voicemail })),
      retentionDays: practice.voicemail_days,
      languages: practice.greeting_languages,
      greeting: greeting === undefined ? null : { durationMs: greeting.duration_ms, recordedAt: greeting.recorded_at.toISOString(), recordedBy: greeting.recorded_by_id as MemberId },
      holdSound: practice.hold_sound,
    };
  };

  return {
    read: (practiceId) => within(practiceId, (transaction) => settingsOf(transaction, practiceId)),

    change: (who, { retentionDays, languages, holdSound }) =>
      within(who.practiceId, async (transaction) => {
        const values = { ...(retentionDays === undefined ? {} : { voicemail_days: retentionDays }), ...(languages === undefined ? {} : { greeting_languages: [...new Set(languages)] }), ...(holdSound === undefined ? {} : { hold_sound: holdSound }) };
        if (Object.keys(values).length > 0) await transaction.updateTable('practice').set(values).where('id', '=', who.practiceId).execute();
        await write(transaction, who, 'settings');
        return settingsOf(transaction, who.practiceId);
      }),

    setLine: (who, lineId, takesVoicemail) =>
      within(who.practiceId, async (transaction) => {
        const line = await transaction.selectFrom('line').select(['kind', 'proven_at']).where('id', '=', lineId).where('removed_at', 'is', null).executeTakeFirst();
        if (line === undefined) return refused('not-found');
        if (line.kind !== 'hosted' || line.proven_at === null) return refused('line-not-answered-here');
        await transaction.updateTable('line').set({ takes_voicemail: takesVoicemail }).where('id', '=', lineId).execute();
        await write(transaction, who, takesVoicemail ? 'on' : 'off', lineId);
        return ok(await settingsOf(transaction, who.practiceId));
      }),

    async recordGreeting(who, samples) {
      const levelled = levelSpeech(samples);
      if (levelled === undefined) return refused('nothing-spoken');
      const octets = Buffer.alloc(levelled.samples.length);
      encodeG711('PCMU', levelled.samples, octets.length, octets, 0);
      const { practiceId, memberId } = who;
      const values = { recording_sealed: cipher.seal(placeOf(practiceId), octets.toString('base64')), duration_ms: Math.round((octets.length * 1_000) / SAMPLE_RATE), recorded_at: new Date(clock.now()), recorded_by_id: memberId };
      return within(practiceId, async (transaction) => {
        await transaction.insertInto('voicemail_greeting').values({ practice_id: practiceId, ...values }).onConflict((conflict) => conflict.column('practice_id').doUpdateSet(values)).execute();
        await write(transaction, who, 'greeting');
        return ok(await settingsOf(transaction, practiceId));
      });
    },

    restoreGreeting: (who) =>
      within(who.practiceId, async (transaction) => {
        await transaction.deleteFrom('voicemail_greeting').where('practice_id', '=', who.practiceId).execute();
        await write(transaction, who, 'default');
        return settingsOf(transaction, who.practiceId);
      }),

    openGreeting: (practiceId) =>
      within(practiceId, async (transaction) => {
        const { greeting_languages } = await transaction.selectFrom('practice').select('greeting_languages').where('id', '=', practiceId).executeTakeFirstOrThrow();
        return soundsOf(greeting_languages, await openGreeting(transaction, cipher, practiceId)).greeting;
      }),

    holdSoundOf: (practiceId) => within(practiceId, async (transaction) => (await transaction.selectFrom('practice').select('hold_sound').where('id', '=', practiceId).executeTakeFirst())?.hold_sound ?? 'music'),
  };
}
