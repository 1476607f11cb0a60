/**
 * Redundant audio between octets and blocks (RFC 2198): what a packet carries of the speech before it. Pure; decodes no speech.
 *
 * Browsers that have it send it as a payload type of its own, with one repeat. Ours does more, in every browser: where
 * its offer says so and the answer says so too, its packets of Opus are such blocks themselves.
 */

/** Stands in the page's offer to the server, and in the answer of one that takes such packets; browsers pass over it. */
export const REPEATS_ATTRIBUTE = 'quietline-repeats';

/** One block of a packet; filled anew for each, so that reading allocates nothing. */
export interface RedBlock {
  payloadType: number;
  /** How much older than the packet's own timestamp it is, in its clock's units; 0 for the primary. */
  timestampOffset: number;
  offset: number;
  length: number;
}

export const MOST_RED_BLOCKS = 8;
/** 14 bits (RFC 2198 3). */
export const LONGEST_RED_OFFSET = 0x3fff;
const LONGEST_REDUNDANT_BLOCK = 0x3ff;

export const emptyRedBlocks = (): RedBlock[] => Array.from({ length: MOST_RED_BLOCKS }, () => ({ payloadType: 0, timestampOffset: 0, offset: 0, length: 0 }));

/** Fills `into` from `length` octets at `offset`, oldest first and the primary last; how many, or 0 for octets that are no whole RED. */
export function readRed(packet: Uint8Array, offset: number, length: number, into: RedBlock[]): number {
  const end = offset + length;
  let at = offset;
  let count = 0;
  let redundantLength = 0;
  for (;;) {
    if (at >= end || count >= into.length) return 0;
    const block = into[count]!;
    block.payloadType = packet[at]! & 0x7f;
    count += 1;
    if ((packet[at]! & 0x80) === 0) {
      block.timestampOffset = 0;
      at += 1;
      break;
    }
    if (at + 4 > end) return 0;
    block.timestampOffset = (packet[at + 1]! << 6) | (packet[at + 2]! >> 2);
    block.length = ((packet[at + 2]! & 3) << 8) | packet[at + 3]!;
    redundantLength += block.length;
    at += 4;
  }
  if (at + redundantLength > end) return 0;
  for (let index = 0; index < count - 1; index += 1) {
    into[index]!.offset = at;
    at += into[index]!.length;
  }
  into[count - 1]!.offset = at;
  into[count - 1]!.length = end - at;
  return count;
}

/** One earlier payload to be sent again. */
export interface RedundantPayload {
  octets: Uint8Array;
  length: number;
  timestampOffset: number;
}

/** Writes the headers and the redundant payloads, oldest first, at `offset`; where the primary is to be written. */
export function writeRedBefore(into: Uint8Array, offset: number, payloadType: number, redundant: readonly RedundantPayload[]): number {
  let at = offset;
  for (const { length, timestampOffset } of redundant) {
    into[at] = 0x80 | payloadType;
    into[at + 1] = timestampOffset >> 6;
    into[at + 2] = ((timestampOffset & 0x3f) << 2) | (length >> 8);
    into[at + 3] = length;
    at += 4;
  }
  into[at] = payloadType;
  at += 1;
  for (const { octets, length } of redundant) {
    for (let index = 0; index < length; index += 1) into[at + index] = octets[index]!;
    at += length;
  }
  return at;
}

/** Whether a payload of that age and size can be repeated at all. */
export const fitsRed = (length: number, timestampOffset: number): boolean => length <= LONGEST_REDUNDANT_BLOCK && timestampOffset > 0 && timestampOffset <= LONGEST_RED_OFFSET;
