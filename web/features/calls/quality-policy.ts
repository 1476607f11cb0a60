/** How well the two sides hear each other, from what was lost in the last seconds; said in words on the stage. Pure. */

export interface QualitySample {
  readonly atMs: number;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  /** Seconds, as the browser counts it. */
  readonly jitterSeconds: number;
  /** The share of our packets that the server missed, by its own report; null while it has sent none. */
  readonly uplinkLost: number | null;
  readonly roundTripMs: number | null;
}

export type Quality = 'clear' | 'you-broken' | 'party-broken' | 'weak';

/** Without concealment speech suffers from about 5 % on (speech-intelligibility measure .956). */
const brokenShare = 0.05;
const weakJitterSeconds = 0.06;
const weakRoundTripMs = 600;

/** The share of packets that did not arrive between two samples; null where too few were due to tell. */
export function lostShare(from: QualitySample, to: QualitySample): number | null {
  const received = to.packetsReceived - from.packetsReceived;
  const lost = Math.max(0, to.packetsLost - from.packetsLost);
  return received + lost < 50 ? null : lost / (received + lost);
}

export function judgeQuality(from: QualitySample, to: QualitySample): Quality {
  const isPartyBroken = (lostShare(from, to) ?? 0) >= brokenShare;
  const isMemberBroken = (to.uplinkLost ?? 0) >= brokenShare;
  if (isPartyBroken && isMemberBroken) return 'weak';
  if (isMemberBroken) return 'you-broken';
  if (isPartyBroken) return 'party-broken';
  return to.jitterSeconds >= weakJitterSeconds || (to.roundTripMs ?? 0) >= weakRoundTripMs ? 'weak' : 'clear';
}
