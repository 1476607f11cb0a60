/**
 * Which codec a sender of speech uses for the next seconds, from what its receiver reports: the page for what it sends, the server
 * for what it sends to the page. Pure; measures nothing and switches nothing.
 *
 * | network, by the receiver's reports | speech is sent as |
 * | --- | --- |
 * | clean | G.711, which the telephone network takes as it is |
 * | 2 % and more lost in one report | Opus with forward error correction, and RED where both have it |
 * | below 0.5 % for half a minute | G.711 again; after a relapse the wait is doubled, up to four minutes |
 */

export type SpeechCodec = 'g711' | 'opus';

export interface SpeechCodecState {
  readonly codec: SpeechCodec;
  /** Since when reports are clean; undefined while they are not, or there is nothing to wait for. */
  readonly cleanSinceMs: number | undefined;
  /** How long they must be before G.711 is tried again. */
  readonly cleanForMs: number;
}

/**
 * Which earlier frames each packet repeats while speech is sent as Opus: how far back each lies. Each costs its bits again, the
 * furthest 20 ms of waiting a frame. One mends losses that stand alone. Three in a row mend bursts of three; the same three with a
 * gap between them reach over five, for the same bits (scripts/bench quality: .94 in bursts of five where they were .91).
 */
export const repeatsAgainst = (lostShare: number): readonly number[] => (lostShare < 0.05 ? [1] : lostShare < 0.1 ? [1, 2] : [1, 3, 5]);

const BAD_SHARE = 0.02;
const CLEAN_SHARE = 0.005;
export const FIRST_CLEAN_MS = 30_000;
export const LONGEST_CLEAN_MS = 240_000;

export const speechBegins: SpeechCodecState = { codec: 'g711', cleanSinceMs: undefined, cleanForMs: FIRST_CLEAN_MS };

/** `lostShare`: 0..1, of the receiver's newest report. Asked once a report. */
export function decideSpeechCodec(state: SpeechCodecState, lostShare: number, nowMs: number): SpeechCodecState {
  if (state.codec === 'g711') return lostShare >= BAD_SHARE ? { ...state, codec: 'opus', cleanSinceMs: undefined } : state;
  if (lostShare >= CLEAN_SHARE) return { ...state, cleanSinceMs: undefined };
  const cleanSinceMs = state.cleanSinceMs ?? nowMs;
  if (nowMs - cleanSinceMs < state.cleanForMs) return { ...state, cleanSinceMs };
  return { codec: 'g711', cleanSinceMs: undefined, cleanForMs: Math.min(LONGEST_CLEAN_MS, state.cleanForMs * 2) };
}
