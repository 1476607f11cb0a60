/**
 * Protects and unprotects RTP and RTCP in place (RFC 3711, RFC 7714). Ciphers are Node's own and the digest is
 * integer arithmetic, so that nothing secret decides a branch or an address. Owns indexes and replay windows; owns no keys' exchange and no sockets.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { readUint32, writeUint32 } from '../rtp/rtp-codec.ts';
import type { SrtpProfile } from '../sdp/sdes-codec.ts';
import { createCounterMode } from './counter-mode.ts';
import { createPacketAuthenticator } from './hmac-sha1.ts';
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
/** Packets of a stream whose key stream is made at once: a cipher call costs as much for eight as for one. */
const PACKETS_AHEAD = 8;
/** A peer needs one SSRC, a re-offer another; authentic packets alone make an entry, and this bounds even those. */
const MOST_SOURCES = 64;

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

  const encryptRtp = createCounterMode(rtp.encryptionKey, rtp.salt, PACKETS_AHEAD);
  const encryptRtcp = createCounterMode(rtcp.encryptionKey, rtcp.salt, 1);
  const authenticateRtp = createPacketAuthenticator(rtp.authenticationKey);
  const authenticateRtcp = createPacketAuthenticator(rtcp.authenticationKey);
  const tagLength = TAG_LENGTH[profile];
  return {
    protectRtp(packet, length, payloadOffset) {
      const index = nextIndex(packet);
      const rollover = Math.floor(index / 65_536);
      encryptRtp(packet, payloadOffset, length, readUint32(packet, 8), index);
      const tag = authenticateRtp(packet, length, rollover);
      for (let octet = 0; octet < tagLength; octet += 1) packet[length + octet] = tag[octet]!;
      return length + tagLength;
    },
    protectRtcp(packet, length) {
      rtcpIndex += 1;
      encryptRtcp(packet, 8, length, readUint32(packet, 4), rtcpIndex);
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
  const decryptRtp = createCounterMode(rtp.encryptionKey, rtp.salt, PACKETS_AHEAD);
  const decryptRtcp = createCounterMode(rtcp.encryptionKey, rtcp.salt, 1);
  const authenticateRtp = createPacketAuthenticator(rtp.authenticationKey);
  const authenticateRtcp = createPacketAuthenticator(rtcp.authenticationKey);

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
        decryptRtp(packet, payloadOffset, end, ssrc, index);
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
        if (isEncrypted) decryptRtcp(packet, 8, end, ssrc, index);
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
