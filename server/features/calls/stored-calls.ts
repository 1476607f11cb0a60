/** Tells the features above of calls once they are written: that one was placed, that one is over. What they do with it is never in a call's way. */
import type { EndReason } from '#contract/calls.ts';
import type { CallId, MemberId, PartyNumber, PracticeId } from '#contract/ids.ts';
import type { CallStore } from './call-store.ts';

interface StoredCall {
  readonly practiceId: PracticeId;
  readonly memberId: MemberId;
  readonly onBehalfOf: MemberId | null;
  readonly callId: CallId;
  readonly number: PartyNumber;
  readonly at: number;
}

/** May come twice: a call's end is written again with the note that a page was told. */
export type StoredCallEvent =
  | (StoredCall & { readonly type: 'call-placed' })
  | (StoredCall & { readonly type: 'call-ended'; readonly end: { readonly reason: EndReason; readonly at: number; readonly startedAt: number; readonly ringingAt: number | null; readonly answeredAt: number | null } });

export function announceStored(store: CallStore, listener: (event: StoredCallEvent) => void): CallStore {
  return {
    ...store,
    async insert(call) {
      await store.insert(call);
      listener({ type: 'call-placed', practiceId: call.practiceId, memberId: call.memberId, onBehalfOf: call.onBehalfOf, callId: call.id, number: call.number, at: call.startedAt });
    },
    async save(call, transitions, endShownAt, audio) {
      await store.save(call, transitions, endShownAt, audio);
      if (call.end !== null) listener({ type: 'call-ended', practiceId: call.practiceId, memberId: call.memberId, onBehalfOf: call.onBehalfOf, callId: call.id, number: call.number, at: call.end.at, end: { reason: call.end.reason, at: call.end.at, startedAt: call.startedAt, ringingAt: call.ringingAt, answeredAt: call.answeredAt } });
    },
  };
}
