/** Passkeys: challenges made, answers verified, keys kept. A challenge is taken once; user verification is always asked for; the origin is the page's own and the relying party its host. */
import { generateAuthenticationOptions, generateRegistrationOptions, verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import type { Transaction } from 'kysely';
import type { PasskeyResponse } from '#contract/sign-in.ts';
import { ok, refused, type Result } from '#contract/result.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createToken } from '#server/platform/crypto/token.ts';
import { insertChallenge, takeChallenge, type TakenChallenge } from './challenge-store.ts';
import type { ChallengeKind, MemberTables } from './member-tables.ts';

type Tables = Transaction<MemberTables>;

/** The page's address as the browser sees it. */
export interface PasskeySite {
  origin: string;
}

const CHALLENGE_LIFETIME_MS = 5 * 60_000;
const RELYING_PARTY_NAME = 'Quietline';
/** ES256, EdDSA, RS256 (COSE): what every authenticator has one of. */
const ALGORITHMS = [-7, -8, -257];

export async function startPasskeySignIn(transaction: Tables, { site, random, nowMs }: { site: PasskeySite; random: RandomSource; nowMs: number }) {
  const challenge = createToken(random);
  await insertChallenge(transaction, { kind: 'passkey-sign-in', token: challenge, personId: null, detail: {}, lifetimeMs: CHALLENGE_LIFETIME_MS }, nowMs);
  // No list of keys: whoever asks has not said who they are, and is told of nobody's.
  return generateAuthenticationOptions({ rpID: hostOf(site), challenge: Buffer.from(challenge, 'base64url'), userVerification: 'required', allowCredentials: [] });
}

/** The person whose passkey answered. */
export async function finishPasskeySignIn(transaction: Tables, { site, response, nowMs }: { site: PasskeySite; response: PasskeyResponse; nowMs: number }): Promise<Result<{ personId: string }, 'passkey-refused'>> {
  const taken = await takeAnswered(transaction, 'passkey-sign-in', response, nowMs);
  const passkey = await transaction.selectFrom('passkey').selectAll().where('credential_id', '=', response.id).forUpdate().executeTakeFirst();
  if (taken === undefined || passkey === undefined) return refused('passkey-refused');
  const verification = await verifyAuthenticationResponse({
    response: response as never,
    expectedChallenge: taken.challenge,
    expectedOrigin: site.origin,
    expectedRPID: hostOf(site),
    requireUserVerification: true,
    credential: { id: passkey.credential_id, publicKey: new Uint8Array(passkey.public_key), counter: Number(passkey.counter), transports: passkey.transports },
  }).catch(() => undefined);
  if (verification?.verified !== true) return refused('passkey-refused');
  await transaction
    .updateTable('passkey')
    .set({ counter: String(verification.authenticationInfo.newCounter), is_backed_up: verification.authenticationInfo.credentialBackedUp, last_used_at: new Date(nowMs) })
    .where('credential_id', '=', passkey.credential_id)
    .execute();
  return ok({ personId: passkey.person_id });
}

export interface PasskeyOwner {
  /** Made before there is a person by it, for one who joins. */
  personId: string;
  /** Shown by the authenticator beside the key. */
  name: string;
}

export async function startAddingPasskey(
  transaction: Tables,
  { kind, site, owner, detail = {}, random, nowMs }: { kind: 'passkey-add' | 'join-passkey'; site: PasskeySite; owner: PasskeyOwner; detail?: Record<string, string>; random: RandomSource; nowMs: number },
) {
  const challenge = createToken(random);
  await insertChallenge(transaction, { kind, token: challenge, personId: null, detail: { ...detail, personId: owner.personId }, lifetimeMs: CHALLENGE_LIFETIME_MS }, nowMs);
  const known = await transaction.selectFrom('passkey').select('credential_id').where('person_id', '=', owner.personId).execute();
  return generateRegistrationOptions({
    rpName: RELYING_PARTY_NAME,
    rpID: hostOf(site),
    userName: owner.name,
    userDisplayName: owner.name,
    userID: Buffer.from(owner.personId),
    challenge: Buffer.from(challenge, 'base64url'),
    attestationType: 'none',
    supportedAlgorithmIDs: ALGORITHMS,
    // Discoverable, so that one signs in without saying who one is; verified by finger, face or PIN, so that it is two factors in one.
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    excludeCredentials: known.map(({ credential_id }) => ({ id: credential_id })),
  });
}

export interface VerifiedPasskey {
  taken: TakenChallenge;
  credentialId: string;
  publicKey: Buffer;
  counter: number;
  transports: string[];
  isBackedUp: boolean;
}

export async function verifyNewPasskey(transaction: Tables, { kind, site, response, nowMs }: { kind: 'passkey-add' | 'join-passkey'; site: PasskeySite; response: PasskeyResponse; nowMs: number }): Promise<Result<VerifiedPasskey, 'passkey-refused'>> {
  const taken = await takeAnswered(transaction, kind, response, nowMs);
  if (taken === undefined) return refused('passkey-refused');
  const verification = await verifyRegistrationResponse({
    response: response as never,
    expectedChallenge: taken.challenge,
    expectedOrigin: site.origin,
    expectedRPID: hostOf(site),
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch(() => undefined);
  if (verification?.verified !== true) return refused('passkey-refused');
  const { credential, credentialBackedUp } = verification.registrationInfo;
  const transports = (credential.transports ?? []).filter((each) => /^[a-z-]{1,20}$/.test(each)).slice(0, 10);
  return ok({ taken: taken.taken, credentialId: credential.id, publicKey: Buffer.from(credential.publicKey), counter: credential.counter, transports, isBackedUp: credentialBackedUp });
}

/** False where the key is somebody's already. */
export async function insertPasskey(transaction: Tables, personId: string, name: string, passkey: VerifiedPasskey, nowMs: number): Promise<boolean> {
  const inserted = await transaction
    .insertInto('passkey')
    .values({
      credential_id: passkey.credentialId,
      person_id: personId,
      name,
      public_key: passkey.publicKey,
      counter: String(passkey.counter),
      transports: passkey.transports,
      is_backed_up: passkey.isBackedUp,
      created_at: new Date(nowMs),
      last_used_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (inserted.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** The answer says which challenge it is to; only one of ours, of this kind and not yet taken, is there to be found. */
async function takeAnswered(transaction: Tables, kind: ChallengeKind, response: PasskeyResponse, nowMs: number): Promise<{ challenge: string; taken: TakenChallenge } | undefined> {
  const challenge = challengeOf(response);
  const taken = challenge === undefined ? undefined : await takeChallenge(transaction, kind, challenge, nowMs);
  return challenge === undefined || taken === undefined ? undefined : { challenge, taken };
}

function challengeOf({ response }: PasskeyResponse): string | undefined {
  const { clientDataJSON } = response;
  if (typeof clientDataJSON !== 'string') return undefined;
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8')) as { challenge?: unknown };
    return typeof challenge === 'string' ? challenge : undefined;
  } catch {
    return undefined;
  }
}

/** A relying party is a host without its port. */
const hostOf = ({ origin }: PasskeySite): string => new URL(origin).hostname;
