/** Tells the features above of calls once they are written: that one was placed, that one is over. What they do with it is never in a call's way. */
import type { CallId, MemberId, PartyNumber, PracticeId } from '#contract/ids.ts';
import type { CallStore } from './call-store.ts';

/** May come twice: a call's end is written again with the note that a page was told. */
export interface StoredCallEvent {
  readonly type: 'call-placed' | 'call-ended';
  readonly practiceId: PracticeId;
  readonly memberId: MemberId;
  readonly callId: CallId;
  readonly number: PartyNumber;
  readonly at: number;
}

export function announceStored(store: CallStore, listener: (event: StoredCallEvent) => void): CallStore {
  return {
    ...store,
    async insert(call) {
      await store.insert(call);
      listener({ type: 'call-placed', practiceId: call.practiceId, memberId: call.memberId, callId: call.id, number: call.number, at: call.startedAt });
    },
    async save(call, transitions, endShownAt) {
      await store.save(call, transitions, endShownAt);
      if (call.end !== null) listener({ type: 'call-ended', practiceId: call.practiceId, memberId: call.memberId, callId: call.id, number: call.number, at: call.end.at });
    },
  };
}
