/** The words of a live call as this page knows it, for the stage and for the bar. Draws nothing. */
import type { CallView } from '#contract/calls.ts';
import { words } from '../../messages/messages.ts';
import type { EngineView } from './call-engine.ts';

/** The words of the state, seen from this page: its own mute and its own trouble come before the server's word. */
export function stateWords(call: CallView, { calls, media }: Pick<EngineView, 'calls' | 'media'>): string {
  if (calls.endingCallId === call.id) return words.call.ending;
  if (isSoundBroken(call, { calls, media })) return words.call.states.reconnecting;
  if (call.state !== 'talking') return words.call.states[call.state];
  if (call.heldByParty) return words.call.heldByParty;
  return calls.isMuted ? words.call.talkingMuted : words.call.states.talking;
}

/** The party is there and this page's sound is not, or not yet again. */
export function isSoundBroken(call: CallView, { calls, media }: Pick<EngineView, 'calls' | 'media'>): boolean {
  if (call.answeredAt === null || calls.endingCallId === call.id) return false;
  return call.state === 'reconnecting' || calls.audio.phase !== 'attached' || media.verdict === 'lost';
}
