/** How a call's audio is, from the counts of its two legs: at its end since they were made, while it lives since a moment ago. Pure. */
import type { CallAudio, DeviceReport } from '#contract/call-audio.ts';
import type { LegStatistics } from '#server/telephony/index.ts';

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;
const shareOf = (part: number, whole: number): number => (whole <= 0 ? 0 : rounded(Math.min(1, Math.max(0, part / whole))));

function legAudio(leg: LegStatistics): CallAudio['party'] {
  return {
    codec: leg.packetsReceived === 0 ? null : (leg.codec ?? null),
    lostShare: shareOf(leg.packetsLost, leg.packetsReceived + leg.packetsLost),
    jitterMs: Math.round(leg.jitterMs),
    missedShare: leg.remoteFractionLost === undefined ? null : rounded(leg.remoteFractionLost),
    roundTripMs: leg.roundTripMs === undefined ? null : Math.round(leg.roundTripMs),
  };
}

/** Undefined where there was no party to hear; of several the first stands apart, whoever that is by now. */
export function audioOf(device: LegStatistics | undefined, [party, ...added]: readonly LegStatistics[], report: DeviceReport | null): CallAudio | undefined {
  if (device === undefined || party === undefined) return undefined;
  const { frames, restored, concealed } = device.mended ?? { frames: 0, restored: 0, concealed: 0 };
  return { device: { ...legAudio(device), restoredShare: shareOf(restored, frames), concealedShare: shareOf(concealed, frames) }, party: legAudio(party), added: added.map(legAudio), report };
}

/** What was counted between two looks at one leg; what is not a count stays as the later look has it. */
export function countedBetween(from: LegStatistics, to: LegStatistics): LegStatistics {
  const { mended } = to;
  return {
    ...to,
    packetsReceived: to.packetsReceived - from.packetsReceived,
    packetsSent: to.packetsSent - from.packetsSent,
    // A packet that came late is no longer lost: a count that fell says that none was.
    packetsLost: Math.max(0, to.packetsLost - from.packetsLost),
    packetsRefused: to.packetsRefused - from.packetsRefused,
    ...(mended && { mended: { frames: mended.frames - (from.mended?.frames ?? 0), restored: mended.restored - (from.mended?.restored ?? 0), concealed: mended.concealed - (from.mended?.concealed ?? 0) } }),
  };
}
