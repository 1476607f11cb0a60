/** Wires everything in sight: starts the parts in order, says where to go, stops them in reverse. Holds no rule of the product. */
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { E164, PracticeId } from '#contract/ids.ts';
import { defaultSpokenMessageId } from '#contract/default-spoken-message.ts';
import { signInLinkOf } from '#contract/sign-in-link.ts';
import { startSandbox } from '../sandbox/index.ts';
import { UNFINISHED } from './backup/unfinished.ts';
import { createCallNews, createNumberSearch, createPartyNames } from './call-news.ts';
import { openAccounts, uploads } from './accounts.ts';
import { apiDescriptions } from './api-description.ts';
import { forgetSecretVariables, readConfig, type Config } from './config.ts';
import { keepCrashesQuiet } from './crash-output.ts';
import { createCallLog, createCallLogRoutes } from './features/call-log/index.ts';
import { createCalls, createRelayCredentials, createRelayRoutes, defaultCallLimits, fillInOldCalls } from './features/calls/index.ts';
import { openContacts } from './features/contacts/index.ts';
import { createHandoutPages, createHandoutPress, createHandoutRoutes, createHandouts } from './features/handouts/index.ts';
import { removeSandboxLines, seedDemoLines, seedSandboxLine } from './features/lines/index.ts';
import { createDraftKeys, createMemberGuard, createMemberRoutes, createSignIn, createSocketTickets, followCarrier, readPracticeCountry, seedDemoPractice } from './features/members/index.ts';
import { createOwnPhoneRoutes, createOwnPhones } from './features/own-phones/index.ts';
import { createInterpreterRoutes, createInterpreters, removeSandboxInterpreter, seedSandboxInterpreter } from './features/interpreters/index.ts';
import { createSpokenMessageRoutes, createSpokenMessages, defaultSpokenMessage } from './features/spoken-messages/index.ts';
import { createNoteRoutes, openNotes, startSweeping } from './features/notes/index.ts';
import { createSipTraceRoutes } from './features/oversight/index.ts';
import { createPatientNames, createSandboxRoutes } from './features/sandbox-directory/index.ts';
import { openMediaEngine } from './media.ts';
import { sealJournal } from './journal-seal.ts';
import { openIncoming } from './incoming-parts.ts';
import { findNetworkAddresses } from './network-addresses.ts';
import { systemClock as clock } from './platform/clock/clock.ts';
import { systemRandom as random } from './platform/clock/random.ts';
import { openKeyring } from './platform/crypto/keyring.ts';
import { createBlindIndex, createRecordCipher } from './platform/crypto/record-cipher.ts';
import { createHttpServer } from './platform/http/http-server.ts';
import { createRateLimiter } from './platform/http/rate-limits.ts';
import { createLogSink } from './platform/logging/log-sink.ts';
import { claimDataDirectory, usualDataDirectory, type DataDirectory } from './platform/storage/data-directory.ts';
import { openDatabase } from './platform/storage/database.ts';
import { startEmbeddedPostgres, UnusableDirectoryError } from './platform/storage/embedded-postgres.ts';
import { migrate } from './platform/storage/migration.ts';
import { allMigrations } from './platform/storage/migrations/all-migrations.ts';
import { openLines } from './line-parts.ts';
import { createMetrics } from './metrics.ts';
import { explainSipPort, listenSomewhere, loadSipTls, loadTls } from './serving.ts';
import { createSipCarrier } from './telephony/index.ts';
import { createShutdown, StartRefused, type Shutdown } from './shutdown.ts';
import { readTrunks, strictestMediaEncryption } from './trunks.ts';
import { issueNewLink } from './new-link.ts';
import { welcome } from './welcome.ts';

const CHECKOUT = dirname(import.meta.dirname);
/** A call's end is told to both sides and written; then the process may go. */
const CLOSE_CALLS_MS = 3_000;

async function main(): Promise<void> {
  keepCrashesQuiet();
  const reading = readConfig(process.argv.slice(2));
  forgetSecretVariables();
  if (!reading.ok) throw new StartRefused(reading.problems.join('\n'));
  const { config } = reading;
  const dataPath = config.dataDirectory ?? (await usualDataDirectory(CHECKOUT));
  const claim = await claimDataDirectory(dataPath);
  if (config.wantsNewLink) return await issueNewLink({ config, dataPath, runningAt: claim.ok ? undefined : claim.usedBy, clock, random });
  if (!claim.ok) throw new StartRefused(`Quietline already runs on ${dataPath}${claim.usedBy === '' ? '' : `, at ${claim.usedBy}`}.\nFor a sign-in link of that one: scripts/server --new-link. For a second one beside it: --data with another directory.`);
  if (existsSync(join(dataPath, UNFINISHED))) throw new StartRefused(`A restore into ${dataPath} was not finished. Run scripts/restore again: it begins anew.`);
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
  const sipTls = await loadSipTls(config);
  const tls = await loadTls(config, { directory: join(dataPath, 'https'), addresses, nowMs: clock.now() });

  // The database, and what is kept beside it.
  const postgres = config.databaseUrl === undefined ? await startEmbeddedPostgres({ directory: join(dataPath, 'postgres'), log: log.child({ component: 'database' }) }) : undefined;
  if (postgres !== undefined) shutdown.add('PostgreSQL', () => postgres.stop());
  const database = openDatabase({ url: config.databaseUrl ?? postgres!.url, log: log.child({ component: 'database' }) });
  shutdown.add('database connections', () => database.close());
  const migrated = await migrate(database, allMigrations);
  const keyring = openKeyring(join(dataPath, 'keys'));
  const { practiceId, memberId } = await seedDemoPractice({ database, clock, random, isSandbox: trunks === undefined });
  const moved = await followCarrier(database, trunks === undefined);
  if (trunks !== undefined) for (const id of moved) await Promise.all([removeSandboxLines(database, id), removeSandboxInterpreter(database, id, clock.now())]);
  else await seedDemoLines({ database, clock, random, practiceId });

  // The way to the patient: trunks, or the sandbox on loopback.
  const sandbox = trunks === undefined ? await startSandbox({ clock, random, log: log.child({ component: 'sandbox' }) }) : undefined;
  if (sandbox !== undefined) shutdown.add('sandbox', () => sandbox.close());
  const lendInterpreter = async (id: PracticeId): Promise<void> => {
    if (sandbox !== undefined) await seedSandboxInterpreter({ database, clock, random, practiceId: id, interpreter: sandbox.interpreter });
  };
  await lendInterpreter(practiceId);
  const carrier = await createSipCarrier({
    trunks: trunks ?? [sandboxTrunk(sandbox!.trunk)],
    listen: sandbox === undefined ? { host: '0.0.0.0', advertisedHost: config.mediaAddresses?.[0], udpPort: config.sipPort ?? 5060, tcpPort: config.sipPort ?? 5060, ...sipTls } : { host: '127.0.0.1', udpPort: config.sipPort ?? 0 },
    clock,
    random,
    log: log.child({ component: 'sip' }),
    journalPath: join(dataPath, 'open-dialogs.jsonl'),
    journalSeal: sealJournal(createRecordCipher(keyring)),
  }).catch((cause: unknown) => {
    throw explainSipPort(cause, sipTls?.tlsPort);
  });
  shutdown.add('trunks', () => carrier.close(1_000));
  const engine = await openMediaEngine({ config, addresses, isSandbox: sandbox !== undefined, clock, random, log: log.child({ component: 'media' }) });
  shutdown.add('media', () => engine.close());

  // The features, from the ground up.
  const patients = (sandbox?.directory ?? []).map((patient) => ({ ...patient, number: patient.number as E164 }));
  const signIn = createSignIn({ database, clock, random });
  const tickets = createSocketTickets({ clock, random });
  const guard = createMemberGuard(signIn);
  const accounts = openAccounts({ database, keyring, keysDirectory: join(dataPath, 'keys'), revocationsPath: config.revocationsFile ?? join(dataPath, 'keys/revocations.jsonl'), signIn, guard, mail: config.mail, community: config.community, trunks: () => (trunks === undefined ? [] : carrier.trunkHealth().map(({ trunk, state, registered, trouble }) => ({ name: trunk, state, isRegistered: registered ?? null, trouble: trouble ?? null }))), prepareSandbox: async (practice) => {
    await seedSandboxLine({ database, clock, random, ...practice });
    await lendInterpreter(practice.practiceId);
  }, clock, random, log: log.child({ component: 'accounts' }) });
  shutdown.add('accounts', () => accounts.stop());
  const people = openContacts({ database, keyring, guard, countryOf: (id) => readPracticeCountry(database, id), clock, random, log: log.child({ component: 'contacts' }) });
  shutdown.add('contact imports', () => people.imports.close());
  const sdes = strictestMediaEncryption(trunks ?? []);
  const lines = openLines({ database, guard, carrier, engine, sdes, trunks: trunks ?? [], contacts: people.contacts, mail: config.mail, clock, random, log: log.child({ component: 'lines' }) });
  shutdown.add('lines', () => lines.stop());
  const metrics = createMetrics();
  const sealing = { cipher: createRecordCipher(keyring), index: createBlindIndex(keyring) };
  const namesOf = createPartyNames({ contacts: people.contacts, nameOfPatient: createPatientNames(patients), log });
  const tellFeatures = createCallNews({ contacts: people.contacts, notes: () => notes, callLog: () => callLog, log });
  const spokenMessages = createSpokenMessages({ database, cipher: sealing.cipher, clock, random });
  const ownPhones = createOwnPhones({ database, cipher: sealing.cipher, carrier, engine, sdes, lentPhone: sandbox?.ownPhone as E164 | undefined, clock, random, log: log.child({ component: 'own-phones' }) });
  shutdown.add('own phones', async () => ownPhones.close());
  const interpreters = createInterpreters({ database, cipher: sealing.cipher, clock, random });
  // Two servers on one database are told apart by their machines; the embedded one has only this server.
  const serverName = config.databaseUrl === undefined ? 'server' : hostname();
  const calls = createCalls({
    openInterpreter: (practiceId, id) => interpreters.open(practiceId, id),
    ownPhoneOf: (owner) => ownPhones.findProven(owner),
    openMessage: async (owner, id, number) => (id === defaultSpokenMessageId ? defaultSpokenMessage(await people.contacts.languageOf(owner.practiceId, number)) : spokenMessages.open(owner, id)),
    holdSoundOf: (id) => answering.holdSoundOf(id),
    database,
    ...sealing,
    carrier,
    countryOf: (id) => readPracticeCountry(database, id),
    engine,
    sdes,
    tickets,
    signIn,
    listLines: lines.listProven,
    readLineDefaults: lines.readDefaults,
    namesOf,
    onStored: (event) => {
      tellFeatures(event);
      metrics.hearCall(event);
    },
    serverName,
    clock,
    random,
    log: log.child({ component: 'calls' }),
  });
  const callLog = createCallLog({ database, sealing, contacts: people.contacts, findNumbers: createNumberSearch({ contacts: people.contacts, patients }), namesOf, tellLogChanged: (memberIds, callId) => calls.tellLogChanged(memberIds, callId), clock, log: log.child({ component: 'call-log' }) });
  const answering = openIncoming({ database, dataPath, sealing, carrier, engine, sdes, contacts: people.contacts, calls, callLog, namesOf, takeReturn: lines.takeReturn, acceptedNow: () => sweep.clock.read().acceptedMs, serverName, guard, onOutcome: (outcome) => metrics.hearIncoming(outcome), clock, random, log });
  // Before the calls of members: what a caller had said when a server was killed is a message, and no call that broke off.
  await answering.recover();
  const recovered = await calls.recover();
  shutdown.add('calls', () => calls.close(CLOSE_CALLS_MS));
  shutdown.add('voicemail', () => answering.close());
  const incoming = answering.start();
  shutdown.add('incoming calls', async () => incoming.close());
  fillInOldCalls(database, sealing).catch((cause: unknown) => log.error('old-calls-not-filled-in', cause));
  const { notes, sweep } = openNotes({ database, keyring, keysDirectory: join(dataPath, 'keys'), calls: { find: (...asked) => calls.findTimes(...asked), filterSeen: (...asked) => calls.filterSeen(...asked) }, random, log: log.child({ component: 'notes' }) });
  const sweeping = startSweeping(sweep, clock);
  shutdown.add('note sweep', () => sweeping.stop());
  const voicemailSweeping = answering.startSweeping();
  shutdown.add('voicemail sweep', () => voicemailSweeping.stop());
  people.imports.resume().catch((cause: unknown) => log.error('imports-not-resumed', cause));

  const press = createHandoutPress(clock);
  shutdown.add('handout press', () => press.close());
  const handouts = createHandouts({ database, press, listLines: lines.listProven, publicOrigin: config.publicOrigin, clock, random });

  const relays = createRelayCredentials({ settings: config.relays, longestCallMs: defaultCallLimits.longestCallMs, clock, random });

  const http = await createHttpServer({
    log: log.child({ component: 'http' }),
    origins: { publicOrigin: config.publicOrigin, hostNames: addresses.hostNames },
    trustProxy: config.trustProxy,
    tls: tls?.certificate,
    turnBackend: config.relayBehind,
    pageDirectory: join(CHECKOUT, 'dist/web'),
    downloads: [...apiDescriptions(join(CHECKOUT, 'dist/web')), ...(tls?.authority === undefined ? [] : [{ path: '/authority.crt', type: 'application/x-x509-ca-cert', body: tls.authority.pem }])],
    router: { ...createMemberRoutes({ signIn, tickets, draftKeyOf: createDraftKeys(keyring) }), ...accounts.routes, ...lines.routes, ...createSandboxRoutes({ patients, guard, listLines: lines.listProven, callBack: async (from, to) => (await sandbox?.callBack(from, to, { host: '127.0.0.1', port: carrier.port('udp') ?? 0 })) ?? false }), ...createCallLogRoutes({ callLog, guard }), ...createRelayRoutes({ relays, guard: createMemberGuard(signIn, { allowLocked: true }) }), ...people.routes, ...createNoteRoutes({ notes, guard }), ...createSpokenMessageRoutes({ messages: spokenMessages, guard }), ...createInterpreterRoutes({ interpreters, guard }), ...createOwnPhoneRoutes({ phones: ownPhones, guard }), ...answering.routes, ...createHandoutRoutes({ handouts, guard }), ...createSipTraceRoutes({ database, guard, traces: carrier.traces, isCallOf: async (id, callId) => (await calls.findTimes(id, callId)) !== undefined, filterSeen: (...asked) => calls.filterSeen(...asked), clock }) },
    publicPages: createHandoutPages(handouts),
    sockets: calls.signalling,
    uploads,
    rateLimiter: createRateLimiter(),
  });
  shutdown.add('HTTP', () => http.close());
  const port = await listenSomewhere(http, config);

  metrics.watch({ carrier, engine, calls: () => calls });
  if (config.metrics !== undefined) {
    const scraped = await metrics.serve(config.metrics, log.child({ component: 'metrics' }));
    shutdown.add('metrics', () => scraped.close());
  }

  const scheme = tls === undefined ? 'http' : 'https';
  const origin = config.publicOrigin ?? `${scheme}://${config.host === '0.0.0.0' && config.https !== 'off' ? (addresses.reachable[0] ?? 'localhost') : 'localhost'}:${port}`;
  data.announce(origin);
  log.info('server-started', { startMs: Math.round(performance.now()), recoveredCount: recovered, migrationCount: migrated.length, adopted: postgres?.adopted === true, sandbox: sandbox !== undefined });
  const link = signInLinkOf(origin, await signIn.issueLink(practiceId, memberId));
  process.stdout.write(welcome({ link, port, config, dataPath, authority: tls?.authority, origin, isSandbox: sandbox !== undefined, deafTo: sipTls === undefined ? (trunks ?? []).filter(({ transport, register }) => transport === 'tls' && !register).map(({ name }) => name) : [] }));
}

/** The sandbox is reached as any trunk is. */
function sandboxTrunk({ host, port }: { host: string; port: number }) {
  return {
    name: 'sandbox', host, port, transport: 'udp', domain: host, credentials: undefined, register: false, registerExpiresSec: 300, callerIdForm: 'p-asserted-identity', numberForm: 'e164',
    ownNumber: undefined, countryCallingCode: '1', acceptFrom: [], optionsIntervalSec: 30, mediaEncryption: 'off', priority: 10, weight: 10, tls: { ca: undefined, cert: undefined, key: undefined, serverName: undefined },
  } as const;
}

main().catch((cause: unknown) => {
  process.stderr.write(cause instanceof StartRefused || cause instanceof UnusableDirectoryError ? `${cause.message}\n` : `Quietline could not start.\n${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`);
  process.exit(1);
});
