import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resumeCall, startCall, stateOf, stepCall } from './call-machine.ts';
import type { Call, CallEffect, CallEvent } from './call-facts.ts';
import type { CallTimer } from './call-output-policy.ts';
import { DEVICE, OTHER_DEVICE, checkCells, dialled, run } from './test-calls.ts';

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
  farewell: run([connected, answered, left, { type: 'timer', timer: 'reconnect' }]),
  awaitingBeep: run([connected, answered, { type: 'leave-message', when: 'after-beep' }]),
  leavingMessage: run([connected, answered, { type: 'leave-message', when: 'now' }]),
  messageLeft: run([connected, answered, { type: 'leave-message', when: 'now' }, { type: 'party-heard-all' }]),
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
  'leave-message (after the beep)': { type: 'leave-message', when: 'after-beep' },
  'leave-message (now)': { type: 'leave-message', when: 'now' },
  'party-heard-all': { type: 'party-heard-all' },
  'sign-heard (beep)': { type: 'sign-heard', sign: 'beep' },
  'sign-heard (busy)': { type: 'sign-heard', sign: 'busy-tone' },
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
  'party-ended (peer)': { type: 'party-ended', cause: 'hung-up', by: 'peer', saysWhy: true },
  'party-ended (network)': { type: 'party-ended', cause: 'hung-up', by: 'network', saysWhy: true },
  'party-ended (busy)': { type: 'party-ended', cause: 'busy', by: 'peer', saysWhy: true },
  'party-ended (lost)': { type: 'party-ended', cause: 'connection-lost', by: 'network', saysWhy: true },
  'media-failed': { type: 'media-failed' },
  'timer ring': { type: 'timer', timer: 'ring' },
  'timer device-connect': { type: 'timer', timer: 'device-connect' },
  'timer reconnect': { type: 'timer', timer: 'reconnect' },
  'timer longest-call': { type: 'timer', timer: 'longest-call' },
  'timer listen': { type: 'timer', timer: 'listen' },
  'timer farewell': { type: 'timer', timer: 'farewell' },
  'timer message-wait': { type: 'timer', timer: 'message-wait' },
  'timer message-tail': { type: 'timer', timer: 'message-tail' },
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
    case 'listen': return `listens ${effect.stage ?? 'no more'}`;
    case 'set-held': return `${effect.leg === 'party' ? '' : `${effect.leg.at(-1)} `}${effect.held ? 'held' : 'unheld'}`;
    case 'set-muted': return `${effect.leg === 'device' ? '' : `${effect.leg} `}${effect.muted ? 'muted' : 'unmuted'}`;
    case 'hang-up-party': return effect.cause === undefined ? 'hang-up-party' : `hang-up-party ${effect.cause}`;
    case 'refuse-device': return `refuse-device ${effect.refusal}`;
    case 'place-party':
    case 'resume-party':
    case 'negotiate-device':
    case 'answer-device':
    case 'tell-replaced':
    case 'send-dtmf':
    case 'release-device':
    case 'ring-phone':
    case 'hang-up-phone':
    case 'let-phone-in':
    case 'close-media':
    case 'store':
    case 'press-code':
    case 'release-party':
    case 'tell': return effect.type;
    case 'meter': return effect.isOn ? 'metered' : 'no longer metered';
    case 'record-party-end': return `${effect.partyId.at(-1)} recorded`;
    case 'to-added': return `${effect.partyId.at(-1)}: ${word(effect.effect)}`;
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
    'same: refuse-device call-ended': 'awaitingBeep leavingMessage messageLeft ended',
    'same: negotiate-device': '*',
  },
  'device-negotiated (same)': {
    'connecting: +device-connect, answer-device': 'connecting',
    'ringing: +device-connect, answer-device': 'ringing early',
    'talking: +device-connect, answer-device': 'talking heldByParty replacing',
    'on-hold: +device-connect, answer-device': 'held',
    'talking: -reconnect, +device-connect, answer-device': 'leftTalking',
    'talking: -reconnect, +device-connect, party hears the other, answer-device': 'silent',
    'talking: -farewell, +device-connect, party hears the other, answer-device': 'farewell',
    'leaving-message: answer-device': 'awaitingBeep leavingMessage messageLeft',
    '.': 'ended',
  },
  'device-negotiated (other)': {
    'connecting: +device-connect, answer-device': 'connecting',
    'ringing: +device-connect, answer-device': 'ringing early',
    'talking: +device-connect, answer-device': 'talking heldByParty',
    'talking: +device-connect, answer-device, tell-replaced': 'replacing',
    'on-hold: +device-connect, answer-device': 'held',
    'talking: -reconnect, +device-connect, answer-device, tell-replaced': 'leftTalking',
    'talking: -reconnect, +device-connect, party hears the other, answer-device, tell-replaced': 'silent',
    'talking: -farewell, +device-connect, party hears the other, answer-device, tell-replaced': 'farewell',
    'leaving-message: answer-device': 'awaitingBeep leavingMessage messageLeft',
    '.': 'ended',
  },
  'device-refused': {
    '.': 'awaitingBeep leavingMessage messageLeft ended',
    'same: refuse-device media-unavailable': '*',
  },
  'device-returned': {
    'talking: -reconnect': 'leftTalking',
    'talking: -farewell, party hears the other': 'farewell',
    '.': '*',
  },
  'device-returned (other)': { '.': '*' },
  'device-left': {
    '.': 'leftTalking farewell awaitingBeep leavingMessage messageLeft ended',
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
    'reconnecting: +reconnect': 'connecting ringing early held',
    'reconnecting: +reconnect, party hears one-moment': 'talking heldByParty',
    'reconnecting: party hears one-moment': 'leftTalking',
    'reconnecting': 'farewell',
    '.': '*',
  },
  'hang-up': {
    'ended cancelled: -ring, hang-up-party, close-media': 'connecting ringing early',
    'ended hung-up-by-member: -longest-call, -listen, hang-up-party, close-media': 'talking held heldByParty',
    'ended hung-up-by-member: -longest-call, -listen, -reconnect, hang-up-party, close-media': 'leftTalking silent',
    'ended hung-up-by-member: -longest-call, -listen, -device-connect, hang-up-party, close-media': 'replacing',
    'ended hung-up-by-member: -longest-call, -listen, -farewell, hang-up-party, close-media': 'farewell',
    'ended message-not-left: -longest-call, -listen, -message-wait, hang-up-party, close-media': 'awaitingBeep',
    'ended message-cut-off: -longest-call, -listen, hang-up-party, close-media': 'leavingMessage',
    'ended message-left: -longest-call, -listen, -message-tail, hang-up-party, close-media': 'messageLeft',
    '.': 'ended',
  },
  'hold (on)': {
    'on-hold: held, device hears silence, party hears hold-music, reoffer sendonly': 'talking heldByParty replacing',
    'reconnecting: held, device hears silence, party hears hold-music, reoffer sendonly': 'leftTalking silent',
    'reconnecting: held, device hears silence, reoffer sendonly': 'farewell',
    '.': '*',
  },
  'hold (off)': {
    'talking: unheld, device hears the other, party hears the other, reoffer sendrecv': 'held',
    '.': '*',
  },
  'mute (on)': {
    'connecting: muted': 'connecting',
    'ringing: muted': 'ringing early',
    'talking: muted': 'talking heldByParty replacing',
    'on-hold: muted': 'held',
    'reconnecting: muted, party hears one-moment': 'leftTalking',
    'reconnecting: muted': 'silent farewell',
    '.': '*',
  },
  'mute (off)': { '.': '*' },
  'dtmf': {
    'ringing: send-dtmf': 'early',
    'talking: send-dtmf': 'talking heldByParty replacing',
    'on-hold: send-dtmf': 'held',
    'reconnecting: send-dtmf': 'leftTalking silent farewell',
    '.': '*',
  },
  'leave-message (after the beep)': {
    'leaving-message: +message-wait, party hears silence, release-device': 'talking heldByParty',
    'leaving-message: +message-wait, unheld, device hears the other, party hears silence, release-device, reoffer sendrecv': 'held',
    'leaving-message: -reconnect, +message-wait, party hears silence, release-device': 'leftTalking silent',
    'leaving-message: -device-connect, +message-wait, party hears silence, release-device': 'replacing',
    'leaving-message: -farewell, +message-wait, party hears silence, release-device': 'farewell',
    '.': '*',
  },
  'leave-message (now)': {
    'leaving-message: party hears message, release-device': 'talking heldByParty',
    'leaving-message: unheld, device hears the other, party hears message, release-device, reoffer sendrecv': 'held',
    'leaving-message: -reconnect, party hears message, release-device': 'leftTalking silent',
    'leaving-message: -device-connect, party hears message, release-device': 'replacing',
    'leaving-message: -farewell, party hears message, release-device': 'farewell',
    '.': '*',
  },
  'party-heard-all': {
    'ended device-lost: -longest-call, -listen, -farewell, hang-up-party, close-media': 'farewell',
    'leaving-message: +message-tail, party hears silence': 'leavingMessage',
    '.': '*',
  },
  'sign-heard (beep)': {
    'connecting': 'connecting',
    'ringing': 'ringing early',
    'talking': 'talking heldByParty replacing',
    'on-hold': 'held',
    'reconnecting': 'leftTalking silent farewell',
    'leaving-message: -message-wait, party hears message': 'awaitingBeep',
    'leaving-message': 'leavingMessage messageLeft',
    '.': 'ended',
  },
  'sign-heard (busy)': {
    'connecting': 'connecting',
    'ringing': 'ringing early',
    'talking': 'talking heldByParty replacing',
    'on-hold': 'held',
    'reconnecting': 'leftTalking silent farewell',
    'leaving-message': 'awaitingBeep leavingMessage messageLeft',
    '.': 'ended',
  },
  'party-not-placed': {
    'ended trunk-down: -ring, close-media': 'connecting ringing early',
    'ended trunk-down: -longest-call, -listen, -reconnect, close-media': 'leftTalking silent',
    'ended trunk-down: -longest-call, -listen, -device-connect, close-media': 'replacing',
    'ended trunk-down: -longest-call, -listen, -farewell, close-media': 'farewell',
    'ended trunk-down: -longest-call, -listen, -message-wait, close-media': 'awaitingBeep',
    'ended trunk-down: -longest-call, -listen, -message-tail, close-media': 'messageLeft',
    '.': 'ended',
    'ended trunk-down: -longest-call, -listen, close-media': '*',
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
    'talking: -ring, +longest-call, +listen, device hears the other, listens answered, accept final': 'connecting ringing',
    'talking: -ring, +longest-call, +listen, listens answered, accept final': 'early',
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
    'connecting': 'connecting',
    'ringing': 'ringing early',
    'talking': 'talking replacing',
    'on-hold': 'held',
    '.': 'heldByParty ended',
    'reconnecting': 'leftTalking silent farewell',
    'leaving-message': 'awaitingBeep leavingMessage messageLeft',
  },
  'party-hold (off)': {
    'talking': 'heldByParty',
    '.': '*',
  },
  'party-reoffer-refused': { '.': '*' },
  'party-media-accepted (early)': {
    'ringing: device hears the other, listens early': 'connecting ringing',
    '.': '*',
  },
  'party-media-accepted (final)': { '.': '*' },
  'party-media-accepted (again)': { '.': '*' },
  'party-media-refused (early)': {
    'ringing: device hears ringback': 'connecting',
    '.': '*',
  },
  'party-media-refused (final)': {
    'ended media-refused: -ring, hang-up-party media-refused, close-media': 'connecting ringing early',
    'ended media-refused: -longest-call, -listen, -reconnect, hang-up-party media-refused, close-media': 'leftTalking silent',
    'ended media-refused: -longest-call, -listen, -device-connect, hang-up-party media-refused, close-media': 'replacing',
    'ended media-refused: -longest-call, -listen, -farewell, hang-up-party media-refused, close-media': 'farewell',
    'ended media-refused: -longest-call, -listen, -message-wait, hang-up-party media-refused, close-media': 'awaitingBeep',
    'ended media-refused: -longest-call, -listen, -message-tail, hang-up-party media-refused, close-media': 'messageLeft',
    '.': 'ended',
    'ended media-refused: -longest-call, -listen, hang-up-party media-refused, close-media': '*',
  },
  'party-media-refused (again)': { '.': '*' },
  'party-media-lost': {
    'ended party-lost: -ring, hang-up-party connection-lost, close-media': 'connecting ringing early',
    'ended party-lost: -longest-call, -listen, -reconnect, hang-up-party connection-lost, close-media': 'leftTalking silent',
    'ended party-lost: -longest-call, -listen, -device-connect, hang-up-party connection-lost, close-media': 'replacing',
    'ended party-lost: -longest-call, -listen, -farewell, hang-up-party connection-lost, close-media': 'farewell',
    'ended party-lost: -longest-call, -listen, -message-wait, hang-up-party connection-lost, close-media': 'awaitingBeep',
    'ended party-lost: -longest-call, -listen, -message-tail, hang-up-party connection-lost, close-media': 'messageLeft',
    '.': 'ended',
    'ended party-lost: -longest-call, -listen, hang-up-party connection-lost, close-media': '*',
  },
  'party-ended (peer)': {
    'ended hung-up-by-party: -ring, close-media': 'connecting ringing early',
    'ended hung-up-by-party: -longest-call, -listen, close-media': 'talking held heldByParty',
    'ended hung-up-by-party: -longest-call, -listen, -reconnect, close-media': 'leftTalking silent',
    'ended hung-up-by-party: -longest-call, -listen, -device-connect, close-media': 'replacing',
    'ended hung-up-by-party: -longest-call, -listen, -farewell, close-media': 'farewell',
    'ended message-not-left: -longest-call, -listen, -message-wait, close-media': 'awaitingBeep',
    'ended message-cut-off: -longest-call, -listen, close-media': 'leavingMessage',
    'ended message-left: -longest-call, -listen, -message-tail, close-media': 'messageLeft',
    '.': 'ended',
  },
  'party-ended (network)': {
    'ended party-lost: -ring, close-media': 'connecting ringing early',
    'ended party-lost: -longest-call, -listen, close-media': 'talking held heldByParty',
    'ended party-lost: -longest-call, -listen, -reconnect, close-media': 'leftTalking silent',
    'ended party-lost: -longest-call, -listen, -device-connect, close-media': 'replacing',
    'ended party-lost: -longest-call, -listen, -farewell, close-media': 'farewell',
    'ended message-not-left: -longest-call, -listen, -message-wait, close-media': 'awaitingBeep',
    'ended message-cut-off: -longest-call, -listen, close-media': 'leavingMessage',
    'ended message-left: -longest-call, -listen, -message-tail, close-media': 'messageLeft',
    '.': 'ended',
  },
  'party-ended (busy)': {
    'ended busy: -ring, close-media': 'connecting ringing early',
    'ended busy: -longest-call, -listen, close-media': 'talking held heldByParty',
    'ended busy: -longest-call, -listen, -reconnect, close-media': 'leftTalking silent',
    'ended busy: -longest-call, -listen, -device-connect, close-media': 'replacing',
    'ended busy: -longest-call, -listen, -farewell, close-media': 'farewell',
    'ended message-not-left: -longest-call, -listen, -message-wait, close-media': 'awaitingBeep',
    'ended message-cut-off: -longest-call, -listen, close-media': 'leavingMessage',
    'ended message-left: -longest-call, -listen, -message-tail, close-media': 'messageLeft',
    '.': 'ended',
  },
  'party-ended (lost)': {
    'ended party-lost: -ring, close-media': 'connecting ringing early',
    'ended party-lost: -longest-call, -listen, close-media': 'talking held heldByParty',
    'ended party-lost: -longest-call, -listen, -reconnect, close-media': 'leftTalking silent',
    'ended party-lost: -longest-call, -listen, -device-connect, close-media': 'replacing',
    'ended party-lost: -longest-call, -listen, -farewell, close-media': 'farewell',
    'ended message-not-left: -longest-call, -listen, -message-wait, close-media': 'awaitingBeep',
    'ended message-cut-off: -longest-call, -listen, close-media': 'leavingMessage',
    'ended message-left: -longest-call, -listen, -message-tail, close-media': 'messageLeft',
    '.': 'ended',
  },
  'media-failed': {
    'ended internal-error: -ring, hang-up-party, close-media': 'connecting ringing early',
    'ended internal-error: -longest-call, -listen, -reconnect, hang-up-party, close-media': 'leftTalking silent',
    'ended internal-error: -longest-call, -listen, -device-connect, hang-up-party, close-media': 'replacing',
    'ended internal-error: -longest-call, -listen, -farewell, hang-up-party, close-media': 'farewell',
    'ended internal-error: -longest-call, -listen, -message-wait, hang-up-party, close-media': 'awaitingBeep',
    'ended internal-error: -longest-call, -listen, -message-tail, hang-up-party, close-media': 'messageLeft',
    '.': 'ended',
    'ended internal-error: -longest-call, -listen, hang-up-party, close-media': '*',
  },
  'timer ring': {
    'ended no-answer: -ring, hang-up-party no-answer, close-media': 'connecting ringing early',
    '.': '*',
  },
  'timer device-connect': {
    'reconnecting: -device-connect, +reconnect, party hears one-moment': 'replacing',
    '.': '*',
  },
  'timer reconnect': {
    'reconnecting: -reconnect, +farewell, party hears farewell': 'leftTalking silent',
    '.': '*',
  },
  'timer longest-call': {
    'ended time-limit-reached: -longest-call, -listen, hang-up-party, close-media': 'talking held heldByParty leavingMessage',
    'ended time-limit-reached: -longest-call, -listen, -reconnect, hang-up-party, close-media': 'leftTalking silent',
    'ended time-limit-reached: -longest-call, -listen, -device-connect, hang-up-party, close-media': 'replacing',
    'ended time-limit-reached: -longest-call, -listen, -farewell, hang-up-party, close-media': 'farewell',
    'ended time-limit-reached: -longest-call, -listen, -message-wait, hang-up-party, close-media': 'awaitingBeep',
    'ended time-limit-reached: -longest-call, -listen, -message-tail, hang-up-party, close-media': 'messageLeft',
    '.': '*',
  },
  'timer listen': {
    'talking: -listen, listens no more': 'talking heldByParty replacing',
    'on-hold: -listen, listens no more': 'held',
    'reconnecting: -listen, listens no more': 'leftTalking silent farewell',
    'leaving-message: -listen': 'awaitingBeep',
    'leaving-message: -listen, listens no more': 'leavingMessage messageLeft',
    '.': '*',
  },
  'timer farewell': {
    'ended device-lost: -longest-call, -listen, -farewell, hang-up-party, close-media': 'farewell',
    '.': '*',
  },
  'timer message-wait': {
    'ended message-not-left: -longest-call, -listen, -message-wait, hang-up-party, close-media': 'awaitingBeep',
    '.': '*',
  },
  'timer message-tail': {
    'ended message-left: -longest-call, -listen, -message-tail, hang-up-party, close-media': 'messageLeft',
    '.': '*',
  },
  'server-stopping': {
    'ended server-restarted: -ring, hang-up-party, close-media': 'connecting ringing early',
    'ended server-restarted: -longest-call, -listen, -reconnect, hang-up-party, close-media': 'leftTalking silent',
    'ended server-restarted: -longest-call, -listen, -device-connect, hang-up-party, close-media': 'replacing',
    'ended server-restarted: -longest-call, -listen, -farewell, hang-up-party, close-media': 'farewell',
    'ended server-restarted: -longest-call, -listen, -message-wait, hang-up-party, close-media': 'awaitingBeep',
    'ended server-restarted: -longest-call, -listen, -message-tail, hang-up-party, close-media': 'messageLeft',
    '.': 'ended',
    'ended server-restarted: -longest-call, -listen, hang-up-party, close-media': '*',
  },
  'bug': {
    'ended internal-error: -ring, hang-up-party, close-media': 'connecting ringing early',
    'ended internal-error: -longest-call, -listen, -reconnect, hang-up-party, close-media': 'leftTalking silent',
    'ended internal-error: -longest-call, -listen, -device-connect, hang-up-party, close-media': 'replacing',
    'ended internal-error: -longest-call, -listen, -farewell, hang-up-party, close-media': 'farewell',
    'ended internal-error: -longest-call, -listen, -message-wait, hang-up-party, close-media': 'awaitingBeep',
    'ended internal-error: -longest-call, -listen, -message-tail, hang-up-party, close-media': 'messageLeft',
    '.': 'ended',
    'ended internal-error: -longest-call, -listen, hang-up-party, close-media': '*',
  },
};

checkCells(expected, situations, events, outcome);

describe('every situation', () => {
  test('shows its word', () => {
    const words = Object.fromEntries(Object.entries(situations).map(([situation, call]) => [situation, stateOf(call)]));
    expect(words).toEqual({
      connecting: 'connecting', ringing: 'ringing', early: 'ringing', talking: 'talking', held: 'on-hold', heldByParty: 'talking',
      leftTalking: 'reconnecting', silent: 'reconnecting', farewell: 'reconnecting', replacing: 'talking', awaitingBeep: 'leaving-message', leavingMessage: 'leaving-message', messageLeft: 'leaving-message', ended: 'ended',
    } satisfies Record<Situation, string>);
  });
});

describe('a call', () => {
  test('keeps how its end came about', () => {
    const causes = ['busy', 'rejected', 'not-in-service', 'number-changed', 'number-incomplete', 'blocked', 'trunk-refused', 'network-busy', 'trunk-down', 'no-answer', 'media-refused', 'cancelled'] as const;
    for (const cause of causes) {
      const { call } = stepCall(situations.ringing, { type: 'party-ended', cause, by: 'peer', saysWhy: true }, 9);
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
    expect(stepCall(muted, left, 2).effects).toContainEqual({ type: 'play', leg: 'party', sound: 'one-moment' });
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
        if (stateOf(call) === 'reconnecting') expect(timers).toContain(call.farewellSince === null ? 'reconnect' : 'farewell');
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a call that a killed process held', () => {
  const stored: Call = { ...situations.talking, version: 7, answeredAt: 40_000, device: { id: DEVICE, signal: 'away', media: 'silent', offeredAt: 90_000, takesFrom: null } };

  test('waits for its device as after a reload, with the party told to wait a moment and what is left of the longest call', () => {
    const { call, effects } = resumeCall(stored, 100_000);
    expect(stateOf(call)).toBe('reconnecting');
    expect(call).toMatchObject({ version: 8, reconnectingSince: 100_000, party: 'answered' });
    expect(effects.at(-1)).toEqual({ type: 'resume-party' });
    expect(effects).toContainEqual({ type: 'store', event: 'resumed' });
    expect(effects).toContainEqual({ type: 'play', leg: 'party', sound: 'one-moment' });
    expect(effects).toContainEqual({ type: 'start-timer', timer: 'longest-call', delayMs: call.limits.longestCallMs });
    expect(call.limits.longestCallMs).toBe(stored.limits.longestCallMs - 60_000);
  });

  test('goes on when its device comes back, and ends when it does not', () => {
    const { call } = resumeCall(stored, 100_000);
    const back = stepCall(stepCall(call, { type: 'device-negotiated', deviceId: DEVICE, requestId: 'r', answer: 'sdp' }, 101_000).call, { type: 'device-connected' }, 101_500).call;
    expect(stateOf(back)).toBe('talking');
    const farewell = stepCall(call, { type: 'timer', timer: 'reconnect' }, 160_000).call;
    expect(farewell.farewellSince).toBe(160_000);
    expect(stepCall(farewell, { type: 'timer', timer: 'farewell' }, 165_000).call.end?.reason).toBe('device-lost');
  });
});
