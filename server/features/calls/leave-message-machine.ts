/**
 * The part of a call in which a message is left without the member: waiting for the beep, speaking, a breath, the end. Owns what
 * is different while it lasts; what is as in every call is left to call-machine.ts.
 */
import { assertNever } from '#contract/result.ts';
import { endByUs, endWithoutLeg } from './call-ending-policy.ts';
import type { Call, CallEffect, CallEvent, CallStep } from './call-facts.ts';
import { endReasonOfMessage } from './call-meaning-policy.ts';
import { isPhoneAwaited, isPhoneJoined } from './own-phone-machine.ts';

/** A beep this short a time ago is still the one the message waits for. */
const BEEP_IS_FRESH_MS = 3_000;

/** Lets the device go, and speaks in its place; now, or after the beep. */
export function leaveMessage(call: Call, when: 'after-beep' | 'now', now: number): CallStep {
  // Words for a mailbox are not spoken to whoever else is there.
  if (call.party !== 'answered' || call.message !== null || call.added.some(({ end }) => end === null)) return { call, effects: [] };
  const hasJustBeeped = call.hint?.kind === 'beep' && now - call.hint.at <= BEEP_IS_FRESH_MS;
  const phase = when === 'now' || hasJustBeeped ? 'playing' : 'awaiting-beep';
  const effects: CallEffect[] = [{ type: 'release-device' }];
  if (isPhoneAwaited(call) || isPhoneJoined(call)) effects.push({ type: 'hang-up-phone' });
  if (call.heldAt !== null) effects.push({ type: 'reoffer-party', direction: 'sendrecv' });
  return { call: { ...call, heldAt: null, isMuted: false, phone: null, message: { phase, since: now } }, effects };
}

/** What an event means to a message that is being left; undefined where it means the same as in every call. */
export function stepMessage(call: Call, message: NonNullable<Call['message']>, event: CallEvent, now: number): CallStep | undefined {
  switch (event.type) {
    // Whoever leaves a message has left: what is being said would be cut by coming back.
    case 'device-offered':
      return { call, effects: [{ type: 'refuse-device', deviceId: event.deviceId, requestId: event.requestId, refusal: 'call-ended' }] };
    case 'device-refused':
    case 'device-returned':
    case 'device-left':
    case 'device-connected':
    case 'device-silent':
    case 'hold':
    case 'mute':
    case 'dtmf':
    case 'ring-phone':
    case 'stop-phone':
    case 'phone-refused':
    case 'phone-ringing':
    case 'phone-answered':
    case 'phone-key':
    case 'phone-ended':
    case 'drop-party':
    case 'mute-party':
    case 'hold-party':
      return { call, effects: [] };
    case 'sign-heard':
      if (event.sign !== 'beep' || message.phase !== 'awaiting-beep') return undefined;
      return { call: { ...call, hint: { kind: 'beep', at: now }, message: { phase: 'playing', since: now } }, effects: [] };
    case 'party-heard-all':
      return { call: message.phase === 'playing' ? { ...call, message: { phase: 'left', since: now } } : call, effects: [] };
    case 'timer':
      if (event.timer === 'message-wait') return message.phase === 'awaiting-beep' ? endByUs(call, 'message-not-left', now) : undefined;
      return event.timer === 'message-tail' && message.phase === 'left' ? endByUs(call, 'message-left', now) : undefined;
    case 'hang-up':
      return endByUs(call, endReasonOfMessage(message.phase), now);
    case 'party-ended':
      return endWithoutLeg(call, endReasonOfMessage(message.phase), now);
    case 'device-negotiated':
    case 'leave-message':
    case 'party-not-placed':
    case 'party-progress':
    case 'party-answered':
    case 'party-offered':
    case 'party-reanswered':
    case 'party-hold':
    case 'party-reoffer-refused':
    case 'party-media-accepted':
    case 'party-media-refused':
    case 'party-media-lost':
    case 'add-party':
    case 'of-added':
    case 'media-failed':
    case 'server-stopping':
    case 'bug':
      return undefined;
    default:
      return assertNever(event);
  }
}
