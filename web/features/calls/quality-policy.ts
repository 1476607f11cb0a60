/** How well the two sides hear each other in the last seconds, from what this page counts and from what the server saw of both legs; said in words on the stage. Pure. */
import type { CallAudio } from '#contract/call-audio.ts';
import { GAPS_FROM, missedOf } from '#contract/call-audio-word.ts';

export interface QualitySample {
  readonly atMs: number;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  /** What was played since the connection was made, and what of it was made up for want of packets. */
  readonly samplesPlayed: number;
  readonly samplesConcealed: number;
  /** Seconds, as the browser counts it. */
  readonly jitterSeconds: number;
  /** The share of our packets that the server missed, by its own report; null while it has sent none. */
  readonly uplinkLost: number | null;
  readonly roundTripMs: number | null;
}

export type Quality = 'clear' | 'they-may-hear-gaps' | 'you-may-hear-gaps' | 'gaps-both-ways' | 'weak';

const weakJitterSeconds = 0.06;
const weakRoundTripMs = 600;
/** Half a second at the lowest rate that browsers play at. */
const fewestSamples = 4_000;

/** The share of packets that did not arrive between two samples; null where too few were due to tell. */
export function lostShare(from: QualitySample, to: QualitySample): number | null {
  const received = to.packetsReceived - from.packetsReceived;
  const lost = Math.max(0, to.packetsLost - from.packetsLost);
  return received + lost < 50 ? null : lost / (received + lost);
}

/** Of what was played between two samples, what was made up; null where too little was. */
export function concealedShare(from: QualitySample, to: QualitySample): number | null {
  const played = to.samplesPlayed - from.samplesPlayed;
  return played < fewestSamples ? null : Math.min(1, Math.max(0, to.samplesConcealed - from.samplesConcealed) / played);
}

/** Everyone at the other side. */
const partiesOf = (server: CallAudio | null): CallAudio['added'] => (server === null ? [] : [server.party, ...server.added]);

/**
 * The server's view counts for both directions: what it restored of the uplink is no gap, and only it hears what the telephone
 * misses or what the trunk lost. Without one (an old server, a hold, packets that pass the server by) the page's own counts stand.
 */
export function judgeQuality(from: QualitySample, to: QualitySample, server: CallAudio | null): Quality {
  const missedHere = concealedShare(from, to) ?? lostShare(from, to) ?? 0;
  const missedByYou = Math.max(missedHere, ...partiesOf(server).map(({ lostShare: lost }) => lost));
  const missedByThem = server === null ? (to.uplinkLost ?? 0) : missedOf(server).byThem;
  if (missedByYou >= GAPS_FROM && missedByThem >= GAPS_FROM) return 'gaps-both-ways';
  if (missedByThem >= GAPS_FROM) return 'they-may-hear-gaps';
  if (missedByYou >= GAPS_FROM) return 'you-may-hear-gaps';
  const isLate = to.jitterSeconds >= weakJitterSeconds || (to.roundTripMs ?? 0) >= weakRoundTripMs || partiesOf(server).some(({ roundTripMs }) => (roundTripMs ?? 0) >= weakRoundTripMs);
  return isLate ? 'weak' : 'clear';
}
