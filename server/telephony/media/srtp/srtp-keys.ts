/** Session keys from a master key and salt (RFC 3711 4.3, RFC 7714 11). Owns the derivation; keeps nothing. */
import { createCipheriv } from 'node:crypto';
import type { SrtpProfile } from '../sdp/sdes-codec.ts';

export interface SessionKeys {
  encryptionKey: Buffer;
  authenticationKey: Buffer;
  salt: Buffer;
}

/** RFC 3711 4.3.2: labels of SRTP; those of SRTCP are three higher. */
const LABELS = { encryption: 0, authentication: 1, salt: 2 } as const;
const SRTCP_LABEL_STEP = 3;

export const MASTER_KEY_LENGTH = 16;
/** Octets of salt: 14 for AES-CM, 12 for GCM. */
export const SALT_LENGTH: Readonly<Record<SrtpProfile, number>> = { AES_CM_128_HMAC_SHA1_80: 14, AEAD_AES_128_GCM: 12 };
/** Octets that protection adds to an RTP packet. */
export const TAG_LENGTH: Readonly<Record<SrtpProfile, number>> = { AES_CM_128_HMAC_SHA1_80: 10, AEAD_AES_128_GCM: 16 };

const AUTHENTICATION_KEY_LENGTH = 20;

export function deriveSessionKeys(profile: SrtpProfile, keyAndSalt: Uint8Array, kind: 'rtp' | 'rtcp'): SessionKeys {
  const masterKey = keyAndSalt.subarray(0, MASTER_KEY_LENGTH);
  const masterSalt = keyAndSalt.subarray(MASTER_KEY_LENGTH, MASTER_KEY_LENGTH + SALT_LENGTH[profile]);
  const derive = (label: number, length: number): Buffer => {
    const block = Buffer.alloc(16);
    // A GCM salt of 96 bits stands at the left of the 112 that the derivation takes (RFC 7714 11).
    block.set(masterSalt);
    // Key derivation rate 0: the label is all that tells the keys apart. It falls on octet 7 of the 14.
    block[7]! ^= label + (kind === 'rtcp' ? SRTCP_LABEL_STEP : 0);
    const cipher = createCipheriv('aes-128-ctr', masterKey, block);
    return cipher.update(Buffer.alloc(length));
  };
  return {
    encryptionKey: derive(LABELS.encryption, MASTER_KEY_LENGTH),
    authenticationKey: derive(LABELS.authentication, AUTHENTICATION_KEY_LENGTH),
    salt: derive(LABELS.salt, SALT_LENGTH[profile]),
  };
}
