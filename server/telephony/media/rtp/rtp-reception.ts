/** What arrived of one incoming stream, as its receiver reports it (RFC 3550 A.1, A.3, A.8). Owns counts; owns no packets. */
import type { ReportBlock } from './rtcp-codec.ts';
import { sequenceDistance, type RtpHeader } from './rtp-codec.ts';

export interface RtpReception {
  ssrc: number | undefined;
  /** Extended by wraps; -1 before the first packet. */
  highest: number;
  first: number;
  received: number;
  /** In timestamp units, scaled by 16 as in A.8. */
  jitterScaled: number;
  lastTransit: number | undefined;
  /** Of the payload that came last: jitter is counted in its units, and anew when it changes. */
  clockRate: number;
  /** Of streams that ended (the peer changed its SSRC), kept so that counts never run backwards. */
  receivedBefore: number;
  lostBefore: number;
  expectedAtReport: number;
  receivedAtReport: number;
}

export const emptyReception = (): RtpReception => ({
  ssrc: undefined,
  highest: -1,
  first: 0,
  received: 0,
  jitterScaled: 0,
  lastTransit: undefined,
  clockRate: 8000,
  receivedBefore: 0,
  lostBefore: 0,
  expectedAtReport: 0,
  receivedAtReport: 0,
});

/** A jump this large with the same SSRC is a restarted source. */
const LARGEST_JUMP = 3000;

/** `arrivedAtMs` is monotonic; `clockRate` is the payload type's. */
export function countReceived(reception: RtpReception, header: RtpHeader, arrivedAtMs: number, clockRate: number): void {
  if (reception.clockRate !== clockRate) {
    reception.jitterScaled = Math.round((reception.jitterScaled * clockRate) / reception.clockRate);
    reception.clockRate = clockRate;
    reception.lastTransit = undefined;
  }
  const ahead = reception.highest < 0 ? 0 : sequenceDistance(header.sequence, reception.highest & 0xffff);
  if (reception.ssrc !== header.ssrc || ahead > LARGEST_JUMP || ahead < -LARGEST_JUMP) {
    reception.receivedBefore += reception.received;
    reception.lostBefore += Math.max(0, expectedOf(reception) - reception.received);
    reception.ssrc = header.ssrc;
    reception.first = header.sequence;
    reception.highest = header.sequence;
    reception.received = 1;
    reception.lastTransit = undefined;
    reception.expectedAtReport = 0;
    reception.receivedAtReport = 0;
  } else {
    if (ahead > 0) reception.highest += ahead;
    reception.received += 1;
  }
  const transit = Math.round((arrivedAtMs * clockRate) / 1000) - header.timestamp;
  if (reception.lastTransit !== undefined) {
    const difference = Math.abs((transit - reception.lastTransit) | 0);
    reception.jitterScaled += difference - ((reception.jitterScaled + 8) >> 4);
  }
  reception.lastTransit = transit;
}

const expectedOf = (reception: RtpReception): number => (reception.ssrc === undefined ? 0 : reception.highest - reception.first + 1);

export const lostOf = (reception: RtpReception): number => reception.lostBefore + Math.max(0, expectedOf(reception) - reception.received);
export const receivedOf = (reception: RtpReception): number => reception.receivedBefore + reception.received;
export const jitterMsOf = (reception: RtpReception): number => ((reception.jitterScaled >> 4) * 1000) / reception.clockRate;

/** The peer's last sender report, as a receiver report must echo it. */
export interface EchoedReport {
  /** The middle 32 bits of its NTP timestamp. */
  ntpMiddle: number;
  heardAtMs: number;
}

/** A block for our next report; it begins a new interval for the fraction lost. Undefined while nothing arrived. */
export function reportReception(reception: RtpReception, echoed: EchoedReport | undefined, nowMs: number): ReportBlock | undefined {
  if (reception.ssrc === undefined) return undefined;
  const expected = expectedOf(reception);
  const expectedInterval = expected - reception.expectedAtReport;
  const lostInterval = expectedInterval - (reception.received - reception.receivedAtReport);
  reception.expectedAtReport = expected;
  reception.receivedAtReport = reception.received;
  return {
    ssrc: reception.ssrc,
    fractionLost: expectedInterval <= 0 || lostInterval <= 0 ? 0 : Math.min(255, Math.floor((lostInterval * 256) / expectedInterval)),
    cumulativeLost: expected - reception.received,
    highestSequence: reception.highest >>> 0,
    jitter: reception.jitterScaled >> 4,
    lastSenderReport: echoed?.ntpMiddle ?? 0,
    delaySinceLastSenderReport: echoed === undefined ? 0 : Math.round(((nowMs - echoed.heardAtMs) * 65_536) / 1000),
  };
}
