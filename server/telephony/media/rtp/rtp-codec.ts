/** RTP's fixed header (RFC 3550 5.1), read without copying and written without allocating. Knows no payload and no stream. */

/** Where things are in a packet; one is made for each socket and filled again for every packet. */
export interface RtpHeader {
  marker: boolean;
  payloadType: number;
  sequence: number;
  timestamp: number;
  ssrc: number;
  payloadOffset: number;
  payloadLength: number;
}

export const RTP_HEADER_LENGTH = 12;

export const emptyRtpHeader = (): RtpHeader => ({
  marker: false,
  payloadType: 0,
  sequence: 0,
  timestamp: 0,
  ssrc: 0,
  payloadOffset: 0,
  payloadLength: 0,
});

/** Fills `into` from the first `length` octets of `packet`. False for anything that is not whole, well-formed RTP of version 2. */
export function readRtp(packet: Uint8Array, length: number, into: RtpHeader): boolean {
  if (length < RTP_HEADER_LENGTH || packet[0]! >> 6 !== 2) return false;
  const first = packet[0]!;
  let payloadOffset = RTP_HEADER_LENGTH + (first & 0x0f) * 4;
  if ((first & 0x10) !== 0) {
    if (payloadOffset + 4 > length) return false;
    // RFC 3550 5.3.1: the extension's length counts 32-bit words after its own four octets.
    payloadOffset += 4 + ((packet[payloadOffset + 2]! << 8) | packet[payloadOffset + 3]!) * 4;
  }
  let end = length;
  if ((first & 0x20) !== 0) {
    const padding = packet[length - 1]!;
    if (padding === 0) return false;
    end -= padding;
  }
  if (payloadOffset > end) return false;
  into.marker = (packet[1]! & 0x80) !== 0;
  into.payloadType = packet[1]! & 0x7f;
  into.sequence = (packet[2]! << 8) | packet[3]!;
  into.timestamp = readUint32(packet, 4);
  into.ssrc = readUint32(packet, 8);
  into.payloadOffset = payloadOffset;
  into.payloadLength = end - payloadOffset;
  return true;
}

/** Writes a header without padding, extension or contributing sources at `offset`. */
export function writeRtpHeader(
  into: Uint8Array,
  offset: number,
  payloadType: number,
  marker: boolean,
  sequence: number,
  timestamp: number,
  ssrc: number,
): void {
  into[offset] = 0x80;
  into[offset + 1] = (marker ? 0x80 : 0) | payloadType;
  into[offset + 2] = sequence >> 8;
  into[offset + 3] = sequence;
  writeUint32(into, offset + 4, timestamp);
  writeUint32(into, offset + 8, ssrc);
}

export function readUint32(from: Uint8Array, offset: number): number {
  return ((from[offset]! << 24) | (from[offset + 1]! << 16) | (from[offset + 2]! << 8) | from[offset + 3]!) >>> 0;
}

export function writeUint32(into: Uint8Array, offset: number, value: number): void {
  into[offset] = value >>> 24;
  into[offset + 1] = value >>> 16;
  into[offset + 2] = value >>> 8;
  into[offset + 3] = value;
}

/** How far `later` is ahead of `earlier` on the 16-bit circle: -32768..32767. */
export const sequenceDistance = (later: number, earlier: number): number => ((later - earlier) << 16) >> 16;

/** RFC 5761 4: a second octet of 192..223 is RTCP where both share a port. */
export const isRtcp = (packet: Uint8Array): boolean => packet[1]! >= 192 && packet[1]! <= 223;
