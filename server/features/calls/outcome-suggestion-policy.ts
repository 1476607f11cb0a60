/** What came of a call, guessed from what was observed: a suggestion for a person to confirm, with the reason it is given. Facts in, guess out; says nothing while the call goes on. */
import type { SuggestionReason } from '#contract/call-log.ts';
import type { CallOutcome } from '#contract/call-outcome.ts';
import type { CallHint, EndReason } from '#contract/calls.ts';
import { assertNever } from '#contract/result.ts';

export interface ObservedCall {
  readonly startedAt: number;
  readonly ringingAt: number | null;
  readonly answeredAt: number | null;
  readonly endedAt: number | null;
  readonly endReason: EndReason | null;
  /** What its sound suggested last, where somebody listened. */
  readonly hint?: CallHint | null;
}

export interface Suggestion {
  readonly outcome: CallOutcome;
  readonly because: SuggestionReason;
}

/** North American and European networks hand over to a mailbox after four to six rings, 20 to 30 s; whoever hears their phone answers before. */
const MAILBOX_RING_MS = 17_000;
/** Nobody is greeted, understood and answered in less. */
const SHORTEST_TALK_MS = 8_000;
/** A greeting and its tone. Who hangs up sooner has left nothing. */
const SHORTEST_GREETING_MS = 10_000;
/** Longer than any message a mailbox takes; a full one says so in less than half a minute. */
const LONGEST_MESSAGE_MS = 120_000;
const LONGEST_REFUSAL_MS = 30_000;

export function suggestOutcome({ startedAt, ringingAt, answeredAt, endedAt, endReason, hint = null }: ObservedCall): Suggestion | null {
  if (endReason === null || endedAt === null) return null;
  if (answeredAt !== null) return suggestForAnswered(answeredAt - (ringingAt ?? startedAt), endedAt - answeredAt, endReason, hint);
  switch (endReason) {
    case 'no-answer':
      return { outcome: 'no-answer', because: 'rang-out' };
    case 'busy':
      return { outcome: 'busy', because: 'busy' };
    case 'rejected':
      return { outcome: 'no-answer', because: 'declined' };
    case 'not-in-service':
    case 'number-changed':
    case 'number-incomplete':
      return { outcome: 'wrong-number', because: 'number-is-dead' };
    case 'blocked':
      return { outcome: 'call-screened', because: 'blocked' };
    case 'cancelled':
    case 'hung-up-by-member':
    case 'hung-up-by-party':
      return ringingAt === null ? { outcome: 'failed', because: 'never-rang' } : { outcome: 'no-answer', because: 'cancelled-while-ringing' };
    case 'trunk-refused':
    case 'network-announcement':
    case 'message-left':
    case 'message-cut-off':
    case 'message-not-left':
    case 'network-busy':
    case 'trunk-down':
    case 'media-refused':
    case 'party-lost':
    case 'device-lost':
    case 'time-limit-reached':
    case 'server-restarted':
    case 'internal-error':
      return { outcome: 'failed', because: 'lost-on-the-way' };
    default:
      return assertNever(endReason);
  }
}

function suggestForAnswered(rangMs: number, talkedMs: number, endReason: EndReason, hint: CallHint | null): Suggestion {
  // A recorded message: what became of it was seen, and needs no guess.
  if (endReason === 'message-left') return { outcome: 'voicemail-left', because: 'message-spoken' };
  if (endReason === 'message-cut-off') return { outcome: 'mailbox-full', because: 'message-cut-off' };
  if (endReason === 'message-not-left') return { outcome: 'no-answer', because: 'message-not-begun' };
  const soundsLikeMailbox = hint === 'mailbox' || hint === 'beep';
  const isLikelyMailbox = (soundsLikeMailbox || rangMs >= MAILBOX_RING_MS) && talkedMs <= LONGEST_MESSAGE_MS;
  // Who was asked for a name, and then spoke for longer than that takes, was put through.
  if (hint === 'screening' && talkedMs <= LONGEST_REFUSAL_MS) return { outcome: 'call-screened', because: 'asked-who-calls' };
  if (endReason === 'hung-up-by-party') {
    if (isLikelyMailbox && talkedMs <= LONGEST_REFUSAL_MS) return { outcome: 'mailbox-full', because: 'machine-ended-it' };
    if (talkedMs < SHORTEST_TALK_MS) return { outcome: 'no-answer', because: 'hung-up-at-once' };
  }
  if (isLikelyMailbox && endReason === 'hung-up-by-member') return talkedMs < SHORTEST_GREETING_MS ? { outcome: 'no-answer', because: 'mailbox-and-hung-up' } : { outcome: 'voicemail-left', because: 'mailbox-and-time-to-speak' };
  if (talkedMs < SHORTEST_TALK_MS) return endReason === 'hung-up-by-member' ? { outcome: 'reached', because: 'spoke-briefly' } : { outcome: 'failed', because: 'lost-on-the-way' };
  return { outcome: 'reached', because: 'spoke' };
}
