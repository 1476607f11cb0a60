/** One party that was added to a standing call, from its INVITE to its end: `(party, event, now) -> {party, effects}`. What its coming and going means to the call is call-parties-machine.ts's. */
import { assertNever } from '#contract/result.ts';
import type { EndReason } from '#contract/calls.ts';
import { endAdded } from './call-ending-policy.ts';
import type { AddedParty, NewParty, PartyEffect, PartyEvent } from './call-facts.ts';
import { endReasonOf } from './call-meaning-policy.ts';

export interface AddedStep {
  readonly party: AddedParty;
  readonly effects: readonly PartyEffect[];
}

export const startAdded = (party: NewParty, now: number): AddedParty => ({
  ...party, startedAt: now, state: 'calling', ringingAt: null, answeredAt: null, hasEarlyMedia: false, isHeldByParty: false, heldAt: null, isMuted: false, end: null,
});

export function stepAdded(party: AddedParty, event: PartyEvent, now: number): AddedStep {
  if (party.end !== null) return stay(party);
  switch (event.type) {
    case 'party-not-placed':
      return { party: endAdded(party, event.refusal === 'no-trunk' ? 'trunk-down' : 'trunk-refused', now), effects: [] };
    case 'party-progress':
      // One that was overtaken by the 200 says nothing any more.
      if (party.state === 'answered') return stay(party);
      if (event.answer !== undefined) return stay(party, { type: 'accept-party-answer', stage: 'early', answer: event.answer });
      return event.ringing ? stay(ring(party, now)) : stay(party);
    case 'party-answered':
      if (party.state === 'answered') return stay(party);
      return stay({ ...party, state: 'answered', answeredAt: now, ringingAt: party.ringingAt ?? now }, { type: 'accept-party-answer', stage: 'final', answer: event.answer });
    case 'party-offered':
      return stay(party, { type: 'answer-party-offer', exchange: event.exchange, offer: event.offer, direction: directionOfAdded(party) });
    case 'party-reanswered':
      return stay(party, { type: 'accept-party-answer', stage: 'again', answer: event.answer });
    case 'party-hold':
      return stay(party.isHeldByParty === event.held ? party : { ...party, isHeldByParty: event.held });
    case 'party-reoffer-refused':
      return stay(party);
    case 'party-media-accepted':
      if (event.stage === 'final') return party.hasCode ? stay(party, { type: 'press-code' }) : stay(party);
      return event.stage === 'again' || party.state === 'answered' || party.hasEarlyMedia ? stay(party) : stay({ ...ring(party, now), hasEarlyMedia: true });
    case 'party-media-refused':
      if (event.stage === 'final') return hangUp(party, 'media-refused', now, 'media-refused');
      return event.stage === 'early' ? stay(ring(party, now)) : stay(party);
    case 'party-media-lost':
      return hangUp(party, 'party-lost', now, 'connection-lost');
    case 'party-ended':
      return { party: endAdded(party, endReasonOf({ cause: event.cause, by: event.by, saysWhy: event.saysWhy, hint: null }), now), effects: [] };
    default:
      return assertNever(event);
  }
}

export const hangUp = (party: AddedParty, reason: EndReason, now: number, cause?: 'connection-lost' | 'no-answer' | 'media-refused'): AddedStep => ({ party: endAdded(party, reason, now), effects: [{ type: 'hang-up-party', cause }] });

/** As call-machine.ts has it for the first party. */
const directionOfAdded = ({ heldAt }: AddedParty): 'sendrecv' | 'sendonly' => (heldAt === null ? 'sendrecv' : 'sendonly');

export const holdAdded = (party: AddedParty, held: boolean, now: number): AddedStep =>
  party.state !== 'answered' || held === (party.heldAt !== null) ? stay(party) : stay({ ...party, heldAt: held ? now : null }, { type: 'reoffer-party', direction: held ? 'sendonly' : 'sendrecv' });

const ring = (party: AddedParty, now: number): AddedParty => (party.state === 'calling' ? { ...party, state: 'ringing', ringingAt: now } : party);
const stay = (party: AddedParty, ...effects: PartyEffect[]): AddedStep => ({ party, effects });
