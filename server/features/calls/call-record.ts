/** What is kept of a call, with the party's number opened; instants are wall time in ms. */
import type { CallAudio } from '#contract/call-audio.ts';
import type { CallerEnd, CallState, EndReason } from '#contract/calls.ts';
import type { CallId, E164, LineId, MemberId, PartyNumber } from '#contract/ids.ts';
import type { Suggestion } from './outcome-suggestion-policy.ts';

/** A call that a member made: it has a number and somebody whose it is. */
export type MemberCallRecord = CallRecord & { readonly madeBy: MemberId; readonly number: PartyNumber; readonly endReason: EndReason | null };

export interface CallRecord {
  readonly id: CallId;
  readonly version: number;
  /** Null of a call that came in and that nobody took. */
  readonly madeBy: MemberId | null;
  /** Null: for the one who made it. */
  readonly onBehalfOf: MemberId | null;
  readonly direction: 'outgoing' | 'incoming';
  readonly state: CallState;
  /** Null where the caller withheld it. */
  readonly number: PartyNumber | null;
  readonly line: { readonly id: LineId; readonly name: string; readonly number: E164 };
  readonly isSandbox: boolean;
  readonly startedAt: number;
  readonly ringingAt: number | null;
  readonly answeredAt: number | null;
  readonly heldAt: number | null;
  readonly endedAt: number | null;
  readonly endReason: EndReason | CallerEnd | null;
  /** Null while it goes on, and of calls older than suggestions. */
  readonly suggestion: Suggestion | null;
  /** Null of calls that reached nobody, and of calls older than this. */
  readonly audio: CallAudio | null;
}

export const isMembers = (record: CallRecord): record is MemberCallRecord => record.direction === 'outgoing' && record.madeBy !== null && record.number !== null;
