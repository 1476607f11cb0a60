/** When a line may be shown, and when a code is right: proof by a call (with a code, or one that comes back here), an admin's approval, and 180 days. Facts in, decision out. */
import type { LineProofState } from '#contract/lines.ts';
import { ok, refused } from '#contract/result.ts';
import type { Result } from '#contract/result.ts';

const DAY_MS = 86_400_000;
export const PROOF_LIFETIME_MS = 180 * DAY_MS;
/** Long enough before the end for one who is on vacation. */
const REMINDER_MS = 14 * DAY_MS;
/** From the call to the entry: a pen has to be found. */
const CODE_LIFETIME_MS = 10 * 60_000;
/** Three tries at a million codes. */
const MOST_TRIES = 3;
/** The number belongs to somebody, who may not have asked to be called. */
const MOST_CALLS_A_DAY = 5;

export interface LineProofFacts {
  readonly kind: 'hosted' | 'verified';
  /** When an admin approved the last proof. */
  readonly provenAt: number | null;
  /** When the last code was entered, or the last call came back. */
  readonly codeEnteredAt: number | null;
}

/** The sandbox's own: hosted, and lent without a call. Its proof does not end. */
export const isLent = ({ kind, provenAt, codeEnteredAt }: LineProofFacts): boolean => kind === 'hosted' && provenAt !== null && codeEnteredAt === null;

export function proofStateOf(facts: LineProofFacts, nowMs: number): LineProofState {
  const { provenAt, codeEnteredAt } = facts;
  if (isLent(facts)) return 'proven';
  // A new proof that waits for approval leaves the old one as it is until then.
  if (provenAt !== null && nowMs < provenAt + PROOF_LIFETIME_MS) return 'proven';
  if (codeEnteredAt !== null && codeEnteredAt > (provenAt ?? Number.NEGATIVE_INFINITY)) return 'awaiting-approval';
  return provenAt === null ? 'unproven' : 'expired';
}

/** A code was entered, or a call came back, that no admin has approved yet, whether or not an older proof still holds. */
export function isApprovalDue({ provenAt, codeEnteredAt }: LineProofFacts): boolean {
  return codeEnteredAt !== null && codeEnteredAt > (provenAt ?? Number.NEGATIVE_INFINITY);
}

export function isReminderDue(facts: LineProofFacts, nowMs: number): boolean {
  const { provenAt } = facts;
  return !isLent(facts) && provenAt !== null && nowMs >= provenAt + PROOF_LIFETIME_MS - REMINDER_MS && !isApprovalDue(facts);
}

export interface CodeCallFacts {
  readonly calls: number;
  readonly callsSince: number | null;
}

/** The count to write down with the call that is now made. */
export function admitCodeCall({ calls, callsSince }: CodeCallFacts, nowMs: number): Result<CodeCallFacts, 'too-many-code-calls'> {
  if (callsSince === null || nowMs >= callsSince + DAY_MS) return ok({ calls: 1, callsSince: nowMs });
  return calls >= MOST_CALLS_A_DAY ? refused('too-many-code-calls') : ok({ calls: calls + 1, callsSince });
}

export function codeCallsLeft({ calls, callsSince }: CodeCallFacts, nowMs: number): number {
  return callsSince === null || nowMs >= callsSince + DAY_MS ? MOST_CALLS_A_DAY : Math.max(0, MOST_CALLS_A_DAY - calls);
}

/** What the screen says beside the boxes; null where no code is to be entered. */
export function enterableCodeOf({ issuedAt, tries }: Omit<CodeFacts, 'isRight'>, nowMs: number): { expiresAtMs: number; triesLeft: number } | null {
  return issuedAt === null || nowMs >= issuedAt + CODE_LIFETIME_MS ? null : { expiresAtMs: issuedAt + CODE_LIFETIME_MS, triesLeft: Math.max(0, MOST_TRIES - tries) };
}

export interface CodeFacts {
  readonly issuedAt: number | null;
  /** Tries at this code, this one not counted. */
  readonly tries: number;
  readonly isRight: boolean;
}

export function judgeCode({ issuedAt, tries, isRight }: CodeFacts, nowMs: number): Result<void, 'no-code' | 'code-expired' | 'too-many-tries' | 'code-wrong'> {
  if (issuedAt === null) return refused('no-code');
  if (nowMs >= issuedAt + CODE_LIFETIME_MS) return refused('code-expired');
  if (tries >= MOST_TRIES) return refused('too-many-tries');
  return isRight ? ok(undefined) : refused('code-wrong');
}

/** Drawn until it is one. */
export function freshCode(random: { bytes(length: number): Uint8Array }): string {
  for (;;) {
    const code = codeFrom(random.bytes(16));
    if (code !== undefined) return code;
  }
}

/** Six digits, each as likely as the next: bytes of 250 and above are passed over. */
export function codeFrom(bytes: Uint8Array): string | undefined {
  const digits = [...bytes].filter((byte) => byte < 250).map((byte) => byte % 10);
  return digits.length < 6 ? undefined : digits.slice(0, 6).join('');
}
