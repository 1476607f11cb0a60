/** What a member does with the log: reads and searches it, says what came of a call, writes what is next, takes it along as a file. Owns the order of asking, writing and telling. */
import type { CallbackTimes, CallLogEntry, CallLogFilter } from '#contract/call-log.ts';
import type { CallOutcome } from '#contract/call-outcome.ts';
import type { CallId, MemberId, PartyNumber } from '#contract/ids.ts';
import { ok, refused, type Result } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import { appendAudit } from '../audit/index.ts';
import { viewOfRecord, type NamesOf } from '../calls/index.ts';
import type { Contacts } from '../contacts/index.ts';
import { actorOfReader, listMemberNames, listThoseWhoSee, listThoseWhoSeeCaller, type Reader } from '../members/index.ts';
import { exportCalls } from './call-log-export-policy.ts';
import { readWholeNumber } from './whole-number-policy.ts';
import { measureCallbacks } from './callback-times.ts';
import { findCall, listOfContact, listOpenSteps, listSaidOf, searchCalls, storeNextStep, storeOutcome, storeStepDone, type CallLogTables, type CallLogTransaction, type LoggedCall, type Sealing } from './call-log-store.ts';
import { healthOf } from './number-health-policy.ts';

/** Where the reader's practice is: how numbers and days are read. */
export interface PracticePlace {
  readonly country: string;
  readonly timeZone: string;
}

export interface LogPage {
  readonly before?: CallId | undefined;
  readonly limit: number;
}

export type LogFilter = { readonly [Key in keyof CallLogFilter]: CallLogFilter[Key] | undefined } & Pick<CallLogFilter, 'text' | 'whose'>;

export interface CallLog {
  search(reader: Reader, place: PracticePlace, filter: LogFilter, page: LogPage): Promise<{ calls: CallLogEntry[]; hasMore: boolean }>;
  read(reader: Reader, callId: string): Promise<Result<CallLogEntry, 'call-not-found'>>;
  listOfContact(reader: Reader, contactId: string): Promise<Result<CallLogEntry[], 'contact-not-found'>>;
  setOutcome(reader: Reader, callId: string, outcome: CallOutcome | null): Promise<Result<CallLogEntry, 'call-not-found' | 'call-not-over'>>;
  setNextStep(reader: Reader, callId: string, step: { text: string; dueOn: string } | null): Promise<Result<CallLogEntry, 'call-not-found'>>;
  setNextStepDone(reader: Reader, callId: string, isDone: boolean): Promise<Result<CallLogEntry, 'call-not-found' | 'no-next-step'>>;
  listOpenSteps(reader: Reader): Promise<CallLogEntry[]>;
  /** `weekdays`: on which the practice is open, ISO 8601. */
  measureCallbacks(reader: Reader, place: PracticePlace, weekdays: readonly number[]): Promise<CallbackTimes>;
  exportCsv(reader: Reader, place: PracticePlace, filter: LogFilter): Promise<{ text: string; count: number; isWhole: boolean }>;
  /** To the devices of all who see the call: it is there, or something about it is new. Nobody waits for it. */
  announce(practiceId: string, call: { id: CallId; madeBy: MemberId | null; onBehalfOf: MemberId | null; keptTo?: readonly string[] }): Promise<void>;
}

export interface CallLogParts {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly contacts: Pick<Contacts, 'read' | 'setHealth'>;
  /** Numbers of those whom a text finds: contacts, and the sandbox's patients. */
  readonly findNumbers: (reader: Reader, text: string) => Promise<readonly string[]>;
  readonly namesOf: NamesOf;
  readonly tellLogChanged: (memberIds: readonly MemberId[], callId: CallId) => void;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

const MOST_OF_A_CONTACT = 200;
const MOST_OPEN_STEPS = 200;
const MOST_EXPORTED = 50_000;
const ROWS_A_READ = 1_000;

export function createCallLog({ database, sealing, contacts, findNumbers, namesOf, tellLogChanged, clock, log }: CallLogParts): CallLog {
  const inLog = <Value>({ practiceId }: Reader, run: (transaction: CallLogTransaction) => Promise<Value>): Promise<Value> => inPractice<CallLogTables, Value>(database, practiceId, run);

  const entriesOf = async (reader: Reader, logged: readonly LoggedCall[]): Promise<CallLogEntry[]> => {
    const numbers = [...new Set(logged.flatMap(({ call, others }) => [...(call.number === null ? [] : [call.number]), ...others.map(({ number }) => number)]))];
    const names = numbers.length === 0 ? new Map<string, string>() : await namesOf(reader, numbers);
    return logged.map(({ call, outcome, nextStep, others }) => ({
      ...viewOfRecord(call, call.number === null ? null : (names.get(call.number) ?? null)),
      suggestion: call.suggestion,
      outcome: outcome === null ? null : { ...outcome, at: new Date(outcome.at).toISOString() },
      nextStep,
      audio: call.audio,
      others: others.map(({ role, service, number }) => ({ role, name: service ?? names.get(number) ?? null })),
    }));
  };

  const numbersOf = async (reader: Reader, { country }: PracticePlace, text: string): Promise<readonly string[] | undefined> => {
    if (text === '') return undefined;
    const whole = readWholeNumber(text, country);
    return whole === undefined ? findNumbers(reader, text) : [...new Set([whole, ...(await findNumbers(reader, text))])];
  };

  const announce: CallLog['announce'] = async (practiceId, { id, madeBy, onBehalfOf, keptTo = [] }) => {
    if (madeBy === null) return tellLogChanged(await listThoseWhoSeeCaller(database, practiceId, keptTo), id);
    const seeing = await listThoseWhoSee(database, practiceId, onBehalfOf ?? madeBy);
    tellLogChanged([...new Set([madeBy, ...seeing])], id);
  };

  /** One write to a call that the reader sees, with its entry in the audit; then all who see it are told. */
  const write = async <Refusal>(reader: Reader, callId: string, act: string, run: (transaction: CallLogTransaction, found: LoggedCall) => Promise<Result<undefined, Refusal>>): Promise<Result<CallLogEntry, Refusal | 'call-not-found'>> => {
    const written = await inLog(reader, async (transaction): Promise<Result<LoggedCall, Refusal | 'call-not-found'>> => {
      const found = await findCall(transaction, sealing, reader, callId);
      if (found === undefined) return refused('call-not-found');
      const done = await run(transaction, found);
      if (!done.ok) return done;
      const now = (await findCall(transaction, sealing, reader, callId))!;
      await appendAudit(transaction, clock.now(), { practiceId: reader.practiceId, actor: actorOfReader(reader), action: 'call-written', subject: { kind: 'call', id: callId }, detail: { act } });
      return ok(now);
    });
    if (!written.ok) return written;
    const { call } = written.value;
    announce(reader.practiceId, call).catch((cause: unknown) => log.error('log-not-announced', cause, { callId: call.id }));
    const [entry] = await entriesOf(reader, [written.value]);
    return ok(entry!);
  };

  /** From the start each time, so that a word taken back leaves nothing of itself. */
  const renewHealth = async (reader: Reader, number: PartyNumber): Promise<void> => {
    const said = await inLog(reader, (transaction) => listSaidOf(transaction, sealing, reader.practiceId, number));
    await contacts.setHealth(reader.practiceId, number, healthOf(said));
  };

  return {
    announce,

    async search(reader, place, { text, ...filter }, { before, limit }) {
      const numbers = await numbersOf(reader, place, text);
      // One more than asked for tells whether there are more, without counting them.
      const found = numbers?.length === 0 ? [] : await inLog(reader, (transaction) => searchCalls(transaction, sealing, reader, { ...filter, numbers, timeZone: place.timeZone, before, limit: limit + 1 }));
      return { calls: await entriesOf(reader, found.slice(0, limit)), hasMore: found.length > limit };
    },

    async read(reader, callId) {
      const found = await inLog(reader, (transaction) => findCall(transaction, sealing, reader, callId));
      return found === undefined ? refused('call-not-found') : ok((await entriesOf(reader, [found]))[0]!);
    },

    async listOfContact(reader, contactId) {
      const contact = await contacts.read(reader, contactId);
      if (!contact.ok) return contact;
      const numbers = contact.value.details.numbers.map(({ number }) => number);
      return ok(await entriesOf(reader, await inLog(reader, (transaction) => listOfContact(transaction, sealing, reader, { id: contactId, numbers }, MOST_OF_A_CONTACT))));
    },

    async setOutcome(reader, callId, outcome) {
      const written = await write<'call-not-over'>(reader, callId, 'outcome', async (transaction, { call }) => {
        if (call.endedAt === null) return refused('call-not-over');
        await storeOutcome(transaction, reader, callId, outcome, new Date(clock.now()));
        return ok(undefined);
      });
      if (written.ok && written.value.number !== null) await renewHealth(reader, written.value.number);
      return written;
    },

    setNextStep: (reader, callId, step) =>
      write<never>(reader, callId, 'nextStep', async (transaction) => {
        await storeNextStep(transaction, sealing, reader, callId, step, new Date(clock.now()));
        return ok(undefined);
      }),

    setNextStepDone: (reader, callId, isDone) =>
      write<'no-next-step'>(reader, callId, 'nextStepDone', async (transaction) => ((await storeStepDone(transaction, reader, callId, isDone, new Date(clock.now()))) ? ok(undefined) : refused('no-next-step'))),

    listOpenSteps: async (reader) => entriesOf(reader, await inLog(reader, (transaction) => listOpenSteps(transaction, sealing, reader, MOST_OPEN_STEPS))),

    measureCallbacks: (reader, { timeZone }, weekdays) => inLog(reader, (transaction) => measureCallbacks(transaction, reader.practiceId, clock.now(), { weekdays, timeZone })),

    async exportCsv(reader, place, { text, ...filter }) {
      const numbers = await numbersOf(reader, place, text);
      const entries: CallLogEntry[] = [];
      let isWhole = true;
      for (let before: string | undefined; numbers === undefined || numbers.length > 0; before = entries.at(-1)?.id) {
        const limit = Math.min(ROWS_A_READ, MOST_EXPORTED - entries.length) + 1;
        const found = await inLog(reader, (transaction) => searchCalls(transaction, sealing, reader, { ...filter, numbers, timeZone: place.timeZone, before, limit }));
        entries.push(...(await entriesOf(reader, found.slice(0, limit - 1))));
        if (found.length < limit) break;
        isWhole = entries.length < MOST_EXPORTED;
        if (!isWhole) break;
      }
      const memberNames = await listMemberNames(database, reader.practiceId);
      await inLog(reader, (transaction) => appendAudit(transaction, clock.now(), { practiceId: reader.practiceId, actor: actorOfReader(reader), action: 'call-log-exported', detail: { calls: entries.length, isWhole } }));
      return { text: exportCalls(entries, { timeZone: place.timeZone, nameOf: (memberId) => memberNames.get(memberId) ?? '' }), count: entries.length, isWhole };
    },
  };
}
