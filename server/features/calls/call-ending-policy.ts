/** How a call comes to its end, whoever ends it: exactly once, with one reason, every leg hung up, its audio closed. Decides no reason of the call's. */
import type { EndReason } from '#contract/calls.ts';
import type { AddedParty, Call, CallEffect, CallStep } from './call-facts.ts';
import { endReasonOf } from './call-meaning-policy.ts';

/** The call is over for the page at once; the leg's own end (BYE, CANCEL and what crosses them) is the carrier's business. */
export function endByUs(call: Call, reason: EndReason, now: number, cause?: 'connection-lost' | 'no-answer' | 'media-refused'): CallStep {
  const step = endWithoutLeg(call, reason, now);
  return { call: step.call, effects: [...(call.party === 'gone' ? [] : [{ type: 'hang-up-party', cause } as const]), ...step.effects] };
}

/** The first party's leg is over already; those of the others end with the call. */
export function endWithoutLeg(call: Call, reason: EndReason, now: number): CallStep {
  const effects: CallEffect[] = [];
  const added = call.added.map((party) => {
    if (party.end !== null) return party;
    effects.push({ type: 'to-added', partyId: party.id, effect: { type: 'hang-up-party', cause: undefined } }, { type: 'record-party-end', partyId: party.id, answeredAt: party.answeredAt });
    return endAdded(party, reasonOfOurEnd(party), now);
  });
  return { call: { ...call, party: 'gone', phone: null, added, end: { at: now, reason } }, effects: [...effects, { type: 'close-media' }] };
}

export const endAdded = (party: AddedParty, reason: EndReason, now: number): AddedParty => ({ ...party, state: 'gone', heldAt: null, isHeldByParty: false, end: { at: now, reason } });

export const reasonOfOurEnd = ({ answeredAt }: Pick<AddedParty, 'answeredAt'>): EndReason => endReasonOf({ cause: answeredAt === null ? 'cancelled' : 'hung-up', by: 'us', saysWhy: false, hint: null });
