/** One leg's RTCP: when reports go out, what they say, and what the peer's say of us (RFC 3550 6). Owns no sockets and no keys. */
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { SAMPLE_RATE } from '../audio/sample-source.ts';
import type { OutgoingStream } from '../rtp/outgoing-stream.ts';
import { readRtcp, writeRtcp } from '../rtp/rtcp-codec.ts';
import { reportReception, type EchoedReport, type RtpReception } from '../rtp/rtp-reception.ts';
import { SRTP_HEADROOM } from '../srtp/srtp-transform.ts';

export interface LegReports {
  readonly cname: string;
  /** Sends a report if one is due. */
  tick(nowMs: number): void;
  /** A compound of the peer; false if it made no sense. */
  take(packet: Uint8Array, length: number, nowMs: number): boolean;
  /** The last word (RFC 3550 6.3.7). */
  sayBye(): void;
  remoteFractionLost(): number | undefined;
  roundTripMs(): number | undefined;
}

/** RFC 3550 6.2: five seconds on average, half to one and a half times; the first after half. */
export const PARTY_REPORTS_EVERY_MS = 5000;
/** A browser's codec and its repetitions follow our reports (RFC 4585 3.4 drops the five seconds): 100 octets a second are a hundredth of its speech. */
export const DEVICE_REPORTS_EVERY_MS = 1000;
/** Seconds between 1900, where NTP begins, and 1970. */
const NTP_EPOCH_OFFSET = 2_208_988_800;
const CNAME_OCTETS = 12;

export function createLegReports(options: {
  clock: Clock;
  random: RandomSource;
  stream: OutgoingStream;
  reception: RtpReception;
  everyMs: number;
  transmit: (packet: Uint8Array, length: number) => void;
}): LegReports {
  const { clock, random, stream, reception } = options;
  // RFC 7022 4.2: a short-term persistent CNAME of 96 random bits, of this leg alone.
  const cname = Buffer.from(random.bytes(CNAME_OCTETS)).toString('base64');
  const packet = new Uint8Array(160 + SRTP_HEADROOM);
  // Wall time may jump in a call; a round trip must not. The two clocks are tied together once.
  const wallAtZeroMs = clock.now() - clock.monotonic();
  let dueAtMs: number | undefined;
  let echoed: EchoedReport | undefined;
  let packetsAtReport = 0;
  let fractionLost: number | undefined;
  let roundTripMs: number | undefined;

  const intervalMs = (): number => options.everyMs * (0.5 + random.bytes(1)[0]! / 256);
  const ntpOf = (monotonicMs: number): { seconds: number; fraction: number } => {
    const ms = wallAtZeroMs + monotonicMs;
    const seconds = Math.floor(ms / 1000);
    return { seconds: (seconds + NTP_EPOCH_OFFSET) >>> 0, fraction: Math.floor(((ms - seconds * 1000) / 1000) * 2 ** 32) >>> 0 };
  };
  const middleOf = (ntp: { seconds: number; fraction: number }): number => (((ntp.seconds & 0xffff) << 16) | (ntp.fraction >>> 16)) >>> 0;

  const send = (nowMs: number, bye: boolean): void => {
    const ntp = ntpOf(nowMs);
    const hasSent = stream.packetsSent > packetsAtReport;
    packetsAtReport = stream.packetsSent;
    const sinceLastMs = stream.lastSentAtMs === undefined ? 0 : nowMs - stream.lastSentAtMs;
    const length = writeRtcp(packet, {
      ssrc: stream.ssrc,
      sender: hasSent
        ? {
            ntpSeconds: ntp.seconds,
            ntpFraction: ntp.fraction,
            rtpTimestamp: (stream.highestTimestamp + Math.round((sinceLastMs * SAMPLE_RATE) / 1000)) >>> 0,
            packets: stream.packetsSent >>> 0,
            octets: stream.octetsSent >>> 0,
          }
        : undefined,
      block: reportReception(reception, echoed, nowMs),
      cname,
      bye,
    });
    options.transmit(packet, length);
  };

  return {
    cname,
    tick(nowMs) {
      dueAtMs ??= nowMs + intervalMs() / 2;
      if (nowMs < dueAtMs) return;
      dueAtMs = nowMs + intervalMs();
      send(nowMs, false);
    },
    take(received, length, nowMs) {
      const reports = readRtcp(received, length);
      for (const report of reports) {
        if (report.type === 'bye') continue;
        if (report.type === 'sender-report') {
          echoed = { ntpMiddle: (((report.sender.ntpSeconds & 0xffff) << 16) | (report.sender.ntpFraction >>> 16)) >>> 0, heardAtMs: nowMs };
        }
        for (const block of report.blocks) {
          if (block.ssrc !== stream.ssrc) continue;
          fractionLost = block.fractionLost / 256;
          if (block.lastSenderReport === 0) continue;
          const units = (middleOf(ntpOf(nowMs)) - block.lastSenderReport - block.delaySinceLastSenderReport) | 0;
          if (units >= 0) roundTripMs = (units * 1000) / 65_536;
        }
      }
      return reports.length > 0;
    },
    sayBye: () => send(clock.monotonic(), true),
    remoteFractionLost: () => fractionLost,
    roundTripMs: () => roundTripMs,
  };
}
