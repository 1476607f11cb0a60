/** A process of its own for bench/first-call.ts: a practice with many members, wired as server/main.ts does it, whose one trunk leads to the port it is given. Prints where it listens and who may enter. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { createCalls } from '#server/features/calls/index.ts';
import { listProvenLines, seedDemoLines } from '#server/features/lines/index.ts';
import { createDraftKeys, createMemberRoutes, createSignIn, createSocketTickets, seedDemoPractice } from '#server/features/members/index.ts';
import { systemClock as clock } from '#server/platform/clock/clock.ts';
import { systemRandom as random } from '#server/platform/clock/random.ts';
import { openKeyring } from '#server/platform/crypto/keyring.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import { createBlindIndex, createRecordCipher } from '#server/platform/crypto/record-cipher.ts';
import { createHttpServer } from '#server/platform/http/http-server.ts';
import { silentLog as log } from '#server/platform/logging/log.ts';
import { inPractice, openDatabase } from '#server/platform/storage/database.ts';
import { startEmbeddedPostgres } from '#server/platform/storage/embedded-postgres.ts';
import { migrate } from '#server/platform/storage/migration.ts';
import { allMigrations } from '#server/platform/storage/migrations/all-migrations.ts';
import { checkTrunkSettings, createEmbeddedMediaEngine, createSipCarrier } from '#server/telephony/index.ts';

const [trunkPort, memberCount] = process.argv.slice(2).map(Number);
const directory = await mkdtemp(join(tmpdir(), 'quietline-bench-'));
// Under root the database runs as another user, who must get in.
await chmod(directory, 0o755);
// Not a throwaway one: a row counts once it is on the disk, as for a practice.
const postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgres') });
const database = openDatabase({ url: postgres.url, log });
await migrate(database, allMigrations);
const { practiceId } = await seedDemoPractice({ database, clock, random, isSandbox: true });
await seedDemoLines({ database, clock, random, practiceId });
const trunk = checkTrunkSettings({ name: 'peer', host: '127.0.0.1', port: trunkPort, optionsIntervalSec: 0 });
if (!trunk.ok) throw new Error(trunk.refusal.join(' '));
const carrier = await createSipCarrier({ trunks: [trunk.value], listen: { host: '127.0.0.1', udpPort: 0 }, clock, random, log });
const engine = await createEmbeddedMediaEngine({ bindAddress: '127.0.0.1', advertisedAddresses: ['127.0.0.1'], port: 0, partyAddress: '127.0.0.1', partyPortRange: { from: 20_000, to: 29_998 }, clock, random, log });
const signIn = createSignIn({ database, clock, random });
const tickets = createSocketTickets({ clock, random });
const calls = createCalls({
  database, carrier, engine, tickets, signIn, clock, random, log,
  cipher: createRecordCipher(openKeyring(join(directory, 'keys'))),
  index: createBlindIndex(openKeyring(join(directory, 'keys'))),
  listLines: (practice) => listProvenLines(database, practice),
  openMessage: async () => undefined,
  readLineDefaults: async () => ({ mayShow: null, ofContacts: [], ofMember: null }),
  ownPhoneOf: async () => undefined,
  openInterpreter: async () => undefined,
  namesOf: async () => new Map(),
  serverName: 'bench',
});
const http = await createHttpServer({
  log, origins: { publicOrigin: undefined, hostNames: [] }, trustProxy: false, tls: undefined, pageDirectory: undefined,
  router: { ...createMemberRoutes({ signIn, tickets, draftKeyOf: createDraftKeys(openKeyring(join(directory, 'keys'))) }) },
  sockets: calls.signalling,
});
const origin = `http://127.0.0.1:${await http.listen({ host: '127.0.0.1', port: 0 })}`;

const ticketsGiven: string[] = [];
for (let count = 0; count < (memberCount ?? 1); count++) {
  const memberId = createId(clock.now(), random);
  await inPractice(database, practiceId, (transaction) => sql`insert into member (id, practice_id, name, created_at) values (${memberId}, ${practiceId}, 'Dr. Bench', now())`.execute(transaction));
  const redeemed = await signIn.redeemLink(await signIn.issueLink(practiceId, memberId));
  if (!redeemed.ok) throw new Error(redeemed.refusal);
  ticketsGiven.push(tickets.issue(redeemed.value.session));
}
console.log(JSON.stringify({ origin, directory, tickets: ticketsGiven }));

process.once('SIGTERM', () => {
  void (async () => {
    await calls.close(2_000);
    await http.close();
    await carrier.close(1_000);
    await engine.close();
    await database.close();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
    process.exit(0);
  })();
});
