/** A call as a page sees it. Facts in, snapshot out; which device asks is a fact. */
import type { CallView } from '#contract/calls.ts';
import type { DeviceId } from '#contract/ids.ts';
import { isDeviceAway, stateOf } from './call-machine.ts';
import type { Call } from './call-machine.ts';
import type { CallRecord } from './call-record.ts';

const instant = (ms: number): string => new Date(ms).toISOString();
const instantOrNull = (ms: number | null): string | null => (ms === null ? null : instant(ms));

export function viewOfCall(call: Call, receiver: DeviceId): CallView {
  return {
    id: call.id,
    version: call.version,
    direction: 'outgoing',
    state: stateOf(call),
    number: call.number,
    partyName: call.partyName,
    line: call.line,
    startedAt: instant(call.startedAt),
    ringingAt: instantOrNull(call.ringingAt),
    answeredAt: instantOrNull(call.answeredAt),
    heldAt: instantOrNull(call.heldAt),
    reconnectingSince: instantOrNull(call.reconnectingSince),
    reconnectUntil: instantOrNull(call.reconnectingSince === null ? null : call.reconnectingSince + call.limits.reconnectWindowMs),
    endedAt: instantOrNull(call.end?.at ?? null),
    endReason: call.end?.reason ?? null,
    muted: call.isMuted,
    heldByParty: call.isHeldByParty,
    earlyMedia: call.hasEarlyMedia,
    digitsSent: call.digitsSent,
    carriedBy: carrierOf(call, receiver),
    sandbox: call.sandbox,
  };
}

/** A tab that was away finds its own call by 'this-device': it attaches without being asked. */
function carrierOf(call: Call, receiver: DeviceId): CallView['carriedBy'] {
  if (call.end !== null) return 'none';
  if (call.device.id === receiver) return 'this-device';
  return isDeviceAway(call) ? 'none' : 'another-device';
}

/** A call of the log. What only a live call has (mute, digits) is not kept. */
export function viewOfRecord(record: CallRecord, partyName: string | null): CallView {
  return {
    id: record.id,
    version: record.version,
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
    digitsSent: '',
    carriedBy: 'none',
    sandbox: record.isSandbox,
  };
}
