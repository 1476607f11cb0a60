/** What a failed call means: from status, Reason and Q.850 to the port's words, and whether another trunk may be tried. The one table for it. */
import type { LegEndCause } from '../call-port.ts';

export interface FailureFacts {
  status: number | undefined;
  q850: number | undefined;
  /** The cause of a `Reason: SIP`. */
  reasonStatus: number | undefined;
  reasonText: string | undefined;
}

/** Q.850 causes that say more than the status they come with (telephony.md; RFC 3398 7.2.4.1 for the usual pairs). */
const BY_Q850: Readonly<Record<number, LegEndCause>> = {
  1: 'not-in-service', 17: 'busy', 18: 'no-answer', 19: 'no-answer', 20: 'no-answer', 21: 'rejected', 22: 'number-changed', 23: 'number-changed', 26: 'rejected', 27: 'not-in-service', 28: 'number-incomplete',
  34: 'network-busy', 38: 'network-busy', 41: 'network-busy', 42: 'network-busy', 44: 'network-busy', 47: 'network-busy', 50: 'trunk-refused', 52: 'trunk-refused', 55: 'rejected', 57: 'trunk-refused', 65: 'media-refused', 88: 'media-refused',
};

const BY_STATUS: Readonly<Record<number, LegEndCause>> = {
  401: 'trunk-refused', 402: 'trunk-refused', 403: 'trunk-refused', 404: 'not-in-service', 405: 'trunk-refused', 406: 'media-refused', 407: 'trunk-refused', 408: 'no-answer', 410: 'number-changed', 413: 'trunk-refused',
  414: 'trunk-refused', 415: 'media-refused', 416: 'trunk-refused', 420: 'trunk-refused', 421: 'trunk-refused', 422: 'trunk-refused', 433: 'rejected', 480: 'no-answer', 481: 'network-busy', 482: 'network-busy', 483: 'network-busy',
  484: 'number-incomplete', 485: 'not-in-service', 486: 'busy', 487: 'no-answer', 488: 'media-refused', 493: 'media-refused', 494: 'media-refused', 600: 'busy', 603: 'rejected', 604: 'not-in-service', 606: 'media-refused', 607: 'blocked', 608: 'blocked',
};

/** Why the leg ended, for a final status. */
export function causeOfRefusal(facts: FailureFacts): LegEndCause {
  const { status } = facts;
  // The network's own labels for a call refused by an algorithm or by its owner (RFC 8197, 8688; the FCC's 603+).
  if (status === 607 || status === 608) return 'blocked';
  if (status === 603 && isAnalyticsBlock(facts)) return 'blocked';
  // A Reason header overrides the status; 16 and 31 ("normal") say nothing.
  const byQ850 = facts.q850 === undefined ? undefined : BY_Q850[facts.q850];
  if (byQ850 !== undefined) return byQ850;
  if (status === undefined) return 'trunk-down';
  const byStatus = BY_STATUS[status];
  if (byStatus !== undefined) return byStatus;
  // A redirection is a trunk that will not carry the call itself; it is not followed.
  if (status >= 300 && status < 400) return 'trunk-refused';
  if (status >= 500 && status < 600) return 'network-busy';
  return status >= 600 ? 'rejected' : 'trunk-refused';
}

/** ATIS-1000099 "603+": `Reason: Q.850;cause=21;text="v=analytics1;url=...;"`, or a SIP reason of 608. */
function isAnalyticsBlock(facts: FailureFacts): boolean {
  if (facts.reasonStatus === 607 || facts.reasonStatus === 608) return true;
  return facts.reasonText !== undefined && /v=analytics|analytics|spam|robocall|blocked/i.test(facts.reasonText);
}

export interface AttemptFacts extends FailureFacts {
  /** Anything past 100 came: a phone may have rung, or a voice have spoken. */
  hadProgress: boolean;
  /** From the INVITE to its refusal. */
  tookMs: number;
}

/** Past this a phone may have rung although nobody said so. */
const SURELY_SILENT_MS = 4_000;

/** Whether the next trunk may be tried: only where no phone can have rung. */
export function mayTryNextTrunk(facts: AttemptFacts): boolean {
  if (facts.hadProgress) return false;
  const { status, q850 } = facts;
  // Unreachable, or silent altogether.
  if (status === undefined) return true;
  // The callee's own state is the same by every trunk.
  if (q850 !== undefined && [1, 17, 18, 19, 20, 21, 22, 28].includes(q850)) return false;
  if (status >= 500 && status <= 504) return true;
  if (status === 408 || status === 480) return facts.tookMs < SURELY_SILENT_MS;
  // Refused as a customer, not as a call: another carrier may well take it.
  return status === 401 || status === 403 || status === 407 || (status >= 300 && status < 400) || status === 483 || status === 482;
}
