import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mostPartiesInCall } from '#contract/call-parties.ts';
import type { E164, PartyId } from '#contract/ids.ts';
import type { Call, CallEffect, CallEvent, NewParty, PartyEffect, PartyEvent } from './call-facts.ts';
import { startCall, stateOf, stepCall } from './call-machine.ts';
import { countParties, mayAddParty } from './call-parties-machine.ts';
import type { CallTimer } from './call-output-policy.ts';
import { checkCells, dialled, run } from './test-calls.ts';

const idOf = (letter: string): PartyId => `018f0000-0000-7000-8000-00000000000${letter}` as PartyId;
/** The interpreter, and one more: told apart by the last sign of their ids. */
const I = idOf('a');
const F = idOf('f');
const interpreter: NewParty = { id: I, role: 'interpreter', name: 'Spanish line', number: '+16125550175' as E164, serviceId: null, hasCode: true };
const family: NewParty = { id: F, role: 'family', name: null, number: '+16125550176' as E164, serviceId: null, hasCode: false };

const of = (partyId: PartyId, event: PartyEvent): CallEvent => ({ type: 'of-added', partyId, event });
const add = (party: NewParty, isApart = false): CallEvent => ({ type: 'add-party', party, isApart });
const rings: PartyEvent = { type: 'party-progress', ringing: true, answer: undefined };
const answers: PartyEvent = { type: 'party-answered', answer: 'sdp' };
const left: PartyEvent = { type: 'party-ended', cause: 'hung-up', by: 'peer', saysWhy: true };

const talking: CallEvent[] = [{ type: 'device-connected' }, { type: 'party-answered', answer: 'sdp' }, { type: 'timer', timer: 'listen' }];
const three: CallEvent[] = [...talking, add(interpreter), of(I, answers)];

/** One call for each situation whose cells differ; `a` is the interpreter, `f` one more. */
const situations = {
  unanswered: run([{ type: 'device-connected' }]),
  two: run(talking),
  calling: run([...talking, add(interpreter)]),
  ringing: run([...talking, add(interpreter), of(I, rings)]),
  ringingApart: run([...talking, add(interpreter, true), of(I, rings)]),
  three: run(three),
  apart: run([...three, { type: 'hold-party', party: 'first', held: true }]),
  allHeld: run([...three, { type: 'hold', held: true }]),
  firstGone: run([...three, left]),
  addedGone: run([...three, of(I, left)]),
  deviceAway: run([...three, { type: 'device-silent' }]),
  leavingMessage: run([...talking, { type: 'leave-message', when: 'now' }]),
  ended: run([...three, { type: 'hang-up' }]),
};

const events = {
  'add-party': add(family),
  'add-party (apart)': add(family, true),
  'drop-party (first)': { type: 'drop-party', party: 'first' },
  'drop-party (added)': { type: 'drop-party', party: I },
  'drop-party (nobody)': { type: 'drop-party', party: F },
  'mute-party (first)': { type: 'mute-party', party: 'first', muted: true },
  'mute-party (added)': { type: 'mute-party', party: I, muted: true },
  'hold-party (first)': { type: 'hold-party', party: 'first', held: true },
  'hold-party (added)': { type: 'hold-party', party: I, held: true },
  'hold-party (first, back)': { type: 'hold-party', party: 'first', held: false },
  'hold': { type: 'hold', held: true },
  'hold (back)': { type: 'hold', held: false },
  'dtmf': { type: 'dtmf', digits: '1' },
  'leave-message': { type: 'leave-message', when: 'now' },
  'first leaves': left,
  'first is lost': { type: 'party-media-lost' },
  'first answers late': { type: 'party-answered', answer: 'sdp' },
  'added: not placed': of(I, { type: 'party-not-placed', refusal: 'no-trunk' }),
  'added: rings': of(I, rings),
  'added: early media': of(I, { type: 'party-progress', ringing: false, answer: 'sdp' }),
  'added: early media accepted': of(I, { type: 'party-media-accepted', stage: 'early' }),
  'added: early media refused': of(I, { type: 'party-media-refused', stage: 'early' }),
  'added: answers': of(I, answers),
  'added: media accepted': of(I, { type: 'party-media-accepted', stage: 'final' }),
  'added: media accepted again': of(I, { type: 'party-media-accepted', stage: 'again' }),
  'added: media refused': of(I, { type: 'party-media-refused', stage: 'final' }),
  'added: media refused again': of(I, { type: 'party-media-refused', stage: 'again' }),
  'added: offers': of(I, { type: 'party-offered', exchange: 1, offer: 'sdp' }),
  'added: answers again': of(I, { type: 'party-reanswered', answer: 'sdp' }),
  'added: refuses': of(I, { type: 'party-reoffer-refused' }),
  'added: holds us': of(I, { type: 'party-hold', held: true }),
  'added: media lost': of(I, { type: 'party-media-lost' }),
  'added: leaves': of(I, left),
  'added: busy': of(I, { type: 'party-ended', cause: 'busy', by: 'peer', saysWhy: true }),
  'somebody unknown leaves': of(F, left),
  'timer ring-added': { type: 'timer', timer: 'ring-added' },
  'timer longest-call': { type: 'timer', timer: 'longest-call' },
  'hang-up': { type: 'hang-up' },
  'server-stopping': { type: 'server-stopping' },
} as const satisfies Record<string, CallEvent>;

const wordOf = (effect: PartyEffect): string => {
  switch (effect.type) {
    case 'accept-party-answer': return `accept ${effect.stage}`;
    case 'answer-party-offer': return `answer offer ${effect.direction}`;
    case 'reoffer-party': return `reoffer ${effect.direction}`;
    case 'hang-up-party': return effect.cause === undefined ? 'hang up' : `hang up ${effect.cause}`;
    case 'send-dtmf': return 'keys';
    case 'place-party': return 'place';
    case 'press-code': return 'code';
    case 'release-party': return 'release';
    case 'resume-party': return 'resume';
  }
};

/** An effect in a word or two; whom it concerns first: `p` the first party, `a` and `f` those added. */
const word = (effect: CallEffect): string => {
  const leg = (name: string): string => (name === 'party' ? 'p' : name.length > 6 ? name.at(-1)! : name);
  switch (effect.type) {
    case 'to-added': return `${leg(effect.partyId)} ${wordOf(effect.effect)}`;
    case 'record-party-end': return `${leg(effect.partyId)} recorded`;
    case 'set-held': return `${leg(effect.leg)} ${effect.held ? 'held' : 'unheld'}`;
    case 'set-muted': return `${leg(effect.leg)} ${effect.muted ? 'muted' : 'unmuted'}`;
    case 'play': return `${leg(effect.leg)} hears ${effect.sound ?? 'others'}`;
    case 'start-timer': return `+${effect.timer}`;
    case 'cancel-timer': return `-${effect.timer}`;
    case 'meter': return effect.isOn ? 'metered' : 'unmetered';
    case 'place-party':
    case 'resume-party':
    case 'hang-up-party':
    case 'accept-party-answer':
    case 'answer-party-offer':
    case 'reoffer-party':
    case 'send-dtmf':
    case 'press-code':
    case 'release-party': return `p ${wordOf(effect)}`;
    case 'negotiate-device':
    case 'answer-device':
    case 'refuse-device':
    case 'tell-replaced':
    case 'release-device':
    case 'ring-phone':
    case 'hang-up-phone':
    case 'let-phone-in':
    case 'listen':
    case 'close-media':
    case 'store':
    case 'tell': return effect.type;
  }
};

const outcome = (call: Call, event: CallEvent): string => {
  const { call: next, effects } = stepCall(call, event, 100_000);
  const said = effects.filter(({ type }) => type !== 'tell' && type !== 'store').map(word).join(', ');
  if (next === call) return said === '' ? '.' : `same: ${said}`;
  const state = next.end === null ? stateOf(next) : `ended ${next.end.reason}`;
  return said === '' ? state : `${state}: ${said}`;
};

/** Every cell: for each event, the outcome and the situations it is the outcome in. "*" is all the others, "." changes nothing. */
const expected: Record<keyof typeof events, Record<string, string>> = {
  'add-party': {
    'same: f recorded, f release': 'unanswered leavingMessage',
    'talking: f held, f place': 'calling ringing',
    'on-hold: f held, f place': 'ringingApart',
    'on-hold: +ring-added, f held, f place': 'allHeld',
    'reconnecting: +ring-added, f held, f place': 'deviceAway',
    'same: f recorded': 'ended',
    'talking: +ring-added, f held, f place': '*',
  },
  'add-party (apart)': {
    'on-hold: +ring-added, p held, f held, device hears silence, p hears hold-music, p reoffer sendonly, f place': 'two addedGone',
    'on-hold: p held, f held, device hears silence, p hears hold-music, p reoffer sendonly, f place': 'calling',
    'on-hold: p held, f held, device hears ringback, p hears hold-music, p reoffer sendonly, f place': 'ringing',
    'on-hold: f held, f place': 'ringingApart',
    'talking: +ring-added, p held, f held, p hears hold-music, unmetered, p reoffer sendonly, f place': 'three',
    'talking: +ring-added, f held, f place': 'apart firstGone',
    'on-hold: +ring-added, f held, f place': 'allHeld',
    'reconnecting: +ring-added, p held, f held, p hears hold-music, p reoffer sendonly, f place': 'deviceAway',
    'same: f recorded': 'ended',
    'same: f recorded, f release': '*',
  },
  'drop-party (first)': {
    'ended cancelled: -ring, p hang up, close-media': 'unanswered',
    'ended hung-up-by-member: -longest-call, p hang up, close-media': 'two addedGone',
    'talking: unmetered, p hang up, p release': 'three',
    'talking: p hang up, p release': 'apart',
    'on-hold: p hang up, p release': 'allHeld',
    '.': 'firstGone leavingMessage ended',
    'reconnecting: p hang up, p release': 'deviceAway',
    'ended hung-up-by-member: -longest-call, -ring-added, p hang up, a hang up, a recorded, close-media': '*',
  },
  'drop-party (added)': {
    'talking: -ring-added, a hang up, a recorded, a release': 'calling ringing',
    'on-hold: -ring-added, device hears silence, a hang up, a recorded, a release': 'ringingApart',
    'talking: unmetered, a hang up, a recorded, a release': 'three',
    'on-hold: device hears silence, a hang up, a recorded, a release': 'apart',
    'on-hold: a hang up, a recorded, a release': 'allHeld',
    'ended hung-up-by-member: -longest-call, a hang up, a recorded, close-media': 'firstGone',
    'talking': 'addedGone',
    'reconnecting: a hang up, a recorded, a release': 'deviceAway',
    '.': '*',
  },
  'drop-party (nobody)': {
    '.': '*',
  },
  'mute-party (first)': {
    '.': 'unanswered firstGone leavingMessage ended',
    'on-hold: p muted': 'ringingApart allHeld',
    'reconnecting: p muted': 'deviceAway',
    'talking: p muted': '*',
  },
  'mute-party (added)': {
    'talking: a muted': 'three apart firstGone',
    'on-hold: a muted': 'allHeld',
    'reconnecting: a muted': 'deviceAway',
    '.': '*',
  },
  'hold-party (first)': {
    'on-hold: p held, device hears silence, p hears hold-music, p reoffer sendonly': 'two calling addedGone',
    'on-hold: p held, device hears ringback, p hears hold-music, p reoffer sendonly': 'ringing',
    'talking: p held, p hears hold-music, unmetered, p reoffer sendonly': 'three',
    'reconnecting: p held, p hears hold-music, p reoffer sendonly': 'deviceAway',
    '.': '*',
  },
  'hold-party (added)': {
    'talking: a held, a hears hold-music, unmetered, a reoffer sendonly': 'three',
    'on-hold: a held, device hears silence, a hears hold-music, a reoffer sendonly': 'apart firstGone',
    'reconnecting: a held, a hears hold-music, a reoffer sendonly': 'deviceAway',
    '.': '*',
  },
  'hold-party (first, back)': {
    'talking: p unheld, device hears others, p hears others, p reoffer sendrecv': 'ringingApart allHeld',
    'talking: p unheld, p hears others, metered, p reoffer sendrecv': 'apart',
    '.': '*',
  },
  hold: {
    'on-hold: p held, device hears silence, p hears hold-music, p reoffer sendonly': 'two calling addedGone',
    'on-hold: p held, device hears ringback, p hears hold-music, p reoffer sendonly': 'ringing',
    'on-hold: p held, a held, device hears silence, p hears hold-music, a hears hold-music, unmetered, p reoffer sendonly, a reoffer sendonly': 'three',
    'on-hold: a held, device hears silence, a hears hold-music, a reoffer sendonly': 'apart firstGone',
    'reconnecting: p held, a held, device hears silence, p hears hold-music, a hears hold-music, p reoffer sendonly, a reoffer sendonly': 'deviceAway',
    '.': '*',
  },
  'hold (back)': {
    'talking: p unheld, device hears others, p hears others, p reoffer sendrecv': 'ringingApart',
    'talking: p unheld, p hears others, metered, p reoffer sendrecv': 'apart',
    'talking: p unheld, a unheld, device hears others, p hears others, a hears others, metered, p reoffer sendrecv, a reoffer sendrecv': 'allHeld',
    '.': '*',
  },
  dtmf: {
    '.': 'unanswered leavingMessage ended',
    'on-hold: p keys': 'ringingApart allHeld',
    'talking: p keys, a keys': 'three',
    'talking: a keys': 'apart firstGone',
    'reconnecting: p keys, a keys': 'deviceAway',
    'talking: p keys': '*',
  },
  'leave-message': {
    'leaving-message: p hears message, release-device': 'two addedGone',
    '.': '*',
  },
  'first leaves': {
    'ended hung-up-by-party: -ring, close-media': 'unanswered',
    'ended hung-up-by-party: -longest-call, close-media': 'two addedGone',
    'talking: unmetered, p release': 'three',
    'talking: p release': 'apart',
    'on-hold: p release': 'allHeld',
    '.': 'firstGone ended',
    'reconnecting: p release': 'deviceAway',
    'ended message-cut-off: -longest-call, close-media': 'leavingMessage',
    'ended hung-up-by-party: -longest-call, -ring-added, a hang up, a recorded, close-media': '*',
  },
  'first is lost': {
    'ended party-lost: -ring, p hang up connection-lost, close-media': 'unanswered',
    'ended party-lost: -longest-call, -ring-added, p hang up connection-lost, a hang up, a recorded, close-media': 'calling ringing ringingApart',
    'talking: unmetered, p hang up connection-lost, p release': 'three',
    'talking: p hang up connection-lost, p release': 'apart',
    'on-hold: p hang up connection-lost, p release': 'allHeld',
    '.': 'firstGone ended',
    'reconnecting: p hang up connection-lost, p release': 'deviceAway',
    'ended party-lost: -longest-call, p hang up connection-lost, close-media': '*',
  },
  'first answers late': {
    'talking: -ring, +longest-call, +listen, device hears others, listen, p accept final': 'unanswered',
    '.': '*',
  },
  'added: not placed': {
    'talking: -ring-added, a recorded, a release': 'calling ringing',
    'on-hold: -ring-added, device hears silence, a recorded, a release': 'ringingApart',
    'talking: unmetered, a recorded, a release': 'three',
    'on-hold: device hears silence, a recorded, a release': 'apart',
    'on-hold: a recorded, a release': 'allHeld',
    'ended trunk-down: -longest-call, a recorded, close-media': 'firstGone',
    'reconnecting: a recorded, a release': 'deviceAway',
    '.': '*',
  },
  'added: rings': {
    'talking': 'calling',
    '.': '*',
  },
  'added: early media': {
    'same: a accept early': 'calling ringing ringingApart',
    '.': '*',
  },
  'added: early media accepted': {
    'talking': 'calling ringing',
    'on-hold: a unheld, device hears others': 'ringingApart',
    '.': '*',
  },
  'added: early media refused': {
    'talking': 'calling',
    '.': '*',
  },
  'added: answers': {
    'talking: -ring-added, a unheld, metered, a accept final': 'calling ringing',
    'talking: -ring-added, a unheld, device hears others, a accept final': 'ringingApart',
    '.': '*',
  },
  'added: media accepted': {
    '.': 'unanswered two addedGone leavingMessage ended',
    'same: a code': '*',
  },
  'added: media accepted again': {
    '.': '*',
  },
  'added: media refused': {
    'talking: -ring-added, a hang up media-refused, a recorded, a release': 'calling ringing',
    'on-hold: -ring-added, device hears silence, a hang up media-refused, a recorded, a release': 'ringingApart',
    'talking: unmetered, a hang up media-refused, a recorded, a release': 'three',
    'on-hold: device hears silence, a hang up media-refused, a recorded, a release': 'apart',
    'on-hold: a hang up media-refused, a recorded, a release': 'allHeld',
    'ended media-refused: -longest-call, a hang up media-refused, a recorded, close-media': 'firstGone',
    'reconnecting: a hang up media-refused, a recorded, a release': 'deviceAway',
    '.': '*',
  },
  'added: media refused again': {
    '.': '*',
  },
  'added: offers': {
    '.': 'unanswered two addedGone leavingMessage ended',
    'same: a answer offer sendonly': 'allHeld',
    'same: a answer offer sendrecv': '*',
  },
  'added: answers again': {
    '.': 'unanswered two addedGone leavingMessage ended',
    'same: a accept again': '*',
  },
  'added: refuses': {
    '.': '*',
  },
  'added: holds us': {
    'talking': 'calling ringing three apart firstGone',
    'on-hold': 'ringingApart allHeld',
    'reconnecting': 'deviceAway',
    '.': '*',
  },
  'added: media lost': {
    'talking: -ring-added, a hang up connection-lost, a recorded, a release': 'calling ringing',
    'on-hold: -ring-added, device hears silence, a hang up connection-lost, a recorded, a release': 'ringingApart',
    'talking: unmetered, a hang up connection-lost, a recorded, a release': 'three',
    'on-hold: device hears silence, a hang up connection-lost, a recorded, a release': 'apart',
    'on-hold: a hang up connection-lost, a recorded, a release': 'allHeld',
    'ended party-lost: -longest-call, a hang up connection-lost, a recorded, close-media': 'firstGone',
    'reconnecting: a hang up connection-lost, a recorded, a release': 'deviceAway',
    '.': '*',
  },
  'added: leaves': {
    'talking: -ring-added, a recorded, a release': 'calling ringing',
    'on-hold: -ring-added, device hears silence, a recorded, a release': 'ringingApart',
    'talking: unmetered, a recorded, a release': 'three',
    'on-hold: device hears silence, a recorded, a release': 'apart',
    'on-hold: a recorded, a release': 'allHeld',
    'ended hung-up-by-party: -longest-call, a recorded, close-media': 'firstGone',
    'reconnecting: a recorded, a release': 'deviceAway',
    '.': '*',
  },
  'added: busy': {
    'talking: -ring-added, a recorded, a release': 'calling ringing',
    'on-hold: -ring-added, device hears silence, a recorded, a release': 'ringingApart',
    'talking: unmetered, a recorded, a release': 'three',
    'on-hold: device hears silence, a recorded, a release': 'apart',
    'on-hold: a recorded, a release': 'allHeld',
    'ended busy: -longest-call, a recorded, close-media': 'firstGone',
    'reconnecting: a recorded, a release': 'deviceAway',
    '.': '*',
  },
  'somebody unknown leaves': {
    '.': '*',
  },
  'timer ring-added': {
    'talking: -ring-added, a hang up no-answer, a recorded, a release': 'calling ringing',
    'on-hold: -ring-added, device hears silence, a hang up no-answer, a recorded, a release': 'ringingApart',
    '.': '*',
  },
  'timer longest-call': {
    '.': 'unanswered ended',
    'ended time-limit-reached: -longest-call, -ring-added, p hang up, a hang up, a recorded, close-media': 'calling ringing ringingApart',
    'ended time-limit-reached: -longest-call, p hang up, a hang up, a recorded, close-media': 'three apart allHeld',
    'ended time-limit-reached: -longest-call, a hang up, a recorded, close-media': 'firstGone',
    'ended time-limit-reached: -longest-call, -reconnect, p hang up, a hang up, a recorded, close-media': 'deviceAway',
    'ended time-limit-reached: -longest-call, p hang up, close-media': '*',
  },
  'hang-up': {
    'ended cancelled: -ring, p hang up, close-media': 'unanswered',
    'ended hung-up-by-member: -longest-call, p hang up, close-media': 'two addedGone',
    'ended hung-up-by-member: -longest-call, p hang up, a hang up, a recorded, close-media': 'three apart allHeld',
    'ended hung-up-by-member: -longest-call, a hang up, a recorded, close-media': 'firstGone',
    'ended hung-up-by-member: -longest-call, -reconnect, p hang up, a hang up, a recorded, close-media': 'deviceAway',
    'ended message-cut-off: -longest-call, p hang up, close-media': 'leavingMessage',
    '.': 'ended',
    'ended hung-up-by-member: -longest-call, -ring-added, p hang up, a hang up, a recorded, close-media': '*',
  },
  'server-stopping': {
    'ended server-restarted: -ring, p hang up, close-media': 'unanswered',
    'ended server-restarted: -longest-call, -ring-added, p hang up, a hang up, a recorded, close-media': 'calling ringing ringingApart',
    'ended server-restarted: -longest-call, p hang up, a hang up, a recorded, close-media': 'three apart allHeld',
    'ended server-restarted: -longest-call, a hang up, a recorded, close-media': 'firstGone',
    'ended server-restarted: -longest-call, -reconnect, p hang up, a hang up, a recorded, close-media': 'deviceAway',
    '.': 'ended',
    'ended server-restarted: -longest-call, p hang up, close-media': '*',
  },
};

checkCells(expected, situations, events, outcome);

describe('a call of several', () => {
  test('holds so many and no more, those who have gone not counted', () => {
    let call = situations.two;
    for (const letter of ['1', '2', '3']) ({ call } = stepCall(call, add({ ...family, id: idOf(letter), number: `+1612555018${letter}` as E164 }), 9));
    expect([countParties(call), mayAddParty(call)]).toEqual([mostPartiesInCall, false]);
    expect(stepCall(call, add(interpreter), 10).effects).toEqual([{ type: 'record-party-end', partyId: I, answeredAt: null }, { type: 'to-added', partyId: I, effect: { type: 'release-party' } }]);
    expect(mayAddParty(stepCall(call, { type: 'drop-party', party: idOf('2') }, 11).call)).toBe(true);
  });

  test('shows whoever is tried again once', () => {
    const again = stepCall(situations.addedGone, add({ ...interpreter, id: F }), 9).call;
    expect(again.added.map(({ id, state }) => [id, state])).toEqual([[F, 'calling']]);
  });
});

/** What a session carries out, remembered: legs, timers and what was told to the plan. */
function follow(history: readonly CallEvent[]) {
  let { call, effects } = startCall(dialled, 0);
  const legs = new Set<string>();
  const timers = new Map<CallTimer, number>();
  let now = 0;
  const recorded: string[] = [];
  const carryOut = (): void => {
    for (const effect of effects) {
      const asked = effect.type === 'to-added' ? { leg: effect.partyId as string, effect: effect.effect } : { leg: 'first', effect };
      if (effect.type === 'start-timer') timers.set(effect.timer, now + effect.delayMs);
      else if (effect.type === 'cancel-timer') expect(timers.delete(effect.timer)).toBe(true);
      else if (effect.type === 'record-party-end') recorded.push(effect.partyId);
      else if (asked.effect.type === 'place-party') legs.add(asked.leg);
      else if (asked.effect.type === 'hang-up-party') expect(legs.delete(asked.leg)).toBe(true);
      else if (['reoffer-party', 'accept-party-answer', 'answer-party-offer', 'press-code'].includes(asked.effect.type)) expect(legs).toContain(asked.leg);
    }
  };
  carryOut();
  for (const event of history) {
    if (event.type === 'timer' && !timers.has(event.timer)) continue;
    const leg = event.type === 'of-added' ? event.partyId : event.type.startsWith('party-') && event.type !== 'party-heard-all' ? 'first' : undefined;
    const said = event.type === 'of-added' ? event.event.type : event.type;
    if (leg !== undefined && !legs.has(leg)) continue;
    if (leg !== undefined && (said === 'party-ended' || said === 'party-not-placed')) legs.delete(leg);
    // No timer runs out before its time.
    now = Math.max(now + 20_000, event.type === 'timer' ? (timers.get(event.timer) ?? 0) : 0);
    const before = call;
    ({ call, effects } = stepCall(call, event, now));
    if (event.type === 'timer' && effects.every((effect) => effect.type !== 'cancel-timer' || effect.timer !== event.timer)) timers.delete(event.timer);
    carryOut();
    expect(call.version - before.version).toBe(call === before ? 0 : 1);
    if (call.end === null) expect(call.party !== 'gone' || call.added.some(({ state }) => state === 'answered')).toBe(true);
  }
  return { call, legs, timers: [...timers.keys()], recorded };
}

describe('random histories of several parties', () => {
  const ids = ['1', '2', '3', '4', '5'].map(idOf);
  const anyParty = fc.constantFrom(...ids);
  const partyEvents = Object.values(events).filter((event) => event.type === 'of-added').map(({ event }) => event);
  const anyEvent = fc.oneof(
    fc.constantFrom<CallEvent>(...talking, left, ...Object.values(events).filter(({ type }) => !['of-added', 'add-party'].includes(type)), { type: 'device-silent' }, { type: 'timer', timer: 'reconnect' }),
    fc.tuple(anyParty, fc.constantFrom(...partyEvents)).map(([id, event]) => of(id, event)),
    fc.tuple(anyParty, fc.boolean()).map(([party, held]): CallEvent => ({ type: 'hold-party', party, held })),
    anyParty.map((party): CallEvent => ({ type: 'drop-party', party })),
  );

  test('end with every leg over, every added party recorded once, and no timer', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 50 }), fc.array(fc.nat(60), { maxLength: 5 }), (history, places) => {
        const whole = [...talking, ...history];
        // Each id is dialled once, as the server makes them.
        for (const [index, place] of places.entries()) whole.splice(3 + (place % (whole.length - 2)), 0, add({ ...family, id: ids[index]!, number: `+1612555019${index}` as E164 }, place % 2 === 0));
        const { call, legs, timers, recorded } = follow([...whole, { type: 'hang-up' }]);
        expect(call.end?.reason).toBeTypeOf('string');
        expect([...legs]).toEqual([]);
        expect(timers).toEqual([]);
        expect(recorded.toSorted()).toEqual(ids.slice(0, places.length).toSorted());
        expect(call.added.every(({ end, state }) => end !== null && state === 'gone')).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
