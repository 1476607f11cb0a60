/** Who is in a call and what may be done with each, from the server's snapshot. Pure: facts in, keys and facts out; the sentences are the messages'. */
import type { CallView, PartyView } from '#contract/calls.ts';

/** Those who were added and are, or were, there. */
export const addedOf = (call: CallView): PartyView[] => call.parties.filter(({ party }) => party !== 'first');

export const firstOf = (call: CallView): PartyView | undefined => call.parties.find(({ party }) => party === 'first');

/** Whom the member speaks with now. */
export const heardOf = (call: CallView): PartyView[] => call.parties.filter(({ state, heldAt }) => state === 'answered' && heldAt === null);

export const isCompany = (call: CallView): boolean => addedOf(call).length > 0;

/** On the call, the member among them. */
export const headCount = (call: CallView): number => 1 + call.parties.filter(({ state }) => state !== 'gone').length;

/** Ended by us: nothing to be told. */
export const leftByUs = ({ endReason }: PartyView): boolean => endReason === 'hung-up-by-member' || endReason === 'cancelled';

export type PartyWord = 'calling' | 'ringing' | 'muted' | 'held' | 'heldByParty' | 'hungUp' | 'letGo' | 'failed' | 'there';

export function wordOf(party: PartyView): PartyWord {
  switch (party.state) {
    case 'calling': return 'calling';
    case 'ringing': return 'ringing';
    case 'answered': return party.heldAt !== null ? 'held' : party.heldByParty ? 'heldByParty' : party.muted ? 'muted' : 'there';
    case 'gone': return leftByUs(party) ? 'letGo' : party.endReason === 'hung-up-by-party' ? 'hungUp' : 'failed';
  }
}
