/** For tests: members behind the real HTTP server, with browsers that keep their cookies, and a clock the test owns. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFakeClock, type FakeClock } from '#server/platform/clock/fake-clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { openKeyring } from '#server/platform/crypto/keyring.ts';
import { createBlindIndex, createRecordCipher } from '#server/platform/crypto/record-cipher.ts';
import { createHttpServer, type HttpServer } from '#server/platform/http/http-server.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { createTestDatabase, type TestDatabase } from '#server/platform/storage/test-database.ts';
import { createDraftKeys, createMemberGuard, createMemberRoutes, createSignIn, createSignInRoutes, createSocketTickets, seedDemoPractice, type Community, type DemoPractice, type Mailer, type SignIn, type SignInRouteParts } from './index.ts';
import { createTestAuthenticator, type TestAuthenticator } from './test-authenticator.ts';

export interface Answer {
  status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it expects to be there
  body: any;
  headers: Record<string, unknown>;
}

export interface TestBrowser {
  readonly cookies: Map<string, string>;
  readonly origin: string;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  send(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** As the demo's member, by a link. */
  enter(): Promise<void>;
  /** Signs in with a passkey. */
  usePasskey(authenticator: TestAuthenticator, origin?: string): Promise<Answer>;
  /** As somebody new, by an invitation's link. */
  join(link: string): Promise<{ key: TestAuthenticator; memberId: string }>;
  /** Gives the signed-in member a passkey. */
  addPasskey(): Promise<TestAuthenticator>;
}

export interface TestHouse {
  readonly store: TestDatabase;
  readonly clock: FakeClock;
  readonly demo: DemoPractice;
  readonly signIn: SignIn;
  readonly http: HttpServer;
  readonly parts: SignInRouteParts;
  openBrowser(host?: string): TestBrowser;
  close(): Promise<void>;
}

/** `more` adds routes of other features, given what members give them. */
export async function openTestHouse({ mailer, community, more = () => ({}) }: { mailer?: Mailer; community?: Community; more?: (parts: SignInRouteParts) => object } = {}): Promise<TestHouse> {
  const store = await createTestDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'quietline-keys-'));
  const keyring = openKeyring(directory);
  const clock = createFakeClock();
  const [{ database }, random, log] = [store, systemRandom, silentLog];
  const demo = await seedDemoPractice({ database, clock, random, isSandbox: true });
  const signIn = createSignIn({ database, clock, random });
  const guard = createMemberGuard(signIn);
  const parts: SignInRouteParts = { database, signIn, guard, keys: { cipher: createRecordCipher(keyring), index: createBlindIndex(keyring), random }, mailer, community, clock, random, log };
  const http = await createHttpServer({
    log,
    origins: { publicOrigin: undefined, hostNames: ['clinic.example', 'evil.example'] },
    trustProxy: false,
    tls: undefined,
    pageDirectory: undefined,
    downloads: [],
    router: { ...createMemberRoutes({ signIn, tickets: createSocketTickets({ clock, random }), draftKeyOf: createDraftKeys(keyring) }), ...createSignInRoutes(parts), ...more(parts) },
    sockets: undefined,
    uploads: [{ method: 'PUT', path: '/plan/rates', largestBytes: 8_000_000 }],
  });

  const openBrowser = (host = 'clinic.example'): TestBrowser => {
    const cookies = new Map<string, string>();
    const origin = `http://${host}`;
    const send: TestBrowser['send'] = async (method, path, body, headers = {}) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await http.inject({ method, url: `/api${path}`, headers: { host, origin, ...(cookie === '' ? {} : { cookie }), ...headers }, ...(body === undefined ? {} : { payload: body as object }) });
      for (const { name, value } of response.cookies) if (value === '') cookies.delete(name);
      else cookies.set(name, value);
      return { status: response.statusCode, body: response.body === '' ? undefined : JSON.parse(response.body), headers: response.headers };
    };
    const post: TestBrowser['post'] = (path, body = {}, headers) => send('POST', path, body, headers);
    return {
      cookies,
      origin,
      send,
      post,
      get: (path, headers) => send('GET', path, undefined, headers),
      async enter() {
        await post('/sign-in/link', { token: await signIn.issueLink(demo.practiceId, demo.memberId) });
      },
      async usePasskey(authenticator, claimed = origin) {
        const { body } = await post('/sign-in/passkey/start');
        return post('/sign-in/passkey/finish', { response: authenticator.sign(body.options, { origin: claimed, relyingParty: new URL(origin).hostname }) });
      },
      async join(link) {
        const token = link.split('#')[1];
        const opened = await post('/invitations/open', { token });
        const key = createTestAuthenticator();
        const joined = await post('/invitations/join', { token, response: key.create(opened.body.options, { origin }) });
        return { key, memberId: joined.body.memberships[0].memberId };
      },
      async addPasskey() {
        const authenticator = createTestAuthenticator();
        const { body } = await post('/passkeys/start');
        const added = await post('/passkeys', { name: 'Laptop', response: authenticator.create(body.options, { origin }) });
        if (added.status !== 200) throw new Error(`The passkey was refused with ${added.status}.`);
        return authenticator;
      },
    };
  };

  return {
    store, clock, demo, signIn, http, parts, openBrowser,
    async close() {
      await http.close();
      await store.drop();
      await rm(directory, { recursive: true });
    },
  };
}
