/** A call as a page sees it. Facts in, snapshot out; which device asks is a fact. */
import type { CallView, PartyView } from '#contract/calls.ts';
import type { DeviceId } from '#contract/ids.ts';
import { isAnyoneHeard } from './call-parties-machine.ts';
import { isDeviceAway, stateOf } from './call-machine.ts';
import type { AddedParty, Call } from './call-facts.ts';
import { isPhoneAwaited, isPhoneJoined } from './own-phone-machine.ts';
import type { CallRecord } from './call-record.ts';

const instant = (ms: number): string => new Date(ms).toISOString();
const instantOrNull = (ms: number | null): string | null => (ms === null ? null : instant(ms));

export function viewOfCall(call: Call, receiver: DeviceId): CallView {
  return {
    id: call.id,
    version: call.version,
    madeBy: call.memberId,
    onBehalfOf: call.onBehalfOf,
    direction: 'outgoing',
    state: stateOf(call),
    number: call.number,
    partyName: call.partyName,
    line: call.line,
    startedAt: instant(call.startedAt),
    ringingAt: instantOrNull(call.ringingAt),
    answeredAt: instantOrNull(call.answeredAt),
    heldAt: instantOrNull(heldSince(call)),
    reconnectingSince: instantOrNull(call.reconnectingSince),
    // While the member's phone rings, the window stands still.
    reconnectUntil: instantOrNull(call.reconnectingSince === null || isPhoneAwaited(call) ? null : call.reconnectingSince + call.limits.reconnectWindowMs),
    endedAt: instantOrNull(call.end?.at ?? null),
    endReason: call.end?.reason ?? null,
    muted: call.isMuted,
    heldByParty: call.isHeldByParty,
    earlyMedia: call.hasEarlyMedia,
    hint: call.hint?.kind ?? null,
    message: call.end === null ? (call.message?.phase ?? null) : null,
    parties: [viewOfFirst(call), ...call.added.map(viewOfAdded)],
    digitsSent: call.digitsSent,
    carriedBy: carrierOf(call, receiver),
    ownPhone: call.phone === null ? null : { phase: call.phone.phase, failure: call.phone.phase === 'failed' ? call.phone.reason : null },
    sandbox: call.sandbox,
  };
}

/** Since when nobody is spoken with; null while somebody is. */
function heldSince(call: Call): number | null {
  const held = [call.heldAt, ...call.added.map(({ heldAt }) => heldAt)].filter((at) => at !== null);
  return held.length === 0 || isAnyoneHeard(call) ? null : Math.min(...held);
}

const viewOfFirst = (call: Call): PartyView => ({
  party: 'first', role: null, name: call.partyName, number: call.number, serviceId: null, state: call.party, ringingAt: instantOrNull(call.ringingAt), answeredAt: instantOrNull(call.answeredAt),
  heldAt: instantOrNull(call.heldAt), muted: call.isPartyMuted, heldByParty: call.isHeldByParty, endReason: call.partyEnd?.reason ?? call.end?.reason ?? null,
});

const viewOfAdded = ({ id, role, name, number, serviceId, state, ringingAt, answeredAt, heldAt, isMuted, isHeldByParty, end }: AddedParty): PartyView => ({
  party: id, role, name, number, serviceId, state, ringingAt: instantOrNull(ringingAt), answeredAt: instantOrNull(answeredAt), heldAt: instantOrNull(heldAt), muted: isMuted, heldByParty: isHeldByParty, endReason: end?.reason ?? null,
});

/** A tab that was away finds its own call by 'this-device': it attaches without being asked. */
function carrierOf(call: Call, receiver: DeviceId): CallView['carriedBy'] {
  if (call.end !== null) return 'none';
  if (call.message !== null) return 'none';
  // While a device is taking it back, that device is the one to show it.
  if (isPhoneJoined(call) && call.device.media !== 'connecting') return 'own-phone';
  // Let go for a phone that has gone since: nobody's microphone opens by itself.
  if (call.device.media === 'released') return 'none';
  // Of two, one is letting go and one is taking it: to each it is its own until that is done.
  if (call.device.id === receiver || call.device.takesFrom === receiver) return 'this-device';
  return isDeviceAway(call) ? 'none' : 'another-device';
}

/** A call of the log. What only a live call has (mute, digits) is not kept. */
export function viewOfRecord<Record extends CallRecord>(record: Record, partyName: string | null): Omit<CallView, 'madeBy' | 'number' | 'endReason'> & Pick<Record, 'madeBy' | 'number' | 'endReason'> {
  return {
    id: record.id,
    version: record.version,
    madeBy: record.madeBy,
    onBehalfOf: record.onBehalfOf,
    direction: record.direction,
    state: record.state,
    number: record.number,
    partyName,
    line: record.line,
    startedAt: instant(record.startedAt),
    ringingAt: instantOrNull(record.ringingAt),
    answeredAt: instantOrNull(record.answeredAt),
    heldAt: instantOrNull(record.heldAt),
    reconnectingSince: null,
    reconnectUntil: null,
    endedAt: instantOrNull(record.endedAt),
    endReason: record.endReason,
    muted: false,
    heldByParty: false,
    earlyMedia: false,
    hint: null,
    message: null,
    parties: [],
    digitsSent: '',
    carriedBy: 'none',
    ownPhone: null,
    sandbox: record.isSandbox,
  };
}
