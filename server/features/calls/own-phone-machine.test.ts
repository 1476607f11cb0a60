import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Call, CallEvent } from './call-facts.ts';
import { startCall, stateOf, stepCall } from './call-machine.ts';
import { isPhoneJoined } from './own-phone-machine.ts';
import { DEVICE, OTHER_DEVICE, checkCells, dialled, run } from './test-calls.ts';

const connected: CallEvent = { type: 'device-connected' };
const answered: CallEvent = { type: 'party-answered', answer: 'sdp' };
const left: CallEvent = { type: 'device-left', deviceId: DEVICE };
const ring: CallEvent = { type: 'ring-phone' };
const pickedUp: CallEvent = { type: 'phone-answered' };
const one: CallEvent = { type: 'phone-key', digit: '1' };
const takenBack: CallEvent = { type: 'device-negotiated', deviceId: OTHER_DEVICE, requestId: 'r', answer: 'sdp' };

/** One call for each situation of the phone whose cells differ. */
const situations = {
  none: run([connected, answered]),
  calling: run([connected, answered, ring]),
  ringing: run([connected, answered, ring, { type: 'phone-ringing' }]),
  asking: run([connected, answered, ring, pickedUp]),
  awayRinging: run([connected, answered, left, ring]),
  joined: run([connected, answered, ring, pickedUp, one]),
  comingBack: run([connected, answered, ring, pickedUp, one, takenBack]),
  failed: run([connected, answered, ring, { type: 'phone-ended', reason: 'busy', hungUp: false }]),
  dropped: run([connected, answered, ring, pickedUp, one, { type: 'phone-ended', reason: 'dropped', hungUp: false }]),
  farewell: run([connected, answered, left, { type: 'timer', timer: 'reconnect' }]),
  message: run([connected, answered, { type: 'leave-message', when: 'now' }]),
  ended: run([connected, answered, { type: 'hang-up' }]),
};
type Situation = keyof typeof situations;

const events = {
  'ring-phone': ring,
  'stop-phone': { type: 'stop-phone' },
  'phone-refused': { type: 'phone-refused', reason: 'no-phone' },
  'phone-ringing': { type: 'phone-ringing' },
  'phone-answered': pickedUp,
  'phone-key (1)': one,
  'phone-key (5)': { type: 'phone-key', digit: '5' },
  'phone-ended (put down)': { type: 'phone-ended', reason: 'no-key', hungUp: true },
  'phone-ended (lost)': { type: 'phone-ended', reason: 'dropped', hungUp: false },
  'timer phone-ring': { type: 'timer', timer: 'phone-ring' },
  'timer phone-key': { type: 'timer', timer: 'phone-key' },
  'device-negotiated (other)': takenBack,
  'device-connected': connected,
  'device-silent': { type: 'device-silent' },
  'device-left': left,
  'timer device-connect': { type: 'timer', timer: 'device-connect' },
  'timer reconnect': { type: 'timer', timer: 'reconnect' },
  'hold (on)': { type: 'hold', held: true },
  'mute (on)': { type: 'mute', muted: true },
  'leave-message (now)': { type: 'leave-message', when: 'now' },
  'hang-up': { type: 'hang-up' },
  'party-ended': { type: 'party-ended', cause: 'hung-up', by: 'peer', saysWhy: true },
} as const satisfies Record<string, CallEvent>;

const CALLS_OWN = new Set(['longest-call', 'listen', 'farewell']);

/** The state, how the phone stands, and what is done; what every change and every call brings is left out. */
function outcome(call: Call, event: CallEvent): string {
  const { call: next, effects } = stepCall(call, event, 100_000);
  if (next === call) return '.';
  const { phone, device } = next;
  const state = next.end === null ? stateOf(next) : `ended ${next.end.reason}`;
  const said = effects.flatMap((effect) => {
    if (effect.type === 'tell' || effect.type === 'store' || effect.type === 'answer-device' || effect.type === 'close-media' || effect.type === 'hang-up-party' || effect.type === 'reoffer-party') return [];
    if (effect.type === 'play') return [`${effect.leg} hears ${effect.sound ?? 'the other'}`];
    if (effect.type === 'start-timer') return CALLS_OWN.has(effect.timer) ? [] : [`+${effect.timer}`];
    if (effect.type === 'cancel-timer') return CALLS_OWN.has(effect.timer) ? [] : [`-${effect.timer}`];
    return [effect.type];
  });
  return [state, phone === null ? 'no phone' : phone.phase === 'failed' ? `failed ${phone.reason}` : phone.phase, ...(device.media === 'released' ? ['released'] : []), ...said].join(', ');
}

/** Every cell: for each event, the outcome and the situations it is the outcome in. "*" is all the others, "." changes nothing. */
const expected: Record<keyof typeof events, Record<string, string>> = {
  'ring-phone': {
    'talking, calling, +phone-ring, ring-phone': 'none failed',
    'reconnecting, calling, released, -reconnect, +phone-ring, ring-phone': 'dropped',
    '.': '*',
  },
  'stop-phone': {
    'talking, no phone, -phone-ring, hang-up-phone': 'calling ringing',
    'talking, no phone, -phone-key, phone hears the other, hang-up-phone': 'asking',
    'reconnecting, no phone, -phone-ring, +reconnect, hang-up-phone': 'awayRinging',
    '.': '*',
  },
  'phone-refused': {
    'talking, failed no-phone': 'none failed',
    'reconnecting, failed no-phone, released': 'dropped',
    'reconnecting, failed no-phone': 'farewell',
    '.': '*',
  },
  'phone-ringing': {
    'talking, ringing': 'calling',
    'reconnecting, ringing': 'awayRinging',
    '.': '*',
  },
  'phone-answered': {
    'talking, asking, -phone-ring, +phone-key, phone hears press-1': 'calling ringing',
    'reconnecting, asking, -phone-ring, +phone-key, phone hears press-1': 'awayRinging',
    '.': '*',
  },
  'phone-key (1)': {
    'talking, joined, released, -phone-key, let-phone-in, phone hears the other, release-device, tell-replaced': 'asking',
    '.': '*',
  },
  'phone-key (5)': {
    '.': '*',
  },
  'phone-ended (put down)': {
    'talking, failed no-key, -phone-ring': 'calling ringing',
    'talking, failed no-key, -phone-key, phone hears the other': 'asking',
    'reconnecting, failed no-key, -phone-ring, +reconnect': 'awayRinging',
    'ended hung-up-by-member, no phone, released': 'joined',
    'talking, no phone': 'comingBack',
    '.': '*',
  },
  'phone-ended (lost)': {
    'talking, failed dropped, -phone-ring': 'calling ringing',
    'talking, failed dropped, -phone-key, phone hears the other': 'asking',
    'reconnecting, failed dropped, -phone-ring, +reconnect': 'awayRinging',
    'reconnecting, failed dropped, released, +reconnect, party hears one-moment': 'joined',
    'talking, failed dropped': 'comingBack',
    '.': '*',
  },
  'timer phone-ring': {
    'talking, failed no-answer, -phone-ring, hang-up-phone': 'calling ringing',
    'reconnecting, failed no-answer, -phone-ring, +reconnect, hang-up-phone': 'awayRinging',
    '.': '*',
  },
  'timer phone-key': {
    'talking, failed no-key, -phone-key, phone hears the other, hang-up-phone': 'asking',
    '.': '*',
  },
  'device-negotiated (other)': {
    'talking, no phone, +device-connect': 'none',
    'talking, ringing, +device-connect': 'ringing',
    'talking, asking, +device-connect': 'asking',
    'talking, joined, +device-connect, tell-replaced': 'joined',
    'talking, joined, +device-connect': 'comingBack',
    'talking, failed busy, +device-connect': 'failed',
    'talking, failed dropped, -reconnect, +device-connect, party hears the other, tell-replaced': 'dropped',
    'talking, no phone, +device-connect, party hears the other, tell-replaced': 'farewell',
    'leaving-message, no phone': 'message',
    'talking, calling, +device-connect': 'calling',
    '.': 'ended',
    'talking, calling, +device-connect, tell-replaced': '*',
  },
  'device-connected': {
    'talking, no phone, -device-connect, hang-up-phone': 'comingBack',
    '.': '*',
  },
  'device-silent': {
    'reconnecting, no phone, +reconnect, party hears one-moment': 'none',
    'reconnecting, calling, party hears one-moment': 'calling awayRinging',
    'reconnecting, ringing, party hears one-moment': 'ringing',
    'reconnecting, asking, party hears one-moment': 'asking',
    'reconnecting, failed busy, +reconnect, party hears one-moment': 'failed',
    'reconnecting, no phone': 'farewell',
    '.': '*',
  },
  'device-left': {
    'reconnecting, no phone, +reconnect': 'none',
    'reconnecting, calling': 'calling',
    'reconnecting, ringing': 'ringing',
    'reconnecting, asking': 'asking',
    'talking, joined, released': 'joined',
    'reconnecting, failed busy, +reconnect': 'failed',
    'reconnecting, failed dropped, released': 'dropped',
    '.': '*',
  },
  'timer device-connect': {
    'talking, joined, released, -device-connect, release-device': 'comingBack',
    '.': '*',
  },
  'timer reconnect': {
    'reconnecting, failed dropped, released, -reconnect, party hears farewell': 'dropped',
    '.': '*',
  },
  'hold (on)': {
    'on-hold, no phone, set-held, device hears silence, party hears hold-music': 'none',
    'on-hold, calling, set-held, device hears silence, party hears hold-music': 'calling',
    'on-hold, ringing, set-held, device hears silence, party hears hold-music': 'ringing',
    'on-hold, asking, set-held, device hears silence, party hears hold-music': 'asking',
    'reconnecting, calling, set-held, device hears silence, party hears hold-music': 'awayRinging',
    'on-hold, joined, released, set-held, party hears hold-music, phone hears silence': 'joined',
    'on-hold, joined, set-held, device hears silence, party hears hold-music, phone hears silence': 'comingBack',
    'on-hold, failed busy, set-held, device hears silence, party hears hold-music': 'failed',
    'reconnecting, failed dropped, released, set-held, party hears hold-music': 'dropped',
    'reconnecting, no phone, set-held, device hears silence': 'farewell',
    '.': '*',
  },
  'mute (on)': {
    'talking, no phone, set-muted': 'none',
    'talking, calling, set-muted': 'calling',
    'talking, ringing, set-muted': 'ringing',
    'talking, asking, set-muted': 'asking',
    'reconnecting, calling, set-muted, party hears one-moment': 'awayRinging',
    'talking, joined, released, set-muted': 'joined',
    'talking, joined, set-muted': 'comingBack',
    'talking, failed busy, set-muted': 'failed',
    'reconnecting, failed dropped, released, set-muted': 'dropped',
    'reconnecting, no phone, set-muted': 'farewell',
    '.': '*',
  },
  'leave-message (now)': {
    'leaving-message, no phone, -phone-ring, party hears message, release-device, hang-up-phone': 'calling ringing awayRinging',
    'leaving-message, no phone, -phone-key, party hears message, phone hears the other, release-device, hang-up-phone': 'asking',
    'leaving-message, no phone, released, party hears message, release-device, hang-up-phone': 'joined',
    'leaving-message, no phone, -device-connect, party hears message, release-device, hang-up-phone': 'comingBack',
    'leaving-message, no phone, released, -reconnect, party hears message, release-device': 'dropped',
    '.': 'message ended',
    'leaving-message, no phone, party hears message, release-device': '*',
  },
  'hang-up': {
    'ended hung-up-by-member, no phone, -phone-ring': 'calling ringing awayRinging',
    'ended hung-up-by-member, no phone, -phone-key': 'asking',
    'ended hung-up-by-member, no phone, released': 'joined',
    'ended hung-up-by-member, no phone, -device-connect': 'comingBack',
    'ended hung-up-by-member, no phone, released, -reconnect': 'dropped',
    'ended message-cut-off, no phone': 'message',
    '.': 'ended',
    'ended hung-up-by-member, no phone': '*',
  },
  'party-ended': {
    'ended hung-up-by-party, no phone, -phone-ring': 'calling ringing awayRinging',
    'ended hung-up-by-party, no phone, -phone-key': 'asking',
    'ended hung-up-by-party, no phone, released': 'joined',
    'ended hung-up-by-party, no phone, -device-connect': 'comingBack',
    'ended hung-up-by-party, no phone, released, -reconnect': 'dropped',
    'ended message-cut-off, no phone': 'message',
    '.': 'ended',
    'ended hung-up-by-party, no phone': '*',
  },
};

checkCells(expected, situations, events, outcome);

describe('every situation of the phone', () => {
  test('the screen has a word for each', () => {
    expect(Object.fromEntries(Object.entries(situations).map(([situation, call]) => [situation, stateOf(call)]))).toEqual({
      none: 'talking', calling: 'talking', ringing: 'talking', asking: 'talking', awayRinging: 'reconnecting', joined: 'talking', comingBack: 'talking', failed: 'talking', dropped: 'reconnecting', farewell: 'reconnecting', message: 'leaving-message', ended: 'ended',
    } satisfies Record<Situation, string>);
  });

  test('the minute without a device stands still while the phone rings, and begins anew where nothing came of it', () => {
    const ringing = stepCall(stepCall(situations.none, left, 10_000).call, ring, 40_000).call;
    const { call, effects } = stepCall(ringing, { type: 'phone-ended', reason: 'no-answer', hungUp: false }, 65_000);
    expect(call.reconnectingSince).toBe(65_000);
    expect(effects).toContainEqual({ type: 'start-timer', timer: 'reconnect', delayMs: 60_000 });
  });
});

test('in whatever order things happen, a phone is let in only by a 1 it was asked for, and no timer outlives the call', () => {
  const anyEvent = fc.constantFrom<CallEvent>(...Object.values(events));
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 60 }), (history) => {
      let { call } = startCall(dialled, 0);
      const timers = new Set<string>(['ring', 'device-connect']);
      for (const [at, event] of [connected, answered, ...history, { type: 'hang-up' } as const].entries()) {
        if (event.type === 'timer' && !timers.has(event.timer)) continue;
        const before = call;
        const step = stepCall(call, event, at * 7);
        ({ call } = step);
        if (event.type === 'timer') timers.delete(event.timer);
        for (const effect of step.effects) {
          if (effect.type === 'start-timer') timers.add(effect.timer);
          if (effect.type === 'cancel-timer') timers.delete(effect.timer);
          if (effect.type === 'let-phone-in') expect([event, before.phone?.phase]).toEqual([one, 'asking']);
        }
        if (isPhoneJoined(call)) expect(stateOf(call)).not.toBe('reconnecting');
        expect(call.reconnectingSince !== null).toBe(stateOf(call) === 'reconnecting');
      }
      expect([...timers]).toEqual([]);
    }),
    { numRuns: 3_000 },
  );
});
