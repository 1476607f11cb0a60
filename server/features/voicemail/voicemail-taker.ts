/** Takes calls to lines for which the practice has switched voicemail on: one session a call, its row in the log, its recording. Leaves every other call to the announcement. */
import type { CallerEnd } from '#contract/calls.ts';
import type { CallId, PartyNumber } from '#contract/ids.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RecordCipher } from '#server/platform/crypto/record-cipher.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import type { MediaEngine, SdesPolicy } from '#server/telephony/index.ts';
import type { IncomingHistory, IncomingRecord } from '../calls/index.ts';
import type { IncomingTaker } from '../incoming-calls/index.ts';
import { soundsOf } from './greeting.ts';
import { openGreeting } from './answering.ts';
import { beginRecording, settleDuration } from './recordings.ts';
import { startVoicemailSession, type VoicemailSession, type VoicemailSounds } from './voicemail-session.ts';
import { deleteVoicemail, type VoicemailTables, type VoicemailTransaction } from './voicemail-store.ts';
import type { VoicemailKeys } from './voicemail-keys.ts';

/** Each costs a media session of minutes and a row a second; whoever comes on top hears the announcement. */
export const MOST_AT_ONCE = 16;
/** A practice's messages before somebody hears or deletes some: an attack, or a practice that forgot them. */
export const MOST_KEPT = 2_000;

export interface VoicemailTakerParts {
  readonly database: Database;
  readonly cipher: RecordCipher;
  readonly keys: VoicemailKeys;
  readonly history: IncomingHistory;
  readonly engine: MediaEngine;
  readonly sdes: SdesPolicy;
  countryOf(practiceId: string): Promise<string>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface VoicemailTaker {
  readonly take: IncomingTaker;
  /** Ends the calls under way; what was said is kept. */
  close(): Promise<void>;
}

export function createVoicemailTaker(parts: VoicemailTakerParts): VoicemailTaker {
  const { database, history, clock, log } = parts;
  const running = new Set<{ readonly session: VoicemailSession; readonly settled: Promise<void> }>();
  let isClosing = false;

  const take: IncomingTaker = async (call, line) => {
    if (isClosing || running.size >= MOST_AT_ONCE) return false;
    const { practiceId } = line;
    const sounds = await readSounds(parts, practiceId, line.lineId);
    if (sounds === undefined) return false;
    const country = await parts.countryOf(practiceId);
    const caller = E164.test(call.caller ?? '') ? (call.caller as PartyNumber) : undefined;
    // The row before the answer: what somebody says must have a place to be found at.
    const record = await history.begin({ practiceId, line: { id: line.lineId, number: line.number }, caller });
    const message = { practiceId, callId: record.callId };
    const session = startVoicemailSession(
      {
        engine: parts.engine,
        sdes: parts.sdes,
        country,
        sounds,
        beginRecording: (onLost) => beginRecording({ database, keys: parts.keys, clock }, message, onLost),
        onAnswered: () => void record.noteAnswer().catch((cause: unknown) => log.error('incoming-call-not-noted', cause, { callId: record.callId })),
        clock,
        log,
      },
      call,
    );
    if (session === undefined) {
      await record.end('caller-left-nothing');
      return false;
    }
    const entry = { session, settled: settle(session, record).finally(() => running.delete(entry)) };
    running.add(entry);
    return true;
  };

  const settle = async (session: VoicemailSession, record: IncomingRecord): Promise<void> => {
    const isMessage = await session.finished;
    try {
      await record.end(isMessage ? 'caller-left-message' : 'caller-left-nothing');
      log.info('voicemail-taken', { callId: record.callId, isMessage });
    } catch (cause) {
      // The next start settles it.
      log.error('incoming-call-not-ended', cause, { callId: record.callId });
    }
  };

  return {
    take,
    async close() {
      isClosing = true;
      for (const { session } of running) session.stop();
      await Promise.all([...running].map(({ settled }) => settled));
    },
  };
}

const E164 = /^\+[1-9]\d{6,14}$/;

/** Undefined where calls to this line are not answered by voicemail. */
function readSounds({ database, cipher }: Pick<VoicemailTakerParts, 'database' | 'cipher'>, practiceId: string, lineId: string): Promise<VoicemailSounds | undefined> {
  return inPractice<VoicemailTables, VoicemailSounds | undefined>(database, practiceId, async (transaction) => {
    const line = await transaction.selectFrom('line').select('takes_voicemail').where('id', '=', lineId).executeTakeFirst();
    if (line?.takes_voicemail !== true) return undefined;
    const { count } = await transaction.selectFrom('voicemail').select(({ fn }) => fn.countAll<string>().as('count')).where('practice_id', '=', practiceId).executeTakeFirstOrThrow();
    if (Number(count) >= MOST_KEPT) return undefined;
    const { greeting_languages } = await transaction.selectFrom('practice').select('greeting_languages').where('id', '=', practiceId).executeTakeFirstOrThrow();
    return soundsOf(greeting_languages, await openGreeting(transaction, cipher, practiceId));
  });
}

/** After a kill: a call that left chunks left a message, as long as what was kept. */
export async function recoverVoicemail({ database, keys, history, listPractices, log }: Pick<VoicemailTakerParts, 'database' | 'keys' | 'history' | 'log'> & { readonly listPractices: () => Promise<readonly string[]> }): Promise<void> {
  const left = await history.settleLeft(({ practiceId, callId }) =>
    inPractice<VoicemailTables, CallerEnd>(database, practiceId, async (transaction) => ((await settleLeft(transaction, keys, practiceId, callId)) ? 'caller-left-message' : 'caller-left-nothing')),
  );
  if (left > 0) log.info('incoming-calls-settled', { count: left });
  // A key whose row was never written, or is in no practice any more, opens nothing.
  const known = new Set<string>();
  const held = keys.list();
  if (held.length === 0) return;
  for (const practiceId of await listPractices()) {
    const rows = await inPractice<VoicemailTables, { call_id: string }[]>(database, practiceId, (transaction) => transaction.selectFrom('voicemail').select('call_id').where('practice_id', '=', practiceId).where('call_id', 'in', held).execute());
    for (const { call_id } of rows) known.add(call_id);
  }
  for (const callId of held) if (!known.has(callId)) keys.destroy(callId);
}

async function settleLeft(transaction: VoicemailTransaction, keys: VoicemailKeys, practiceId: string, callId: CallId): Promise<boolean> {
  const chunk = await transaction.selectFrom('voicemail_chunk').select('position').where('practice_id', '=', practiceId).where('call_id', '=', callId).limit(1).executeTakeFirst();
  if (chunk !== undefined) {
    await settleDuration(transaction, { practiceId, callId });
    return true;
  }
  keys.destroy(callId);
  await deleteVoicemail(transaction, practiceId, callId);
  return false;
}
