/** How loud each of several parties is, as the server last said: the page hears them only mixed. Draws nothing. */
import type { PartyRef } from '#contract/calls.ts';
import type { ServerMessage } from '#contract/signalling.ts';
import { loudness } from './microphone.ts';

/** What is older says nothing of now. */
const FRESH_MS = 1_000;

export interface PartyLevels {
  hear(levels: Extract<ServerMessage, { type: 'levels' }>['levels']): void;
  /** 0 to 1; null where the server says nothing of it. */
  of(party: PartyRef): number | null;
}

export function createPartyLevels(nowMs: () => number): PartyLevels {
  let heard = new Map<PartyRef, number>();
  let heardAtMs = -Infinity;
  return {
    hear(levels) {
      heard = new Map(levels.map(({ party, level }) => [party, loudness(new Float32Array([level]))]));
      heardAtMs = nowMs();
    },
    of: (party) => (nowMs() - heardAtMs > FRESH_MS ? null : (heard.get(party) ?? null)),
  };
}
