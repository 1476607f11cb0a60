/**
 * The call: `(call, event, now) -> {call, effects}`, pure. Owns what a call is and what each event does to it; refuses to
 * know sockets, SIP, RTP or the database, which are reached only through effects.
 *
 * The facts are orthogonal: how far the party is, which device carries the call and whether it is there, whether the
 * member holds, whether the party holds. The word on the screen is derived from them (`stateOf`). What each leg hears
 * and which timers run are derived too (call-output-policy.ts), and the effects for those are the difference of before
 * and after: so an ended call has no timer left and no tone playing by construction, not by care.
 */
import type { CallState, EndReason } from '#contract/calls.ts';
import type { CallId, DeviceId, E164, LineId, MemberId, PartyNumber, PracticeId } from '#contract/ids.ts';
import { assertNever } from '#contract/result.ts';
import { outputDifference } from './call-output-policy.ts';
import type { CallTimer, Sound } from './call-output-policy.ts';

/** How long a call may be in each of its waits, ms. */
export interface CallLimits {
  /** From the INVITE until nobody answered. */
  ringTimeoutMs: number;
  /** How long the party is kept while no device is there. */
  reconnectWindowMs: number;
  /** From a device's offer until its audio must have come through. */
  deviceConnectMs: number;
  /** From the answer. */
  longestCallMs: number;
}

export const defaultCallLimits: CallLimits = {
  ringTimeoutMs: 55_000,
  reconnectWindowMs: 60_000,
  deviceConnectMs: 10_000,
  longestCallMs: 4 * 3_600_000,
};

/** Everything known of one call. Instants are wall time in ms; null is "not yet" or "not now". */
export interface Call {
  readonly id: CallId;
  readonly version: number;
  readonly practiceId: PracticeId;
  readonly memberId: MemberId;
  readonly number: PartyNumber;
  readonly partyName: string | null;
  readonly line: { readonly id: LineId; readonly name: string; readonly number: E164 };
  readonly trunks: readonly string[];
  readonly sandbox: boolean;
  readonly limits: CallLimits;
  readonly startedAt: number;
  /** calling: the INVITE is out. gone: no leg is left, or none was made. */
  readonly party: 'calling' | 'ringing' | 'answered' | 'gone';
  readonly ringingAt: number | null;
  readonly answeredAt: number | null;
  readonly hasEarlyMedia: boolean;
  readonly isHeldByParty: boolean;
  readonly device: {
    readonly id: DeviceId;
    /** Whether its socket is open. */
    readonly signal: 'here' | 'away';
    /** silent: nothing of it is heard where something was due. */
    readonly media: 'connecting' | 'flowing' | 'silent';
    /** When its last offer was taken. */
    readonly offeredAt: number;
  };
  readonly reconnectingSince: number | null;
  readonly heldAt: number | null;
  readonly isMuted: boolean;
  readonly digitsSent: string;
  readonly end: { readonly at: number; readonly reason: EndReason } | null;
}

/** Why the party's leg is over, as call-port.ts tells it. */
export type PartyEndCause =
  | 'hung-up' | 'cancelled' | 'no-answer' | 'busy' | 'rejected' | 'not-in-service' | 'number-changed' | 'number-incomplete'
  | 'blocked' | 'trunk-refused' | 'trunk-down' | 'connection-lost' | 'media-refused';

export type CallEvent =
  /** A device of the member wants to carry the call; its offer is not yet negotiated. */
  | { type: 'device-offered'; deviceId: DeviceId; requestId: string; offer: string }
  | { type: 'device-negotiated'; deviceId: DeviceId; requestId: string; answer: string }
  | { type: 'device-refused'; deviceId: DeviceId; requestId: string }
  /** The device said hello again. */
  | { type: 'device-returned'; deviceId: DeviceId }
  /** The device's last socket closed. */
  | { type: 'device-left'; deviceId: DeviceId }
  | { type: 'device-connected' }
  | { type: 'device-silent' }
  | { type: 'hang-up' }
  | { type: 'hold'; held: boolean }
  | { type: 'mute'; muted: boolean }
  | { type: 'dtmf'; digits: string }
  | { type: 'party-not-placed'; refusal: 'no-trunk' | 'bad-number' }
  | { type: 'party-progress'; ringing: boolean; answer: string | undefined }
  | { type: 'party-answered'; answer: string }
  /** `exchange` names the responder that waits. */
  | { type: 'party-offered'; exchange: number; offer: string | undefined }
  | { type: 'party-reanswered'; answer: string }
  /** What the party's last description, once accepted, says of hearing us. */
  | { type: 'party-hold'; held: boolean }
  | { type: 'party-reoffer-refused' }
  | { type: 'party-media-accepted'; stage: PartyAnswerStage }
  | { type: 'party-media-refused'; stage: PartyAnswerStage }
  | { type: 'party-media-lost' }
  | { type: 'party-ended'; cause: PartyEndCause; by: 'us' | 'peer' | 'network' }
  | { type: 'media-failed' }
  | { type: 'timer'; timer: CallTimer }
  | { type: 'server-stopping' }
  /** A bug in carrying out an effect; contained to this call. */
  | { type: 'bug' };

/** early: in a 18x. final: in the 200. again: in a later exchange, where the session as it was still stands if it fails. */
export type PartyAnswerStage = 'early' | 'final' | 'again';

export type CallEffect =
  | { type: 'place-party' }
  | { type: 'hang-up-party'; cause: 'connection-lost' | 'no-answer' | 'media-refused' | undefined }
  | { type: 'accept-party-answer'; stage: PartyAnswerStage; answer: string }
  | { type: 'answer-party-offer'; exchange: number; offer: string | undefined; direction: 'sendrecv' | 'sendonly' }
  | { type: 'reoffer-party'; direction: 'sendrecv' | 'sendonly' }
  | { type: 'negotiate-device'; deviceId: DeviceId; requestId: string; offer: string }
  | { type: 'answer-device'; deviceId: DeviceId; requestId: string; answer: string }
  | { type: 'refuse-device'; deviceId: DeviceId; requestId: string; refusal: 'call-ended' | 'media-unavailable' }
  | { type: 'tell-replaced'; deviceId: DeviceId }
  | { type: 'send-dtmf'; digits: string }
  | { type: 'set-held'; held: boolean }
  | { type: 'set-muted'; muted: boolean }
  /** What a leg hears instead of the other; undefined ends it. */
  | { type: 'play'; leg: 'device' | 'party'; sound: Sound | undefined }
  | { type: 'start-timer'; timer: CallTimer; delayMs: number }
  | { type: 'cancel-timer'; timer: CallTimer }
  | { type: 'close-media' }
  /** The row and one line of its history. */
  | { type: 'store'; event: CallEvent['type'] | 'dialled' }
  /** A snapshot to every device of the member. */
  | { type: 'tell' };

export interface CallStep {
  readonly call: Call;
  readonly effects: readonly CallEffect[];
}

/** Digits kept for the keypad's display; the oldest go first. */
const DIGITS_SHOWN = 128;

export function isDeviceAway(call: Call): boolean {
  return call.device.signal === 'away' || call.device.media === 'silent';
}

/** The word of the screen. */
export function stateOf(call: Call): CallState {
  if (call.end !== null) return 'ended';
  if (isDeviceAway(call)) return 'reconnecting';
  switch (call.party) {
    case 'calling': return 'connecting';
    case 'ringing': return 'ringing';
    case 'answered': return call.heldAt === null ? 'talking' : 'on-hold';
    case 'gone': return 'ended';
    default: return assertNever(call.party);
  }
}

export type DialledCall = Pick<Call, 'id' | 'practiceId' | 'memberId' | 'number' | 'partyName' | 'line' | 'trunks' | 'sandbox' | 'limits'> & {
  deviceId: DeviceId;
  /** The device's dial, and what its offer was answered with. */
  requestId: string;
  mediaAnswer: string;
};

/** A call whose device is negotiated and whose row is written: all that is left is to place it. */
export function startCall(dialled: DialledCall, now: number): CallStep {
  const { deviceId, requestId, mediaAnswer, ...rest } = dialled;
  const call: Call = {
    ...rest,
    version: 0,
    startedAt: now,
    party: 'calling',
    ringingAt: null,
    answeredAt: null,
    hasEarlyMedia: false,
    isHeldByParty: false,
    device: { id: deviceId, signal: 'here', media: 'connecting', offeredAt: now },
    reconnectingSince: null,
    heldAt: null,
    isMuted: false,
    digitsSent: '',
    end: null,
  };
  return { call, effects: [...outputDifference(undefined, call), { type: 'place-party' }, { type: 'answer-device', deviceId, requestId, answer: mediaAnswer }, { type: 'tell' }] };
}

/**
 * One event. An event that changes nothing returns the same call, and at most effects that concern nobody else. Effects which
 * answer with an event of their own come last: whatever that event changes is then changed from a state that stands whole.
 */
export function stepCall(call: Call, event: CallEvent, now: number): CallStep {
  if (call.end !== null) return afterEnd(call, event);
  const { call: changed, effects } = react(call, event, now);
  if (changed === call) return { call, effects };
  const next = withReconnectWindow(changed, now);
  return {
    call: { ...next, version: call.version + 1 },
    effects: [{ type: 'tell' }, { type: 'store', event: event.type }, ...outputDifference(call, next), ...effects],
  };
}

/** An ended call hears nothing more, but a device that asks for its audio is owed an answer. */
function afterEnd(call: Call, event: CallEvent): CallStep {
  if (event.type !== 'device-offered') return { call, effects: [] };
  const { deviceId, requestId } = event;
  return { call, effects: [{ type: 'refuse-device', deviceId, requestId, refusal: 'call-ended' }] };
}

function react(call: Call, event: CallEvent, now: number): CallStep {
  switch (event.type) {
    case 'device-offered':
      return withEffects(call, { type: 'negotiate-device', deviceId: event.deviceId, requestId: event.requestId, offer: event.offer });
    case 'device-negotiated':
      return carryBy(call, event, now);
    case 'device-refused':
      return withEffects(call, { type: 'refuse-device', deviceId: event.deviceId, requestId: event.requestId, refusal: 'media-unavailable' });
    case 'device-returned':
      return event.deviceId === call.device.id ? withDevice(call, { signal: 'here' }) : unchanged(call);
    case 'device-left':
      return event.deviceId === call.device.id ? withDevice(call, { signal: 'away' }) : unchanged(call);
    case 'device-connected':
      return withDevice(call, { media: 'flowing' });
    case 'device-silent':
      // A new transport is given its own time (the device-connect timer): what comes here then speaks of the old one.
      return call.device.media === 'connecting' ? unchanged(call) : withDevice(call, { media: 'silent' });
    case 'hang-up':
      return endByUs(call, call.party === 'answered' ? 'hung-up-by-member' : 'cancelled', now);
    case 'hold':
      return hold(call, event.held, now);
    case 'mute':
      return call.isMuted === event.muted ? unchanged(call) : { call: { ...call, isMuted: event.muted }, effects: [] };
    case 'dtmf':
      return pressKeys(call, event.digits);
    case 'party-not-placed':
      return endWithoutLeg(call, event.refusal === 'no-trunk' ? 'trunk-down' : 'trunk-refused', now);
    case 'party-progress':
      return progress(call, event, now);
    case 'party-answered':
      if (call.party === 'answered') return unchanged(call);
      return {
        call: { ...call, party: 'answered', answeredAt: now, ringingAt: call.ringingAt ?? now },
        effects: [{ type: 'accept-party-answer', stage: 'final', answer: event.answer }],
      };
    case 'party-offered': {
      const { exchange, offer } = event;
      return withEffects(call, { type: 'answer-party-offer', exchange, offer, direction: directionOf(call) });
    }
    case 'party-reanswered':
      return withEffects(call, { type: 'accept-party-answer', stage: 'again', answer: event.answer });
    case 'party-hold':
      return call.isHeldByParty === event.held ? unchanged(call) : { call: { ...call, isHeldByParty: event.held }, effects: [] };
    case 'party-reoffer-refused':
      // The session goes on as it was; a hold is then ours alone: the media side neither sends nor lets hear.
      return unchanged(call);
    case 'party-media-accepted':
      if (event.stage !== 'early' || call.party === 'answered' || call.hasEarlyMedia) return unchanged(call);
      return { call: { ...ring(call, now).call, hasEarlyMedia: true }, effects: [] };
    case 'party-media-refused':
      // Early media that cannot be read leaves our own ringback; a later exchange leaves the session as it was.
      if (event.stage === 'final') return endByUs(call, 'media-refused', now, 'media-refused');
      return event.stage === 'early' ? ring(call, now) : unchanged(call);
    case 'party-media-lost':
      return endByUs(call, 'party-lost', now, 'connection-lost');
    case 'party-ended':
      return endWithoutLeg(call, reasonOfPartyEnd(event.cause, event.by), now);
    case 'media-failed':
    case 'bug':
      return endByUs(call, 'internal-error', now);
    case 'timer':
      return timeOut(call, event.timer, now);
    case 'server-stopping':
      return endByUs(call, 'server-restarted', now);
    default:
      return assertNever(event);
  }
}

function carryBy(call: Call, event: { deviceId: DeviceId; requestId: string; answer: string }, now: number): CallStep {
  const { deviceId, requestId, answer } = event;
  const effects: CallEffect[] = [{ type: 'answer-device', deviceId, requestId, answer }];
  if (deviceId !== call.device.id) effects.push({ type: 'tell-replaced', deviceId: call.device.id });
  return { call: { ...call, device: { id: deviceId, signal: 'here', media: 'connecting', offeredAt: now } }, effects };
}

function hold(call: Call, held: boolean, now: number): CallStep {
  if (call.party !== 'answered' || held === (call.heldAt !== null)) return unchanged(call);
  return { call: { ...call, heldAt: held ? now : null }, effects: [{ type: 'reoffer-party', direction: held ? 'sendonly' : 'sendrecv' }] };
}

/** Keys before the answer reach only a network that already plays something: a menu in early media. */
function pressKeys(call: Call, digits: string): CallStep {
  if (call.party !== 'answered' && !call.hasEarlyMedia) return unchanged(call);
  return { call: { ...call, digitsSent: (call.digitsSent + digits).slice(-DIGITS_SHOWN) }, effects: [{ type: 'send-dtmf', digits }] };
}

/**
 * A provisional response with a session description counts once its media is accepted or refused, a moment later: else
 * our ringback would be heard for an instant before the network's own.
 */
function progress(call: Call, event: { ringing: boolean; answer: string | undefined }, now: number): CallStep {
  // One that was overtaken by the 200 says nothing any more.
  if (call.party === 'answered') return unchanged(call);
  if (event.answer !== undefined) return withEffects(call, { type: 'accept-party-answer', stage: 'early', answer: event.answer });
  return event.ringing ? ring(call, now) : unchanged(call);
}

function ring(call: Call, now: number): CallStep {
  return call.party === 'calling' ? { call: { ...call, party: 'ringing', ringingAt: now }, effects: [] } : unchanged(call);
}

function timeOut(call: Call, timer: CallTimer, now: number): CallStep {
  switch (timer) {
    case 'ring': return call.party === 'answered' ? unchanged(call) : endByUs(call, 'no-answer', now, 'no-answer');
    case 'device-connect': return call.device.media === 'connecting' ? withDevice(call, { media: 'silent' }) : unchanged(call);
    case 'reconnect': return isDeviceAway(call) ? endByUs(call, 'device-lost', now) : unchanged(call);
    case 'longest-call': return call.party === 'answered' ? endByUs(call, 'time-limit-reached', now) : unchanged(call);
    default: return assertNever(timer);
  }
}

function reasonOfPartyEnd(cause: PartyEndCause, by: 'us' | 'peer' | 'network'): EndReason {
  switch (cause) {
    case 'hung-up': return by === 'us' ? 'hung-up-by-member' : by === 'peer' ? 'hung-up-by-party' : 'party-lost';
    case 'connection-lost': return 'party-lost';
    case 'cancelled':
    case 'no-answer':
    case 'busy':
    case 'rejected':
    case 'not-in-service':
    case 'number-changed':
    case 'number-incomplete':
    case 'blocked':
    case 'trunk-refused':
    case 'trunk-down':
    case 'media-refused': return cause;
    default: return assertNever(cause);
  }
}

/** What we let the party do: a held party is sent something to hear, and not listened to (RFC 3264 8.4). */
function directionOf(call: Call): 'sendrecv' | 'sendonly' {
  return call.heldAt === null ? 'sendrecv' : 'sendonly';
}

function withDevice(call: Call, change: Partial<Call['device']>): CallStep {
  const device = { ...call.device, ...change };
  return device.signal === call.device.signal && device.media === call.device.media ? unchanged(call) : { call: { ...call, device }, effects: [] };
}

function withReconnectWindow(call: Call, now: number): Call {
  if (call.end === null && isDeviceAway(call)) return call.reconnectingSince === null ? { ...call, reconnectingSince: now } : call;
  return call.reconnectingSince === null ? call : { ...call, reconnectingSince: null };
}

/** The call is over for the page at once; the leg's own end (BYE, CANCEL and what crosses them) is the carrier's business. */
function endByUs(call: Call, reason: EndReason, now: number, cause?: 'connection-lost' | 'no-answer' | 'media-refused'): CallStep {
  const step = endWithoutLeg(call, reason, now);
  return { call: step.call, effects: [{ type: 'hang-up-party', cause }, ...step.effects] };
}

function endWithoutLeg(call: Call, reason: EndReason, now: number): CallStep {
  return { call: { ...call, party: 'gone', end: { at: now, reason } }, effects: [{ type: 'close-media' }] };
}

const unchanged = (call: Call): CallStep => ({ call, effects: [] });
const withEffects = (call: Call, ...effects: CallEffect[]): CallStep => ({ call, effects });
