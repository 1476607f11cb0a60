/** Carries news of calls to the features above them, and names of people down to calls: the only place where these meet. Nothing here can hold a call up. */
import type { SandboxPatientView } from '#contract/api.ts';
import type { PartyNumber } from '#contract/ids.ts';
import type { CallLog } from './features/call-log/index.ts';
import type { NamesOf, StoredCallEvent } from './features/calls/index.ts';
import type { Contacts } from './features/contacts/index.ts';
import type { Reader } from './features/members/index.ts';
import type { Notes } from './features/notes/index.ts';
import type { Log } from './platform/logging/log.ts';

/** A call that is placed joins its contact's history; one that is over fixes the end of its note. What fails here is done by the next sweep, or shown without a link. */
export function createCallNews({ contacts, notes, callLog, log }: { contacts: Contacts; notes: () => Notes; callLog: () => CallLog; log: Log }): (event: StoredCallEvent) => void {
  return ({ type, practiceId, memberId, onBehalfOf, callId, number, at }) => {
    const done = type === 'call-placed' ? contacts.noteCall(practiceId, callId, number, at) : notes().settle(practiceId, callId);
    done.catch((cause: unknown) => log.error('call-news-lost', cause, { callId }));
    callLog()
      .announce(practiceId, { id: callId, madeBy: memberId, onBehalfOf })
      .catch((cause: unknown) => log.error('call-news-lost', cause, { callId }));
  };
}

/** Whose name stands beside a number: the practice's contact's, else the practice patient's. */
export function createPartyNames({ contacts, nameOfPatient, log }: { contacts: Contacts; nameOfPatient: (number: PartyNumber) => string | null; log: Log }): NamesOf {
  return async (reader, numbers) => {
    const names = new Map<string, string>();
    for (const number of numbers) {
      const name = nameOfPatient(number);
      if (name !== null) names.set(number, name);
    }
    try {
      for (const [number, name] of await contacts.namesOf(reader, numbers)) names.set(number, name);
    } catch (cause) {
      log.error('names-not-read', cause);
    }
    return names;
  };
}

/** Whose numbers a text finds in the log: contacts, and practice patients by any word of their name. */
export function createNumberSearch({ contacts, patients }: { contacts: Contacts; patients: readonly SandboxPatientView[] }): (reader: Reader, text: string) => Promise<readonly string[]> {
  return async (reader, text) => {
    const words = text.toLowerCase().split(/\s+/).filter((word) => word !== '');
    const found = patients.filter(({ name }) => words.every((word) => ` ${name.toLowerCase()}`.includes(` ${word}`))).map(({ number }) => number);
    return [...new Set([...found, ...(await contacts.findNumbers(reader, text))])];
  };
}
