/** Sign-in with a community's OpenID Connect: authorization code with PKCE, state, nonce, issuer and audience checked, the ID token's signature verified. Identity is issuer and subject, and never an e-mail address. */
import * as oidc from 'openid-client';
import { ok, refused, type Result } from '#contract/result.ts';
import { openText, type SecretText } from '#server/platform/crypto/secret-text.ts';
import type { Log } from '#server/platform/logging/log.ts';

export interface CommunitySettings {
  issuer: string;
  clientId: string;
  clientSecret: SecretText;
}

export interface CommunityFlow {
  url: string;
  /** Kept for the answer; the browser holds only a token that leads to it. */
  secrets: { state: string; nonce: string; codeVerifier: string; redirectUri: string };
}

export interface CommunityIdentity {
  issuer: string;
  subject: string;
  claims: Readonly<Record<string, unknown>>;
}

export interface Community {
  /** Rejects nothing: a provider that cannot be reached is a refusal. */
  start(redirectUri: string): Promise<Result<CommunityFlow, 'community-away'>>;
  finish(secrets: CommunityFlow['secrets'], answer: Readonly<Record<string, string>>): Promise<Result<CommunityIdentity, 'community-refused' | 'community-away'>>;
}

const TIMEOUT_S = 10;
const DISCOVERY_LIFETIME_MS = 3_600_000;
/** The asymmetric signature every provider must offer (OpenID Connect Core 15.1). One, so that none can be talked into another. */
const SIGNATURE = 'RS256';

export function createCommunity({ issuer, clientId, clientSecret }: CommunitySettings, { log, nowMs }: { log: Log; nowMs: () => number }): Community {
  let discovered: { configuration: oidc.Configuration; atMs: number } | undefined;
  const server = new URL(issuer);
  const isLoopback = server.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(server.hostname);

  // Opened for each request: what the library was given at the start, it would hold as text.
  const authenticate: oidc.ClientAuth = (...request) => oidc.ClientSecretPost(openText(clientSecret))(...request);

  // Found when it is needed and not at the start: a community that is down must not keep a clinic from its telephones.
  const discover = async (): Promise<oidc.Configuration> => {
    if (discovered !== undefined && nowMs() - discovered.atMs < DISCOVERY_LIFETIME_MS) return discovered.configuration;
    const configuration = await oidc.discovery(server, clientId, { id_token_signed_response_alg: SIGNATURE }, authenticate, {
      timeout: TIMEOUT_S,
      execute: [
        // Without this the signature of a token that came straight from the provider is not looked at.
        oidc.enableNonRepudiationChecks,
        // oxlint-disable-next-line typescript/no-deprecated -- marked so to be noticed: it is for loopback only, and stands behind that condition
        ...(isLoopback ? [oidc.allowInsecureRequests] : []),
      ],
    });
    discovered = { configuration, atMs: nowMs() };
    return configuration;
  };

  return {
    async start(redirectUri) {
      try {
        const configuration = await discover();
        const secrets = { state: oidc.randomState(), nonce: oidc.randomNonce(), codeVerifier: oidc.randomPKCECodeVerifier(), redirectUri };
        const url = oidc.buildAuthorizationUrl(configuration, {
          redirect_uri: redirectUri,
          scope: 'openid profile quietline',
          state: secrets.state,
          nonce: secrets.nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(secrets.codeVerifier),
          code_challenge_method: 'S256',
        });
        return ok({ url: url.href, secrets });
      } catch (cause) {
        log.warn('community-away', { code: codeOf(cause) });
        return refused('community-away');
      }
    },

    async finish({ state, nonce, codeVerifier, redirectUri }, answer) {
      let configuration: oidc.Configuration;
      try {
        configuration = await discover();
      } catch (cause) {
        log.warn('community-away', { code: codeOf(cause) });
        return refused('community-away');
      }
      const url = new URL(redirectUri);
      for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value);
      try {
        const tokens = await oidc.authorizationCodeGrant(configuration, url, { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier, idTokenExpected: true });
        const claims = tokens.claims();
        if (claims === undefined || claims.sub === '') return refused('community-refused');
        return ok({ issuer: claims.iss, subject: claims.sub, claims });
      } catch (cause) {
        log.warn('community-answer-refused', { code: codeOf(cause) });
        return refused('community-refused');
      }
    },
  };
}

const codeOf = (cause: unknown): string | undefined => (cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined);
