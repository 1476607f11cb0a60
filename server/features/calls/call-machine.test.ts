import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CallId, DeviceId, E164, LineId, MemberId, PracticeId } from '#contract/ids.ts';
import { defaultCallLimits, startCall, stateOf, stepCall } from './call-machine.ts';
import type { Call, CallEffect, CallEvent } from './call-machine.ts';
import type { CallTimer } from './call-output-policy.ts';

const DEVICE = '018f0000-0000-7000-8000-00000000000d' as DeviceId;
const OTHER_DEVICE = '018f0000-0000-7000-8000-00000000000e' as DeviceId;

const dialled = {
  id: '018f0000-0000-7000-8000-000000000001' as CallId,
  practiceId: '018f0000-0000-7000-8000-000000000002' as PracticeId,
  memberId: '018f0000-0000-7000-8000-000000000003' as MemberId,
  number: '+16125550123' as E164,
  partyName: null,
  line: { id: '018f0000-0000-7000-8000-000000000004' as LineId, name: 'Lakeside Clinic', number: '+16125550100' as E164 },
  trunks: ['sandbox'],
  sandbox: true,
  limits: defaultCallLimits,
  deviceId: DEVICE,
  requestId: 'dial',
  mediaAnswer: 'sdp',
};

const run = (events: readonly CallEvent[]): Call => {
  let { call } = startCall(dialled, 0);
  for (const [at, event] of events.entries()) ({ call } = stepCall(call, event, at + 1));
  return call;
};

const connected: CallEvent = { type: 'device-connected' };
const answered: CallEvent = { type: 'party-answered', answer: 'sdp' };
const left: CallEvent = { type: 'device-left', deviceId: DEVICE };

/** One call for each situation whose cells differ. */
const situations = {
  connecting: run([connected]),
  ringing: run([connected, { type: 'party-progress', ringing: true, answer: undefined }]),
  early: run([connected, { type: 'party-progress', ringing: false, answer: 'sdp' }, { type: 'party-media-accepted', stage: 'early' }]),
  talking: run([connected, answered]),
  held: run([connected, answered, { type: 'hold', held: true }]),
  heldByParty: run([connected, answered, { type: 'party-hold', held: true }]),
  leftTalking: run([connected, answered, left]),
  silent: run([connected, answered, { type: 'device-silent' }]),
  replacing: run([connected, answered, { type: 'device-negotiated', deviceId: DEVICE, requestId: 'q', answer: 'sdp' }]),
  ended: run([connected, answered, { type: 'hang-up' }]),
};
type Situation = keyof typeof situations;

const events = {
  'device-offered': { type: 'device-offered', deviceId: DEVICE, requestId: 'r', offer: 'sdp' },
  'device-negotiated (same)': { type: 'device-negotiated', deviceId: DEVICE, requestId: 'r', answer: 'sdp' },
  'device-negotiated (other)': { type: 'device-negotiated', deviceId: OTHER_DEVICE, requestId: 'r', answer: 'sdp' },
  'device-refused': { type: 'device-refused', deviceId: OTHER_DEVICE, requestId: 'r' },
  'device-returned': { type: 'device-returned', deviceId: DEVICE },
  'device-returned (other)': { type: 'device-returned', deviceId: OTHER_DEVICE },
  'device-left': left,
  'device-left (other)': { type: 'device-left', deviceId: OTHER_DEVICE },
  'device-connected': connected,
  'device-silent': { type: 'device-silent' },
  'hang-up': { type: 'hang-up' },
  'hold (on)': { type: 'hold', held: true },
  'hold (off)': { type: 'hold', held: false },
  'mute (on)': { type: 'mute', muted: true },
  'mute (off)': { type: 'mute', muted: false },
  'dtmf': { type: 'dtmf', digits: '12' },
  'party-not-placed': { type: 'party-not-placed', refusal: 'no-trunk' },
  'party-progress (180)': { type: 'party-progress', ringing: true, answer: undefined },
  'party-progress (181)': { type: 'party-progress', ringing: false, answer: undefined },
  'party-progress (183 sdp)': { type: 'party-progress', ringing: false, answer: 'sdp' },
  'party-answered': answered,
  'party-offered': { type: 'party-offered', exchange: 1, offer: 'sdp' },
  'party-reanswered': { type: 'party-reanswered', answer: 'sdp' },
  'party-hold (on)': { type: 'party-hold', held: true },
  'party-hold (off)': { type: 'party-hold', held: false },
  'party-reoffer-refused': { type: 'party-reoffer-refused' },
  'party-media-accepted (early)': { type: 'party-media-accepted', stage: 'early' },
  'party-media-accepted (final)': { type: 'party-media-accepted', stage: 'final' },
  'party-media-accepted (again)': { type: 'party-media-accepted', stage: 'again' },
  'party-media-refused (early)': { type: 'party-media-refused', stage: 'early' },
  'party-media-refused (final)': { type: 'party-media-refused', stage: 'final' },
  'party-media-refused (again)': { type: 'party-media-refused', stage: 'again' },
  'party-media-lost': { type: 'party-media-lost' },
  'party-ended (peer)': { type: 'party-ended', cause: 'hung-up', by: 'peer' },
  'party-ended (network)': { type: 'party-ended', cause: 'hung-up', by: 'network' },
  'party-ended (busy)': { type: 'party-ended', cause: 'busy', by: 'peer' },
  'party-ended (lost)': { type: 'party-ended', cause: 'connection-lost', by: 'network' },
  'media-failed': { type: 'media-failed' },
  'timer ring': { type: 'timer', timer: 'ring' },
  'timer device-connect': { type: 'timer', timer: 'device-connect' },
  'timer reconnect': { type: 'timer', timer: 'reconnect' },
  'timer longest-call': { type: 'timer', timer: 'longest-call' },
  'server-stopping': { type: 'server-stopping' },
  'bug': { type: 'bug' },
} as const satisfies Record<string, CallEvent>;

/** An effect in a word or two; tell and store come with every change and are checked apart. */
const word = (effect: CallEffect): string => {
  switch (effect.type) {
    case 'play': return `${effect.leg} hears ${effect.sound ?? 'the other'}`;
    case 'start-timer': return `+${effect.timer}`;
    case 'cancel-timer': return `-${effect.timer}`;
    case 'reoffer-party': return `reoffer ${effect.direction}`;
    case 'answer-party-offer': return `answer offer ${effect.direction}`;
    case 'accept-party-answer': return `accept ${effect.stage}`;
    case 'set-held': return effect.held ? 'held' : 'unheld';
    case 'set-muted': return effect.muted ? 'muted' : 'unmuted';
    case 'hang-up-party': return effect.cause === undefined ? 'hang-up-party' : `hang-up-party ${effect.cause}`;
    case 'refuse-device': return `refuse-device ${effect.refusal}`;
    case 'place-party':
    case 'negotiate-device':
    case 'answer-device':
    case 'tell-replaced':
    case 'send-dtmf':
    case 'close-media':
    case 'store':
    case 'tell': return effect.type;
  }
};

const outcome = (call: Call, event: CallEvent): string => {
  const { call: next, effects } = stepCall(call, event, 100_000);
  const said = effects.filter((effect) => effect.type !== 'tell' && effect.type !== 'store').map(word).join(', ');
  if (next === call) return said === '' ? '.' : `same: ${said}`;
  const state = next.end === null ? stateOf(next) : `ended ${next.end.reason}`;
  return said === '' ? state : `${state}: ${said}`;
};

/** Every cell: for each event, the outcome and the situations it is the outcome in. "*" is all the others, "." changes nothing. */
const expected: Record<keyof typeof events, Record<string, string>> = {
  'device-offered': {
    'same: refuse-device call-ended': 'ended',
    'same: negotiate-device': '*',
  },
  'device-negotiated (same)': {
    'ringing: +device-connect, answer-device': 'ringing early',
    'connecting: +device-connect, answer-device': 'connecting',
    'on-hold: +device-connect, answer-device': 'held',
    'talking: -reconnect, +device-connect, answer-device': 'leftTalking',
    'talking: -reconnect, +device-connect, party hears the other, answer-device': 'silent',
    '.': 'ended',
    'talking: +device-connect, answer-device': 'talking heldByParty replacing',
  },
  'device-negotiated (other)': {
    'ringing: +device-connect, answer-device, tell-replaced': 'ringing early',
    'connecting: +device-connect, answer-device, tell-replaced': 'connecting',
    'on-hold: +device-connect, answer-device, tell-replaced': 'held',
    'talking: -reconnect, +device-connect, answer-device, tell-replaced': 'leftTalking',
    'talking: -reconnect, +device-connect, party hears the other, answer-device, tell-replaced': 'silent',
    '.': 'ended',
    'talking: +device-connect, answer-device, tell-replaced': 'talking heldByParty replacing',
  },
  'device-refused': {
    '.': 'ended',
    'same: refuse-device media-unavailable': '*',
  },
  'device-returned': {
    'talking: -reconnect': 'leftTalking',
    '.': '*',
  },
  'device-returned (other)': { '.': '*' },
  'device-left': {
    '.': 'leftTalking ended',
    'reconnecting': 'silent',
    'reconnecting: +reconnect': '*',
  },
  'device-left (other)': { '.': '*' },
  'device-connected': {
    'talking: -reconnect, party hears the other': 'silent',
    'talking: -device-connect': 'replacing',
    '.': '*',
  },
  'device-silent': {
    '.': 'silent replacing ended',
    'reconnecting: +reconnect, party hears comfort': 'talking heldByParty',
    'reconnecting: party hears comfort': 'leftTalking',
    'reconnecting: +reconnect': '*',
  },
  'hang-up': {
    'ended hung-up-by-member: -longest-call, hang-up-party, close-media': 'talking held heldByParty',
    'ended hung-up-by-member: -longest-call, -reconnect, hang-up-party, close-media': 'leftTalking silent',
    'ended hung-up-by-member: -longest-call, -device-connect, hang-up-party, close-media': 'replacing',
    '.': 'ended',
    'ended cancelled: -ring, hang-up-party, close-media': 'connecting ringing early',
  },
  'hold (on)': {
    'on-hold: held, device hears silence, party hears comfort, reoffer sendonly': 'talking heldByParty replacing',
    'reconnecting: held, device hears silence, party hears comfort, reoffer sendonly': 'leftTalking',
    'reconnecting: held, device hears silence, reoffer sendonly': 'silent',
    '.': '*',
  },
  'hold (off)': {
    'talking: unheld, device hears the other, party hears the other, reoffer sendrecv': 'held',
    '.': '*',
  },
  'mute (on)': {
    'ringing: muted': 'ringing early',
    'connecting: muted': 'connecting',
    'on-hold: muted': 'held',
    'reconnecting: muted, party hears comfort': 'leftTalking',
    'reconnecting: muted': 'silent',
    '.': 'ended',
    'talking: muted': 'talking heldByParty replacing',
  },
  'mute (off)': { '.': '*' },
  'dtmf': {
    'talking: send-dtmf': 'talking heldByParty replacing',
    'reconnecting: send-dtmf': 'leftTalking silent',
    'ringing: send-dtmf': 'early',
    'on-hold: send-dtmf': 'held',
    '.': 'connecting ringing ended',
  },
  'party-not-placed': {
    'ended trunk-down: -longest-call, close-media': 'talking held heldByParty',
    'ended trunk-down: -longest-call, -reconnect, close-media': 'leftTalking silent',
    'ended trunk-down: -longest-call, -device-connect, close-media': 'replacing',
    '.': 'ended',
    'ended trunk-down: -ring, close-media': 'connecting ringing early',
  },
  'party-progress (180)': {
    'ringing: device hears ringback': 'connecting',
    '.': '*',
  },
  'party-progress (181)': { '.': '*' },
  'party-progress (183 sdp)': {
    'same: accept early': 'connecting ringing early',
    '.': '*',
  },
  'party-answered': {
    'talking: -ring, +longest-call, device hears the other, accept final': 'connecting ringing',
    'talking: -ring, +longest-call, accept final': 'early',
    '.': '*',
  },
  'party-offered': {
    'same: answer offer sendonly': 'held',
    '.': 'ended',
    'same: answer offer sendrecv': '*',
  },
  'party-reanswered': {
    '.': 'ended',
    'same: accept again': '*',
  },
  'party-hold (on)': {
    'talking': 'talking replacing',
    '.': 'heldByParty ended',
    'reconnecting': 'leftTalking silent',
    'connecting': 'connecting',
    'on-hold': 'held',
    'ringing': 'ringing early',
  },
  'party-hold (off)': {
    'talking': 'heldByParty',
    '.': '*',
  },
  'party-reoffer-refused': { '.': '*' },
  'party-media-accepted (early)': {
    'ringing: device hears the other': 'connecting ringing',
    '.': '*',
  },
  'party-media-accepted (final)': { '.': '*' },
  'party-media-accepted (again)': { '.': '*' },
  'party-media-refused (early)': {
    'ringing: device hears ringback': 'connecting',
    '.': '*',
  },
  'party-media-refused (final)': {
    'ended media-refused: -longest-call, hang-up-party media-refused, close-media': 'talking held heldByParty',
    'ended media-refused: -longest-call, -reconnect, hang-up-party media-refused, close-media': 'leftTalking silent',
    'ended media-refused: -longest-call, -device-connect, hang-up-party media-refused, close-media': 'replacing',
    '.': 'ended',
    'ended media-refused: -ring, hang-up-party media-refused, close-media': 'connecting ringing early',
  },
  'party-media-refused (again)': { '.': '*' },
  'party-media-lost': {
    'ended party-lost: -longest-call, hang-up-party connection-lost, close-media': 'talking held heldByParty',
    'ended party-lost: -longest-call, -reconnect, hang-up-party connection-lost, close-media': 'leftTalking silent',
    'ended party-lost: -longest-call, -device-connect, hang-up-party connection-lost, close-media': 'replacing',
    '.': 'ended',
    'ended party-lost: -ring, hang-up-party connection-lost, close-media': 'connecting ringing early',
  },
  'party-ended (peer)': {
    'ended hung-up-by-party: -longest-call, close-media': 'talking held heldByParty',
    'ended hung-up-by-party: -longest-call, -reconnect, close-media': 'leftTalking silent',
    'ended hung-up-by-party: -longest-call, -device-connect, close-media': 'replacing',
    '.': 'ended',
    'ended hung-up-by-party: -ring, close-media': 'connecting ringing early',
  },
  'party-ended (network)': {
    'ended party-lost: -longest-call, close-media': 'talking held heldByParty',
    'ended party-lost: -longest-call, -reconnect, close-media': 'leftTalking silent',
    'ended party-lost: -longest-call, -device-connect, close-media': 'replacing',
    '.': 'ended',
    'ended party-lost: -ring, close-media': 'connecting ringing early',
  },
  'party-ended (busy)': {
    'ended busy: -longest-call, close-media': 'talking held heldByParty',
    'ended busy: -longest-call, -reconnect, close-media': 'leftTalking silent',
    'ended busy: -longest-call, -device-connect, close-media': 'replacing',
    '.': 'ended',
    'ended busy: -ring, close-media': 'connecting ringing early',
  },
  'party-ended (lost)': {
    'ended party-lost: -longest-call, close-media': 'talking held heldByParty',
    'ended party-lost: -longest-call, -reconnect, close-media': 'leftTalking silent',
    'ended party-lost: -longest-call, -device-connect, close-media': 'replacing',
    '.': 'ended',
    'ended party-lost: -ring, close-media': 'connecting ringing early',
  },
  'media-failed': {
    'ended internal-error: -longest-call, hang-up-party, close-media': 'talking held heldByParty',
    'ended internal-error: -longest-call, -reconnect, hang-up-party, close-media': 'leftTalking silent',
    'ended internal-error: -longest-call, -device-connect, hang-up-party, close-media': 'replacing',
    '.': 'ended',
    'ended internal-error: -ring, hang-up-party, close-media': 'connecting ringing early',
  },
  'timer ring': {
    'ended no-answer: -ring, hang-up-party no-answer, close-media': 'connecting ringing early',
    '.': '*',
  },
  'timer device-connect': {
    'reconnecting: -device-connect, +reconnect, party hears comfort': 'replacing',
    '.': '*',
  },
  'timer reconnect': {
    'ended device-lost: -longest-call, -reconnect, hang-up-party, close-media': 'leftTalking silent',
    '.': '*',
  },
  'timer longest-call': {
    'ended time-limit-reached: -longest-call, hang-up-party, close-media': 'talking held heldByParty',
    'ended time-limit-reached: -longest-call, -reconnect, hang-up-party, close-media': 'leftTalking silent',
    'ended time-limit-reached: -longest-call, -device-connect, hang-up-party, close-media': 'replacing',
    '.': '*',
  },
  'server-stopping': {
    'ended server-restarted: -longest-call, hang-up-party, close-media': 'talking held heldByParty',
    'ended server-restarted: -longest-call, -reconnect, hang-up-party, close-media': 'leftTalking silent',
    'ended server-restarted: -longest-call, -device-connect, hang-up-party, close-media': 'replacing',
    '.': 'ended',
    'ended server-restarted: -ring, hang-up-party, close-media': 'connecting ringing early',
  },
  'bug': {
    'ended internal-error: -longest-call, hang-up-party, close-media': 'talking held heldByParty',
    'ended internal-error: -longest-call, -reconnect, hang-up-party, close-media': 'leftTalking silent',
    'ended internal-error: -longest-call, -device-connect, hang-up-party, close-media': 'replacing',
    '.': 'ended',
    'ended internal-error: -ring, hang-up-party, close-media': 'connecting ringing early',
  },
};

describe('every event in every situation', () => {
  for (const [name, cells] of Object.entries(expected)) {
    test(name, () => {
      const named = Object.entries(cells).flatMap(([said, where]) => (where === '*' ? [] : where.split(' ').map((situation) => [situation, said] as const)));
      const others = Object.entries(cells).find(([, where]) => where === '*')?.[0];
      const wanted = Object.fromEntries(Object.keys(situations).map((situation) => [situation, new Map(named).get(situation) ?? others]));
      const found = Object.fromEntries(Object.entries(situations).map(([situation, call]) => [situation, outcome(call, events[name as keyof typeof events])]));
      expect(found).toEqual(wanted);
    });
  }

  test('each situation shows its word', () => {
    const words = Object.fromEntries(Object.entries(situations).map(([situation, call]) => [situation, stateOf(call)]));
    expect(words).toEqual({
      connecting: 'connecting', ringing: 'ringing', early: 'ringing', talking: 'talking', held: 'on-hold', heldByParty: 'talking',
      leftTalking: 'reconnecting', silent: 'reconnecting', replacing: 'talking', ended: 'ended',
    } satisfies Record<Situation, string>);
  });
});

describe('a call', () => {
  test('keeps how its end came about', () => {
    const causes = ['busy', 'rejected', 'not-in-service', 'number-changed', 'number-incomplete', 'blocked', 'trunk-refused', 'trunk-down', 'no-answer', 'media-refused', 'cancelled'] as const;
    for (const cause of causes) {
      const { call } = stepCall(situations.ringing, { type: 'party-ended', cause, by: 'peer' }, 9);
      expect(call.end).toEqual({ at: 9, reason: cause });
    }
  });

  test('opens one reconnect window when its device goes, and a new one when it goes again', () => {
    const gone = stepCall(situations.talking, left, 1_000).call;
    const stillGone = stepCall(gone, { type: 'device-silent' }, 2_000).call;
    expect([gone.reconnectingSince, stillGone.reconnectingSince]).toEqual([1_000, 1_000]);
    const back = stepCall(stillGone, { type: 'device-negotiated', deviceId: DEVICE, requestId: 'r', answer: 'sdp' }, 3_000).call;
    expect(back.reconnectingSince).toBeNull();
    const { call: goneAgain, effects } = stepCall(back, left, 4_000);
    expect(goneAgain.reconnectingSince).toBe(4_000);
    expect(effects).toContainEqual({ type: 'start-timer', timer: 'reconnect', delayMs: 60_000 });
  });

  test('plays to the party when a muted device leaves, since a muted device is never missed in the audio', () => {
    const muted = stepCall(situations.talking, { type: 'mute', muted: true }, 1).call;
    expect(stepCall(muted, left, 2).effects).toContainEqual({ type: 'play', leg: 'party', sound: 'comfort' });
  });

  test('shows the last digits of very many', () => {
    let call = situations.talking;
    for (let count = 0; count < 20; count++) ({ call } = stepCall(call, { type: 'dtmf', digits: '123456789#' }, count));
    expect(call.digitsSent).toHaveLength(128);
    expect(call.digitsSent.endsWith('9#')).toBe(true);
  });
});

/** What a session carries out, remembered, so that what is left over can be counted. */
function follow(history: readonly CallEvent[]) {
  let { call, effects } = startCall(dialled, 0);
  const timers = new Set<CallTimer>();
  const ends: number[] = [];
  let isLegOpen = true;
  let isMediaOpen = true;
  let now = 0;
  const carryOut = (): void => {
    for (const effect of effects) {
      if (effect.type === 'start-timer') timers.add(effect.timer);
      else if (effect.type === 'cancel-timer') expect(timers.delete(effect.timer)).toBe(true);
      else if (effect.type === 'close-media') isMediaOpen = false;
      else if (effect.type === 'hang-up-party') {
        expect(isLegOpen).toBe(true);
        isLegOpen = false;
      } else if (['play', 'set-held', 'set-muted', 'negotiate-device', 'send-dtmf', 'reoffer-party', 'accept-party-answer', 'answer-party-offer'].includes(effect.type)) expect(isMediaOpen).toBe(true);
    }
  };
  carryOut();
  for (const event of history) {
    if (event.type === 'timer' && !timers.has(event.timer)) continue;
    if (event.type === 'party-ended' || event.type === 'party-not-placed') {
      if (!isLegOpen) continue;
      isLegOpen = false;
    } else if (event.type.startsWith('party-') && !isLegOpen) continue;
    const before = call;
    now += 7;
    ({ call, effects } = stepCall(call, event, now));
    // A timer that ran is gone; a fresh one for the same wait may be started by the same step.
    if (event.type === 'timer' && effects.every((effect) => effect.type !== 'cancel-timer' || effect.timer !== event.timer)) timers.delete(event.timer);
    carryOut();
    expect(call.version - before.version).toBe(call === before ? 0 : 1);
    expect(effects.filter((effect) => effect.type === 'tell').length).toBe(call === before ? 0 : 1);
    expect(effects.filter((effect) => effect.type === 'store').length).toBe(call === before ? 0 : 1);
    if (before.end === null && call.end !== null) ends.push(now);
    if (before.end !== null) expect(call).toBe(before);
    if (call.answeredAt === null) expect(call.heldAt).toBeNull();
    expect(call.reconnectingSince !== null).toBe(stateOf(call) === 'reconnecting');
  }
  return { call, timers, ends, isLegOpen, isMediaOpen };
}

describe('random histories', () => {
  const anyEvent = fc.constantFrom<CallEvent>(...Object.values(events));

  test('end once, with one reason, and leave no timer, no leg and no media', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (history) => {
        const { call, timers, ends, isLegOpen, isMediaOpen } = follow([...history, { type: 'hang-up' }]);
        expect(ends).toHaveLength(1);
        expect(call.end?.reason).toBeTypeOf('string');
        expect([...timers]).toEqual([]);
        expect(isLegOpen).toBe(false);
        expect(isMediaOpen).toBe(false);
      }),
      { numRuns: 3_000 },
    );
  });

  test('that lose the device always have a way to end by themselves', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (history) => {
        const { call, timers } = follow(history);
        if (call.end !== null) return;
        expect(timers.size).toBeGreaterThan(0);
        if (stateOf(call) === 'reconnecting') expect(timers).toContain('reconnect');
      }),
      { numRuns: 2_000 },
    );
  });
});
