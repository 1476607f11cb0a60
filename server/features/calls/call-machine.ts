/**
 * The call: `(call, event, now) -> {call, effects}`, pure. Owns what a call is and what each event does to it; refuses to
 * know sockets, SIP, RTP or the database, which are reached only through effects.
 *
 * The facts are orthogonal: how far the party is, which device carries the call and whether it is there, whether the
 * member holds, whether the party holds. The word on the screen is derived from them (`stateOf`). What each leg hears
 * and which timers run are derived too (call-output-policy.ts), and the effects for those are the difference of before
 * and after: so an ended call has no timer left and no tone playing by construction, not by care.
 */
import type { CallState } from '#contract/calls.ts';
import type { DeviceId } from '#contract/ids.ts';
import { assertNever } from '#contract/result.ts';
import { endByUs, endWithoutLeg } from './call-ending-policy.ts';
import type { Call, CallEffect, CallEvent, CallStep, PartyEvent } from './call-facts.ts';
import { endReasonOf, hintAfter, type HeardSign } from './call-meaning-policy.ts';
import { addParty, dropParty, firstLeaves, giveUpRinging, holdAll, holdParty, isAnyoneHeard, muteParty, stepOfAdded } from './call-parties-machine.ts';
import { outputDifference, type CallTimer } from './call-output-policy.ts';
import { leaveMessage, stepMessage } from './leave-message-machine.ts';
import { dropPhoneFor, isPhoneAwaited, isPhoneJoined, stepOwnPhone, timeOutPhone } from './own-phone-machine.ts';

/** Digits kept for the keypad's display; the oldest go first. */
const DIGITS_SHOWN = 128;

export function isDeviceAway(call: Call): boolean {
  if (call.message !== null || isPhoneJoined(call)) return false;
  return call.device.signal === 'away' || call.device.media === 'silent' || call.device.media === 'released';
}

/** The word of the screen. */
export function stateOf(call: Call): CallState {
  if (call.end !== null) return 'ended';
  if (call.message !== null) return 'leaving-message';
  if (isDeviceAway(call)) return 'reconnecting';
  switch (call.party) {
    case 'calling': return 'connecting';
    case 'ringing': return 'ringing';
    // Gone, in a call that is not over: those who were added are still there.
    case 'answered':
    case 'gone': return isAnyoneHeard(call) ? 'talking' : 'on-hold';
    default: return assertNever(call.party);
  }
}

export type DialledCall = Pick<Call, 'id' | 'practiceId' | 'memberId' | 'onBehalfOf' | 'number' | 'partyName' | 'line' | 'trunks' | 'sandbox' | 'limits'> & {
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
    isPartyMuted: false,
    partyEnd: null,
    added: [],
    device: { id: deviceId, signal: 'here', media: 'connecting', offeredAt: now, takesFrom: null },
    phone: null,
    reconnectingSince: null,
    farewellSince: null,
    heldAt: null,
    isMuted: false,
    digitsSent: '',
    hint: null,
    isListening: false,
    message: null,
    end: null,
  };
  return { call, effects: [...outputDifference(undefined, call), { type: 'place-party' }, { type: 'answer-device', deviceId, requestId, answer: mediaAnswer }, { type: 'tell' }] };
}

/** A call that a killed process held, as its row tells it: answered, its device away, and its reconnect window just open. What was played and timed begins anew. */
export function resumeCall(stored: Call, now: number): CallStep {
  const call: Call = {
    ...stored, version: stored.version + 1, party: 'answered', device: { ...stored.device, signal: 'away', media: 'silent' }, phone: null, reconnectingSince: now, isHeldByParty: false, end: null,
    // The longest call is counted from its answer, which was another process's.
    limits: { ...stored.limits, longestCallMs: Math.max(1, stored.limits.longestCallMs - (now - (stored.answeredAt ?? now))) },
  };
  return { call, effects: [{ type: 'tell' }, { type: 'store', event: 'resumed' }, ...outputDifference(undefined, call), { type: 'resume-party' }] };
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
  // Admitted, and too late.
  if (event.type === 'add-party') return { call, effects: [{ type: 'record-party-end', partyId: event.party.id, answeredAt: null }] };
  if (event.type !== 'device-offered') return { call, effects: [] };
  const { deviceId, requestId } = event;
  return { call, effects: [{ type: 'refuse-device', deviceId, requestId, refusal: 'call-ended' }] };
}

const saidByFirst: ReadonlySet<CallEvent['type']> = new Set<PartyEvent['type']>(['party-not-placed', 'party-progress', 'party-answered', 'party-offered', 'party-reanswered', 'party-hold', 'party-reoffer-refused', 'party-media-accepted', 'party-media-refused', 'party-media-lost', 'party-ended']);

function react(call: Call, event: CallEvent, now: number): CallStep {
  const ofMessage = call.message === null ? undefined : stepMessage(call, call.message, event, now);
  if (ofMessage !== undefined) return ofMessage;
  // The call goes on without its first party: what its leg still says is the echo of its end.
  if (call.party === 'gone' && saidByFirst.has(event.type)) return unchanged(call);
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
      if (event.deviceId === call.device.takesFrom) return withDevice(call, { takesFrom: null });
      if (event.deviceId === call.device.id) return handBack(call) ?? withDevice(call, { signal: 'away' });
      return unchanged(call);
    case 'device-connected':
      // What a leg that was let go still had to say.
      if (call.device.media === 'released') return unchanged(call);
      return isPhoneJoined(call) ? dropPhoneFor(call) : takeOver(call);
    case 'device-silent':
      // A new transport is given its own time (the device-connect timer): what comes here then speaks of the old one.
      return call.device.media === 'connecting' || call.device.media === 'released' ? unchanged(call) : withDevice(call, { media: 'silent' });
    case 'hang-up':
      return endByUs(call, call.answeredAt !== null ? 'hung-up-by-member' : endReasonOf({ cause: 'cancelled', by: 'us', saysWhy: false, hint: call.hint?.kind ?? null }), now);
    case 'hold':
      return holdAll(call, event.held, now);
    case 'mute':
      return call.isMuted === event.muted ? unchanged(call) : { call: { ...call, isMuted: event.muted }, effects: [] };
    case 'dtmf':
      return pressKeys(call, event.digits);
    case 'leave-message':
      return leaveMessage(call, event.when, now);
    case 'party-heard-all':
      return call.farewellSince === null ? unchanged(call) : endByUs(call, 'device-lost', now);
    case 'sign-heard':
      return hearSign(call, event.sign, now);
    case 'party-not-placed':
      return endWithoutLeg(call, event.refusal === 'no-trunk' ? 'trunk-down' : 'trunk-refused', now);
    case 'party-progress':
      return progress(call, event, now);
    case 'party-answered':
      if (call.party === 'answered') return unchanged(call);
      return {
        call: { ...call, party: 'answered', answeredAt: now, ringingAt: call.ringingAt ?? now, hint: null, isListening: true },
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
      return firstLeaves(call, 'party-lost', now, { type: 'hang-up-party', cause: 'connection-lost' });
    case 'party-ended':
      return firstLeaves(call, endReasonOf({ cause: event.cause, by: event.by, saysWhy: event.saysWhy, hint: call.answeredAt === null ? (call.hint?.kind ?? null) : null }), now);
    case 'add-party':
      return addParty(call, event, now);
    case 'drop-party':
      return dropParty(call, event.party, now);
    case 'mute-party':
      return muteParty(call, event.party, event.muted, now);
    case 'hold-party':
      return holdParty(call, event.party, event.held, now);
    case 'of-added':
      return stepOfAdded(call, event.partyId, event.event, now);
    case 'phone-ended':
      // As on any phone: whoever puts it down has ended the call, unless another device is just taking it.
      if (event.hungUp && isPhoneJoined(call) && call.device.media !== 'connecting') return endByUs(call, 'hung-up-by-member', now);
      return stepOwnPhone(call, event, now);
    case 'ring-phone':
    case 'stop-phone':
    case 'phone-refused':
    case 'phone-ringing':
    case 'phone-answered':
    case 'phone-key':
      return stepOwnPhone(call, event, now);
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
  const { device } = call;
  // Who is heard lets go only when the other is: the party hears no gap. Who was taking it meanwhile lets go now.
  const isHeard = device.media === 'flowing' && device.signal === 'here';
  const carrier = device.takesFrom ?? (isHeard ? device.id : null);
  const takesFrom = carrier === deviceId ? null : carrier;
  if (deviceId !== device.id && takesFrom !== device.id) effects.push({ type: 'tell-replaced', deviceId: device.id });
  const isMuted = call.device.media === 'released' ? false : call.isMuted;
  return { call: { ...call, isMuted, device: { id: deviceId, signal: 'here', media: 'connecting', offeredAt: now, takesFrom } }, effects };
}

function takeOver(call: Call): CallStep {
  const { takesFrom } = call.device;
  const step = withDevice(call, { media: 'flowing', takesFrom: null });
  return takesFrom === null ? step : { call: step.call, effects: [{ type: 'tell-replaced', deviceId: takesFrom }] };
}

/** The device that was taking the call does not: whoever had it goes on. Undefined where nobody has. */
function handBack(call: Call): CallStep | undefined {
  const { takesFrom } = call.device;
  return takesFrom === null ? undefined : { call: { ...call, device: { ...call.device, id: takesFrom, signal: 'here', media: 'flowing', takesFrom: null } }, effects: [] };
}

/** Keys before the answer reach only a network that already plays something: a menu in early media. Of several parties those hear them whom the member speaks with. */
function pressKeys(call: Call, digits: string): CallStep {
  const others = call.added.filter(({ state, heldAt }) => state === 'answered' && heldAt === null);
  const isForFirst = others.length === 0 ? call.party === 'answered' || call.hasEarlyMedia : call.party === 'answered' && call.heldAt === null;
  if (!isForFirst && others.length === 0) return unchanged(call);
  const press = { type: 'send-dtmf', digits } as const;
  return { call: { ...call, digitsSent: (call.digitsSent + digits).slice(-DIGITS_SHOWN) }, effects: [...(isForFirst ? [press] : []), ...others.map(({ id }) => ({ type: 'to-added', partyId: id, effect: press }) as const)] };
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
    case 'ring': return call.party === 'answered' ? unchanged(call) : endByUs(call, endReasonOf({ cause: 'no-answer', by: 'us', saysWhy: false, hint: call.hint?.kind ?? null }), now, 'no-answer');
    case 'device-connect': {
      if (call.device.media !== 'connecting') return unchanged(call);
      // What it would have taken the call from still has it.
      const handedBack = handBack(call);
      if (handedBack !== undefined) return handedBack;
      // The phone carries the call on, and the device that was not heard has no part in it.
      return isPhoneJoined(call) ? { call: { ...call, device: { ...call.device, media: 'released' } }, effects: [{ type: 'release-device' }] } : withDevice(call, { media: 'silent' });
    }
    case 'reconnect': return isDeviceAway(call) && !isPhoneAwaited(call) ? bidFarewell(call, now) : unchanged(call);
    case 'farewell': return call.farewellSince === null ? unchanged(call) : endByUs(call, 'device-lost', now);
    case 'listen': return call.isListening ? { call: { ...call, isListening: false, hint: null }, effects: [] } : unchanged(call);
    // A message's own, come late.
    case 'message-wait':
    case 'message-tail': return unchanged(call);
    case 'phone-ring':
    case 'phone-key': return timeOutPhone(call, timer, now);
    case 'ring-added': return giveUpRinging(call, now);
    case 'longest-call': return call.answeredAt !== null ? endByUs(call, 'time-limit-reached', now) : unchanged(call);
    default: return assertNever(timer);
  }
}

/** Whoever waited a minute is told kindly that nobody comes; who only heard it ring needs no word. A device that returns meanwhile still finds the call. */
function bidFarewell(call: Call, now: number): CallStep {
  if (call.answeredAt === null) return endByUs(call, 'device-lost', now);
  return call.farewellSince === null ? { call: { ...call, farewellSince: now }, effects: [] } : unchanged(call);
}

function hearSign(call: Call, sign: HeardSign, now: number): CallStep {
  const kind = hintAfter(call.hint?.kind ?? null, sign);
  return kind === null || (kind === call.hint?.kind && kind !== 'beep') ? unchanged(call) : { call: { ...call, hint: { kind, at: now } }, effects: [] };
}

/** What we let the party do: a held party is sent something to hear, and not listened to (RFC 3264 8.4). */
function directionOf(call: Call): 'sendrecv' | 'sendonly' {
  return call.heldAt === null ? 'sendrecv' : 'sendonly';
}

function withDevice(call: Call, change: Partial<Call['device']>): CallStep {
  const device = { ...call.device, ...change };
  return device.signal === call.device.signal && device.media === call.device.media && device.takesFrom === call.device.takesFrom ? unchanged(call) : { call: { ...call, device }, effects: [] };
}

function withReconnectWindow(call: Call, now: number): Call {
  if (call.end === null && isDeviceAway(call)) return call.reconnectingSince === null ? { ...call, reconnectingSince: now } : call;
  return call.reconnectingSince === null ? call : { ...call, reconnectingSince: null, farewellSince: null };
}

const unchanged = (call: Call): CallStep => ({ call, effects: [] });
const withEffects = (call: Call, ...effects: CallEffect[]): CallStep => ({ call, effects });
