/** How a call sounded, in one of five words. Apart from the schema, so that a page that shows the word loads no validator. */
import type { CallAudio } from './call-audio.ts';

export type CallAudioWord = 'clear' | 'they-heard-gaps' | 'you-heard-gaps' | 'gaps-both-ways' | 'nothing-came';

/** From here gaps are heard: concealed speech below is taken for whole (intelligibility .98 at 5 %). */
export const GAPS_FROM = 0.05;

/** What neither side heard of the other, as shares. What is restored is not missed: only what was made up, or passed on with its holes, counts. */
export function missedOf({ device, party, added, report }: CallAudio): { readonly byThem: number; readonly byYou: number } {
  const uplinkGaps = device.restoredShare + device.concealedShare > 0 ? device.concealedShare : device.lostShare;
  const parties = [party, ...added];
  return {
    byThem: Math.max(uplinkGaps, ...parties.map(({ missedShare }) => missedShare ?? 0)),
    byYou: Math.max(device.missedShare ?? 0, report?.concealedShare ?? 0, ...parties.map(({ lostShare }) => lostShare)),
  };
}

export function audioWordOf(audio: CallAudio): CallAudioWord {
  if (audio.device.codec === null) return 'nothing-came';
  const { byThem, byYou } = missedOf(audio);
  if (byThem >= GAPS_FROM && byYou >= GAPS_FROM) return 'gaps-both-ways';
  if (byThem >= GAPS_FROM) return 'they-heard-gaps';
  return byYou >= GAPS_FROM ? 'you-heard-gaps' : 'clear';
}
