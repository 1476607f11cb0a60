/** Puts the feature together: what main gives it, and what it gives main. */
import type { PartyNumber, PracticeId } from '#contract/ids.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import type { RecordCipher } from '#server/platform/crypto/record-cipher.ts';
import type { SocketRoute } from '#server/platform/http/socket-server.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { Database } from '#server/platform/storage/database.ts';
import type { CallCarrier, MediaEngine, SdesPolicy } from '#server/telephony/index.ts';
import type { MemberGuard, SignIn, SocketTickets } from '../members/index.ts';
import { defaultCallLimits } from './call-machine.ts';
import type { CallLimits } from './call-machine.ts';
import { createCallRoutes } from './call-routes.ts';
import { createCallSignalling } from './call-signalling.ts';
import { createCallStore } from './call-store.ts';
import type { CallStore } from './call-store.ts';
import { createDeviceSockets } from './device-sockets.ts';
import type { LineFact } from './dial-policy.ts';
import { createLiveCalls } from './live-calls.ts';
import { admitDial, recordCallEnd } from '../plan/index.ts';
import { createPlaceCall } from './place-call.ts';
import { announceStored } from './stored-calls.ts';
import type { StoredCallEvent } from './stored-calls.ts';

export interface CallsParts {
  database: Database;
  cipher: RecordCipher;
  carrier: CallCarrier;
  engine: MediaEngine;
  tickets: SocketTickets;
  signIn: SignIn;
  guard: MemberGuard;
  listLines(practiceId: PracticeId): Promise<readonly LineFact[]>;
  /** Names for numbers, where they are known. Never fails: a call is not held up for a name. */
  namesOf(practiceId: PracticeId, numbers: readonly PartyNumber[]): Promise<ReadonlyMap<string, string>>;
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
  routes: ReturnType<typeof createCallRoutes>;
  signalling: SocketRoute;
  /** Before anything is served: ends what a killed server left. Resolves to how many calls that were. */
  recover(): Promise<number>;
  liveCount(): number;
  /** For the features above; with `memberId`, only if the call is that member's. */
  findTimes: CallStore['findTimes'];
  /** Tells the pages, ends every call, waits until that is written; the carrier is closed after this. */
  close(withinMs: number): Promise<void>;
}

export function createCalls(parts: CallsParts): Calls {
  const { database, cipher, carrier, engine, clock, random, log, guard, tickets, signIn, serverName } = parts;
  const namesOf: CallsParts['namesOf'] = (practiceId, numbers) => parts.namesOf(practiceId, numbers);
  const store = announceStored(createCallStore({ database, cipher, serverName }), (event) => parts.onStored?.(event));
  const live = createLiveCalls();
  const devices = createDeviceSockets();
  const placeCall = createPlaceCall({
    carrier,
    engine,
    store,
    live,
    clock,
    random,
    log,
    namesOf,
    listLines: (practiceId) => parts.listLines(practiceId),
    admit: (request) => admitDial(database, request, clock.now()),
    recordEnd: (end) => recordCallEnd(database, end),
    devicesOf: (memberId) => devices.of(memberId),
    sdes: parts.sdes ?? 'off',
    limits: parts.limits ?? defaultCallLimits,
  });
  return {
    routes: createCallRoutes({ store, namesOf, guard }),
    signalling: createCallSignalling({ tickets, signIn, live, devices, store, placeCall, namesOf, clock, log }),
    recover: () => store.endUnfinished(clock.now()),
    liveCount: () => live.count(),
    findTimes: (practiceId, callId, memberId) => store.findTimes(practiceId, callId, memberId),
    async close(withinMs) {
      devices.broadcast({ type: 'going-away' });
      await live.endAll(withinMs);
    },
  };
}
