/** Messages in a real PostgreSQL, without a telephone: who sees them, how they are sealed, how they end. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallId, E164, LineId, PartyNumber } from '#contract/ids.ts';
import { createFakeClock } from '#server/platform/clock/fake-clock.ts';
import { systemRandom as random } from '#server/platform/clock/random.ts';
import { openKeyring } from '#server/platform/crypto/keyring.ts';
import { createBlindIndex, createRecordCipher } from '#server/platform/crypto/record-cipher.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { inPractice } from '#server/platform/storage/database.ts';
import { createTestDatabase, type TestDatabase } from '#server/platform/storage/test-database.ts';
import { createIncomingHistory, type IncomingHistory } from '../calls/index.ts';
import { seedDemoLines } from '../lines/index.ts';
import { seedDemoPractice, type DemoPractice, type Reader } from '../members/index.ts';
import { createAnswering, type Answering } from './answering.ts';
import { beginRecording } from './recordings.ts';
import { sweepVoicemail } from './voicemail-sweep.ts';
import { recoverVoicemail } from './voicemail-taker.ts';
import type { VoicemailTables, VoicemailTransaction } from './voicemail-store.ts';
import { openVoicemailKeys, type VoicemailKeys } from './voicemail-keys.ts';
import { createVoicemails, type Voicemails } from './voicemails.ts';

const OSEI = '01890000-0000-7000-8000-00000000000e';
const STAFF = '01890000-0000-7000-8000-00000000000f';
const CALLER = '+16125550142' as PartyNumber;
const DAY_MS = 86_400_000;

describe('messages', () => {
  let store: TestDatabase;
  let demo: DemoPractice;
  let lee: Reader;
  let keys: VoicemailKeys;
  let history: IncomingHistory;
  let voicemails: Voicemails;
  let answering: Answering;
  let line: { id: LineId; number: E164 };
  let keptTo: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'quietline-voicemail-'));
  const clock = createFakeClock(Date.parse('2026-05-14T14:00:00Z'));
  const osei = (): Reader => ({ practiceId: demo.practiceId, memberId: OSEI, roles: ['physician'], actsFor: [] });
  const within = <Value>(run: (transaction: VoicemailTransaction) => Promise<Value>): Promise<Value> => inPractice<VoicemailTables, Value>(store.database, demo.practiceId, run);
  const sweep = (): Promise<number> => sweepVoicemail({ database: store.database, keys, acceptedNow: () => clock.now(), clock, log: silentLog }, demo.practiceId);
  const listed = async (reader: Reader, isDone = false): Promise<CallId[]> => (await voicemails.list(reader, { isDone, before: undefined, limit: 50 })).messages.map(({ callId }) => callId);
  const audit = (callId: CallId): Promise<string[]> => within(async (transaction) => (await sql<{ action: string }>`select action from audit_entry where subject_id = ${callId} order by seq`.execute(transaction)).rows.map(({ action }) => action));

  beforeAll(async () => {
    store = await createTestDatabase();
    const { database } = store;
    demo = await seedDemoPractice({ database, clock, random, isSandbox: true });
    await seedDemoLines({ database, clock, random, practiceId: demo.practiceId });
    await inPractice(database, demo.practiceId, async (transaction) => {
      for (const [id, roles] of [[OSEI, '{physician}'], [STAFF, '{staff}']]) await sql`insert into member (id, practice_id, name, created_at, roles) values (${id}, ${demo.practiceId}, ${id}, now(), ${roles}::text[])`.execute(transaction);
    });
    const keyring = openKeyring(folder);
    const [cipher, index] = [createRecordCipher(keyring), createBlindIndex(keyring)];
    keys = openVoicemailKeys(join(folder, 'voicemail-not-in-backups'));
    lee = { practiceId: demo.practiceId, memberId: demo.memberId, roles: ['physician', 'practice-admin'], actsFor: [] };
    answering = createAnswering({ database, cipher, clock });
    line = (await answering.read(demo.practiceId)).lines[0]!;
    history = createIncomingHistory({ database, cipher, index, keptToOf: async () => keptTo, onNews: () => {}, serverName: 'server', clock, random });
    voicemails = createVoicemails({ database, cipher, keys, namesOf: async () => new Map(), announce: () => {}, tellReader: () => {}, sweep, clock, log: silentLog });
  });
  afterAll(async () => {
    await store.drop();
    rmSync(folder, { recursive: true });
  });

  /** A message of so many seconds, each a tone of its own. */
  const leave = async ({ seconds = 3, caller = CALLER, isKilled = false }: { seconds?: number; caller?: PartyNumber | null; isKilled?: boolean } = {}): Promise<CallId> => {
    const record = await history.begin({ practiceId: demo.practiceId, line, caller: caller ?? undefined });
    const recording = beginRecording({ database: store.database, keys, clock }, { practiceId: demo.practiceId, callId: record.callId }, (cause) => {
      throw cause;
    });
    for (let second = 0; second < seconds; second += 1) recording.add(Int16Array.from({ length: 8_000 }, (_, at) => 3_000 * Math.sin((at * (second + 2)) / 9)));
    if (isKilled) {
      // What was begun is written by itself; nobody ends it.
      await expect.poll(() => within((transaction) => transaction.selectFrom('voicemail_chunk').select('position').where('call_id', '=', record.callId).execute())).toHaveLength(seconds);
      return record.callId;
    }
    await recording.end(true);
    await record.end('caller-left-message');
    return record.callId;
  };
  const hear = async (reader: Reader, callId: CallId, from = 0) => voicemails.listen(reader, callId, from);

  test('are heard whole, in pieces, by each member for themselves, and each first hearing is written down', async () => {
    const callId = await leave({ seconds: 12 });
    const first = await hear(lee, callId);
    expect(first).toMatchObject({ ok: true, value: { next: 10 } });
    expect(await hear(lee, callId, 10)).toMatchObject({ ok: true, value: { next: null } });
    expect(first.ok && first.value.octets.length).toBe(80_000);
    const views = await Promise.all([lee, osei()].map(async (reader) => voicemails.read(reader, callId)));
    expect(views.map((view) => view.ok && [view.value.isHeard, view.value.durationMs, view.value.number])).toEqual([[true, 12_000, CALLER], [false, 12_000, CALLER]]);
    expect(await audit(callId)).toEqual(['call-started', 'call-ended', 'voicemail-heard']);
    // One who begins in the middle has listened too.
    await hear(osei(), callId, 10);
    expect(await audit(callId)).toEqual(['call-started', 'call-ended', 'voicemail-heard', 'voicemail-heard']);
  });

  test('open nowhere but where they were sealed: not in another message, not in another place of their own', async () => {
    const [one, other] = [await leave(), await leave()];
    const chunk = (callId: CallId, position: number) => within((transaction) => transaction.selectFrom('voicemail_chunk').select('audio_sealed').where('call_id', '=', callId).where('position', '=', position).executeTakeFirstOrThrow());
    const put = (callId: CallId, position: number, { audio_sealed }: { audio_sealed: Buffer }) => within((transaction) => transaction.updateTable('voicemail_chunk').set({ audio_sealed }).where('call_id', '=', callId).where('position', '=', position).execute());
    const [mine, second, theirs] = [await chunk(one, 0), await chunk(one, 1), await chunk(other, 0)];
    await put(one, 0, theirs);
    await expect(hear(lee, one)).rejects.toThrow('altered-or-moved');
    await put(one, 0, second);
    await expect(hear(lee, one)).rejects.toThrow('altered-or-moved');
    const flipped = Buffer.from(mine.audio_sealed);
    flipped[40]! ^= 1;
    await put(one, 0, { audio_sealed: flipped });
    await expect(hear(lee, one)).rejects.toThrow('altered-or-moved');
    await put(one, 0, mine);
    expect(await hear(lee, one)).toMatchObject({ ok: true });
    await within((transaction) => transaction.deleteFrom('voicemail_chunk').where('call_id', '=', one).where('position', '=', 1).execute());
    await expect(hear(lee, one)).rejects.toThrow('gap');
  });

  test('are the whole practice’s, or of those to whom the caller is kept and who work for them; never the operator’s, and never another practice’s', async () => {
    const open = await leave();
    keptTo = [OSEI];
    const kept = await leave();
    keptTo = [];
    const staff: Reader = { practiceId: demo.practiceId, memberId: STAFF, roles: ['staff'], actsFor: [OSEI] };
    const readers: [Reader, boolean, boolean][] = [
      [lee, true, false],
      [osei(), true, true],
      [staff, true, true],
      [{ ...staff, actsFor: [] }, true, false],
      [{ ...lee, roles: ['operator'] }, false, false],
      [{ ...lee, practiceId: '01890000-0000-7000-8000-0000000000b0' }, false, false],
    ];
    for (const [reader, seesOpen, seesKept] of readers) {
      const ids = await listed(reader);
      expect([ids.includes(open), ids.includes(kept)]).toEqual([seesOpen, seesKept]);
      expect((await hear(reader, open)).ok).toBe(seesOpen);
      expect((await voicemails.remove(reader, kept)).ok).toBe(seesKept);
      if (seesKept) await voicemails.restore(reader, kept);
    }
  });

  test('are settled for everybody, taken away with half a minute to give them back, and then gone with their key', async () => {
    const callId = await leave();
    await voicemails.setDone(osei(), callId, true);
    expect([await listed(lee), await listed(lee, true)].map((ids) => ids.includes(callId))).toEqual([false, true]);
    await voicemails.setDone(lee, callId, false);
    await voicemails.remove(lee, callId);
    expect(await voicemails.read(lee, callId)).toEqual({ ok: false, refusal: 'not-found' });
    clock.advance(20_000);
    expect(await voicemails.restore(osei(), callId)).toMatchObject({ ok: true });
    await voicemails.remove(lee, callId);
    clock.advance(30_000);
    await expect.poll(() => keys.find(callId)).toBeUndefined();
    await expect.poll(() => voicemails.restore(lee, callId)).toEqual({ ok: false, refusal: 'not-found' });
    expect(await within((transaction) => transaction.selectFrom('voicemail_chunk').select('position').where('call_id', '=', callId).execute())).toEqual([]);
    expect((await audit(callId)).slice(2)).toEqual(['voicemail-written', 'voicemail-written', 'voicemail-written', 'voicemail-written', 'voicemail-written', 'voicemail-destroyed']);
  });

  test('end with the practice’s days, heard or not; what else there is stays', async () => {
    const who = { practiceId: demo.practiceId, memberId: demo.memberId, actor: { kind: 'member' as const, memberId: demo.memberId } };
    const old = await leave();
    clock.advance(7 * DAY_MS - 60_000);
    const young = await leave();
    await answering.change(who, { retentionDays: 7, languages: ['en'], holdSound: 'music' });
    await sweep();
    expect(keys.find(old)).toBeDefined();
    clock.advance(60_000);
    expect(await sweep()).toBeGreaterThan(0);
    expect([keys.find(old), keys.find(young) === undefined]).toEqual([undefined, false]);
    expect(await listed(lee)).toEqual([young]);
    expect(await sweep()).toBe(0);
    expect(await audit(old)).toContain('voicemail-destroyed');
  });

  test('without their key, as after a restore, still say who called and when', async () => {
    const callId = await leave();
    keys.destroy(callId);
    expect(await voicemails.read(lee, callId)).toMatchObject({ ok: true, value: { number: CALLER, durationMs: 3_000, isReadable: false } });
    expect(await hear(lee, callId)).toEqual({ ok: false, refusal: 'unreadable' });
  });

  test('of a caller who withheld the number say no number', async () => {
    const callId = await leave({ caller: null });
    expect(await voicemails.read(lee, callId)).toMatchObject({ ok: true, value: { number: null, partyName: null } });
  });

  test('that a kill cut off are as long as what was kept; of a call that left nothing no row and no key stay', async () => {
    const callId = await leave({ seconds: 4, isKilled: true });
    const silent = await history.begin({ practiceId: demo.practiceId, line, caller: CALLER });
    keys.create(silent.callId);
    const ofNoCall = '01890000-0000-7000-8000-0000000000dd';
    keys.create(ofNoCall);
    expect(await listed(lee)).not.toContain(callId);
    await recoverVoicemail({ database: store.database, keys, history, listPractices: async () => [demo.practiceId], log: silentLog });
    expect(await voicemails.read(lee, callId)).toMatchObject({ ok: true, value: { durationMs: 4_000 } });
    expect(await hear(lee, callId)).toMatchObject({ ok: true, value: { next: null } });
    const ends = await within((transaction) => transaction.selectFrom('call').select(['id', 'end_reason']).where('id', 'in', [callId, silent.callId]).execute());
    expect(new Map(ends.map(({ id, end_reason }) => [id, end_reason]))).toEqual(new Map([[callId, 'caller-left-message'], [silent.callId, 'caller-left-nothing']]));
    expect(readdirSync(join(folder, 'voicemail-not-in-backups')).filter((name) => name.includes(silent.callId) || name.includes(ofNoCall))).toEqual([]);
  });

  test('nobody spoke in leave no row and no key', async () => {
    const record = await history.begin({ practiceId: demo.practiceId, line, caller: CALLER });
    const recording = beginRecording({ database: store.database, keys, clock }, { practiceId: demo.practiceId, callId: record.callId }, () => {});
    recording.add(new Int16Array(20_000));
    await recording.end(false);
    expect(keys.find(record.callId)).toBeUndefined();
    expect(await within((transaction) => transaction.selectFrom('voicemail').select('call_id').where('call_id', '=', record.callId).execute())).toEqual([]);
  });
});

describe('how a practice answers', () => {
  test('is its own greeting behind the emergency sentence, until the default is restored; only lines answered here take messages', async () => {
    const store = await createTestDatabase();
    const folder = mkdtempSync(join(tmpdir(), 'quietline-answering-'));
    try {
      const clock = createFakeClock(Date.parse('2026-05-14T14:00:00Z'));
      const { database } = store;
      const { practiceId, memberId } = await seedDemoPractice({ database, clock, random, isSandbox: true });
      await seedDemoLines({ database, clock, random, practiceId });
      const verified = '01890000-0000-7000-8000-0000000000f1';
      await inPractice(database, practiceId, (transaction) => sql`insert into line (id, practice_id, name, number, kind, is_default, created_at, proven_at) values (${verified}, ${practiceId}, 'Desk', '+16125550177', 'verified', false, now(), now())`.execute(transaction));
      const answering = createAnswering({ database, cipher: createRecordCipher(openKeyring(folder)), clock });
      const who = { practiceId, memberId, actor: { kind: 'member' as const, memberId } };
      const spoken = await answering.openGreeting(practiceId);
      expect(await answering.recordGreeting(who, new Int16Array(16_000))).toEqual({ ok: false, refusal: 'nothing-spoken' });
      const own = Int16Array.from({ length: 16_000 }, (_, at) => 4_000 * Math.sin(at / 7) * (at % 4_000 < 3_000 ? 1 : 0));
      expect(await answering.recordGreeting(who, own)).toMatchObject({ ok: true, value: { greeting: { recordedBy: memberId } } });
      const recorded = await answering.openGreeting(practiceId);
      // The emergency sentence is the same to its end; what follows is not.
      expect(recorded.slice(0, 36_000)).toEqual(spoken.slice(0, 36_000));
      expect(recorded.length).not.toBe(spoken.length);
      await answering.restoreGreeting(who);
      expect(await answering.openGreeting(practiceId)).toEqual(spoken);
      await answering.change(who, { retentionDays: 90, languages: ['en', 'es'], holdSound: 'silence' });
      expect((await answering.openGreeting(practiceId)).length).toBeGreaterThan(spoken.length * 2);
      expect([await answering.holdSoundOf(practiceId), (await answering.read(practiceId)).retentionDays]).toEqual(['silence', 90]);
      expect(await answering.setLine(who, verified, true)).toEqual({ ok: false, refusal: 'line-not-answered-here' });
      expect(await answering.setLine(who, '01890000-0000-7000-8000-0000000000f2', true)).toEqual({ ok: false, refusal: 'not-found' });
    } finally {
      await store.drop();
      rmSync(folder, { recursive: true });
    }
  });
});
