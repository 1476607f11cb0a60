/** The second way in: an authenticator's codes, recovery codes for a lost one, and the mailed link that one of them completes. A code is taken once; neither codes nor secrets are kept in the clear. */
import { sql, type Transaction } from 'kysely';
import { ok, refused, type Result } from '#contract/result.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import type { BlindIndex, RecordCipher } from '#server/platform/crypto/record-cipher.ts';
import { createToken, hashToken } from '#server/platform/crypto/token.ts';
import { countAttempt, insertChallenge, takeChallenge } from './challenge-store.ts';
import type { MemberTables } from './member-tables.ts';
import { createTotpSecret, encodeBase32, findTotpStep } from './totp.ts';

type Tables = Transaction<MemberTables>;

export interface SecondWayKeys {
  cipher: RecordCipher;
  index: BlindIndex;
  random: RandomSource;
}

const LINK_LIFETIME_MS = 15 * 60_000;
const RECOVERY_CODES = 10;
/** 80 bits: not to be guessed even by one who has the database and the key. */
const RECOVERY_CODE_BYTES = 10;
/** People are no practice's: their secrets are sealed to a place of their own. */
const NO_PRACTICE = 'installation';

const placeOf = (personId: string) => ({ practiceId: NO_PRACTICE, table: 'person', column: 'totp_sealed', rowId: personId });

/** A new secret, which replaces nothing until a code of it is shown: one who stops half-way keeps the authenticator they had. */
export async function startAuthenticator(transaction: Tables, { cipher, random }: SecondWayKeys, personId: string, nowMs: number): Promise<string> {
  const secret = createTotpSecret(random);
  const token = pendingTokenOf(personId);
  await transaction.deleteFrom('sign_in_challenge').where('token_hash', '=', hashToken(token)).execute();
  await insertChallenge(transaction, { kind: 'authenticator', token, personId, detail: { sealed: cipher.seal(placeOf(personId), secret).toString('base64') }, lifetimeMs: LINK_LIFETIME_MS }, nowMs);
  return secret;
}

export async function confirmAuthenticator(transaction: Tables, { cipher }: SecondWayKeys, personId: string, code: string, nowMs: number): Promise<boolean> {
  const pending = await countAttempt(transaction, 'authenticator', pendingTokenOf(personId), nowMs);
  if (pending === undefined) return false;
  const sealed = Buffer.from(pending.detail['sealed'] ?? '', 'base64');
  const step = findTotpStep(cipher.open(placeOf(personId), sealed), code, nowMs, 0);
  if (step === undefined || (await takeChallenge(transaction, 'authenticator', pendingTokenOf(personId), nowMs)) === undefined) return false;
  await transaction.updateTable('person').set({ totp_sealed: sealed, totp_confirmed_at: new Date(nowMs), totp_last_step: String(step) }).where('id', '=', personId).execute();
  return true;
}

/** Not a secret: only the signed-in person's own is ever looked for. */
const pendingTokenOf = (personId: string): string => `authenticator of ${personId}`;

/** Whether the code is the authenticator's, now and for the first time. */
async function useTotpCode(transaction: Tables, { cipher }: SecondWayKeys, personId: string, code: string, nowMs: number): Promise<boolean> {
  const person = await transaction.selectFrom('person').select(['totp_sealed', 'totp_last_step']).where('id', '=', personId).where('totp_confirmed_at', 'is not', null).forUpdate().executeTakeFirst();
  if (person === undefined || person.totp_sealed === null) return false;
  const step = findTotpStep(cipher.open(placeOf(personId), person.totp_sealed), code, nowMs, Number(person.totp_last_step));
  if (step === undefined) return false;
  // The row is locked since it was read: of two who bring one code at the same instant, the second finds its step used.
  await transaction.updateTable('person').set({ totp_last_step: String(step) }).where('id', '=', personId).execute();
  return true;
}

/** In place of all there were. Shown once. */
export async function makeRecoveryCodes(transaction: Tables, { index, random }: SecondWayKeys, personId: string): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, () => encodeBase32(random.bytes(RECOVERY_CODE_BYTES)));
  await transaction.deleteFrom('recovery_code').where('person_id', '=', personId).execute();
  await transaction.insertInto('recovery_code').values(codes.map((code) => ({ person_id: personId, code_index: index.of(NO_PRACTICE, 'recovery-code', code), used_at: null }))).execute();
  return codes.map((code) => code.match(/.{4}/g)!.join('-'));
}

async function useRecoveryCode(transaction: Tables, { index }: SecondWayKeys, personId: string, code: string, nowMs: number): Promise<boolean> {
  const plain = code.toUpperCase().replaceAll(/[^A-Z2-7]/g, '');
  if (plain.length !== (RECOVERY_CODE_BYTES * 8) / 5) return false;
  const used = await transaction
    .updateTable('recovery_code')
    .set({ used_at: new Date(nowMs) })
    .where('person_id', '=', personId)
    .where('code_index', 'in', index.allOf(NO_PRACTICE, 'recovery-code', plain))
    .where('used_at', 'is', null)
    .executeTakeFirst();
  return used.numUpdatedRows > 0n;
}

export async function useAnyCode(transaction: Tables, keys: SecondWayKeys, personId: string, code: string, nowMs: number): Promise<boolean> {
  return (await useTotpCode(transaction, keys, personId, code, nowMs)) || (await useRecoveryCode(transaction, keys, personId, code, nowMs));
}

/** The token to mail, or undefined where nobody has the address, or has no authenticator to complete it with. */
export async function startEmailLink(transaction: Tables, { random }: SecondWayKeys, email: string, nowMs: number): Promise<string | undefined> {
  const person = await transaction.selectFrom('person').select('id').where('email', '=', email.toLowerCase()).where('totp_confirmed_at', 'is not', null).executeTakeFirst();
  if (person === undefined) return undefined;
  const token = createToken(random);
  await insertChallenge(transaction, { kind: 'email-link', token, personId: person.id, detail: {}, lifetimeMs: LINK_LIFETIME_MS }, nowMs);
  return token;
}

/** Both or neither: a right code does not use the link up with a wrong one, but five wrong ones do. */
export async function finishEmailLink(transaction: Tables, keys: SecondWayKeys, token: string, code: string, nowMs: number): Promise<Result<{ personId: string }, 'link-used-or-expired' | 'code-refused'>> {
  const found = await countAttempt(transaction, 'email-link', token, nowMs);
  if (found === undefined || found.personId === null) return refused('link-used-or-expired');
  if (!(await useAnyCode(transaction, keys, found.personId, code, nowMs))) return refused('code-refused');
  const taken = await takeChallenge(transaction, 'email-link', token, nowMs);
  return taken === undefined ? refused('link-used-or-expired') : ok({ personId: found.personId });
}

/** False where another person has it. */
export async function setEmail(transaction: Tables, personId: string, email: string): Promise<boolean> {
  const taken = await transaction.selectFrom('person').select('id').where('email', '=', email.toLowerCase()).where('id', '<>', personId).executeTakeFirst();
  if (taken !== undefined) return false;
  await transaction.updateTable('person').set({ email: sql`${email.toLowerCase()}` }).where('id', '=', personId).execute();
  return true;
}
