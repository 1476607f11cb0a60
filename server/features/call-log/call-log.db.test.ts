import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CallOutcome, callOutcomes } from '#contract/call-outcome.ts';
import type { CallerEnd, EndReason } from '#contract/calls.ts';
import { contactDetailsSchema } from '#contract/contacts.ts';
import type { CallId, DeviceId, E164, LineId, MemberId, PracticeId } from '#contract/ids.ts';
import type { Role } from '#contract/sign-in.ts';
import { createFakeClock, type FakeClock } from '#server/platform/clock/fake-clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { openKeyring, type Keyring } from '#server/platform/crypto/keyring.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import { createBlindIndex, createRecordCipher } from '#server/platform/crypto/record-cipher.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { inInstallation, inPractice } from '#server/platform/storage/database.ts';
import { createTestDatabase, type TestDatabase } from '#server/platform/storage/test-database.ts';
import { defaultCallLimits, type Call } from '../calls/call-facts.ts';
import { startCall } from '../calls/call-machine.ts';
import { createCallStore, type CallStore } from '../calls/call-store.ts';
import { fillInOldCalls, placeOfPartyNumber } from '../calls/index.ts';
import { createContactDirectories } from '../contacts/contact-directory.ts';
import { createContacts, type Contacts } from '../contacts/contacts.ts';
import { createSignIn, maySeeCall, type Reader } from '../members/index.ts';
import { createCallLog, type CallLog } from './call-log.ts';

const PLACE = { country: 'US', timeZone: 'America/Chicago' };
const ROSALIND = '+14805550167' as E164;
const WALTER = '+16125550142' as E164;
/** 14:31 in Chicago. */
const NOON = Date.UTC(2026, 4, 14, 19, 31);
const PAGE = { before: undefined, limit: 50 };
const ALL = { text: '', whose: 'all' as const };

let store: TestDatabase;
let keys: string;
let keyring: Keyring;
let clock: FakeClock;
let calls: CallStore;
let contacts: Contacts;
let callLog: CallLog;
let told: { memberIds: readonly string[]; callId: string }[];
let practiceId: PracticeId;
let lineId: LineId;
let practices = 0;
const people = new Map<string, MemberId>();

beforeAll(async () => {
  store = await createTestDatabase();
  keys = await mkdtemp(join(tmpdir(), 'quietline-keys-'));
  keyring = openKeyring(keys);
});
afterAll(async () => {
  await store.drop();
  await rm(keys, { recursive: true });
});

/** A practice of its own for each test: Dr. Lee with Priya, Dr. Osei with Marta, an admin who is neither. */
beforeEach(async () => {
  clock = createFakeClock(NOON);
  const { database } = store;
  const sealing = { cipher: createRecordCipher(keyring), index: createBlindIndex(keyring) };
  practiceId = createId(NOON, systemRandom) as PracticeId;
  lineId = createId(NOON, systemRandom) as LineId;
  await inInstallation(database, (transaction) => sql`insert into practice (id, name, country, time_zone, is_sandbox, created_at) values (${practiceId}, 'Lakeside', 'US', 'America/Chicago', false, now())`.execute(transaction));
  const members: [string, Role[]][] = [['Dr. Lee', ['physician']], ['Dr. Osei', ['physician']], ['Priya Nair', ['staff']], ['Marta Quinn', ['staff']], ['Ada Min', ['practice-admin']]];
  await inPractice(database, practiceId, async (transaction) => {
    for (const [name, roles] of members) {
      const id = createId(NOON, systemRandom) as MemberId;
      people.set(name, id);
      await sql`insert into member (id, practice_id, name, created_at, roles) values (${id}, ${practiceId}, ${name}, now(), ${roles}::text[])`.execute(transaction);
    }
    for (const [staff, physician] of [['Priya Nair', 'Dr. Lee'], ['Marta Quinn', 'Dr. Osei']] as const) {
      await sql`insert into acting_for values (${practiceId}, ${people.get(staff)}, ${people.get(physician)}, now())`.execute(transaction);
    }
    await sql`insert into line (id, practice_id, name, number, kind, is_default, created_at) values (${lineId}, ${practiceId}, 'Lakeside Clinic', ${`+1612${String(++practices).padStart(7, '0')}`}, 'hosted', true, now())`.execute(transaction);
  });
  calls = createCallStore({ database, ...sealing, serverName: 'one' });
  contacts = createContacts({ database, sealing, directories: createContactDirectories({ database, sealing, monotonicMs: () => clock.monotonic() }), clock, random: systemRandom });
  told = [];
  callLog = createCallLog({
    database, sealing, contacts, clock,
    findNumbers: (reader, text) => contacts.findNumbers(reader, text),
    namesOf: (reader, numbers) => contacts.namesOf(reader, numbers),
    tellLogChanged: (memberIds, callId) => told.push({ memberIds, callId }),
    log: silentLog,
  });
});

const who = (name: string): Reader => {
  const roles: Record<string, Role[]> = { 'Dr. Lee': ['physician'], 'Dr. Osei': ['physician'], 'Priya Nair': ['staff'], 'Marta Quinn': ['staff'], 'Ada Min': ['practice-admin'] };
  const actsFor: Record<string, string[]> = { 'Priya Nair': [people.get('Dr. Lee')!], 'Marta Quinn': [people.get('Dr. Osei')!] };
  return { practiceId, memberId: people.get(name)!, roles: roles[name]!, actsFor: actsFor[name] ?? [] };
};

interface Made {
  by?: string;
  on?: string;
  to?: E164;
  /** Seconds of talk; null: nobody answered. */
  talkedS?: number | null;
  end?: EndReason | null;
}

/** A call that rang six seconds, a minute after the one before. */
async function make({ by = 'Dr. Lee', on, to = ROSALIND, talkedS = 372, end = 'hung-up-by-member' }: Made = {}): Promise<CallId> {
  clock.advance(60_000);
  const startedAt = clock.now();
  const id = createId(startedAt, systemRandom) as CallId;
  const line = { id: lineId, name: 'Lakeside Clinic', number: '+16125550100' as E164 };
  const dialled = { id, practiceId, memberId: people.get(by)!, onBehalfOf: on === undefined ? null : people.get(on)!, number: to, partyName: null, line, trunks: ['t'], sandbox: false, limits: defaultCallLimits, deviceId: createId(startedAt, systemRandom) as DeviceId, requestId: 'r', mediaAnswer: 'sdp' };
  const { call } = startCall(dialled, startedAt);
  await calls.insert(call);
  const answeredAt = talkedS === null ? null : startedAt + 6_500;
  const over: Call = { ...call, version: 3, party: 'gone', ringingAt: startedAt + 500, answeredAt, end: end === null ? null : { at: (answeredAt ?? startedAt + 30_000) + (talkedS ?? 0) * 1_000, reason: end } };
  await calls.save(over, [], null);
  return id;
}

const idsSeen = async (name: string, filter: object = {}): Promise<CallId[]> => (await callLog.search(who(name), PLACE, { ...ALL, ...filter }, PAGE)).calls.map(({ id }) => id);

describe('the log', () => {
  test('shows each reader what the policy says, whoever made the call, for whom, over or not; one call or the list', async () => {
    const names = ['Dr. Lee', 'Dr. Osei', 'Priya Nair', 'Marta Quinn', 'Ada Min'];
    const made: { id: CallId; by: string; on: string | undefined; isOver: boolean }[] = [];
    for (const by of names) for (const on of [undefined, 'Dr. Lee', 'Dr. Osei']) for (const isOver of [true, false]) if (by !== on) made.push({ id: await make({ by, ...(on === undefined ? {} : { on }), end: isOver ? 'hung-up-by-party' : null }), by, on, isOver });
    const strangers: Reader[] = [{ ...who('Dr. Lee'), roles: ['operator'] }, { ...who('Priya Nair'), roles: ['practice-admin'] }, { ...who('Priya Nair'), actsFor: [] }];
    for (const reader of [...names.map(who), ...strangers]) {
      const expected = made.filter(({ by, on, isOver }) => maySeeCall(reader, { madeBy: people.get(by)!, onBehalfOf: on === undefined ? null : people.get(on)!, isOver }));
      const { calls: seen } = await callLog.search(reader, PLACE, ALL, PAGE);
      expect(seen.map(({ id }) => id)).toEqual(expected.map(({ id }) => id).toReversed());
      for (const { id } of made) {
        const isSeen = expected.some((each) => each.id === id);
        expect((await callLog.read(reader, id)).ok, `${reader.memberId} ${id}`).toBe(isSeen);
        expect(await calls.findTimes(practiceId, id, reader) !== undefined).toBe(isSeen);
        if (!isSeen) {
          expect(await callLog.setOutcome(reader, id, 'reached')).toEqual({ ok: false, refusal: 'call-not-found' });
          expect(await callLog.setNextStep(reader, id, { text: 'x', dueOn: '2026-05-20' })).toEqual({ ok: false, refusal: 'call-not-found' });
          expect(await callLog.setNextStepDone(reader, id, true)).toEqual({ ok: false, refusal: 'call-not-found' });
        }
      }
    }
  });

  test('says who else was on a call, by the service’s name or the contact’s, and leaves out who never came', async () => {
    const id = await make();
    const cipher = createRecordCipher(keyring);
    const serviceId = createId(NOON, systemRandom);
    const details = contactDetailsSchema.parse({ givenName: 'Walter', familyName: 'Brandt', numbers: [{ number: WALTER, label: 'mobile' }] });
    await contacts.add(who('Dr. Lee'), details);
    await inPractice(store.database, practiceId, async (transaction) => {
      await sql`insert into interpreter_service (practice_id, id, name, number, languages, created_at, removed_at) values (${practiceId}, ${serviceId}, 'Petra', '+16125550175', '{}', now(), now())`.execute(transaction);
      const others = [['interpreter', serviceId, '+16125550175', 1], ['family', null, WALTER, 2], ['other', null, '+16125550199', 3], ['other', null, '+16125550198', null]] as const;
      for (const [role, service, number, answered] of others) {
        const party = createId(NOON, systemRandom);
        const at = new Date(NOON + (answered ?? 4) * 1_000);
        await sql`insert into call_party (practice_id, id, call_id, role, number_sealed, service_id, started_at, answered_at) values (${practiceId}, ${party}, ${id}, ${role}, ${cipher.seal(placeOfPartyNumber(practiceId, party), number)}, ${service}, ${at}, ${answered === null ? null : at})`.execute(transaction);
      }
    });
    const read = await callLog.read(who('Dr. Lee'), id);
    expect(read.ok && read.value.others).toEqual([{ role: 'interpreter', name: 'Petra' }, { role: 'family', name: 'Walter Brandt' }, { role: 'other', name: null }]);
  });

  test('is nobody’s in another practice', async () => {
    const id = await make();
    const other: Reader = { ...who('Dr. Lee'), practiceId: createId(NOON, systemRandom) };
    expect((await callLog.search(other, PLACE, ALL, PAGE)).calls).toEqual([]);
    expect(await callLog.read(other, id)).toEqual({ ok: false, refusal: 'call-not-found' });
  });

  test('is read page by page, newest first', async () => {
    const made: CallId[] = [];
    for (let count = 0; count < 7; count++) made.unshift(await make());
    const first = await callLog.search(who('Dr. Lee'), PLACE, ALL, { before: undefined, limit: 3 });
    const second = await callLog.search(who('Dr. Lee'), PLACE, ALL, { before: first.calls[2]!.id, limit: 4 });
    expect([first, second].map(({ hasMore }) => hasMore)).toEqual([true, false]);
    expect([...first.calls, ...second.calls].map(({ id }) => id)).toEqual(made);
  });

  test('finds a whole number as the country writes it, and a name by what is known of contacts; half a number finds contacts alone', async () => {
    await contacts.add(who('Dr. Lee'), contactDetailsSchema.parse({ givenName: 'Walter', familyName: 'Okafor', numbers: [{ number: WALTER, label: 'mobile' }] }));
    const [toRosalind, toWalter] = [await make(), await make({ to: WALTER })];
    for (const text of ['(480) 555-0167', '480 555 0167', '+1 480-555-0167']) expect(await idsSeen('Dr. Lee', { text })).toEqual([toRosalind]);
    for (const text of ['walter', 'Okafor W', '555-0142']) expect(await idsSeen('Dr. Lee', { text })).toEqual([toWalter]);
    for (const text of ['555-0167', 'rosalind', '%', "' or true --"]) expect(await idsSeen('Dr. Lee', { text })).toEqual([]);
  });

  test('is filtered by outcome as said, or as suggested where nobody said one; by day of the practice, line, direction and whose', async () => {
    const early = await make({ talkedS: null, end: 'busy' });
    const own = await make();
    const forLee = await make({ by: 'Priya Nair', on: 'Dr. Lee' });
    await callLog.setOutcome(who('Dr. Lee'), own, 'wrong-number');
    expect(await idsSeen('Dr. Lee', { outcome: 'busy' })).toEqual([early]);
    expect(await idsSeen('Dr. Lee', { outcome: 'reached' })).toEqual([forLee]);
    expect(await idsSeen('Dr. Lee', { outcome: 'wrong-number' })).toEqual([own]);
    expect(await idsSeen('Dr. Lee', { memberId: people.get('Priya Nair') })).toEqual([forLee]);
    expect(await idsSeen('Priya Nair', { whose: 'mine' })).toEqual([forLee]);
    expect(await idsSeen('Priya Nair', { whose: 'acted-for' })).toEqual([forLee, own, early]);
    expect(await idsSeen('Dr. Lee', { lineId: lineId })).toHaveLength(3);
    expect(await idsSeen('Dr. Lee', { direction: 'incoming' })).toEqual([]);
    expect(await idsSeen('Dr. Lee', { from: '2026-05-14', to: '2026-05-14' })).toHaveLength(3);
    expect(await idsSeen('Dr. Lee', { from: '2026-05-15' })).toEqual([]);
    // 23:59 in Chicago is the next day in Greenwich already.
    clock.advance(9 * 3_600_000);
    const late = await make();
    expect(await idsSeen('Dr. Lee', { from: '2026-05-14', to: '2026-05-14' })).toContain(late);
  });

  test('of before its search finds its calls once they are filled in', async () => {
    const id = await make({ talkedS: null, end: 'busy' });
    await inPractice(store.database, practiceId, (transaction) => sql`update call set number_index = null, suggested_outcome = null, suggested_because = null where id = ${id}`.execute(transaction));
    expect(await idsSeen('Dr. Lee', { text: ROSALIND })).toEqual([]);
    await fillInOldCalls(store.database, { cipher: createRecordCipher(keyring), index: createBlindIndex(keyring) });
    expect(await idsSeen('Dr. Lee', { text: ROSALIND, outcome: 'busy' })).toEqual([id]);
  });

  test('goes out as CSV with names and without formulas, and the audit says that it did', async () => {
    await contacts.add(who('Dr. Lee'), contactDetailsSchema.parse({ givenName: '=HYPERLINK("http://evil")', numbers: [{ number: ROSALIND, label: 'mobile' }] }));
    const id = await make({ by: 'Priya Nair', on: 'Dr. Lee' });
    await callLog.setOutcome(who('Priya Nair'), id, 'reached');
    await callLog.setNextStep(who('Dr. Lee'), id, { text: '@SUM(1)', dueOn: '2026-05-20' });
    const { text, count, isWhole } = await callLog.exportCsv(who('Dr. Lee'), PLACE, ALL);
    expect({ count, isWhole }).toEqual({ count: 1, isWhole: true });
    expect(text.split('\r\n')[1]).toBe(`2026-05-14,14:32:00,outgoing,"'=HYPERLINK(""http://evil"")",+1 480 555 0167,Lakeside Clinic,Priya Nair,Dr. Lee,hung-up-by-member,372,reached,Priya Nair,'@SUM(1),2026-05-20,`);
    const acts = await inPractice<object, { rows: unknown[] }>(store.database, practiceId, (transaction) => sql`select action, detail from audit_entry where action = 'call-log-exported'`.execute(transaction));
    expect(acts.rows).toEqual([{ action: 'call-log-exported', detail: { calls: 1, isWhole: true } }]);
    expect((await callLog.exportCsv(who('Dr. Osei'), PLACE, ALL)).count).toBe(0);
  });
});

describe('an outcome', () => {
  test('is suggested, said by one, changed by another, taken back; all who see the call are told, and nobody else', async () => {
    const id = await make({ by: 'Priya Nair', on: 'Dr. Lee' });
    expect(await callLog.read(who('Dr. Lee'), id)).toMatchObject({ value: { madeBy: people.get('Priya Nair'), onBehalfOf: people.get('Dr. Lee'), suggestion: { outcome: 'reached', because: 'spoke' }, outcome: null } });
    expect(await callLog.setOutcome(who('Priya Nair'), id, 'reached')).toMatchObject({ value: { outcome: { outcome: 'reached', by: people.get('Priya Nair') } } });
    expect(await callLog.setOutcome(who('Dr. Lee'), id, 'call-screened')).toMatchObject({ value: { outcome: { outcome: 'call-screened', by: people.get('Dr. Lee') } } });
    expect(await callLog.setOutcome(who('Dr. Lee'), id, null)).toMatchObject({ value: { outcome: null, suggestion: { outcome: 'reached' } } });
    await expect.poll(() => told.length).toBe(3);
    for (const { memberIds, callId } of told) expect({ callId, memberIds: [...memberIds].sort() }).toEqual({ callId: id, memberIds: [people.get('Dr. Lee')!, people.get('Priya Nair')!].sort() });
  });

  test('is not said of a call that goes on', async () => {
    const id = await make({ end: null });
    expect(await callLog.setOutcome(who('Dr. Lee'), id, 'reached')).toEqual({ ok: false, refusal: 'call-not-over' });
  });

  test('tells the contact whether the number works, and taken back it tells what was known before', async () => {
    const { id: contactId } = await contacts.add(who('Dr. Lee'), contactDetailsSchema.parse({ givenName: 'Rosalind', numbers: [{ number: ROSALIND, label: 'mobile' }, { number: WALTER, label: 'home' }] }));
    const numbers = async () => {
      const read = await contacts.read(who('Dr. Osei'), contactId);
      return read.ok ? read.value.details.numbers.map(({ health, lastReachedAt }) => [health, lastReachedAt]) : [];
    };
    const [first, second] = [await make(), await make()];
    const endOfFirst = await callLog.read(who('Dr. Lee'), first);
    const reachedAt = endOfFirst.ok ? endOfFirst.value.endedAt : '';
    await callLog.setOutcome(who('Dr. Lee'), first, 'reached');
    expect(await numbers()).toEqual([['works', reachedAt], ['unknown', null]]);
    await callLog.setOutcome(who('Dr. Lee'), second, 'mailbox-full');
    expect(await numbers()).toEqual([['mailbox-full', reachedAt], ['unknown', null]]);
    await callLog.setOutcome(who('Dr. Lee'), second, null);
    expect(await numbers()).toEqual([['works', reachedAt], ['unknown', null]]);
  });

  test('can be every word of the contract', async () => {
    const id = await make();
    for (const outcome of callOutcomes satisfies readonly CallOutcome[]) expect(await callLog.setOutcome(who('Dr. Lee'), id, outcome)).toMatchObject({ ok: true, value: { outcome: { outcome } } });
  });
});

describe('a next step', () => {
  test('is written, found when due, done by another, undone, and lies sealed', async () => {
    const [later, sooner] = [await make(), await make({ by: 'Priya Nair', on: 'Dr. Lee' })];
    await callLog.setNextStep(who('Dr. Lee'), later, { text: 'Call about potassium', dueOn: '2026-05-20' });
    await callLog.setNextStep(who('Priya Nair'), sooner, { text: 'Ask the daughter', dueOn: '2026-05-15' });
    const due = async (name: string) => (await callLog.listOpenSteps(who(name))).map(({ nextStep }) => `${nextStep?.dueOn} ${nextStep?.text}`);
    expect(await due('Dr. Lee')).toEqual(['2026-05-15 Ask the daughter', '2026-05-20 Call about potassium']);
    expect(await due('Dr. Osei')).toEqual([]);
    expect(await callLog.setNextStepDone(who('Dr. Lee'), sooner, true)).toMatchObject({ value: { nextStep: { by: people.get('Priya Nair'), doneBy: people.get('Dr. Lee') } } });
    expect(await due('Priya Nair')).toEqual(['2026-05-20 Call about potassium']);
    await callLog.setNextStepDone(who('Dr. Lee'), sooner, false);
    expect(await due('Priya Nair')).toHaveLength(2);
    const rows = await inPractice<object, { rows: unknown[] }>(store.database, practiceId, (transaction) => sql`select t::text as row from next_step t`.execute(transaction));
    expect(JSON.stringify(rows.rows)).not.toMatch(/potassium|daughter/i);
    expect(JSON.stringify(rows.rows)).not.toContain(Buffer.from('potassium').toString('hex'));
    expect(await callLog.setNextStep(who('Dr. Lee'), sooner, null)).toMatchObject({ value: { nextStep: null } });
    expect(await callLog.setNextStepDone(who('Dr. Lee'), sooner, true)).toEqual({ ok: false, refusal: 'no-next-step' });
  });
});

describe('the calls of a contact', () => {
  test('are those to their numbers, as the reader may see them, and those they had when they were called', async () => {
    const { id, version } = await contacts.add(who('Dr. Lee'), contactDetailsSchema.parse({ givenName: 'Rosalind', numbers: [{ number: WALTER, label: 'mobile' }] }));
    const old = await make({ to: WALTER });
    await contacts.noteCall(practiceId, old, WALTER, clock.now());
    await contacts.change(who('Dr. Lee'), { id, version }, contactDetailsSchema.parse({ givenName: 'Rosalind', numbers: [{ number: ROSALIND, label: 'mobile' }] }));
    const now = await make();
    const byOsei = await make({ by: 'Dr. Osei' });
    const listed = async (name: string) => {
      const result = await callLog.listOfContact(who(name), id);
      return result.ok ? result.value.map((call) => call.id) : result.refusal;
    };
    expect(await listed('Dr. Lee')).toEqual([now, old]);
    expect(await listed('Dr. Osei')).toEqual([byOsei]);
    expect(await callLog.listOfContact(who('Dr. Lee'), createId(NOON, systemRandom))).toEqual({ ok: false, refusal: 'contact-not-found' });
  });
});

test('a session knows whom its member works for, and forgets it with the role', async () => {
  const signIn = createSignIn({ database: store.database, clock, random: systemRandom });
  const opened = await signIn.redeemLink(await signIn.issueLink(practiceId, people.get('Priya Nair')!));
  if (!opened.ok) throw new Error(opened.refusal);
  expect(opened.value.session.actsFor).toEqual([{ id: people.get('Dr. Lee'), name: 'Dr. Lee', mayBeCalledFor: true }]);
  await inPractice(store.database, practiceId, (transaction) => sql`update member set disabled_at = now() where id = ${people.get('Dr. Lee')}`.execute(transaction));
  expect((await signIn.findSession(opened.value.sessionToken))?.actsFor).toMatchObject([{ name: 'Dr. Lee', mayBeCalledFor: false }]);
  await inPractice(store.database, practiceId, (transaction) => sql`update member set roles = '{practice-admin}' where id = ${people.get('Priya Nair')}`.execute(transaction));
  expect((await signIn.findSession(opened.value.sessionToken))?.actsFor).toEqual([]);
});

describe('calls back', () => {
  const call = (minutesAgo: number, direction: 'incoming' | 'outgoing', number: E164, wasTaken: boolean, end: EndReason | CallerEnd = 'hung-up-by-party'): Promise<unknown> => {
    const at = new Date(NOON - minutesAgo * 60_000);
    const id = createId(at.getTime(), systemRandom);
    const index = createBlindIndex(keyring).of(practiceId, 'phone', number);
    return inPractice(store.database, practiceId, (transaction) =>
      sql`insert into call (id, practice_id, member_id, server_name, version, direction, state, number_sealed, number_index, line_id, line_name, line_number, is_sandbox, device_id, started_at, answered_at, ended_at, end_reason)
        values (${id}, ${practiceId}, ${people.get('Dr. Lee')}, 'test', 0, ${direction}, 'ended', ''::bytea, ${index}, ${lineId}, 'Lakeside', '+16125550100', false, ${createId(NOON, systemRandom)}, ${at}, ${wasTaken ? at : null}, ${at}, ${end})`.execute(transaction));
  };

  test('are measured from the end of the call that nobody took to the next word with that number, and whoever waits still counts', async () => {
    const measure = () => callLog.measureCallbacks(who('Ada Min'), PLACE, [1, 2, 3, 4, 5]);
    expect(await measure()).toEqual({ days: 90, missed: 0, calledBack: 0, medianDays: null });
    // Called back after half a day; two messages before they called again and were taken; one that nobody missed; one from long ago.
    await call(2_000, 'incoming', ROSALIND, false);
    await call(1_280, 'outgoing', ROSALIND, false);
    await call(2_880, 'incoming', WALTER, true, 'caller-left-message');
    await call(1_440, 'incoming', WALTER, true, 'caller-left-nothing');
    await call(110, 'incoming', WALTER, true);
    await call(91 * 1_440, 'incoming', WALTER, false);
    expect(await measure()).toEqual({ days: 90, missed: 3, calledBack: 3, medianDays: 1 });
    await call(20, 'incoming', ROSALIND, false);
    await call(10, 'incoming', ROSALIND, false);
    expect(await measure()).toEqual({ days: 90, missed: 5, calledBack: 3, medianDays: 2 });
    await call(5, 'incoming', ROSALIND, false);
    expect(await measure()).toEqual({ days: 90, missed: 6, calledBack: 3, medianDays: null });
  });

  test('count the days on which the practice is open, by its own midnight', async () => {
    // NOON is a Thursday: missed on Saturday at 14:31, called back on Monday at 14:31.
    await call(5 * 1_440, 'incoming', ROSALIND, false);
    await call(3 * 1_440, 'outgoing', ROSALIND, false);
    const measure = async (weekdays: number[]) => (await callLog.measureCallbacks(who('Ada Min'), PLACE, weekdays)).medianDays;
    expect([await measure([1, 2, 3, 4, 5]), await measure([1, 2, 3, 4, 5, 6, 7]), await measure([2])]).toEqual([0.7, 2, 0]);
  });
});
