/** Packets in a stream of octets, each behind its length in two (RFC 4571 2), as ICE over TCP sends them. Knows no sockets. */

export interface FrameReader {
  /** The packets that are whole now; undefined once the stream breaks the framing, for ever after. Each is a copy of its own. */
  push(chunk: Uint8Array): readonly Uint8Array[] | undefined;
}

export const FRAME_HEADER_LENGTH = 2;

/** `longestPacket` bounds what a stranger can make us hold. */
export function createFrameReader(longestPacket: number): FrameReader {
  let pending = new Uint8Array(0);
  let isBroken = false;
  return {
    push(chunk) {
      if (isBroken) return undefined;
      const octets = new Uint8Array(pending.length + chunk.length);
      octets.set(pending);
      octets.set(chunk, pending.length);
      const packets: Uint8Array[] = [];
      let offset = 0;
      while (octets.length - offset >= FRAME_HEADER_LENGTH) {
        const length = (octets[offset]! << 8) | octets[offset + 1]!;
        if (length > longestPacket) {
          isBroken = true;
          pending = new Uint8Array(0);
          return undefined;
        }
        const end = offset + FRAME_HEADER_LENGTH + length;
        if (end > octets.length) break;
        if (length > 0) packets.push(octets.slice(offset + FRAME_HEADER_LENGTH, end));
        offset = end;
      }
      pending = octets.slice(offset);
      return packets;
    },
  };
}
