/** Puts the feature together: what main gives it, and what it gives main. */
import type { CallState } from '#contract/calls.ts';
import type { CallId, MemberId, PracticeId } from '#contract/ids.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import type { BlindIndex, RecordCipher } from '#server/platform/crypto/record-cipher.ts';
import type { SocketRoute } from '#server/platform/http/socket-server.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { Database } from '#server/platform/storage/database.ts';
import type { CallCarrier, MediaEngine, SdesPolicy } from '#server/telephony/index.ts';
import { findReader, mayNowCallFor, type SignIn, type SocketTickets } from '../members/index.ts';
import { defaultCallLimits } from './call-facts.ts';
import type { CallLimits } from './call-facts.ts';
import { createCallSignalling } from './call-signalling.ts';
import type { CallSignallingParts } from './call-signalling.ts';
import { createCallStore } from './call-store.ts';
import type { CallStore } from './call-store.ts';
import { createDeviceSockets } from './device-sockets.ts';
import type { LineFact } from './dial-policy.ts';
import { createLiveCalls } from './live-calls.ts';
import type { NamesOf } from './names-of.ts';
import { createAddParty, type OpenInterpreter } from './add-party.ts';
import { admitDial, recordCallEnd } from '../plan/index.ts';
import { createPlaceCall, type PlaceCallParts } from './place-call.ts';
import { recoverCalls, type RecoverParts } from './recover-calls.ts';
import { createRingOwnPhone, type RingOwnPhoneParts } from './ring-own-phone.ts';
import { announceStored } from './stored-calls.ts';
import type { StoredCallEvent } from './stored-calls.ts';

export interface CallsParts {
  database: Database;
  cipher: RecordCipher;
  index: BlindIndex;
  carrier: CallCarrier;
  engine: MediaEngine;
  tickets: SocketTickets;
  signIn: SignIn;
  listLines(practiceId: PracticeId): Promise<readonly LineFact[]>;
  readLineDefaults: PlaceCallParts['readLineDefaults'];
  namesOf: NamesOf;
  /** One of the member's own recordings, to be left in a mailbox; undefined where there is none. */
  openMessage: CallSignallingParts['openMessage'];
  ownPhoneOf: RingOwnPhoneParts['ownPhoneOf'];
  /** One of the practice's interpreter services, as it is dialled; undefined where there is none. */
  openInterpreter: OpenInterpreter;
  /** Whose tones a call hears that is gone on with. */
  countryOf?(practiceId: PracticeId): Promise<string>;
  /** What the practice has its parties hear on hold; music where nobody says. */
  holdSoundOf?(practiceId: PracticeId): Promise<'music' | 'silence'>;
  /** Told of each call that was written as placed, and as over; see stored-calls.ts. */
  onStored?(event: StoredCallEvent): void;
  sdes?: SdesPolicy;
  limits?: CallLimits;
  /** Tells the calls of one server from another's that shares the database. */
  serverName: string;
  clock: Clock;
  random: RandomSource;
  log: Log;
}

export interface Calls {
  signalling: SocketRoute;
  /** Before anything is served: goes on with what a killed server left where the trunk still has it, and ends the rest. Resolves to how many calls that were. */
  recover(): Promise<number>;
  liveCount(): number;
  liveStates(): ReadonlyMap<CallState, number>;
  /** For the features above; with a reader, only if they may see it. */
  findTimes: CallStore['findTimes'];
  filterSeen: CallStore['filterSeen'];
  /** To every device of these members: something of this call in the log is new. */
  tellLogChanged(memberIds: readonly MemberId[], callId: CallId): void;
  /** Tells the pages, ends every call, waits until that is written; the carrier is closed after this. */
  close(withinMs: number): Promise<void>;
}

export function createCalls(parts: CallsParts): Calls {
  const { database, cipher, index, carrier, engine, clock, random, log, tickets, signIn, serverName } = parts;
  const { namesOf } = parts;
  const store = announceStored(createCallStore({ database, cipher, index, serverName }), (event) => parts.onStored?.(event));
  const live = createLiveCalls();
  const devices = createDeviceSockets();
  const holdSoundOf = async (practiceId: PracticeId): Promise<'music' | 'silence'> => (await parts.holdSoundOf?.(practiceId)) ?? 'music';
  const placeCall = createPlaceCall({
    holdSoundOf,
    carrier,
    engine,
    store,
    live,
    clock,
    random,
    log,
    namesOf,
    listLines: (practiceId) => parts.listLines(practiceId),
    readLineDefaults: (dial) => parts.readLineDefaults(dial),
    admit: (request) => admitDial(database, request, clock.now()),
    recordEnd: (end) => recordCallEnd(database, end),
    devicesOf: (memberId) => devices.of(memberId),
    sdes: parts.sdes ?? 'off',
    limits: parts.limits ?? defaultCallLimits,
  });
  const ringOwnPhone = createRingOwnPhone({ carrier, ownPhoneOf: (owner) => parts.ownPhoneOf(owner), admit: (request) => admitDial(database, request, clock.now()), recordEnd: (end) => recordCallEnd(database, end), clock, random, log });
  const addParty = createAddParty({
    carrier, store, clock, random, log, namesOf,
    listLines: (practiceId) => parts.listLines(practiceId),
    openInterpreter: (practiceId, id) => parts.openInterpreter(practiceId, id),
    admit: (request) => admitDial(database, request, clock.now()),
    recordEnd: (end) => recordCallEnd(database, end),
    countOf: (memberId) => live.countOf(memberId),
  });
  const partyNameOf: RecoverParts['partyNameOf'] = async ({ practiceId, madeBy, number }) => {
    const reader = await findReader(database, practiceId, madeBy);
    return reader === undefined ? null : ((await namesOf(reader, [number])).get(number) ?? null);
  };
  return {
    signalling: createCallSignalling({ tickets, signIn, live, devices, store, placeCall, addParty, ringOwnPhone, engine, namesOf, openMessage: (owner, id, number) => parts.openMessage(owner, id, number), mayCallFor: ({ practice, member }, physicianId) => mayNowCallFor(database, { practiceId: practice.id, memberId: member.id }, physicianId), clock, log }),
    recover: () => recoverCalls({ holdSoundOf, partyNameOf, carrier, engine, store, live, clock, log, devicesOf: (memberId) => devices.of(memberId), countryOf: async (practiceId) => (await parts.countryOf?.(practiceId)) ?? 'US', recordEnd: (end) => recordCallEnd(database, end), sdes: parts.sdes ?? 'off', limits: parts.limits ?? defaultCallLimits }),
    liveCount: () => live.count(),
    liveStates: () => live.states(),
    findTimes: (practiceId, callId, reader) => store.findTimes(practiceId, callId, reader),
    filterSeen: (practiceId, callIds, reader) => store.filterSeen(practiceId, callIds, reader),
    tellLogChanged(memberIds, callId) {
      for (const memberId of memberIds) devices.notify(memberId, { type: 'log-changed', callId });
    },
    async close(withinMs) {
      devices.broadcast({ type: 'going-away' });
      await live.endAll(withinMs);
    },
  };
}
