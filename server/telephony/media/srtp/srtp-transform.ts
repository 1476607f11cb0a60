/**
 * Protects and unprotects RTP and RTCP in place (RFC 3711, RFC 7714). Every cipher and digest is Node's own, so that
 * nothing secret decides a branch or an address here. Owns indexes and replay windows; owns no keys' exchange and no sockets.
 */
import { createCipheriv, createDecipheriv, hash } from 'node:crypto';
import { readUint32, writeUint32 } from '../rtp/rtp-codec.ts';
import type { SrtpProfile } from '../sdp/sdes-codec.ts';
import { emptyReplayWindow, guessIndex, isFresh, markSeen, type ReplayWindow } from './replay-window-policy.ts';
import { deriveSessionKeys, TAG_LENGTH, type SessionKeys } from './srtp-keys.ts';

/** Room that a packet's buffer must have behind its `length`, whatever the profile: tag and SRTCP index. */
export const SRTP_HEADROOM = 20;

export interface SrtpSender {
  /** Protects the first `length` octets in place; the new length. The header's end is at `payloadOffset`. */
  protectRtp(packet: Uint8Array, length: number, payloadOffset: number): number;
  protectRtcp(packet: Uint8Array, length: number): number;
}

export interface SrtpReceiver {
  /** Unprotects in place; the new length, or -1 for a packet that is forged, replayed or too short. */
  unprotectRtp(packet: Uint8Array, length: number, payloadOffset: number): number;
  unprotectRtcp(packet: Uint8Array, length: number): number;
}

const SRTCP_INDEX_LENGTH = 4;
const ENCRYPTED_FLAG = 0x8000_0000;
const LONGEST_PACKET = 2048;
/** A peer needs one SSRC, a re-offer another; authentic packets alone make an entry, and this bounds even those. */
const MOST_SOURCES = 64;

/** Used between a packet's arrival and its return only, and by one packet at a time: all calls share it. */
const counters = new Uint8Array(LONGEST_PACKET);
const counterWords = new Uint32Array(counters.buffer);
const authenticated = new Uint8Array(64 + LONGEST_PACKET + 4);
/** The first n octets of the above: a view costs more to make than to keep, and calls use few lengths. */
const counterViews: Uint8Array[] = [];
const authenticatedViews: Uint8Array[] = [];
const firstOf = (octets: Uint8Array, views: Uint8Array[], length: number): Uint8Array => (views[length] ??= octets.subarray(0, length));

/** AES in counter mode, whose key stream is made by one ECB call over a run of counter blocks: no cipher is set up for a packet. */
function createCounterMode(keys: SessionKeys): (packet: Uint8Array, from: number, to: number, ssrc: number, high: number, low: number) => void {
  const ecb = createCipheriv('aes-128-ecb', keys.encryptionKey, null);
  ecb.setAutoPadding(false);
  const { salt } = keys;
  return (packet, from, to, ssrc, high, low) => {
    const length = to - from;
    if (length <= 0) return;
    const blockCount = (length + 15) >> 4;
    // RFC 3711 4.1.1: IV = (salt << 16) ^ (SSRC << 64) ^ (index << 16), then a 16-bit block counter.
    for (let octet = 0; octet < 14; octet += 1) counters[octet] = salt[octet]!;
    writeUint32(counters, 4, (readUint32(counters, 4) ^ ssrc) >>> 0);
    writeUint32(counters, 8, (readUint32(counters, 8) ^ high) >>> 0);
    counters[12]! ^= low >> 8;
    counters[13]! ^= low;
    counters[14] = 0;
    counters[15] = 0;
    const word0 = counterWords[0]!;
    const word1 = counterWords[1]!;
    const word2 = counterWords[2]!;
    const word3 = counterWords[3]!;
    // Whole words are copied as they lie in memory; only the counter's own octet is written (no packet has 256 blocks).
    for (let block = 1, at = 4; block < blockCount; block += 1, at += 4) {
      counterWords[at] = word0;
      counterWords[at + 1] = word1;
      counterWords[at + 2] = word2;
      counterWords[at + 3] = word3;
      counters[(at << 2) + 15] = block;
    }
    const keyStream = ecb.update(firstOf(counters, counterViews, blockCount << 4));
    for (let index = 0; index < length; index += 1) packet[from + index]! ^= keyStream[index]!;
  };
}

/** HMAC-SHA1 (RFC 2104) as two one-shot digests: a createHmac call costs as much as all the rest of a packet. */
function createAuthenticator(keys: SessionKeys): (packet: Uint8Array, length: number, suffix: number) => Uint8Array {
  const innerPad = new Uint8Array(64);
  const outer = new Uint8Array(64 + 20);
  for (let index = 0; index < 64; index += 1) {
    const octet = keys.authenticationKey[index] ?? 0;
    innerPad[index] = octet ^ 0x36;
    outer[index] = octet ^ 0x5c;
  }
  return (packet, length, suffix) => {
    authenticated.set(innerPad);
    authenticated.set(packet.length === length ? packet : packet.subarray(0, length), 64);
    let end = 64 + length;
    // SRTP appends the rollover counter to what is authenticated (RFC 3711 4.2); SRTCP's index is in the packet.
    if (suffix >= 0) {
      writeUint32(authenticated, end, suffix);
      end += 4;
    }
    outer.set(hash('sha1', firstOf(authenticated, authenticatedViews, end), 'buffer'), 64);
    return hash('sha1', outer, 'buffer');
  };
}

/** Every octet is compared, wherever the first difference is. */
function isSameTag(packet: Uint8Array, at: number, tag: Uint8Array, length: number): boolean {
  let difference = 0;
  for (let index = 0; index < length; index += 1) difference |= packet[at + index]! ^ tag[index]!;
  return difference === 0;
}

interface ProtectedStream {
  /** The place of the last packet on the index's line; the sender's as well as the receiver's. */
  window: ReplayWindow;
}

function findSource(sources: Map<number, ProtectedStream>, ssrc: number): ProtectedStream {
  return sources.get(ssrc) ?? { window: emptyReplayWindow() };
}

function rememberSource(sources: Map<number, ProtectedStream>, ssrc: number, source: ProtectedStream): void {
  if (sources.has(ssrc)) return;
  if (sources.size >= MOST_SOURCES) sources.delete(sources.keys().next().value!);
  sources.set(ssrc, source);
}

export function createSrtpSender(profile: SrtpProfile, keyAndSalt: Uint8Array): SrtpSender {
  const rtp = deriveSessionKeys(profile, keyAndSalt, 'rtp');
  const rtcp = deriveSessionKeys(profile, keyAndSalt, 'rtcp');
  const sources = new Map<number, ProtectedStream>();
  let rtcpIndex = 0;
  const nextIndex = (packet: Uint8Array): number => {
    const ssrc = readUint32(packet, 8);
    const source = findSource(sources, ssrc);
    const index = guessIndex(source.window.highest, (packet[2]! << 8) | packet[3]!);
    if (index > source.window.highest) source.window.highest = index;
    rememberSource(sources, ssrc, source);
    return index;
  };

  if (profile === 'AEAD_AES_128_GCM') {
    return {
      protectRtp(packet, length, payloadOffset) {
        const index = nextIndex(packet);
        return sealGcm(rtp, packet, payloadOffset, length, gcmNonce(rtp.salt, readUint32(packet, 8), Math.floor(index / 65_536), index % 65_536), packet.subarray(0, payloadOffset));
      },
      protectRtcp(packet, length) {
        rtcpIndex += 1;
        const trailer = new Uint8Array(SRTCP_INDEX_LENGTH);
        writeUint32(trailer, 0, (rtcpIndex | ENCRYPTED_FLAG) >>> 0);
        const end = sealGcm(rtcp, packet, 8, length, gcmNonce(rtcp.salt, readUint32(packet, 4), rtcpIndex >>> 16, rtcpIndex & 0xffff), Buffer.concat([packet.subarray(0, 8), trailer]));
        packet.set(trailer, end);
        return end + SRTCP_INDEX_LENGTH;
      },
    };
  }

  const encryptRtp = createCounterMode(rtp);
  const encryptRtcp = createCounterMode(rtcp);
  const authenticateRtp = createAuthenticator(rtp);
  const authenticateRtcp = createAuthenticator(rtcp);
  const tagLength = TAG_LENGTH[profile];
  return {
    protectRtp(packet, length, payloadOffset) {
      const index = nextIndex(packet);
      const rollover = Math.floor(index / 65_536);
      encryptRtp(packet, payloadOffset, length, readUint32(packet, 8), rollover, index & 0xffff);
      const tag = authenticateRtp(packet, length, rollover);
      for (let octet = 0; octet < tagLength; octet += 1) packet[length + octet] = tag[octet]!;
      return length + tagLength;
    },
    protectRtcp(packet, length) {
      rtcpIndex += 1;
      encryptRtcp(packet, 8, length, readUint32(packet, 4), rtcpIndex >>> 16, rtcpIndex & 0xffff);
      writeUint32(packet, length, (rtcpIndex | ENCRYPTED_FLAG) >>> 0);
      const end = length + SRTCP_INDEX_LENGTH;
      const tag = authenticateRtcp(packet, end, -1);
      for (let octet = 0; octet < tagLength; octet += 1) packet[end + octet] = tag[octet]!;
      return end + tagLength;
    },
  };
}

export function createSrtpReceiver(profile: SrtpProfile, keyAndSalt: Uint8Array): SrtpReceiver {
  const rtp = deriveSessionKeys(profile, keyAndSalt, 'rtp');
  const rtcp = deriveSessionKeys(profile, keyAndSalt, 'rtcp');
  const rtpSources = new Map<number, ProtectedStream>();
  const rtcpSources = new Map<number, ProtectedStream>();
  const tagLength = TAG_LENGTH[profile];
  const isGcm = profile === 'AEAD_AES_128_GCM';
  const decryptRtp = createCounterMode(rtp);
  const decryptRtcp = createCounterMode(rtcp);
  const authenticateRtp = createAuthenticator(rtp);
  const authenticateRtcp = createAuthenticator(rtcp);

  return {
    unprotectRtp(packet, length, payloadOffset) {
      const end = length - tagLength;
      if (end < payloadOffset || length > LONGEST_PACKET) return -1;
      const ssrc = readUint32(packet, 8);
      const source = findSource(rtpSources, ssrc);
      const index = guessIndex(source.window.highest, (packet[2]! << 8) | packet[3]!);
      if (!isFresh(source.window, index)) return -1;
      const rollover = Math.floor(index / 65_536);
      if (isGcm) {
        if (!openGcm(rtp, packet, payloadOffset, end, gcmNonce(rtp.salt, ssrc, rollover, index & 0xffff), packet.subarray(0, payloadOffset))) return -1;
      } else {
        if (!isSameTag(packet, end, authenticateRtp(packet, end, rollover), tagLength)) return -1;
        decryptRtp(packet, payloadOffset, end, ssrc, rollover, index & 0xffff);
      }
      markSeen(source.window, index);
      rememberSource(rtpSources, ssrc, source);
      return end;
    },
    unprotectRtcp(packet, length) {
      // AES-CM: packet, index, tag. GCM: packet, tag, index (RFC 7714 9.3).
      const end = length - tagLength - SRTCP_INDEX_LENGTH;
      if (end < 8 || length > LONGEST_PACKET) return -1;
      const indexAt = isGcm ? length - SRTCP_INDEX_LENGTH : end;
      const word = readUint32(packet, indexAt);
      const isEncrypted = word >= ENCRYPTED_FLAG;
      const index = word & 0x7fff_ffff;
      const ssrc = readUint32(packet, 4);
      const source = findSource(rtcpSources, ssrc);
      if (!isFresh(source.window, index)) return -1;
      if (isGcm) {
        if (!isEncrypted) return -1;
        const associated = Buffer.concat([packet.subarray(0, 8), packet.subarray(indexAt, length)]);
        if (!openGcm(rtcp, packet, 8, end, gcmNonce(rtcp.salt, ssrc, index >>> 16, index & 0xffff), associated)) return -1;
      } else {
        if (!isSameTag(packet, end + SRTCP_INDEX_LENGTH, authenticateRtcp(packet, end + SRTCP_INDEX_LENGTH, -1), tagLength)) return -1;
        if (isEncrypted) decryptRtcp(packet, 8, end, ssrc, index >>> 16, index & 0xffff);
      }
      markSeen(source.window, index);
      rememberSource(rtcpSources, ssrc, source);
      return end;
    },
  };
}

/** RFC 7714 8.1 and 9.1: 16 bits of zero, SSRC, then the 48-bit index, all masked by the salt. */
function gcmNonce(salt: Uint8Array, ssrc: number, high: number, low: number): Buffer {
  const nonce = Buffer.alloc(12);
  writeUint32(nonce, 2, ssrc);
  writeUint32(nonce, 6, high >>> 0);
  nonce[10] = low >> 8;
  nonce[11] = low;
  for (let octet = 0; octet < 12; octet += 1) nonce[octet]! ^= salt[octet]!;
  return nonce;
}

function sealGcm(keys: SessionKeys, packet: Uint8Array, from: number, to: number, nonce: Buffer, associated: Uint8Array): number {
  const cipher = createCipheriv('aes-128-gcm', keys.encryptionKey, nonce);
  cipher.setAAD(associated);
  packet.set(cipher.update(packet.subarray(from, to)), from);
  cipher.final();
  packet.set(cipher.getAuthTag(), to);
  return to + TAG_LENGTH.AEAD_AES_128_GCM;
}

function openGcm(keys: SessionKeys, packet: Uint8Array, from: number, to: number, nonce: Buffer, associated: Uint8Array): boolean {
  const decipher = createDecipheriv('aes-128-gcm', keys.encryptionKey, nonce);
  decipher.setAAD(associated);
  decipher.setAuthTag(packet.slice(to, to + TAG_LENGTH.AEAD_AES_128_GCM));
  const plain = decipher.update(packet.subarray(from, to));
  try {
    decipher.final();
  } catch {
    return false;
  }
  packet.set(plain, from);
  return true;
}
