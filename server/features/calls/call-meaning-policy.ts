/**
 * What a call's end means, and what its sound suggests: from the leg's cause, what the network said of it and the tones that were heard,
 * to one end reason. A Reason header, a Q.850 cause and a telling status come before tones, and have made the cause by then (telephony.md).
 */
import type { CallHint, EndReason } from '#contract/calls.ts';
import { assertNever } from '#contract/result.ts';

/** Why the party's leg is over, as call-port.ts tells it. */
export type PartyEndCause =
  | 'hung-up' | 'cancelled' | 'no-answer' | 'busy' | 'rejected' | 'not-in-service' | 'number-changed' | 'number-incomplete'
  | 'blocked' | 'trunk-refused' | 'network-busy' | 'trunk-down' | 'connection-lost' | 'media-refused';

/** As media-port.ts tells them. */
export type HeardSign =
  | 'not-in-service-tones' | 'network-busy-tones' | 'announcement-tones' | 'busy-tone' | 'reorder-tone' | 'beep' | 'initial-silence' | 'long-greeting' | 'greeting-waits';

export interface EndFacts {
  readonly cause: PartyEndCause;
  readonly by: 'us' | 'peer' | 'network';
  /** The cause comes of a word that means one thing. */
  readonly saysWhy: boolean;
  /** What was heard before an answer; null where there was one. */
  readonly hint: CallHint | null;
}

export function endReasonOf({ cause, by, saysWhy, hint }: EndFacts): EndReason {
  switch (cause) {
    case 'hung-up': return by === 'us' ? 'hung-up-by-member' : by === 'peer' ? 'hung-up-by-party' : 'party-lost';
    case 'connection-lost': return 'party-lost';
    case 'cancelled':
    case 'no-answer':
    case 'network-busy': return (saysWhy ? null : reasonOfTones(hint)) ?? cause;
    case 'busy':
    case 'rejected':
    case 'not-in-service':
    case 'number-changed':
    case 'number-incomplete':
    case 'blocked':
    case 'trunk-refused':
    case 'trunk-down':
    case 'media-refused': return cause;
    default: return assertNever(cause);
  }
}

function reasonOfTones(hint: CallHint | null): EndReason | null {
  switch (hint) {
    case 'not-in-service':
    case 'network-busy':
    case 'busy': return hint;
    case 'announcement': return 'network-announcement';
    case 'mailbox':
    case 'beep':
    case 'screening':
    case 'silence':
    case null: return null;
    default: return assertNever(hint);
  }
}

/** Q.850: normal clearing, normal unspecified, interworking. They say nothing. */
const EMPTY_CAUSES: readonly number[] = [16, 31, 127];

/** Whether a leg's end was explained by whoever ended it: then what was heard before is not asked. */
export function saysWhy({ status, q850 }: { readonly status: number | undefined; readonly q850: number | undefined }): boolean {
  if (q850 !== undefined && !EMPTY_CAUSES.includes(q850)) return true;
  // Time-outs, "temporarily unavailable", a cancellation and a gateway's failure are what a network says that has already said it by tones.
  return status !== undefined && ![408, 480, 487].includes(status) && !(status >= 500 && status < 600);
}

export function endReasonOfMessage(phase: 'awaiting-beep' | 'playing' | 'left'): EndReason {
  switch (phase) {
    case 'awaiting-beep': return 'message-not-left';
    case 'playing': return 'message-cut-off';
    case 'left': return 'message-left';
    default: return assertNever(phase);
  }
}

/** The hint after a sign; null where it changes nothing. A mailbox that beeped is no phone that screens. */
export function hintAfter(hint: CallHint | null, sign: HeardSign): CallHint | null {
  switch (sign) {
    case 'not-in-service-tones': return 'not-in-service';
    case 'network-busy-tones': return 'network-busy';
    case 'announcement-tones': return 'announcement';
    case 'busy-tone': return 'busy';
    case 'reorder-tone': return 'network-busy';
    case 'beep': return 'beep';
    case 'initial-silence': return hint ?? 'silence';
    case 'long-greeting': return hint === null || hint === 'silence' ? 'mailbox' : null;
    case 'greeting-waits': return hint === 'mailbox' ? 'screening' : null;
    default: return assertNever(sign);
  }
}
