/** Says a destination's verdict in the words of a dial's answer. Decides nothing. */
import type { DialRefusal } from '#contract/calls.ts';
import type { DestinationReason, DialLimit, DialRefusalDetail } from '#contract/plan.ts';
import { assertNever } from '#contract/result.ts';
import type { DestinationVerdict } from './destination-policy.ts';

/** Null: it may be called. */
export function dialRefusalOf(verdict: DestinationVerdict): DialRefusal | null {
  switch (verdict.kind) {
    case 'emergency':
      return 'emergency-number';
    case 'routed':
      return null;
    case 'allowed':
      // A call without the extension would reach somebody else: the number alone is dialled, and the rest pressed after the answer.
      return verdict.extension === null ? null : 'number-invalid';
    case 'refused':
      return refusalOf(verdict.reason);
    default:
      return assertNever(verdict);
  }
}

function refusalOf(reason: DestinationReason): DialRefusal {
  switch (reason) {
    case 'incomplete':
      return 'number-incomplete';
    case 'empty':
    case 'not-a-number':
    case 'unicode-digits':
    case 'service-code':
    case 'invalid':
      return 'number-invalid';
    case 'dial-around':
    case 'short-code':
    case 'premium':
    case 'shared-cost':
    case 'satellite':
    case 'personal-number':
    case 'special-service':
    case 'look-alike-country':
    case 'international-not-allowed':
    case 'outside-the-sandbox':
      return 'destination-not-allowed';
    default:
      return assertNever(reason);
  }
}

export function nextStepAfter(limit: DialLimit): DialRefusalDetail['nextStep'] {
  switch (limit) {
    case 'at-once':
      return 'end-a-call';
    case 'per-minute':
    case 'per-hour':
    case 'per-day':
      return 'wait';
    case 'spend-per-day':
    case 'spend-per-month':
    case 'country-minutes':
    case 'no-rate':
      return 'ask-admin-to-raise-the-limit';
    default:
      return assertNever(limit);
  }
}
