/** SDES keys in SDP (RFC 4568): reads the peer's a=crypto lines, writes ours. Draws no randomness and protects no packet. */

export type SrtpProfile = 'AES_CM_128_HMAC_SHA1_80' | 'AEAD_AES_128_GCM';

export interface SdesKey {
  tag: number;
  profile: SrtpProfile;
  /** Master key and salt, one after the other. */
  keyAndSalt: Uint8Array;
}

/** Octets of master key and salt together (RFC 3711 8.2, RFC 7714 12). */
export const KEY_AND_SALT_LENGTH: Readonly<Record<SrtpProfile, number>> = { AES_CM_128_HMAC_SHA1_80: 30, AEAD_AES_128_GCM: 28 };

const PROFILES: readonly SrtpProfile[] = ['AES_CM_128_HMAC_SHA1_80', 'AEAD_AES_128_GCM'];

/** Undefined for a line that cannot be read or asks for what we do not do (MKI, other suites, unencrypted streams). */
export function parseCryptoLine(value: string): SdesKey | undefined {
  const [tag, suite, keyText, ...parameters] = value.trim().split(/\s+/);
  const profile = PROFILES.find((name) => name === suite);
  if (profile === undefined || tag === undefined || !/^\d{1,9}$/.test(tag) || parameters.length > 0) return undefined;
  const inline = /^inline:([A-Za-z0-9+/]+={0,2})(\|[^|]*)*$/.exec(keyText ?? '');
  // RFC 4568 6.1: a lifetime may follow and changes nothing for calls of hours; an MKI ("n:m") would change the packet's shape.
  if (inline === null || (keyText ?? '').split('|').slice(1).some((part) => part.includes(':'))) return undefined;
  const keyAndSalt = fromBase64(inline[1]!);
  return keyAndSalt.length === KEY_AND_SALT_LENGTH[profile] ? { tag: Number(tag), profile, keyAndSalt } : undefined;
}

export const writeCryptoLine = (key: SdesKey): string => `${key.tag} ${key.profile} inline:${toBase64(key.keyAndSalt)}`;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function toBase64(octets: Uint8Array): string {
  let text = '';
  for (let index = 0; index < octets.length; index += 3) {
    const group = (octets[index]! << 16) | ((octets[index + 1] ?? 0) << 8) | (octets[index + 2] ?? 0);
    const characters = Math.min(3, octets.length - index) + 1;
    for (let place = 0; place < 4; place += 1) text += place < characters ? ALPHABET[(group >> (18 - 6 * place)) & 63] : '=';
  }
  return text;
}

function fromBase64(text: string): Uint8Array {
  const digits = text.replace(/=+$/, '');
  const octets = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let bits = 0;
  let bitCount = 0;
  let filled = 0;
  for (const digit of digits) {
    bits = ((bits << 6) | ALPHABET.indexOf(digit)) & 0xffff;
    bitCount += 6;
    if (bitCount < 8) continue;
    bitCount -= 8;
    octets[filled] = (bits >> bitCount) & 0xff;
    filled += 1;
  }
  return octets;
}
