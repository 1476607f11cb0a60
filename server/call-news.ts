/** Carries news of calls to the features above them, and names of people down to calls: the only place where these meet. Nothing here can hold a call up. */
import type { PartyNumber, PracticeId } from '#contract/ids.ts';
import type { StoredCallEvent } from './features/calls/index.ts';
import type { Contacts } from './features/contacts/index.ts';
import type { Notes } from './features/notes/index.ts';
import type { Log } from './platform/logging/log.ts';

/** A call that is placed joins its contact's history; one that is over fixes the end of its note. What fails here is done by the next sweep, or shown without a link. */
export function createCallNews({ contacts, notes, log }: { contacts: Contacts; notes: () => Notes; log: Log }): (event: StoredCallEvent) => void {
  return ({ type, practiceId, callId, number, at }) => {
    const done = type === 'call-placed' ? contacts.noteCall(practiceId, callId, number, at) : notes().settle(practiceId, callId);
    done.catch((cause: unknown) => log.error('call-news-lost', cause, { callId }));
  };
}

/** Whose name stands beside a number: the practice's contact's, else the practice patient's. */
export function createPartyNames({ contacts, nameOfPatient, log }: { contacts: Contacts; nameOfPatient: (number: PartyNumber) => string | null; log: Log }) {
  return async (practiceId: PracticeId, numbers: readonly PartyNumber[]): Promise<ReadonlyMap<string, string>> => {
    const names = new Map<string, string>();
    for (const number of numbers) {
      const name = nameOfPatient(number);
      if (name !== null) names.set(number, name);
    }
    try {
      for (const [number, name] of await contacts.namesOf(practiceId, numbers)) names.set(number, name);
    } catch (cause) {
      log.error('names-not-read', cause);
    }
    return names;
  };
}
