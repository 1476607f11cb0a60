/** Short-lived credentials for TURN servers that share a secret with us (the TURN REST scheme, as coturn's use-auth-secret has it). Names nobody, keeps nothing. */
import { createHmac } from 'node:crypto';
import type { Relay } from '#contract/relays.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import type { SecretText } from '#server/platform/crypto/secret-text.ts';

export interface RelaySettings {
  /** RFC 7065: turn: and turns: addresses, as browsers take them. */
  readonly urls: readonly string[];
  readonly secret: SecretText;
}

export interface RelayCredentials {
  issue(): { relays: Relay[]; goodForMs: number };
}

/** A page asks again after this. */
const GOOD_FOR_MS = 3_600_000;

/**
 * @param longestCallMs coturn asks for the credentials again at every refresh of an allocation, so they last as long as a
 * call that begins with their last minute.
 */
export function createRelayCredentials({ settings, longestCallMs, clock, random }: { settings: RelaySettings | undefined; longestCallMs: number; clock: Clock; random: RandomSource }): RelayCredentials {
  return {
    issue() {
      if (settings === undefined) return { relays: [], goodForMs: GOOD_FOR_MS };
      const expiresAtS = Math.ceil((clock.now() + GOOD_FOR_MS + longestCallMs) / 1000);
      const username = `${expiresAtS}:${Buffer.from(random.bytes(9)).toString('base64url')}`;
      // SHA-1 is the scheme's; an HMAC of it is still sound (RFC 6194 3.3).
      const credential = createHmac('sha1', settings.secret).update(username).digest('base64');
      return { relays: [{ urls: [...settings.urls], username, credential }], goodForMs: GOOD_FOR_MS };
    },
  };
}
