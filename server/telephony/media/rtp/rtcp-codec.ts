/** RTCP reports between octets and structure (RFC 3550 6). Reads compounds of strangers; writes ours, with a CNAME and nothing else of SDES. */
import { readUint32, writeUint32 } from './rtp-codec.ts';

export interface ReportBlock {
  ssrc: number;
  /** 0..255: share lost since the last report. */
  fractionLost: number;
  cumulativeLost: number;
  highestSequence: number;
  /** In timestamp units. */
  jitter: number;
  lastSenderReport: number;
  /** 1/65536 s. */
  delaySinceLastSenderReport: number;
}

export interface SenderInfo {
  ntpSeconds: number;
  ntpFraction: number;
  rtpTimestamp: number;
  packets: number;
  octets: number;
}

export type RtcpReport =
  | { type: 'sender-report'; ssrc: number; sender: SenderInfo; blocks: readonly ReportBlock[] }
  | { type: 'receiver-report'; ssrc: number; blocks: readonly ReportBlock[] }
  | { type: 'bye'; ssrcs: readonly number[] };

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SOURCE_DESCRIPTION = 202;
const BYE = 203;
const BLOCK_LENGTH = 24;
const SENDER_INFO_LENGTH = 20;
const CNAME_ITEM = 1;

/** What we can use of a compound; empty for one that breaks RFC 3550 A.2. Other packet types are passed over. */
export function readRtcp(packet: Uint8Array, length: number): readonly RtcpReport[] {
  const reports: RtcpReport[] = [];
  let offset = 0;
  while (offset < length) {
    if (offset + 4 > length || packet[offset]! >> 6 !== 2) return [];
    const count = packet[offset]! & 0x1f;
    const type = packet[offset + 1]!;
    const end = offset + 4 + ((packet[offset + 2]! << 8) | packet[offset + 3]!) * 4;
    if (end > length) return [];
    const body = offset + 4;
    switch (type) {
      case SENDER_REPORT: {
        if (body + 4 + SENDER_INFO_LENGTH + count * BLOCK_LENGTH > end) return [];
        reports.push({
          type: 'sender-report',
          ssrc: readUint32(packet, body),
          sender: {
            ntpSeconds: readUint32(packet, body + 4),
            ntpFraction: readUint32(packet, body + 8),
            rtpTimestamp: readUint32(packet, body + 12),
            packets: readUint32(packet, body + 16),
            octets: readUint32(packet, body + 20),
          },
          blocks: readBlocks(packet, body + 4 + SENDER_INFO_LENGTH, count),
        });
        break;
      }
      case RECEIVER_REPORT:
        if (body + 4 + count * BLOCK_LENGTH > end) return [];
        reports.push({ type: 'receiver-report', ssrc: readUint32(packet, body), blocks: readBlocks(packet, body + 4, count) });
        break;
      case BYE:
        if (body + count * 4 > end) return [];
        reports.push({ type: 'bye', ssrcs: Array.from({ length: count }, (_, index) => readUint32(packet, body + index * 4)) });
        break;
      default:
    }
    offset = end;
  }
  return reports;
}

function readBlocks(packet: Uint8Array, start: number, count: number): readonly ReportBlock[] {
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * BLOCK_LENGTH;
    return {
      ssrc: readUint32(packet, at),
      fractionLost: packet[at + 4]!,
      cumulativeLost: (((packet[at + 5]! << 24) | (packet[at + 6]! << 16) | (packet[at + 7]! << 8)) >> 8),
      highestSequence: readUint32(packet, at + 8),
      jitter: readUint32(packet, at + 12),
      lastSenderReport: readUint32(packet, at + 16),
      delaySinceLastSenderReport: readUint32(packet, at + 20),
    };
  });
}

export interface OwnReport {
  ssrc: number;
  /** Left out where nothing was sent since the last report: then it is a receiver report. */
  sender: SenderInfo | undefined;
  block: ReportBlock | undefined;
  /** At most 255 characters of ASCII. */
  cname: string;
  bye: boolean;
}

/** Writes a compound (report, CNAME, BYE where asked) at the start of `into`; its length. 120 octets and the CNAME suffice. */
export function writeRtcp(into: Uint8Array, report: OwnReport): number {
  const { sender, block } = report;
  let offset = 4;
  writeUint32(into, offset, report.ssrc);
  offset += 4;
  if (sender !== undefined) {
    writeUint32(into, offset, sender.ntpSeconds);
    writeUint32(into, offset + 4, sender.ntpFraction);
    writeUint32(into, offset + 8, sender.rtpTimestamp);
    writeUint32(into, offset + 12, sender.packets);
    writeUint32(into, offset + 16, sender.octets);
    offset += SENDER_INFO_LENGTH;
  }
  if (block !== undefined) {
    writeUint32(into, offset, block.ssrc);
    // A signed 24-bit count (RFC 3550 6.4.1): duplicates can make it negative.
    writeUint32(into, offset + 4, Math.max(-0x80_0000, Math.min(0x7f_ffff, block.cumulativeLost)) & 0xff_ffff);
    into[offset + 4] = block.fractionLost;
    writeUint32(into, offset + 8, block.highestSequence);
    writeUint32(into, offset + 12, block.jitter);
    writeUint32(into, offset + 16, block.lastSenderReport);
    writeUint32(into, offset + 20, block.delaySinceLastSenderReport);
    offset += BLOCK_LENGTH;
  }
  writePacketHeader(into, 0, block === undefined ? 0 : 1, sender === undefined ? RECEIVER_REPORT : SENDER_REPORT, offset);
  const sdesStart = offset;
  writeUint32(into, offset + 4, report.ssrc);
  into[offset + 8] = CNAME_ITEM;
  into[offset + 9] = report.cname.length;
  for (let index = 0; index < report.cname.length; index += 1) into[offset + 10 + index] = report.cname.charCodeAt(index);
  offset += 10 + report.cname.length;
  // RFC 3550 6.5: the chunk ends with at least one null octet, on a 32-bit boundary.
  do {
    into[offset] = 0;
    offset += 1;
  } while ((offset - sdesStart) % 4 !== 0);
  writePacketHeader(into, sdesStart, 1, SOURCE_DESCRIPTION, offset - sdesStart);
  if (!report.bye) return offset;
  writeUint32(into, offset + 4, report.ssrc);
  writePacketHeader(into, offset, 1, BYE, 8);
  return offset + 8;
}

function writePacketHeader(into: Uint8Array, offset: number, count: number, type: number, length: number): void {
  into[offset] = 0x80 | count;
  into[offset + 1] = type;
  const words = length / 4 - 1;
  into[offset + 2] = words >> 8;
  into[offset + 3] = words;
}
