import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallId, DeviceId, E164, LineId, PartyId } from '#contract/ids.ts';
import { createFakeClock } from '#server/platform/clock/fake-clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { openKeyring } from '#server/platform/crypto/keyring.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import { createBlindIndex, createRecordCipher, type RecordCipher } from '#server/platform/crypto/record-cipher.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { inPractice } from '#server/platform/storage/database.ts';
import { createTestDatabase } from '#server/platform/storage/test-database.ts';
import type { TestDatabase } from '#server/platform/storage/test-database.ts';
import { listProvenLines, seedDemoLines } from '../lines/index.ts';
import { seedDemoPractice } from '../members/index.ts';
import type { DemoPractice } from '../members/index.ts';
import { defaultCallLimits } from './call-facts.ts';
import { startCall, stepCall } from './call-machine.ts';
import type { Call, CallEvent } from './call-facts.ts';
import type { CallRecord } from './call-record.ts';
import { createCallStore } from './call-store.ts';
import { openCallRow, type CallTables } from './call-row.ts';
import type { CallStore } from './call-store.ts';
import { createCallWriter } from './call-writer.ts';

const DEVICE = '018f0000-0000-7000-8000-00000000000d' as DeviceId;
const PATIENT = '+16125550123' as E164;

describe('the record of a call', () => {
  const clock = createFakeClock();
  let store: TestDatabase;
  let keys: string;
  let demo: DemoPractice;
  let lineId: LineId;
  let calls: CallStore;
  let cipher: RecordCipher;

  beforeAll(async () => {
    store = await createTestDatabase();
    keys = await mkdtemp(join(tmpdir(), 'quietline-keys-'));
    const seeds = { database: store.database, clock, random: systemRandom };
    demo = await seedDemoPractice({ ...seeds, isSandbox: true });
    await seedDemoLines({ ...seeds, practiceId: demo.practiceId });
    lineId = (await listProvenLines(store.database, demo.practiceId))[0]!.id;
    cipher = createRecordCipher(openKeyring(keys));
    calls = createCallStore({ database: store.database, cipher, index: createBlindIndex(openKeyring(keys)), serverName: 'one' });
  });
  afterAll(async () => {
    await store.drop();
    await rm(keys, { recursive: true });
  });

  const dial = async (into = calls): Promise<Call> => {
    clock.advance(5);
    const { call } = startCall(
      {
        id: createId(clock.now(), systemRandom) as CallId,
        practiceId: demo.practiceId,
        memberId: demo.memberId,
        number: PATIENT,
        partyName: null,
        line: { id: lineId, name: 'Lakeside Clinic', number: '+16125550100' as E164 },
        trunks: ['sandbox'],
        sandbox: true,
        limits: defaultCallLimits,
        deviceId: DEVICE,
        requestId: 'r',
        onBehalfOf: null,
        mediaAnswer: 'sdp',
      },
      clock.now(),
    );
    await into.insert(call);
    return call;
  };
  const list = (limit = 10): Promise<CallRecord[]> =>
    inPractice<CallTables, CallRecord[]>(store.database, demo.practiceId, async (transaction) => (await transaction.selectFrom('call').selectAll().orderBy('id', 'desc').limit(limit).execute()).map((row) => openCallRow(cipher, row)));
  const historyOf = (id: CallId): Promise<string[]> =>
    inPractice<CallTables, string[]>(store.database, demo.practiceId, async (transaction) =>
      (await transaction.selectFrom('call_transition').select(['version', 'event', 'state']).where('call_id', '=', id).orderBy('version').execute()).map(({ version, event, state }) => `${version} ${event} ${state}`),
    );

  test('holds each version and the history that led to it', async () => {
    let call = await dial();
    const writer = createCallWriter({ store: calls, clock, log: silentLog });
    const events: CallEvent[] = [{ type: 'party-progress', ringing: true, answer: undefined }, { type: 'party-answered', answer: 'sdp' }, { type: 'dtmf', digits: '4242#' }, { type: 'hang-up' }];
    for (const event of events) {
      clock.advance(1_000);
      ({ call } = stepCall(call, event, clock.now()));
      writer.write(call, event.type, null);
    }
    await writer.flushed();
    expect((await list())[0]).toMatchObject({ id: call.id, version: 4, state: 'ended', number: PATIENT, endReason: 'hung-up-by-member', answeredAt: call.answeredAt, suggestion: { outcome: 'reached', because: 'spoke-briefly' } });
    expect(await historyOf(call.id)).toEqual(['0 dialled connecting', '1 party-progress ringing', '2 party-answered talking', '3 dtmf talking', '4 hang-up ended']);
  });

  test('keeps how the call sounded with its last version', async () => {
    let call = await dial();
    const audio = { device: { codec: 'opus', lostShare: 0.2, jitterMs: 12, missedShare: 0.01, roundTripMs: 80, restoredShare: 0.18, concealedShare: 0.02 }, party: { codec: 'PCMU', lostShare: 0, jitterMs: 1, missedShare: null, roundTripMs: null }, added: [{ codec: 'PCMU', lostShare: 0.1, jitterMs: 2, missedShare: 0, roundTripMs: null }], report: { path: 'relay-tls' as const, concealedShare: 0.01 } };
    const writer = createCallWriter({ store: calls, clock, log: silentLog });
    ({ call } = stepCall(call, { type: 'party-answered', answer: 'sdp' }, clock.now()));
    writer.write(call, 'party-answered', null);
    ({ call } = stepCall(call, { type: 'hang-up' }, clock.now()));
    writer.noteAudio(audio);
    writer.write(call, 'hang-up', null);
    await writer.flushed();
    expect((await list(1))[0]).toMatchObject({ id: call.id, state: 'ended', audio });
  });

  test('keeps each added party with its number sealed, and ends those a killed server left, whatever becomes of the call', async () => {
    let call = stepCall(await dial(), { type: 'party-answered', answer: 'sdp' }, clock.now()).call;
    const party = { id: createId(clock.now(), systemRandom) as PartyId, role: 'family', name: null, number: '+16125550124' as E164, serviceId: null, hasCode: false } as const;
    await calls.insertParty(call, party, clock.now());
    ({ call } = stepCall(call, { type: 'add-party', party, isApart: false }, clock.now()));
    ({ call } = stepCall(call, { type: 'of-added', partyId: party.id, event: { type: 'party-answered', answer: 'sdp' } }, clock.now()));
    await calls.save(call, [], null);
    const row = () => inPractice<CallTables, { row: string; answered: boolean; end_reason: string | null }[]>(store.database, demo.practiceId, async (transaction) => (await sql<{ row: string; answered: boolean; end_reason: string | null }>`select call_party::text as row, answered_at is not null as answered, end_reason from call_party where id = ${party.id}`.execute(transaction)).rows);
    expect(await row()).toMatchObject([{ answered: true, end_reason: null }]);
    expect(JSON.stringify(await row())).not.toContain('5550124');
    expect(await calls.endLeftParties(clock.now())).toMatchObject([{ callId: call.id, party: { ...party, state: 'gone', end: { at: clock.now(), reason: 'server-restarted' } } }]);
    expect(await calls.endLeftParties(clock.now())).toEqual([]);
    await calls.endUnfinished(clock.now(), [call.id]);
    expect(await row()).toMatchObject([{ answered: true, end_reason: 'server-restarted' }]);
    expect((await list(1))[0]).toMatchObject({ id: call.id, state: 'talking', endedAt: null });
    await calls.save(stepCall(call, { type: 'hang-up' }, clock.now()).call, [], null);
  });

  test('is not brought back by an older version that comes late', async () => {
    const call = await dial();
    const ringing = stepCall(call, { type: 'party-progress', ringing: true, answer: undefined }, clock.now()).call;
    const ended = stepCall(ringing, { type: 'hang-up' }, clock.now()).call;
    await calls.save(ended, [], null);
    await calls.save(ringing, [], null);
    expect((await list(1))[0]).toMatchObject({ state: 'ended', version: 2 });
  });

  test('has the party\'s number and the keys pressed nowhere in the clear', async () => {
    let call = await dial();
    ({ call } = stepCall(call, { type: 'party-answered', answer: 'sdp' }, clock.now()));
    ({ call } = stepCall(call, { type: 'dtmf', digits: '90210' }, clock.now()));
    await calls.save(call, [{ version: 2, at: clock.now(), event: 'dtmf', state: 'talking' }], null);
    const everything = await inPractice<object, string>(store.database, demo.practiceId, async (transaction) => {
      const rows = [...(await sql`select c::text as row from call c`.execute(transaction)).rows, ...(await sql`select t::text as row from call_transition t`.execute(transaction)).rows];
      return JSON.stringify(rows);
    });
    expect(everything).not.toContain('6125550123');
    expect(everything).not.toContain(Buffer.from(PATIENT).toString('hex'));
    expect(everything).not.toContain('90210');
  });

  test('is ended at the next start of the server that left it, and shown once', async () => {
    const left = await dial();
    const other = createCallStore({ database: store.database, cipher, index: createBlindIndex(openKeyring(keys)), serverName: 'two' });
    const elsewhere = await dial(other);
    await calls.takeUnseenEnds(demo.practiceId, demo.memberId, 0, clock.now());
    clock.advance(1_000);
    expect(await calls.endUnfinished(clock.now())).toBeGreaterThan(0);
    expect(await calls.endUnfinished(clock.now())).toBe(0);
    const found = await list(100);
    expect(found.find(({ id }) => id === left.id)).toMatchObject({ state: 'ended', endReason: 'server-restarted', version: 1, endedAt: clock.now(), suggestion: { outcome: 'failed', because: 'lost-on-the-way' } });
    expect(found.find(({ id }) => id === elsewhere.id)).toMatchObject({ state: 'connecting', endedAt: null });
    expect(await historyOf(left.id)).toEqual(['0 dialled connecting', '1 server-restarted ended']);
    const acts = await inPractice<object, unknown[]>(store.database, demo.practiceId, async (transaction) => (await sql`select action, detail, actor->>'kind' as actor from audit_entry where subject_id = ${left.id}`.execute(transaction)).rows);
    expect(acts).toEqual([{ action: 'call-ended', detail: { reason: 'server-restarted' }, actor: 'system' }]);
    const unseen = await calls.takeUnseenEnds(demo.practiceId, demo.memberId, 0, clock.now());
    expect(unseen.map(({ id }) => id)).toContain(left.id);
    expect(await calls.takeUnseenEnds(demo.practiceId, demo.memberId, 0, clock.now())).toEqual([]);
  });

  test('is written later where the database was gone, with nothing of its history lost', async () => {
    let call = await dial();
    let isGone = true;
    const flaky: CallStore = { ...calls, save: async (...version) => (isGone ? Promise.reject(new Error('gone')) : calls.save(...version)) };
    const writer = createCallWriter({ store: flaky, clock, log: silentLog });
    for (const event of [{ type: 'party-answered', answer: 'sdp' }, { type: 'mute', muted: true }, { type: 'hang-up' }] as const) {
      ({ call } = stepCall(call, event, clock.now()));
      writer.write(call, event.type, null);
      await new Promise(setImmediate);
    }
    isGone = false;
    clock.advance(60_000);
    await writer.flushed();
    expect((await list(1))[0]).toMatchObject({ id: call.id, state: 'ended' });
    expect(await historyOf(call.id)).toEqual(['0 dialled connecting', '1 party-answered talking', '2 mute talking', '3 hang-up ended']);
  });
});
