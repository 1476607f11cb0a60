/** For tests: a whole practice on loopback, wired as main does it: database, HTTP server, carrier, media engine, and a telephone at the end of its trunk. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { openKeyring } from '#server/platform/crypto/keyring.ts';
import { createBlindIndex, createRecordCipher } from '#server/platform/crypto/record-cipher.ts';
import { createHttpServer } from '#server/platform/http/http-server.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { createTestDatabase } from '#server/platform/storage/test-database.ts';
import type { TestDatabase } from '#server/platform/storage/test-database.ts';
import { checkTrunkSettings, createEmbeddedMediaEngine, createSipCarrier } from '#server/telephony/index.ts';
import type { MediaEngine } from '#server/telephony/index.ts';
import { createLineProofs, createLineRoutes, listProvenLines, readLineOfMember, readLinesToShow, seedDemoLines } from '../lines/index.ts';
import { createIncomingCalls } from '../incoming-calls/index.ts';
import { createOwnPhoneRoutes, createOwnPhones } from '../own-phones/index.ts';
import { createInterpreterRoutes, createInterpreters } from '../interpreters/index.ts';
import { createSpokenMessageRoutes, createSpokenMessages } from '../spoken-messages/index.ts';
import { createDraftKeys, createMemberGuard, createMemberRoutes, createSignIn, createSocketTickets, seedDemoPractice } from '../members/index.ts';
import type { DemoPractice, SignIn } from '../members/index.ts';
import { createCalls } from './calls.ts';
import type { Calls } from './calls.ts';
import type { CallLimits } from './call-facts.ts';
import { openTestPhone } from './test-phone.ts';
import type { TestPhone } from './test-phone.ts';
import { signIn as redeem } from './test-page.ts';
import type { PageAccess } from './test-page.ts';

export interface TestPractice {
  readonly origin: string;
  /** Where the trunk brings calls to us. */
  readonly sipPort: number;
  readonly demo: DemoPractice;
  readonly store: TestDatabase;
  readonly phone: TestPhone;
  readonly calls: Calls;
  readonly engine: MediaEngine;
  readonly signIn: SignIn;
  enter(): Promise<PageAccess>;
  close(): Promise<void>;
}

export interface TestPracticeOptions {
  limits?: CallLimits;
  log?: Log;
  holdSound?: 'music' | 'silence';
  /** Puts a fault between the calls and the real engine. */
  throughEngine?: (engine: MediaEngine) => MediaEngine;
}

export async function openTestPractice({ limits, log = silentLog, holdSound, throughEngine = (engine) => engine }: TestPracticeOptions = {}): Promise<TestPractice> {
  const store = await createTestDatabase();
  const keys = await mkdtemp(join(tmpdir(), 'quietline-keys-'));
  const { database } = store;
  const [clock, random] = [systemClock, systemRandom];
  const demo = await seedDemoPractice({ database, clock, random, isSandbox: true });
  await seedDemoLines({ database, clock, random, practiceId: demo.practiceId });
  const phone = await openTestPhone();
  const trunk = checkTrunkSettings({ name: 'loopback', host: '127.0.0.1', port: phone.port, optionsIntervalSec: 0 });
  if (!trunk.ok) throw new Error(trunk.refusal.join(' '));
  const carrier = await createSipCarrier({ trunks: [trunk.value], listen: { host: '127.0.0.1', udpPort: 0 }, clock, random, log });
  const engine = throughEngine(await createEmbeddedMediaEngine({
    bindAddress: '127.0.0.1', advertisedAddresses: ['127.0.0.1'], port: 0, partyAddress: '127.0.0.1', partyPortRange: { from: 19_000, to: 19_999 }, clock, random, log,
  }));
  const signIn = createSignIn({ database, clock, random });
  const tickets = createSocketTickets({ clock, random });
  const guard = createMemberGuard(signIn);
  const proofs = createLineProofs({ database, carrier, engine, clock, random, log });
  const incoming = createIncomingCalls({ database, carrier, engine, sdes: 'off', clock, log });
  incoming.addTaker(proofs.takeReturn, { provesLines: true });
  const cipher = createRecordCipher(openKeyring(keys));
  const messages = createSpokenMessages({ database, cipher, clock, random });
  const ownPhones = createOwnPhones({ database, cipher, carrier, engine, lentPhone: undefined, clock, random, log });
  const interpreters = createInterpreters({ database, cipher, clock, random });
  const calls = createCalls({
    database, carrier, engine, tickets, signIn, clock, random, log,
    cipher,
    index: createBlindIndex(openKeyring(keys)),
    listLines: (practiceId) => listProvenLines(database, practiceId),
    readLineDefaults: async ({ practice, memberId, inNameOf }) => ({ mayShow: await readLinesToShow(database, practice.id, memberId), ofContacts: [], ofMember: await readLineOfMember(database, practice.id, inNameOf) }),
    namesOf: async () => new Map(),
    ownPhoneOf: (owner) => ownPhones.findProven(owner),
    openMessage: (owner, id) => messages.open(owner, id),
    openInterpreter: (practiceId, id) => interpreters.open(practiceId, id),
    serverName: 'test',
    ...(limits === undefined ? {} : { limits }),
    ...(holdSound === undefined ? {} : { holdSoundOf: async () => holdSound }),
  });
  const http = await createHttpServer({
    log,
    origins: { publicOrigin: undefined, hostNames: [] },
    trustProxy: false,
    tls: undefined,
    pageDirectory: undefined,
    router: { ...createMemberRoutes({ signIn, tickets, draftKeyOf: createDraftKeys(openKeyring(keys)) }), ...createLineRoutes({ database, proofs, guard, clock }), ...createSpokenMessageRoutes({ messages, guard }), ...createInterpreterRoutes({ interpreters, guard }), ...createOwnPhoneRoutes({ phones: ownPhones, guard }) },
    sockets: calls.signalling,
    uploads: [{ method: 'POST', path: '/spoken-messages', largestBytes: 1_400_000 }],
  });
  const port = await http.listen({ host: '127.0.0.1', port: 0 });
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin, sipPort: carrier.port('udp')!, demo, store, phone, calls, engine, signIn,
    enter: async () => redeem(origin, await signIn.issueLink(demo.practiceId, demo.memberId)),
    async close() {
      incoming.close();
      proofs.close();
      ownPhones.close();
      await calls.close(2_000);
      await http.close();
      await carrier.close(1_000);
      await engine.close();
      phone.close();
      await store.drop();
      await rm(keys, { recursive: true });
    },
  };
}
