/** What a browser counts of one RTCPeerConnection, in this page's own words. Reads; judges nothing. */
import type { AudioPath } from '#contract/call-audio.ts';
import type { MediaSample } from './media-watch-policy.ts';
import type { QualitySample } from './quality-policy.ts';
import type { UplinkReport } from './speech-codec.ts';

export interface Counters extends MediaSample, QualitySample {
  readonly uplinkReport: UplinkReport | null;
  readonly path: AudioPath | null;
}

/** RTCStatsReport, as far as the two browsers agree on it. */
interface Stat {
  readonly type: string;
  readonly [name: string]: unknown;
}

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

export async function readCounters(peer: RTCPeerConnection, atMs: number): Promise<Counters> {
  const report = await peer.getStats();
  let counters = { packetsReceived: 0, packetsLost: 0, packetsSent: 0, jitterSeconds: 0, samplesPlayed: 0, samplesConcealed: 0, iceResponses: 0 };
  let uplinkReport: UplinkReport | null = null;
  let roundTripMs: number | null = null;
  let path: AudioPath | null = null;
  for (const stat of report.values() as Iterable<Stat>) {
    if (stat.type === 'inbound-rtp') {
      counters = {
        ...counters,
        packetsReceived: counters.packetsReceived + numberOf(stat['packetsReceived']),
        packetsLost: counters.packetsLost + numberOf(stat['packetsLost']),
        jitterSeconds: numberOf(stat['jitter']),
        samplesPlayed: numberOf(stat['totalSamplesReceived']),
        // Silence that is made up is where nothing was due: a hold, a call not yet answered.
        samplesConcealed: numberOf(stat['concealedSamples']) - numberOf(stat['silentConcealedSamples']),
      };
    } else if (stat.type === 'outbound-rtp') counters.packetsSent += numberOf(stat['packetsSent']);
    else if (stat.type === 'remote-inbound-rtp') uplinkReport = typeof stat['fractionLost'] === 'number' ? { lostShare: stat['fractionLost'], atMs: numberOf(stat['timestamp']) } : null;
    else if (stat.type === 'candidate-pair') {
      counters.iceResponses += numberOf(stat['responsesReceived']);
      // Several may be nominated, one after another; Firefox says which is selected, Chromium which is still in use.
      if (stat['nominated'] !== true || stat['state'] !== 'succeeded') continue;
      if (typeof stat['currentRoundTripTime'] === 'number') roundTripMs = Math.round(stat['currentRoundTripTime'] * 1_000);
      path = pathOf(report.get(String(stat['localCandidateId'])) as Stat | undefined);
    }
  }
  return { atMs, connectionState: peer.connectionState, ...counters, uplinkLost: uplinkReport?.lostShare ?? null, uplinkReport, roundTripMs, path };
}

function pathOf(local: Stat | undefined): AudioPath | null {
  if (local === undefined) return null;
  if (local['candidateType'] !== 'relay') return local['protocol'] === 'tcp' ? 'tcp' : 'udp';
  const relayed = local['relayProtocol'];
  return relayed === 'tls' ? 'relay-tls' : relayed === 'tcp' ? 'relay-tcp' : 'relay-udp';
}
