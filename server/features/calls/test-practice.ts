/** For tests: a whole practice on loopback, wired as main does it: database, HTTP server, carrier, media engine, and a telephone at the end of its trunk. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { openKeyring } from '#server/platform/crypto/keyring.ts';
import { createRecordCipher } from '#server/platform/crypto/record-cipher.ts';
import { createHttpServer } from '#server/platform/http/http-server.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { createTestDatabase } from '#server/platform/storage/test-database.ts';
import type { TestDatabase } from '#server/platform/storage/test-database.ts';
import { checkTrunkSettings, createEmbeddedMediaEngine, createSipCarrier } from '#server/telephony/index.ts';
import type { MediaEngine } from '#server/telephony/index.ts';
import { createLineProofs, createLineRoutes, listProvenLines, seedDemoLines } from '../lines/index.ts';
import { createMemberGuard, createMemberRoutes, createSignIn, createSocketTickets, seedDemoPractice } from '../members/index.ts';
import type { DemoPractice, SignIn } from '../members/index.ts';
import { createCalls } from './calls.ts';
import type { Calls } from './calls.ts';
import type { CallLimits } from './call-machine.ts';
import { openTestPhone } from './test-phone.ts';
import type { TestPhone } from './test-phone.ts';
import { signIn as redeem } from './test-page.ts';
import type { PageAccess } from './test-page.ts';

export interface TestPractice {
  readonly origin: string;
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
  /** Puts a fault between the calls and the real engine. */
  throughEngine?: (engine: MediaEngine) => MediaEngine;
}

export async function openTestPractice({ limits, log = silentLog, throughEngine = (engine) => engine }: TestPracticeOptions = {}): Promise<TestPractice> {
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
  const calls = createCalls({
    database, carrier, engine, tickets, signIn, guard, clock, random, log,
    cipher: createRecordCipher(openKeyring(keys)),
    listLines: (practiceId) => listProvenLines(database, practiceId),
    namesOf: async () => new Map(),
    serverName: 'test',
    ...(limits === undefined ? {} : { limits }),
  });
  const http = await createHttpServer({
    log,
    origins: { publicOrigin: undefined, hostNames: [] },
    trustProxy: false,
    tls: undefined,
    pageDirectory: undefined,
    router: { ...createMemberRoutes({ signIn, tickets }), ...createLineRoutes({ database, proofs, guard }), ...calls.routes },
    sockets: calls.signalling,
  });
  const port = await http.listen({ host: '127.0.0.1', port: 0 });
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin, demo, store, phone, calls, engine, signIn,
    enter: async () => redeem(origin, await signIn.issueLink(demo.practiceId, demo.memberId)),
    async close() {
      proofs.close();
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
