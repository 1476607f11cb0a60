/** The calls that live now, by id and by member, from the dial until their end is written. Holds them; decides nothing about them. */
import type { CallState } from '#contract/calls.ts';
import type { CallId, DeviceId, MemberId } from '#contract/ids.ts';
import { stateOf } from './call-machine.ts';
import type { CallEvent } from './call-facts.ts';
import type { CallSession } from './call-session.ts';

export interface LiveCalls {
  add(session: CallSession): void;
  /** The member's call; another member's is not there. */
  find(callId: CallId, memberId: MemberId): CallSession | undefined;
  ofMember(memberId: MemberId): CallSession[];
  /** How many of the member's calls have not ended. */
  countOf(memberId: MemberId): number;
  /** Those that hold the member: one that leaves a message goes on alone. */
  countHolding(memberId: MemberId): number;
  count(): number;
  /** How many are in each state, ended ones that are still being written left out. */
  states(): ReadonlyMap<CallState, number>;
  /** To each call that this device carries. */
  postToCarried(memberId: MemberId, deviceId: DeviceId, event: CallEvent): void;
  /** Ends every call and waits until it is written, no longer than `withinMs`. */
  endAll(withinMs: number): Promise<void>;
}

export function createLiveCalls(): LiveCalls {
  const sessions = new Map<CallId, CallSession>();
  const ofMember = (memberId: MemberId): CallSession[] => [...sessions.values()].filter((session) => session.call().memberId === memberId);
  return {
    add(session) {
      const { id } = session.call();
      sessions.set(id, session);
      void session.finished.then(() => sessions.delete(id));
    },
    find(callId, memberId) {
      const session = sessions.get(callId);
      return session?.call().memberId === memberId ? session : undefined;
    },
    ofMember,
    countOf: (memberId) => ofMember(memberId).filter((session) => session.call().end === null).length,
    countHolding: (memberId) => ofMember(memberId).filter((session) => session.call().end === null && session.call().message === null).length,
    count: () => sessions.size,
    states() {
      const counts = new Map<CallState, number>();
      for (const session of sessions.values()) {
        const state = stateOf(session.call());
        if (state !== 'ended') counts.set(state, (counts.get(state) ?? 0) + 1);
      }
      return counts;
    },
    postToCarried(memberId, deviceId, event) {
      for (const session of ofMember(memberId)) if ([session.call().device.id, session.call().device.takesFrom].includes(deviceId)) session.post(event);
    },
    async endAll(withinMs) {
      const ending = [...sessions.values()];
      for (const session of ending) session.post({ type: 'server-stopping' });
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([Promise.all(ending.map(({ finished }) => finished)), new Promise((resolve) => (timer = setTimeout(resolve, withinMs)))]);
      clearTimeout(timer);
      for (const session of ending) session.abandon();
    },
  };
}
