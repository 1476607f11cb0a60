/** What a call's facts ask for at this instant: what each leg hears, who is held and muted, which timers run. Facts in, outputs and their difference out; decides no fact itself. */
import type { PartyId } from '#contract/ids.ts';
import type { Call, CallEffect } from './call-facts.ts';
import { isPhoneAwaited, isPhoneJoined, type OwnPhoneTimer } from './own-phone-machine.ts';

/** What is played to a leg in place of the other leg. */
export type Sound = 'ringback' | 'silence' | 'hold-music' | 'one-moment' | 'farewell' | 'message' | 'press-1';

export type CallTimer = 'ring' | 'device-connect' | 'reconnect' | 'longest-call' | 'listen' | 'farewell' | 'message-wait' | 'message-tail' | 'ring-added' | OwnPhoneTimer;

interface CallOutputs {
  device: Sound | undefined;
  phone: Sound | undefined;
  /** The phone hears the parties, and is heard. */
  isPhoneIn: boolean;
  isMuted: boolean;
  parties: readonly PartyOutputs[];
  listening: 'early' | 'answered' | undefined;
  isMetered: boolean;
  timers: readonly WantedTimer[];
}

interface PartyOutputs {
  leg: 'party' | PartyId;
  sound: Sound | undefined;
  isHeld: boolean;
  isMuted: boolean;
}

/** A timer is the same one for as long as `sinceMs` is: a new reconnect window is a new timer. */
interface WantedTimer {
  timer: CallTimer;
  sinceMs: number;
  delayMs: number;
}

/** The carrier gives an unanswered call up by itself; ours is the guard should it not. */
const RING_GUARD_MS = 5_000;

/** The farewell lasts some ten seconds, and its end is told; this is the guard should it not be. */
const FAREWELL_GUARD_MS = 15_000;
/** A mobile network's mailbox answers after 20 to 30 s; a phone at hand is taken before. */
export const OWN_PHONE_RING_MS = 25_000;
/** The words are said three times in this. A mailbox's greeting is not much longer, and cannot press keys. */
const KEY_WAIT_MS = 20_000;
/** Past this a machine has betrayed itself, and hints are stale. */
const LISTEN_MS = 60_000;
/** The longest greeting that is worth waiting for. */
const BEEP_WAIT_MS = 60_000;
/** A breath behind the last word, so that the mailbox keeps it whole. */
const MESSAGE_TAIL_MS = 800;

const NO_OUTPUTS: CallOutputs = { device: undefined, phone: undefined, isPhoneIn: false, isMuted: false, parties: [], listening: undefined, isMetered: false, timers: [] };
const NO_PARTY: Omit<PartyOutputs, 'leg'> = { sound: undefined, isHeld: false, isMuted: false };

/** The effects that lead from one call's outputs to the next one's; undefined stands for a call that was not there. */
export function outputDifference(before: Call | undefined, after: Call): CallEffect[] {
  const was = before === undefined ? NO_OUTPUTS : outputsOf(before);
  const is = outputsOf(after);
  const effects: CallEffect[] = [];
  for (const { timer } of was.timers) {
    if (!is.timers.some((wanted) => wanted.timer === timer)) effects.push({ type: 'cancel-timer', timer });
  }
  for (const { timer, sinceMs, delayMs } of is.timers) {
    const isRunning = was.timers.some((running) => running.timer === timer && running.sinceMs === sinceMs);
    if (!isRunning) effects.push({ type: 'start-timer', timer, delayMs });
  }
  // The media session of an ended call is closed whole: nothing is left to stop.
  if (after.end !== null) return effects;
  const parties = is.parties.map((party) => ({ is: party, was: was.parties.find(({ leg }) => leg === party.leg) ?? NO_PARTY }));
  for (const party of parties) if (party.was.isHeld !== party.is.isHeld) effects.push({ type: 'set-held', leg: party.is.leg, held: party.is.isHeld });
  if (was.isMuted !== is.isMuted) effects.push({ type: 'set-muted', leg: 'device', muted: is.isMuted });
  if (is.isPhoneIn && !was.isPhoneIn) effects.push({ type: 'let-phone-in' });
  for (const party of parties) if (party.was.isMuted !== party.is.isMuted) effects.push({ type: 'set-muted', leg: party.is.leg, muted: party.is.isMuted });
  if (was.device !== is.device) effects.push({ type: 'play', leg: 'device', sound: is.device });
  for (const party of parties) if (party.was.sound !== party.is.sound) effects.push({ type: 'play', leg: party.is.leg, sound: party.is.sound });
  if (was.phone !== is.phone) effects.push({ type: 'play', leg: 'phone', sound: is.phone });
  if (was.listening !== is.listening) effects.push({ type: 'listen', stage: is.listening });
  if (was.isMetered !== is.isMetered) effects.push({ type: 'meter', isOn: is.isMetered });
  return effects;
}

function outputsOf(call: Call): CallOutputs {
  if (call.end !== null) return NO_OUTPUTS;
  const talking = call.added.filter(({ state, heldAt }) => state === 'answered' && heldAt === null).length + (call.party === 'answered' && call.heldAt === null ? 1 : 0);
  return { device: heardByDevice(call, talking > 0), phone: heardByPhone(call, talking > 0), isPhoneIn: isPhoneJoined(call), isMuted: call.isMuted, parties: partiesOf(call, talking > 0), listening: listeningTo(call), isMetered: talking > 1 && call.device.media === 'flowing', timers: timersOf(call) };
}

function partiesOf(call: Call, isAnyoneHeard: boolean): PartyOutputs[] {
  const parties: PartyOutputs[] = call.party === 'gone' ? [] : [{ leg: 'party', sound: heardByParty(call, call.party, call.heldAt), isHeld: call.heldAt !== null, isMuted: call.isPartyMuted }];
  for (const { id, state, heldAt, end, hasEarlyMedia, isMuted } of call.added) {
    if (end !== null) continue;
    // Whoever has not answered hears nobody, and its network is heard by nobody but a member who waits for it alone.
    const isOutside = state !== 'answered' && (!hasEarlyMedia || isAnyoneHeard);
    parties.push({ leg: id, sound: heardByParty(call, state, heldAt), isHeld: heldAt !== null || isOutside, isMuted });
  }
  return parties;
}

function listeningTo(call: Call): CallOutputs['listening'] {
  if (call.answeredAt === null) return call.hasEarlyMedia ? 'early' : undefined;
  return call.isListening || call.message?.phase === 'awaiting-beep' ? 'answered' : undefined;
}

/** Silence is played, not left out: a device that receives no packets takes its network for lost. */
function heardByDevice(call: Call, isAnyoneHeard: boolean): Sound | undefined {
  if (call.message !== null || call.device.media === 'released') return undefined;
  return inPlaceOfParties(call, isAnyoneHeard);
}

/** Until it has pressed the key it hears what to press, and nothing of the call. */
function heardByPhone(call: Call, isAnyoneHeard: boolean): Sound | undefined {
  if (call.phone?.phase === 'asking') return 'press-1';
  return isPhoneJoined(call) ? inPlaceOfParties(call, isAnyoneHeard) : undefined;
}

function inPlaceOfParties(call: Call, isAnyoneHeard: boolean): Sound | undefined {
  if (isAnyoneHeard) return undefined;
  // Everyone is held: what is heard is the way of whoever is called meanwhile.
  const awaited = call.answeredAt === null ? [{ state: call.party, hasEarlyMedia: call.hasEarlyMedia }] : call.added;
  if (awaited.some(({ state, hasEarlyMedia }) => hasEarlyMedia && (state === 'ringing' || state === 'calling'))) return undefined;
  return awaited.some(({ state }) => state === 'ringing') ? 'ringback' : 'silence';
}

/**
 * A party hears that the line lives while it is held or nobody is heard. A socket that closed does not mean that the
 * audio stopped (the engine says so by itself), except of a muted device, which owes no audio and so is never missed.
 */
function heardByParty(call: Call, state: Call['party'], heldAt: number | null): Sound | undefined {
  if (state !== 'answered') return undefined;
  // Nothing that a mailbox could take for the message's beginning.
  if (call.message !== null) return call.message.phase === 'playing' ? 'message' : 'silence';
  const isUnheard = !isPhoneJoined(call) && (call.device.media === 'silent' || call.device.media === 'released' || (call.device.signal === 'away' && call.isMuted));
  if (call.farewellSince !== null) return 'farewell';
  if (heldAt !== null) return 'hold-music';
  return isUnheard ? 'one-moment' : undefined;
}

function timersOf(call: Call): WantedTimer[] {
  const { limits } = call;
  const timers: WantedTimer[] = [];
  if (call.answeredAt === null) timers.push({ timer: 'ring', sinceMs: call.startedAt, delayMs: limits.ringTimeoutMs + RING_GUARD_MS });
  else timers.push({ timer: 'longest-call', sinceMs: call.answeredAt, delayMs: limits.longestCallMs });
  if (call.answeredAt !== null && call.isListening) timers.push({ timer: 'listen', sinceMs: call.answeredAt, delayMs: LISTEN_MS });
  const unanswered = call.added.filter(({ state }) => state === 'calling' || state === 'ringing').map(({ startedAt }) => startedAt);
  if (unanswered.length > 0) timers.push({ timer: 'ring-added', sinceMs: Math.min(...unanswered), delayMs: limits.ringTimeoutMs + RING_GUARD_MS });
  if (call.message?.phase === 'awaiting-beep') timers.push({ timer: 'message-wait', sinceMs: call.message.since, delayMs: BEEP_WAIT_MS });
  if (call.message?.phase === 'left') timers.push({ timer: 'message-tail', sinceMs: call.message.since, delayMs: MESSAGE_TAIL_MS });
  if (call.message !== null) return timers;
  if (call.phone?.phase === 'calling' || call.phone?.phase === 'ringing') timers.push({ timer: 'phone-ring', sinceMs: call.phone.since, delayMs: OWN_PHONE_RING_MS + RING_GUARD_MS });
  if (call.phone?.phase === 'asking') timers.push({ timer: 'phone-key', sinceMs: call.phone.since, delayMs: KEY_WAIT_MS });
  if (call.device.media === 'connecting') timers.push({ timer: 'device-connect', sinceMs: call.device.offeredAt, delayMs: limits.deviceConnectMs });
  if (call.farewellSince !== null) timers.push({ timer: 'farewell', sinceMs: call.farewellSince, delayMs: FAREWELL_GUARD_MS });
  // A phone that is being rung is a device on its way.
  else if (call.reconnectingSince !== null && !isPhoneAwaited(call)) timers.push({ timer: 'reconnect', sinceMs: call.reconnectingSince, delayMs: limits.reconnectWindowMs });
  return timers;
}
