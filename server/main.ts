/** Wires everything in sight: starts the parts in order, says where to go, stops them in reverse. Holds no rule of the product. */
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { E164, PracticeId } from '#contract/ids.ts';
import { signInLinkOf } from '#contract/sign-in-link.ts';
import { startSandbox } from '../sandbox/index.ts';
import { createCallNews, createPartyNames } from './call-news.ts';
import { openAccounts, uploads } from './accounts.ts';
import { apiDescriptions } from './api-description.ts';
import { readConfig, type Config } from './config.ts';
import { createCalls } from './features/calls/index.ts';
import { openContacts } from './features/contacts/index.ts';
import { createHandoutPages, createHandoutPress, createHandoutRoutes, createHandouts } from './features/handouts/index.ts';
import { createLineProofs, createLineRoutes, listProvenLines, seedDemoLines } from './features/lines/index.ts';
import { createMemberGuard, createMemberRoutes, createSignIn, createSocketTickets, readPracticeCountry, seedDemoPractice } from './features/members/index.ts';
import { createNoteRoutes, openNotes, startSweeping } from './features/notes/index.ts';
import { createPatientNames, createSandboxRoutes } from './features/sandbox-directory/index.ts';
import { findNetworkAddresses } from './network-addresses.ts';
import { systemClock as clock } from './platform/clock/clock.ts';
import { systemRandom as random } from './platform/clock/random.ts';
import { openKeyring } from './platform/crypto/keyring.ts';
import { createRecordCipher } from './platform/crypto/record-cipher.ts';
import { createHttpServer } from './platform/http/http-server.ts';
import { createRateLimiter } from './platform/http/rate-limits.ts';
import { createLogSink } from './platform/logging/log-sink.ts';
import { claimDataDirectory, usualDataDirectory, type DataDirectory } from './platform/storage/data-directory.ts';
import { openDatabase } from './platform/storage/database.ts';
import { startEmbeddedPostgres, UnusableDirectoryError } from './platform/storage/embedded-postgres.ts';
import { migrate } from './platform/storage/migration.ts';
import { allMigrations } from './platform/storage/migrations/all-migrations.ts';
import { listenSomewhere, loadTls } from './serving.ts';
import { createSipCarrier, createEmbeddedMediaEngine } from './telephony/index.ts';
import { createShutdown, StartRefused, type Shutdown } from './shutdown.ts';
import { readTrunks, strictestMediaEncryption } from './trunks.ts';
import { issueNewLink } from './new-link.ts';
import { welcome } from './welcome.ts';

const CHECKOUT = dirname(import.meta.dirname);
/** A call's end is told to both sides and written; then the process may go. */
const CLOSE_CALLS_MS = 3_000;
/** Telephones' RTP: even ports below those Linux hands out by itself (32768). */
const PARTY_PORTS = { from: 20_000, to: 29_998 };

async function main(): Promise<void> {
  const reading = readConfig(process.argv.slice(2));
  if (!reading.ok) throw new StartRefused(reading.problems.join('\n'));
  const { config } = reading;
  const dataPath = config.dataDirectory ?? (await usualDataDirectory(CHECKOUT));
  const claim = await claimDataDirectory(dataPath);
  if (config.wantsNewLink) return await issueNewLink({ config, dataPath, runningAt: claim.ok ? undefined : claim.usedBy, clock, random });
  if (!claim.ok) throw new StartRefused(`Quietline already runs on ${dataPath}${claim.usedBy === '' ? '' : `, at ${claim.usedBy}`}.\nFor a sign-in link of that one: scripts/server --new-link. For a second one beside it: --data with another directory.`);
  await start(config, claim.directory);
}

async function start(config: Config, data: DataDirectory): Promise<void> {
  const shutdown = createShutdown();
  try {
    shutdown.add('data directory', () => data.release());
    await startParts(config, data, shutdown);
  } catch (cause) {
    await shutdown.run();
    throw cause;
  }
}

async function startParts(config: Config, data: DataDirectory, shutdown: Shutdown): Promise<void> {
  const dataPath = data.path;
  const log = createLogSink({ level: config.logLevel, destination: config.logTo === 'stdout' ? 'stdout' : { file: join(dataPath, 'server.log') } });
  shutdown.add('log', async () => log.flush());
  shutdown.onSignal(log);
  const addresses = findNetworkAddresses();
  const trunks = config.trunksFile === undefined ? undefined : await readTrunks(config.trunksFile);
  const tls = await loadTls(config, { directory: join(dataPath, 'https'), addresses, nowMs: clock.now() });

  // The database, and what is kept beside it.
  const postgres = config.databaseUrl === undefined ? await startEmbeddedPostgres({ directory: join(dataPath, 'postgres'), log: log.child({ component: 'database' }) }) : undefined;
  if (postgres !== undefined) shutdown.add('PostgreSQL', () => postgres.stop());
  const database = openDatabase({ url: config.databaseUrl ?? postgres!.url, log: log.child({ component: 'database' }) });
  shutdown.add('database connections', () => database.close());
  const migrated = await migrate(database, allMigrations);
  const keyring = openKeyring(join(dataPath, 'keys'));
  const { practiceId, memberId } = await seedDemoPractice({ database, clock, random, isSandbox: trunks === undefined });
  await seedDemoLines({ database, clock, random, practiceId });

  // The way to the patient: trunks, or the sandbox on loopback.
  const sandbox = trunks === undefined ? await startSandbox({ clock, random, log: log.child({ component: 'sandbox' }) }) : undefined;
  if (sandbox !== undefined) shutdown.add('sandbox', () => sandbox.close());
  const partyAddress = sandbox === undefined ? (addresses.reachable[0] ?? '127.0.0.1') : '127.0.0.1';
  const carrier = await createSipCarrier({
    trunks: trunks ?? [sandboxTrunk(sandbox!.trunk)],
    listen: sandbox === undefined ? { host: '0.0.0.0', advertisedHost: config.mediaAddresses?.[0], udpPort: config.sipPort ?? 5060, tcpPort: config.sipPort ?? 5060 } : { host: '127.0.0.1', udpPort: config.sipPort ?? 0 },
    clock,
    random,
    log: log.child({ component: 'sip' }),
    journalPath: join(dataPath, 'open-dialogs.jsonl'),
  });
  shutdown.add('trunks', () => carrier.close(1_000));
  const engine = await createEmbeddedMediaEngine({
    bindAddress: '0.0.0.0',
    advertisedAddresses: config.mediaAddresses ?? [...addresses.reachable.filter((address) => !address.includes(':')), '127.0.0.1'],
    port: config.mediaPort ?? 0,
    partyAddress,
    ...(sandbox === undefined && config.mediaAddresses?.[0] !== undefined ? { partyAdvertisedAddress: config.mediaAddresses[0] } : {}),
    partyPortRange: PARTY_PORTS,
    clock,
    random,
    log: log.child({ component: 'media' }),
  });
  shutdown.add('media', () => engine.close());

  // The features, from the ground up.
  const patients = (sandbox?.directory ?? []).map((patient) => ({ ...patient, number: patient.number as E164 }));
  const signIn = createSignIn({ database, clock, random });
  const tickets = createSocketTickets({ clock, random });
  const guard = createMemberGuard(signIn);
  const accounts = openAccounts({ database, keyring, keysDirectory: join(dataPath, 'keys'), signIn, guard, mail: config.mail, community: config.community, hasTrunk: trunks !== undefined, clock, random, log: log.child({ component: 'accounts' }) });
  shutdown.add('accounts', () => accounts.stop());
  const people = openContacts({ database, keyring, guard, countryOf: (id) => readPracticeCountry(database, id), clock, random, log: log.child({ component: 'contacts' }) });
  shutdown.add('contact imports', () => people.imports.close());
  const sdes = strictestMediaEncryption(trunks ?? []);
  const lineProofs = createLineProofs({ database, carrier, engine, sdes, clock, random, log: log.child({ component: 'lines' }) });
  shutdown.add('code calls', async () => lineProofs.close());
  const calls = createCalls({
    database,
    cipher: createRecordCipher(keyring),
    carrier,
    engine,
    sdes,
    tickets,
    signIn,
    guard,
    listLines: (id) => listProvenLines(database, id),
    namesOf: createPartyNames({ contacts: people.contacts, nameOfPatient: createPatientNames(patients), log }),
    onStored: createCallNews({ contacts: people.contacts, notes: () => notes, log }),
    // Two servers on one database are told apart by their machines; the embedded one has only this server.
    serverName: config.databaseUrl === undefined ? 'server' : hostname(),
    clock,
    random,
    log: log.child({ component: 'calls' }),
  });
  const recovered = await calls.recover();
  shutdown.add('calls', () => calls.close(CLOSE_CALLS_MS));
  const { notes, sweep } = openNotes({ database, keyring, keysDirectory: join(dataPath, 'keys'), calls: { find: calls.findTimes }, random, log: log.child({ component: 'notes' }) });
  const sweeping = startSweeping(sweep, clock);
  shutdown.add('note sweep', () => sweeping.stop());
  people.imports.resume().catch((cause: unknown) => log.error('imports-not-resumed', cause));

  const press = createHandoutPress(clock);
  shutdown.add('handout press', () => press.close());
  const handouts = createHandouts({ database, press, listLines: (id) => listProvenLines(database, id as PracticeId), clock, random });

  const http = await createHttpServer({
    log: log.child({ component: 'http' }),
    origins: { publicOrigin: config.publicOrigin, hostNames: addresses.hostNames },
    trustProxy: config.trustProxy,
    tls: tls?.certificate,
    pageDirectory: join(CHECKOUT, 'dist/web'),
    downloads: [...apiDescriptions, ...(tls?.authority === undefined ? [] : [{ path: '/authority.crt', type: 'application/x-x509-ca-cert', body: tls.authority.pem }])],
    router: { ...createMemberRoutes({ signIn, tickets }), ...accounts.routes, ...createLineRoutes({ database, proofs: lineProofs, guard }), ...createSandboxRoutes({ patients, guard }), ...calls.routes, ...people.routes, ...createNoteRoutes({ notes, guard }), ...createHandoutRoutes({ handouts, guard }) },
    publicPages: createHandoutPages(handouts),
    sockets: calls.signalling,
    uploads,
    rateLimiter: createRateLimiter(),
  });
  shutdown.add('HTTP', () => http.close());
  const port = await listenSomewhere(http, config);

  const scheme = tls === undefined ? 'http' : 'https';
  const origin = config.publicOrigin ?? `${scheme}://${config.host === '0.0.0.0' && config.https !== 'off' ? (addresses.reachable[0] ?? 'localhost') : 'localhost'}:${port}`;
  data.announce(origin);
  log.info('server-started', { startMs: Math.round(performance.now()), recoveredCount: recovered, migrationCount: migrated.length, adopted: postgres?.adopted === true, sandbox: sandbox !== undefined });
  const link = signInLinkOf(origin, await signIn.issueLink(practiceId, memberId));
  process.stdout.write(welcome({ link, port, config, dataPath, authority: tls?.authority, origin, isSandbox: sandbox !== undefined }));
}

/** The sandbox is reached as any trunk is. */
function sandboxTrunk({ host, port }: { host: string; port: number }) {
  return {
    name: 'sandbox', host, port, transport: 'udp', domain: host, credentials: undefined, register: false, registerExpiresSec: 300, callerIdForm: 'p-asserted-identity', numberForm: 'e164',
    countryCallingCode: '1', acceptFrom: [], optionsIntervalSec: 30, mediaEncryption: 'off', priority: 10, weight: 10, tls: { ca: undefined, cert: undefined, key: undefined, serverName: undefined },
  } as const;
}

main().catch((cause: unknown) => {
  process.stderr.write(cause instanceof StartRefused || cause instanceof UnusableDirectoryError ? `${cause.message}\n` : `Quietline could not start.\n${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`);
  process.exit(1);
});
