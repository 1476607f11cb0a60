/** What a call's facts ask for at this instant: what each leg hears, who is held and muted, which timers run. Facts in, outputs and their difference out; decides no fact itself. */
import type { Call, CallEffect } from './call-machine.ts';

/** What is played to a leg in place of the other leg. */
export type Sound = 'ringback' | 'silence' | 'comfort';

export type CallTimer = 'ring' | 'device-connect' | 'reconnect' | 'longest-call';

interface CallOutputs {
  device: Sound | undefined;
  party: Sound | undefined;
  isHeld: boolean;
  isMuted: boolean;
  timers: readonly WantedTimer[];
}

/** A timer is the same one for as long as `sinceMs` is: a new reconnect window is a new timer. */
interface WantedTimer {
  timer: CallTimer;
  sinceMs: number;
  delayMs: number;
}

/** The carrier gives an unanswered call up by itself; ours is the guard should it not. */
const RING_GUARD_MS = 5_000;

const NO_OUTPUTS: CallOutputs = { device: undefined, party: undefined, isHeld: false, isMuted: false, timers: [] };

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
  if (was.isHeld !== is.isHeld) effects.push({ type: 'set-held', held: is.isHeld });
  if (was.isMuted !== is.isMuted) effects.push({ type: 'set-muted', muted: is.isMuted });
  if (was.device !== is.device) effects.push({ type: 'play', leg: 'device', sound: is.device });
  if (was.party !== is.party) effects.push({ type: 'play', leg: 'party', sound: is.party });
  return effects;
}

function outputsOf(call: Call): CallOutputs {
  if (call.end !== null) return NO_OUTPUTS;
  return { device: heardByDevice(call), party: heardByParty(call), isHeld: call.heldAt !== null, isMuted: call.isMuted, timers: timersOf(call) };
}

/** Silence is played, not left out: a device that receives no packets takes its network for lost. */
function heardByDevice(call: Call): Sound | undefined {
  if (call.party === 'answered') return call.heldAt === null ? undefined : 'silence';
  if (call.hasEarlyMedia) return undefined;
  return call.party === 'ringing' ? 'ringback' : 'silence';
}

/**
 * The party hears that the line lives while it is held or nobody is heard. A socket that closed does not mean that the
 * audio stopped (the engine says so by itself), except of a muted device, which owes no audio and so is never missed.
 */
function heardByParty(call: Call): Sound | undefined {
  if (call.party !== 'answered') return undefined;
  const isUnheard = call.device.media === 'silent' || (call.device.signal === 'away' && call.isMuted);
  return call.heldAt !== null || isUnheard ? 'comfort' : undefined;
}

function timersOf(call: Call): WantedTimer[] {
  const { limits } = call;
  const timers: WantedTimer[] = [];
  if (call.answeredAt === null) timers.push({ timer: 'ring', sinceMs: call.startedAt, delayMs: limits.ringTimeoutMs + RING_GUARD_MS });
  else timers.push({ timer: 'longest-call', sinceMs: call.answeredAt, delayMs: limits.longestCallMs });
  if (call.device.media === 'connecting') timers.push({ timer: 'device-connect', sinceMs: call.device.offeredAt, delayMs: limits.deviceConnectMs });
  if (call.reconnectingSince !== null) timers.push({ timer: 'reconnect', sinceMs: call.reconnectingSince, delayMs: limits.reconnectWindowMs });
  return timers;
}
