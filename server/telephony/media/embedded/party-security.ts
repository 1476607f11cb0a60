/** The SRTP of one party leg: our keys as offered, the peer's as chosen, and transforms that outlive re-offers (RFC 4568). Owns no sockets. */
import type { RandomSource } from '#server/platform/clock/random.ts';
import type { SdesPolicy } from '../media-port.ts';
import { KEY_AND_SALT_LENGTH, writeCryptoLine, type SdesKey, type SrtpProfile } from '../sdp/sdes-codec.ts';
import { createSrtpReceiver, createSrtpSender, type SrtpReceiver, type SrtpSender } from '../srtp/srtp-transform.ts';

export interface PartySecurity {
  /** The a=crypto values of an offer; empty where the policy forbids keys. */
  offeredLines(policy: SdesPolicy): readonly string[];
  /** Takes the peer's answer to our offer: the tag names the key of ours that it chose. False if it named none. */
  takeAnsweredKey(key: SdesKey | undefined): boolean;
  /** Takes a key of the peer's offer; our a=crypto values for the answer. */
  takeOfferedKey(key: SdesKey | undefined): readonly string[];
  sender(): SrtpSender | undefined;
  receiver(): SrtpReceiver | undefined;
}

/** AES-CM first: every trunk with SDES speaks it. */
const OFFERED_PROFILES: readonly SrtpProfile[] = ['AES_CM_128_HMAC_SHA1_80', 'AEAD_AES_128_GCM'];

export function createPartySecurity(random: RandomSource): PartySecurity {
  const ownKeys = new Map<SrtpProfile, SdesKey>();
  let outgoing: { profile: SrtpProfile; transform: SrtpSender } | undefined;
  let incoming: { key: SdesKey; transform: SrtpReceiver } | undefined;

  const ownKey = (profile: SrtpProfile): SdesKey => {
    // The same key in every offer of the leg: a new one would begin a new cryptographic context (RFC 4568 7.1.4).
    const key = ownKeys.get(profile) ?? { tag: OFFERED_PROFILES.indexOf(profile) + 1, profile, keyAndSalt: random.bytes(KEY_AND_SALT_LENGTH[profile]) };
    ownKeys.set(profile, key);
    return key;
  };

  const settle = (peerKey: SdesKey | undefined): void => {
    if (peerKey === undefined) {
      outgoing = undefined;
      incoming = undefined;
      return;
    }
    const { profile } = peerKey;
    if (outgoing?.profile !== profile) outgoing = { profile, transform: createSrtpSender(profile, ownKey(profile).keyAndSalt) };
    const isSameKey = incoming?.key.profile === profile && incoming.key.keyAndSalt.every((octet, index) => octet === peerKey.keyAndSalt[index]);
    if (!isSameKey) incoming = { key: peerKey, transform: createSrtpReceiver(profile, peerKey.keyAndSalt) };
  };

  return {
    offeredLines: (policy) => (policy === 'off' ? [] : OFFERED_PROFILES.map((profile) => writeCryptoLine(ownKey(profile)))),
    takeAnsweredKey(key) {
      if (key !== undefined && ownKeys.get(key.profile)?.tag !== key.tag) return false;
      settle(key);
      return true;
    },
    takeOfferedKey(key) {
      settle(key);
      // RFC 4568 5.1.2: the answer repeats the tag of the offer, with a key of our own.
      return key === undefined ? [] : [writeCryptoLine({ ...ownKey(key.profile), tag: key.tag })];
    },
    sender: () => outgoing?.transform,
    receiver: () => incoming?.transform,
  };
}
