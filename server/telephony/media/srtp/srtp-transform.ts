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
  readonly ssrc: number;
  /** The place of the last packet on the index's line; the sender's as well as the receiver's. */
  readonly window: ReplayWindow;
}

interface ProtectedStreams {
  find(ssrc: number): ProtectedStream;
  /** Once a packet of it proved authentic. */
  remember(stream: ProtectedStream): void;
}

function createStreams(): ProtectedStreams {
  const streams = new Map<number, ProtectedStream>();
  /** Nearly always the next packet's too; a Map takes its time over keys that exceed 31 bits. */
  let last: ProtectedStream | undefined;
  return {
    find: (ssrc) => (last?.ssrc === ssrc ? last : (streams.get(ssrc) ?? { ssrc, window: emptyReplayWindow() })),
    remember(stream) {
      if (stream === last) return;
      last = stream;
      if (streams.has(stream.ssrc)) return;
      if (streams.size >= MOST_SOURCES) streams.delete(streams.keys().next().value!);
      streams.set(stream.ssrc, stream);
    },
  };
}

export function createSrtpSender(profile: SrtpProfile, keyAndSalt: Uint8Array): SrtpSender {
  const rtp = deriveSessionKeys(profile, keyAndSalt, 'rtp');
  const rtcp = deriveSessionKeys(profile, keyAndSalt, 'rtcp');
  const streams = createStreams();
  let rtcpIndex = 0;
  const nextIndex = (packet: Uint8Array): number => {
    const stream = streams.find(readUint32(packet, 8));
    const index = guessIndex(stream.window.highest, (packet[2]! << 8) | packet[3]!);
    if (index > stream.window.highest) stream.window.highest = index;
    streams.remember(stream);
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
  const [rtp, rtcp] = [deriveSessionKeys(profile, keyAndSalt, 'rtp'), deriveSessionKeys(profile, keyAndSalt, 'rtcp')];
  const opener = profile === 'AEAD_AES_128_GCM' ? gcmOpener(rtp, rtcp) : counterModeOpener(rtp, rtcp);
  const [rtpStreams, rtcpStreams] = [createStreams(), createStreams()];
  const tagLength = TAG_LENGTH[profile];
  return {
    unprotectRtp(packet, length, payloadOffset) {
      const end = length - tagLength;
      if (end < payloadOffset || length > LONGEST_PACKET) return -1;
      const stream = rtpStreams.find(readUint32(packet, 8));
      const index = guessIndex(stream.window.highest, (packet[2]! << 8) | packet[3]!);
      if (!isFresh(stream.window, index) || !opener.openRtp(packet, payloadOffset, end, stream.ssrc, index)) return -1;
      markSeen(stream.window, index);
      rtpStreams.remember(stream);
      return end;
    },
    unprotectRtcp(packet, length) {
      const end = length - tagLength - SRTCP_INDEX_LENGTH;
      if (end < 8 || length > LONGEST_PACKET) return -1;
      const indexAt = opener.indexBehindTag ? length - SRTCP_INDEX_LENGTH : end;
      const word = readUint32(packet, indexAt);
      const index = word & 0x7fff_ffff;
      const stream = rtcpStreams.find(readUint32(packet, 4));
      if (!isFresh(stream.window, index) || !opener.openRtcp(packet, end, length, stream.ssrc, index, word >= ENCRYPTED_FLAG)) return -1;
      markSeen(stream.window, index);
      rtcpStreams.remember(stream);
      return end;
    },
  };
}

/** Proves a packet, and makes it plain in place if it is proven; `end` is where its plain text ends. */
interface Opener {
  /** Where an SRTCP packet's index stands: AES-CM has packet, index, tag; GCM has packet, tag, index (RFC 7714 9.3). */
  readonly indexBehindTag: boolean;
  openRtp(packet: Uint8Array, payloadOffset: number, end: number, ssrc: number, index: number): boolean;
  openRtcp(packet: Uint8Array, end: number, length: number, ssrc: number, index: number, isEncrypted: boolean): boolean;
}

function counterModeOpener(rtp: SessionKeys, rtcp: SessionKeys): Opener {
  const decryptRtp = createCounterMode(rtp.encryptionKey, rtp.salt, PACKETS_AHEAD);
  const decryptRtcp = createCounterMode(rtcp.encryptionKey, rtcp.salt, 1);
  const authenticateRtp = createPacketAuthenticator(rtp.authenticationKey);
  const authenticateRtcp = createPacketAuthenticator(rtcp.authenticationKey);
  const tagLength = TAG_LENGTH.AES_CM_128_HMAC_SHA1_80;
  return {
    indexBehindTag: false,
    openRtp(packet, payloadOffset, end, ssrc, index) {
      if (!isSameTag(packet, end, authenticateRtp(packet, end, Math.floor(index / 65_536)), tagLength)) return false;
      decryptRtp(packet, payloadOffset, end, ssrc, index);
      return true;
    },
    openRtcp(packet, end, _length, ssrc, index, isEncrypted) {
      const authenticated = end + SRTCP_INDEX_LENGTH;
      if (!isSameTag(packet, authenticated, authenticateRtcp(packet, authenticated, -1), tagLength)) return false;
      if (isEncrypted) decryptRtcp(packet, 8, end, ssrc, index);
      return true;
    },
  };
}

const gcmOpener = (rtp: SessionKeys, rtcp: SessionKeys): Opener => ({
  indexBehindTag: true,
  openRtp: (packet, payloadOffset, end, ssrc, index) => openGcm(rtp, packet, payloadOffset, end, gcmNonce(rtp.salt, ssrc, Math.floor(index / 65_536), index & 0xffff), packet.subarray(0, payloadOffset)),
  openRtcp: (packet, end, length, ssrc, index, isEncrypted) =>
    isEncrypted && openGcm(rtcp, packet, 8, end, gcmNonce(rtcp.salt, ssrc, index >>> 16, index & 0xffff), Buffer.concat([packet.subarray(0, 8), packet.subarray(length - SRTCP_INDEX_LENGTH, length)])),
});

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
