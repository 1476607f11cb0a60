/** A call's state as the words, times and shapes the screens show. Pure: facts in, words' keys and numbers out. */
import type { CallView } from '#contract/calls.ts';

export type StateShape = 'hollow' | 'ring' | 'full' | 'muted' | 'held' | 'diamond';

export const secondsBetween = (fromIso: string | null, toMs: number): number => (fromIso === null ? 0 : Math.max(0, Math.floor((toMs - Date.parse(fromIso)) / 1_000)));

/** "04:37", and "1:04:37" past the hour. */
export function clockTime(seconds: number): string {
  const pad = (part: number): string => String(part).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor((seconds % 3_600) / 60);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${pad(minutes)}:${pad(seconds % 60)}`;
}

/** "6 min 12 s", for a call that is over. */
export function spokenDuration(seconds: number): string {
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor((seconds % 3_600) / 60);
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

/** The time beside a live call's state; null where none would tell anything. */
export function stateTimer(call: CallView, nowMs: number): string | null {
  switch (call.state) {
    case 'connecting':
    case 'leaving-message':
    case 'ended':
      return null;
    case 'ringing':
      return `${secondsBetween(call.ringingAt, nowMs)} s`;
    case 'talking':
      return clockTime(secondsBetween(call.answeredAt, nowMs));
    case 'on-hold':
      return clockTime(secondsBetween(call.heldAt, nowMs));
    case 'reconnecting':
      return `${secondsBetween(call.reconnectingSince, nowMs)} s`;
  }
}

/** A call to a mobile phone rings within five seconds; past that one wonders whether anything happens. A silent trunk is left after four, for another, and given up after ten. */
const SLOW_TO_RING_S = 6;

export const isSlowToRing = (call: Pick<CallView, 'state' | 'startedAt'>, nowMs: number): boolean => call.state === 'connecting' && secondsBetween(call.startedAt, nowMs) >= SLOW_TO_RING_S;

export function stateShape(call: CallView, isMuted: boolean): StateShape {
  switch (call.state) {
    case 'connecting':
    case 'leaving-message':
    case 'ended':
      return 'hollow';
    case 'ringing':
      return 'ring';
    case 'talking':
      return call.heldByParty ? 'held' : isMuted ? 'muted' : 'full';
    case 'on-hold':
      return 'held';
    case 'reconnecting':
      return 'diamond';
  }
}

/** How long the two spoke, or null where they never did. */
export const talkedSeconds = (call: Pick<CallView, 'answeredAt' | 'endedAt'>): number | null => (call.answeredAt === null || call.endedAt === null ? null : secondsBetween(call.answeredAt, Date.parse(call.endedAt)));

/** From the first ring until the answer or the end; null where it never rang. */
export function rangSeconds(call: Pick<CallView, 'answeredAt' | 'endedAt' | 'ringingAt'>): number | null {
  const until = call.answeredAt ?? call.endedAt;
  return call.ringingAt === null || until === null ? null : secondsBetween(call.ringingAt, Date.parse(until));
}
