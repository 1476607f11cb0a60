/** Puts together what stands around the call: sign-in, members, the plan, the audit and its signing. Wired here so that main stays a list of parts. */
import type { Clock } from './platform/clock/clock.ts';
import type { RandomSource } from './platform/clock/random.ts';
import type { Keyring } from './platform/crypto/keyring.ts';
import { createBlindIndex, createRecordCipher } from './platform/crypto/record-cipher.ts';
import type { Log } from './platform/logging/log.ts';
import type { Database } from './platform/storage/database.ts';
import { keepSigning, openCheckpointSigner } from './features/audit/index.ts';
import { createCommunity, createMailer, createPracticeRoutes, createSignInRoutes, type CommunitySettings, type MailSettings, type MemberGuard, type SignIn } from './features/members/index.ts';
import { createOversightRoutes } from './features/oversight/index.ts';
import { createPlanRoutes } from './features/plan/index.ts';

export interface AccountParts {
  database: Database;
  keyring: Keyring;
  /** Where the audit's signing key and the copies of its signatures lie. */
  keysDirectory: string;
  signIn: SignIn;
  guard: MemberGuard;
  /** Undefined: nothing is mailed, and links are shown to the admin who invites. */
  mail: MailSettings | undefined;
  /** Undefined: nobody comes in through a community. */
  community: CommunitySettings | undefined;
  /** Whether real trunks are set; without, every practice is a sandbox. */
  hasTrunk: boolean;
  clock: Clock;
  random: RandomSource;
  log: Log;
}

/** A carrier's full table of rates. */
export const uploads = [{ method: 'PUT', path: '/plan/rates', largestBytes: 8_000_000 }] as const;

export function openAccounts({ database, keyring, keysDirectory, signIn, guard, mail, community, hasTrunk, clock, random, log }: AccountParts) {
  const mailer = mail === undefined ? undefined : createMailer(mail);
  const signing = keepSigning({ database, signer: openCheckpointSigner(keysDirectory), clock, log });
  const watching = signIn.watchOtherServers(log);
  const keys = { cipher: createRecordCipher(keyring), index: createBlindIndex(keyring), random };
  return {
    routes: { ...createSignInRoutes({ database, signIn, guard, keys, mailer, community: community === undefined ? undefined : createCommunity(community, { log, nowMs: () => clock.now() }), clock, random, log }), ...createPracticeRoutes({ database, signIn, guard, hasTrunk, clock, random }), ...createPlanRoutes({ database, guard, clock }), ...createOversightRoutes({ database, guard, clock }) },
    async stop(): Promise<void> {
      await watching.stop();
      await signing.stop();
      mailer?.close();
    },
  };
}
