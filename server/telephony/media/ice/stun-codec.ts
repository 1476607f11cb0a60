/**
 * STUN messages as ICE uses them (RFC 8489, RFC 8445 16): reads binding requests, writes the answers. Keyed digests come
 * as an argument; sockets and decisions are elsewhere.
 */

export type HmacSha1 = (key: Uint8Array, data: Uint8Array) => Uint8Array;

export interface StunMessage {
  type: number;
  transactionId: Uint8Array;
  username: string | undefined;
  useCandidate: boolean;
  /** Which role the sender claims, with its tie-breaker's presence. */
  role: 'controlling' | 'controlled' | undefined;
  /** Where MESSAGE-INTEGRITY begins; undefined where there is none. */
  integrityOffset: number | undefined;
  hasFingerprint: boolean;
  /** Comprehension-required attributes that we do not know (RFC 8489 6.3.1). */
  unknownAttributes: readonly number[];
}

export const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const BINDING_ERROR = 0x0111;
const MAGIC_COOKIE = 0x2112_a442;
const HEADER_LENGTH = 20;
const INTEGRITY_LENGTH = 24;
const FINGERPRINT_LENGTH = 8;
const FINGERPRINT_MASK = 0x5354_554e;

const ATTRIBUTE = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
} as const;

const read16 = (from: Uint8Array, offset: number): number => (from[offset]! << 8) | from[offset + 1]!;
const read32 = (from: Uint8Array, offset: number): number => ((read16(from, offset) << 16) | read16(from, offset + 2)) >>> 0;

/** Undefined for anything that is not whole and well-formed STUN, or whose fingerprint is wrong. */
export function readStun(packet: Uint8Array): StunMessage | undefined {
  if (packet.length < HEADER_LENGTH || packet[0]! > 3 || packet.length % 4 !== 0) return undefined;
  if (read32(packet, 4) !== MAGIC_COOKIE || read16(packet, 2) !== packet.length - HEADER_LENGTH) return undefined;
  const message: StunMessage = {
    type: read16(packet, 0),
    transactionId: packet.slice(8, HEADER_LENGTH),
    username: undefined,
    useCandidate: false,
    role: undefined,
    integrityOffset: undefined,
    hasFingerprint: false,
    unknownAttributes: [],
  };
  const unknown: number[] = [];
  for (let offset = HEADER_LENGTH; offset < packet.length; ) {
    if (offset + 4 > packet.length || message.hasFingerprint) return undefined;
    const name = read16(packet, offset);
    const length = read16(packet, offset + 2);
    const start = offset + 4;
    if (start + length > packet.length) return undefined;
    offset = start + length + ((4 - (length % 4)) % 4);
    if (name === ATTRIBUTE.fingerprint) {
      if (length !== 4 || read32(packet, start) !== fingerprintOf(packet, start - 4)) return undefined;
      message.hasFingerprint = true;
      continue;
    }
    // RFC 8489 14.5: what follows the integrity, but for the fingerprint, is not covered by it and is ignored.
    if (message.integrityOffset !== undefined) continue;
    switch (name) {
      case ATTRIBUTE.username:
        if (length > 513) return undefined;
        message.username = asciiOf(packet, start, length);
        break;
      case ATTRIBUTE.messageIntegrity:
        if (length !== 20) return undefined;
        message.integrityOffset = start - 4;
        break;
      case ATTRIBUTE.useCandidate:
        message.useCandidate = true;
        break;
      case ATTRIBUTE.iceControlled:
        message.role = 'controlled';
        break;
      case ATTRIBUTE.iceControlling:
        message.role = 'controlling';
        break;
      case ATTRIBUTE.priority:
        break;
      default:
        if (name < 0x8000) unknown.push(name);
    }
  }
  message.unknownAttributes = unknown;
  return message;
}

function asciiOf(packet: Uint8Array, start: number, length: number): string {
  let text = '';
  for (let index = start; index < start + length; index += 1) text += String.fromCharCode(packet[index]!);
  return text;
}

/** Whether the sender knows the password. Every octet of the digest is compared, wherever the first difference is. */
export function hasIntegrity(packet: Uint8Array, message: StunMessage, key: Uint8Array, hmacSha1: HmacSha1): boolean {
  const { integrityOffset } = message;
  if (integrityOffset === undefined) return false;
  const covered = packet.slice(0, integrityOffset);
  // RFC 8489 14.5: the length is taken as if the message ended with this attribute.
  write16(covered, 2, integrityOffset + INTEGRITY_LENGTH - HEADER_LENGTH);
  const digest = hmacSha1(key, covered);
  let difference = 0;
  for (let index = 0; index < 20; index += 1) difference |= digest[index]! ^ packet[integrityOffset + 4 + index]!;
  return difference === 0;
}

function write16(into: Uint8Array, offset: number, value: number): void {
  into[offset] = value >> 8;
  into[offset + 1] = value;
}

function write32(into: Uint8Array, offset: number, value: number): void {
  write16(into, offset, value >>> 16);
  write16(into, offset + 2, value & 0xffff);
}

export interface TransportAddress {
  address: string;
  port: number;
}

/** The answer to a check: it tells the sender which address it was seen at. */
export function writeBindingSuccess(transactionId: Uint8Array, seenAt: TransportAddress, key: Uint8Array, hmacSha1: HmacSha1): Uint8Array {
  return sealStun(BINDING_SUCCESS, transactionId, ATTRIBUTE.xorMappedAddress, xorAddress(seenAt, transactionId), key, hmacSha1);
}

/** 487 where both claim one role (RFC 8445 7.3.1.1), 420 for attributes we do not know. */
export function writeBindingError(transactionId: Uint8Array, code: 420 | 487, unknown: readonly number[], key: Uint8Array, hmacSha1: HmacSha1): Uint8Array {
  if (code === 487) return sealStun(BINDING_ERROR, transactionId, ATTRIBUTE.errorCode, errorValue(487, 'Role Conflict'), key, hmacSha1);
  const value = new Uint8Array(unknown.length * 2);
  unknown.forEach((name, index) => write16(value, index * 2, name));
  return sealStun(BINDING_ERROR, transactionId, ATTRIBUTE.errorCode, errorValue(420, 'Unknown Attribute'), key, hmacSha1, [ATTRIBUTE.unknownAttributes, value]);
}

function errorValue(code: number, reason: string): Uint8Array {
  const value = new Uint8Array(4 + reason.length);
  value[2] = Math.floor(code / 100);
  value[3] = code % 100;
  for (let index = 0; index < reason.length; index += 1) value[4 + index] = reason.charCodeAt(index);
  return value;
}

/** A request as a browser sends it: what load generators and tests need; the engine itself, being lite, sends none (RFC 8445 2.5). */
export function writeBindingRequest(transactionId: Uint8Array, username: string, useCandidate: boolean, key: Uint8Array, hmacSha1: HmacSha1): Uint8Array {
  const name = new Uint8Array(username.length);
  for (let index = 0; index < username.length; index += 1) name[index] = username.charCodeAt(index);
  const more: [number, Uint8Array][] = [
    [ATTRIBUTE.priority, Uint8Array.of(0x6e, 0x7f, 0x1e, 0xff)],
    [ATTRIBUTE.iceControlling, transactionId.slice(0, 8)],
  ];
  if (useCandidate) more.push([ATTRIBUTE.useCandidate, new Uint8Array(0)]);
  return sealStun(BINDING_REQUEST, transactionId, ATTRIBUTE.username, name, key, hmacSha1, ...more);
}

function sealStun(type: number, transactionId: Uint8Array, name: number, value: Uint8Array, key: Uint8Array, hmacSha1: HmacSha1, ...more: (readonly [number, Uint8Array])[]): Uint8Array {
  const attributes: (readonly [number, Uint8Array])[] = [[name, value], ...more];
  const length = attributes.reduce((sum, [, content]) => sum + 4 + ((content.length + 3) & ~3), HEADER_LENGTH);
  const packet = new Uint8Array(length + INTEGRITY_LENGTH + FINGERPRINT_LENGTH);
  write16(packet, 0, type);
  write32(packet, 4, MAGIC_COOKIE);
  packet.set(transactionId, 8);
  let offset = HEADER_LENGTH;
  for (const [attribute, content] of attributes) {
    write16(packet, offset, attribute);
    write16(packet, offset + 2, content.length);
    packet.set(content, offset + 4);
    offset += 4 + ((content.length + 3) & ~3);
  }
  write16(packet, 2, offset + INTEGRITY_LENGTH - HEADER_LENGTH);
  write16(packet, offset, ATTRIBUTE.messageIntegrity);
  write16(packet, offset + 2, 20);
  packet.set(hmacSha1(key, packet.slice(0, offset)), offset + 4);
  offset += INTEGRITY_LENGTH;
  write16(packet, 2, offset + FINGERPRINT_LENGTH - HEADER_LENGTH);
  write16(packet, offset, ATTRIBUTE.fingerprint);
  write16(packet, offset + 2, 4);
  write32(packet, offset + 4, fingerprintOf(packet, offset));
  return packet;
}

/** RFC 8489 14.2. */
function xorAddress(seenAt: TransportAddress, transactionId: Uint8Array): Uint8Array {
  const octets = octetsOf(seenAt.address);
  const value = new Uint8Array(4 + octets.length);
  value[1] = octets.length === 4 ? 1 : 2;
  write16(value, 2, seenAt.port ^ (MAGIC_COOKIE >>> 16));
  const mask = new Uint8Array(16);
  write32(mask, 0, MAGIC_COOKIE);
  mask.set(transactionId, 4);
  octets.forEach((octet, index) => (value[4 + index] = octet ^ mask[index]!));
  return value;
}

/** Four octets of an IPv4 address, sixteen of an IPv6 one. The operating system wrote the text: it is well-formed. */
function octetsOf(address: string): readonly number[] {
  if (!address.includes(':')) return address.split('.').map(Number);
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const wordsOf = (text: string): number[] =>
    text === ''
      ? []
      : text.split(':').flatMap((group) => {
          if (!group.includes('.')) return [Number.parseInt(group, 16)];
          const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
          return [(a << 8) | b, (c << 8) | d];
        });
  const first = wordsOf(head);
  const last = tail === undefined ? [] : wordsOf(tail);
  const words = [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last];
  return words.flatMap((word) => [word >> 8, word & 0xff]);
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb8_8320 : value >>> 1;
  return value;
});

/** RFC 8489 14.7: CRC-32 of what comes before, masked. The length field already counts this attribute. */
function fingerprintOf(packet: Uint8Array, end: number): number {
  let crc = 0xffff_ffff;
  for (let index = 0; index < end; index += 1) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ packet[index]!) & 0xff]!;
  return ((crc ^ 0xffff_ffff) ^ FINGERPRINT_MASK) >>> 0;
}
