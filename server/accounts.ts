/** Puts together what stands around the call: sign-in, members, the plan, the audit and its signing. Wired here so that main stays a list of parts. */
import type { Clock } from './platform/clock/clock.ts';
import type { RandomSource } from './platform/clock/random.ts';
import type { Keyring } from './platform/crypto/keyring.ts';
import { createBlindIndex, createRecordCipher } from './platform/crypto/record-cipher.ts';
import type { Log } from './platform/logging/log.ts';
import type { Database } from './platform/storage/database.ts';
import { keepRevocations, keepSigning, openCheckpointSigner, verifyPart } from './features/audit/index.ts';
import { createCommunity, createMailer, createPracticeRoutes, createSignInRoutes, type CommunitySettings, type MailSettings, type MemberGuard, type PracticeRouteParts, type SignIn } from './features/members/index.ts';
import { createOversightRoutes } from './features/oversight/index.ts';
import { createPlanRoutes } from './features/plan/index.ts';

export interface AccountParts {
  database: Database;
  keyring: Keyring;
  /** Where the audit's signing key and the copies of its signatures lie. */
  keysDirectory: string;
  /** Where what was taken from somebody is kept beside the database. */
  revocationsPath: string;
  signIn: SignIn;
  guard: MemberGuard;
  /** Undefined: nothing is mailed, and links are shown to the admin who invites. */
  mail: MailSettings | undefined;
  /** Undefined: nobody comes in through a community. */
  community: CommunitySettings | undefined;
  trunks: PracticeRouteParts['trunks'];
  prepareSandbox: PracticeRouteParts['prepareSandbox'];
  clock: Clock;
  random: RandomSource;
  log: Log;
}

/** A carrier's full table of rates; a minute of speech. */
export const uploads = [
  { method: 'PUT', path: '/plan/rates', largestBytes: 8_000_000 },
  { method: 'POST', path: '/plan/rates/preview', largestBytes: 8_000_000 },
  { method: 'POST', path: '/spoken-messages', largestBytes: 1_400_000 },
  { method: 'PUT', path: '/answering/greeting', largestBytes: 1_400_000 },
] as const;

export function openAccounts({ database, keyring, keysDirectory, revocationsPath, signIn, guard, mail, community, trunks, prepareSandbox, clock, random, log }: AccountParts) {
  const mailer = mail === undefined ? undefined : createMailer(mail);
  const signer = openCheckpointSigner(keysDirectory);
  const signing = keepSigning({ database, signer, clock, log });
  const revocations = keepRevocations({ database, path: revocationsPath, clock, log });
  const watching = signIn.watchOtherServers(log);
  const keys = { cipher: createRecordCipher(keyring), index: createBlindIndex(keyring), random };
  return {
    routes: { ...createSignInRoutes({ database, signIn, guard, keys, mailer, community: community === undefined ? undefined : createCommunity(community, { log, nowMs: () => clock.now() }), clock, random, log }), ...createPracticeRoutes({ database, signIn, guard, trunks, prepareSandbox, clock, random }), ...createPlanRoutes({ database, guard, clock }), ...createOversightRoutes({ database, guard, verify: (practiceId, from) => verifyPart(database, signer, practiceId, from), clock }) },
    async stop(): Promise<void> {
      await watching.stop();
      await signing.stop();
      await revocations.stop();
    },
  };
}
