/**
 * The member's own phone beside a call: rung, asked for a key, joined, dropped. (call, event, now) -> the call, and what to do; pure.
 * Refuses to let anything hear the party that has not pressed 1: whatever else answers may be a mailbox.
 */
import type { OwnPhoneFailure } from '#contract/calls.ts';
import { assertNever } from '#contract/result.ts';
import type { Call, CallEffect, CallStep } from './call-facts.ts';

/** `since`: of calling and ringing, when it was rung; of the others, when they began. */
export type OwnPhone =
  | { readonly phase: 'calling' | 'ringing' | 'asking' | 'joined'; readonly since: number }
  /** It is no part of the call, and this is why; kept until it is rung again, for the screen. */
  | { readonly phase: 'failed'; readonly since: number; readonly reason: OwnPhoneFailure };

export type OwnPhoneEvent =
  | { type: 'ring-phone' }
  /** Rung no more; a phone that has joined is left by moving the call, not by this. */
  | { type: 'stop-phone' }
  /** It was not dialled: there is none, or the plan does not let it be. */
  | { type: 'phone-refused'; reason: OwnPhoneFailure }
  | { type: 'phone-ringing' }
  /** It answered, and its media is there: it can be asked. */
  | { type: 'phone-answered' }
  | { type: 'phone-key'; digit: string }
  /** The leg is no more. `hungUp`: by the hand that held it. */
  | { type: 'phone-ended'; reason: OwnPhoneFailure; hungUp: boolean };

export type OwnPhoneTimer = 'phone-ring' | 'phone-key';

export type OwnPhoneEffect = { type: 'ring-phone' } | { type: 'hang-up-phone' } | { type: 'let-phone-in' };

export const JOIN_KEY = '1';

/** Rung, and not yet part of the call. */
export const isPhoneAwaited = ({ phone }: Pick<Call, 'phone'>): boolean => phone !== null && (phone.phase === 'calling' || phone.phase === 'ringing' || phone.phase === 'asking');
export const isPhoneJoined = ({ phone }: Pick<Call, 'phone'>): boolean => phone?.phase === 'joined';

const unchanged = (call: Call): CallStep => ({ call, effects: [] });
const withPhone = (call: Call, phone: OwnPhone | null, ...effects: CallEffect[]): CallStep => ({ call: { ...call, phone }, effects });
/** The window for coming back was stopped while a phone rang: it begins anew where nothing came of it. */
const backInWindow = (call: Call, now: number): Call => (call.reconnectingSince === null ? call : { ...call, reconnectingSince: now });
const failed = (call: Call, reason: OwnPhoneFailure, now: number, ...effects: CallEffect[]): CallStep => withPhone(isPhoneAwaited(call) ? backInWindow(call, now) : call, { phase: 'failed', since: now, reason }, ...effects);

/** All but the hanging up of a phone that carries the call, which ends it (call-machine.ts). */
export function stepOwnPhone(call: Call, event: OwnPhoneEvent, now: number): CallStep {
  const { phone } = call;
  switch (event.type) {
    case 'ring-phone':
      // Whoever is being told goodbye is told it whole.
      if (isPhoneAwaited(call) || isPhoneJoined(call) || call.farewellSince !== null) return unchanged(call);
      return withPhone(call, { phase: 'calling', since: now }, { type: 'ring-phone' });
    case 'stop-phone':
      return isPhoneAwaited(call) ? withPhone(backInWindow(call, now), null, { type: 'hang-up-phone' }) : unchanged(call);
    case 'phone-refused':
      return isPhoneJoined(call) || isPhoneAwaited(call) ? unchanged(call) : failed(call, event.reason, now);
    case 'phone-ringing':
      return phone?.phase === 'calling' ? withPhone(call, { ...phone, phase: 'ringing' }) : unchanged(call);
    case 'phone-answered':
      return phone?.phase === 'calling' || phone?.phase === 'ringing' ? withPhone(call, { phase: 'asking', since: now }) : unchanged(call);
    case 'phone-key':
      return phone?.phase === 'asking' && event.digit === JOIN_KEY ? join(call, now) : unchanged(call);
    case 'phone-ended':
      if (isPhoneJoined(call)) return call.device.media === 'connecting' && event.hungUp ? withPhone(call, null) : failed(call, event.reason, now);
      return isPhoneAwaited(call) ? failed(call, event.reason, now) : unchanged(call);
    default:
      return assertNever(event);
  }
}

/** The device lets go only now, when the phone is there: the party hears no gap. */
function join(call: Call, now: number): CallStep {
  return {
    // A phone has a mute of its own, and its holder does not see the page's.
    call: { ...call, phone: { phase: 'joined', since: now }, isMuted: false, device: { ...call.device, media: 'released', takesFrom: null } },
    effects: [{ type: 'release-device' }, ...[call.device.id, call.device.takesFrom].flatMap((deviceId): CallEffect[] => (deviceId === null ? [] : [{ type: 'tell-replaced', deviceId }]))],
  };
}

export function timeOutPhone(call: Call, timer: OwnPhoneTimer, now: number): CallStep {
  switch (timer) {
    case 'phone-ring': return call.phone?.phase === 'calling' || call.phone?.phase === 'ringing' ? failed(call, 'no-answer', now, { type: 'hang-up-phone' }) : unchanged(call);
    case 'phone-key': return call.phone?.phase === 'asking' ? failed(call, 'no-key', now, { type: 'hang-up-phone' }) : unchanged(call);
    default: return assertNever(timer);
  }
}

/** Moving back: the phone goes once the browser is heard. */
export function dropPhoneFor(call: Call): CallStep {
  return { call: { ...call, phone: null, device: { ...call.device, media: 'flowing' } }, effects: [{ type: 'hang-up-phone' }] };
}
