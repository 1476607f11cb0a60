/** What the outcomes of calls say of a number: whether it works, and when its owner was last reached. Outcomes in, health out. */
import type { CallOutcome } from '#contract/call-outcome.ts';
import type { CallerEnd, EndReason } from '#contract/calls.ts';
import type { NumberHealth } from '#contract/contacts.ts';

export interface SaidOutcome {
  readonly outcome: CallOutcome;
  readonly endReason: EndReason | CallerEnd | null;
  /** The call's end, wall time in ms. */
  readonly endedAt: number;
}

/** Null: it says nothing of the number. A phone that nobody answered may be anybody's. */
function evidenceOf({ outcome, endReason }: SaidOutcome): NumberHealth | null {
  switch (outcome) {
    case 'reached':
    case 'voicemail-left':
      return 'works';
    case 'mailbox-full':
      return 'mailbox-full';
    case 'wrong-number':
      return endReason === 'not-in-service' || endReason === 'number-changed' ? 'not-in-service' : 'wrong';
    case 'no-answer':
    case 'busy':
    case 'call-screened':
    case 'failed':
      return null;
  }
}

/** `said`: what people said of the calls to one number, newest first. The newest that says anything holds; so taking one back brings the one before. */
export function healthOf(said: readonly SaidOutcome[]): { health: NumberHealth; lastReachedAt: string | null } {
  const reached = said.find(({ outcome }) => outcome === 'reached');
  let health: NumberHealth = 'unknown';
  for (const each of said) {
    const evidence = evidenceOf(each);
    if (evidence === null) continue;
    health = evidence;
    break;
  }
  return { health, lastReachedAt: reached === undefined ? null : new Date(reached.endedAt).toISOString() };
}
