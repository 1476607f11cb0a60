/** What is kept of a call, with the party's number opened; instants are wall time in ms. */
import type { CallState, EndReason } from '#contract/calls.ts';
import type { CallId, E164, LineId, PartyNumber } from '#contract/ids.ts';

export interface CallRecord {
  readonly id: CallId;
  readonly version: number;
  readonly direction: 'outgoing' | 'incoming';
  readonly state: CallState;
  readonly number: PartyNumber;
  readonly line: { readonly id: LineId; readonly name: string; readonly number: E164 };
  readonly isSandbox: boolean;
  readonly startedAt: number;
  readonly ringingAt: number | null;
  readonly answeredAt: number | null;
  readonly heldAt: number | null;
  readonly endedAt: number | null;
  readonly endReason: EndReason | null;
}
