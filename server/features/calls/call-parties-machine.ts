/**
 * Several parties in one call: who is added, held, muted, let go, and what is left when one of them leaves. Owns that a call goes on with
 * whoever is left, and that the last one's end is the call's; the way of each leg is added-party-machine.ts's.
 */
import { mostPartiesInCall } from '#contract/call-parties.ts';
import type { EndReason, PartyRef } from '#contract/calls.ts';
import type { PartyId } from '#contract/ids.ts';
import { hangUp, holdAdded, startAdded, stepAdded, type AddedStep } from './added-party-machine.ts';
import { endByUs, endWithoutLeg, reasonOfOurEnd } from './call-ending-policy.ts';
import type { Call, CallEffect, CallStep, NewParty, PartyEvent } from './call-facts.ts';

const unchanged = (call: Call): CallStep => ({ call, effects: [] });

const hasAnswered = ({ added }: Call): boolean => added.some(({ state }) => state === 'answered');

/** Somebody is there whom the member speaks with. */
export const isAnyoneHeard = (call: Call): boolean => (call.party === 'answered' && call.heldAt === null) || call.added.some(({ state, heldAt }) => state === 'answered' && heldAt === null);

/** How many are in the call, or may yet be. */
export const countParties = (call: Call): number => (call.party === 'gone' ? 0 : 1) + call.added.filter(({ end }) => end === null).length;

export function mayAddParty(call: Call): boolean {
  return call.end === null && call.message === null && call.farewellSince === null && (call.party === 'answered' || hasAnswered(call)) && countParties(call) < mostPartiesInCall;
}

export function addParty(call: Call, { party, isApart }: { party: NewParty; isApart: boolean }, now: number): CallStep {
  if (!mayAddParty(call)) return { call, effects: [{ type: 'record-party-end', partyId: party.id, answeredAt: null }, { type: 'to-added', partyId: party.id, effect: { type: 'release-party' } }] };
  const apart = isApart ? holdFirst(call, true, now) : unchanged(call);
  // Who did not answer before and is tried again stands there once.
  const others = call.added.filter(({ end, number }) => end === null || number !== party.number);
  return { call: { ...apart.call, added: [...others, startAdded(party, now)] }, effects: [...apart.effects, { type: 'to-added', partyId: party.id, effect: { type: 'place-party' } }] };
}

export function stepOfAdded(call: Call, partyId: PartyId, event: PartyEvent, now: number): CallStep {
  return changeAdded(call, partyId, (party) => stepAdded(party, event, now), now);
}

export function dropParty(call: Call, ref: PartyRef, now: number): CallStep {
  if (ref === 'first') {
    if (call.party === 'gone') return unchanged(call);
    const reason = reasonOfOurEnd(call);
    return hasAnswered(call) ? firstLeaves(call, reason, now, { type: 'hang-up-party', cause: undefined }) : endByUs(call, reason, now);
  }
  const party = call.added.find(({ id }) => id === ref);
  if (party === undefined) return unchanged(call);
  if (party.end !== null) return { call: { ...call, added: call.added.filter((each) => each !== party) }, effects: [] };
  return changeAdded(call, ref, (each) => hangUp(each, reasonOfOurEnd(each), now), now);
}

export function muteParty(call: Call, ref: PartyRef, muted: boolean, now: number): CallStep {
  if (ref === 'first') return call.party !== 'answered' || call.isPartyMuted === muted ? unchanged(call) : { call: { ...call, isPartyMuted: muted }, effects: [] };
  return changeAdded(call, ref, (party) => ({ party: party.state !== 'answered' || party.isMuted === muted ? party : { ...party, isMuted: muted }, effects: [] }), now);
}

export function holdParty(call: Call, ref: PartyRef, held: boolean, now: number): CallStep {
  return ref === 'first' ? holdFirst(call, held, now) : changeAdded(call, ref, (party) => holdAdded(party, held, now), now);
}

/** Everyone at once: the member steps away, or comes back to all. */
export function holdAll(call: Call, held: boolean, now: number): CallStep {
  let step = holdFirst(call, held, now);
  for (const { id } of call.added) {
    const next = holdParty(step.call, id, held, now);
    step = { call: next.call, effects: [...step.effects, ...next.effects] };
  }
  return step;
}

function holdFirst(call: Call, held: boolean, now: number): CallStep {
  if (call.party !== 'answered' || held === (call.heldAt !== null)) return unchanged(call);
  return { call: { ...call, heldAt: held ? now : null }, effects: [{ type: 'reoffer-party', direction: held ? 'sendonly' : 'sendrecv' }] };
}

/** The first party's leg is over, or is to be ended by `ending`: the call goes on where somebody else has answered. Whoever still rings was called for a conversation that is over. */
export function firstLeaves(call: Call, reason: EndReason, now: number, ending?: Extract<CallEffect, { type: 'hang-up-party' }>): CallStep {
  if (!hasAnswered(call)) return ending === undefined ? endWithoutLeg(call, reason, now) : endByUs(call, reason, now, ending.cause);
  const left: Call = { ...call, party: 'gone', partyEnd: { at: now, reason }, heldAt: null, isHeldByParty: false, isPartyMuted: false, hint: null, isListening: false };
  return { call: left, effects: [...(ending === undefined ? [] : [ending]), { type: 'release-party' }] };
}

/** The unanswered ones that have rung for longer than anyone waits; the carrier gives them up by itself before. */
export function giveUpRinging(call: Call, now: number): CallStep {
  let step = unchanged(call);
  for (const { id, startedAt, state } of call.added) {
    if (state === 'answered' || state === 'gone' || now - startedAt < call.limits.ringTimeoutMs) continue;
    const next = changeAdded(step.call, id, (party) => hangUp(party, 'no-answer', now, 'no-answer'), now);
    step = { call: next.call, effects: [...step.effects, ...next.effects] };
  }
  return step;
}

function changeAdded(call: Call, partyId: PartyId, change: (party: Call['added'][number]) => AddedStep, now: number): CallStep {
  const party = call.added.find(({ id }) => id === partyId);
  if (party === undefined) return unchanged(call);
  const { party: changed, effects: asked } = change(party);
  const effects: CallEffect[] = asked.map((effect) => ({ type: 'to-added', partyId, effect }));
  if (changed === party) return { call, effects };
  const next: Call = { ...call, added: call.added.map((each) => (each === party ? changed : each)) };
  if (party.end !== null || changed.end === null) return { call: next, effects };
  effects.push({ type: 'record-party-end', partyId, answeredAt: party.answeredAt });
  // Nobody is left to speak with: the last one's end is the call's.
  if (call.party === 'gone' && !hasAnswered(next)) {
    const ended = endWithoutLeg(next, changed.end.reason, now);
    return { call: ended.call, effects: [...effects, ...ended.effects] };
  }
  return { call: next, effects: [...effects, { type: 'to-added', partyId, effect: { type: 'release-party' } }] };
}
