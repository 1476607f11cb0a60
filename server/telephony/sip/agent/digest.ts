/** Digest access authentication (RFC 7616, RFC 8760; RFC 2617 for what answers no qop), both sides of it. Refuses Basic, auth-int and unknown algorithms. */
import { createHash, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { parseChallenge } from '../messages/header-values-codec.ts';
import type { Challenge } from '../messages/header-values-codec.ts';
import { textToWire } from '../messages/wire-text.ts';
import type { Tokens } from '../transactions/tokens.ts';

export interface Credentials {
  user: string;
  /** The password's bytes in UTF-8, where no dump of the heap shows them. */
  password: KeyObject;
}

export type DigestAlgorithm = 'MD5' | 'SHA-256' | 'SHA-512-256';

const HASHES: Readonly<Record<DigestAlgorithm, string>> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' };

export interface DigestClient {
  /** The answer to a 401 or 407's challenges for one request; undefined where none can be answered, or the same question comes again unchanged. */
  answer(challenges: readonly string[], request: { method: string; uri: string; isProxy: boolean }): { isProxy: boolean; value: string } | undefined;
  /** For a request sent before it is challenged: the last nonce once more, with its count raised (RFC 7616 3.4). */
  anticipate(request: { method: string; uri: string }): { isProxy: boolean; value: string } | undefined;
}

interface KnownNonce {
  challenge: Challenge;
  algorithm: DigestAlgorithm;
  isProxy: boolean;
  count: number;
}

export function createDigestClient(credentials: Credentials, tokens: Tokens): DigestClient {
  let known: KnownNonce | undefined;

  const authorize = (nonce: KnownNonce, method: string, uri: string): { isProxy: boolean; value: string } => {
    const { params } = nonce.challenge;
    const realm = params.get('realm') ?? '';
    const nonceText = params.get('nonce') ?? '';
    nonce.count++;
    const nc = nonce.count.toString(16).padStart(8, '0');
    const cnonce = tokens.tag();
    const qop = hasQopAuth(nonce.challenge) ? 'auth' : undefined;
    const response = digestOf(nonce.algorithm, { user: credentials.user, password: credentials.password, realm, nonce: nonceText, method, uri, qop, nc, cnonce });
    const parts = [
      `username="${quoted(credentials.user)}"`, `realm="${quoted(realm)}"`, `nonce="${quoted(nonceText)}"`, `uri="${quoted(uri)}"`, `response="${response}"`, `algorithm=${nonce.algorithm}`,
    ];
    const opaque = params.get('opaque');
    if (opaque !== undefined) parts.push(`opaque="${quoted(opaque)}"`);
    if (qop !== undefined) parts.push(`qop=${qop}`, `nc=${nc}`, `cnonce="${cnonce}"`);
    return { isProxy: nonce.isProxy, value: `Digest ${parts.join(', ')}` };
  };

  return {
    answer(challenges, request) {
      // RFC 8760 2.4: the topmost one we can answer.
      for (const text of challenges) {
        const challenge = parseChallenge(text);
        if (challenge === undefined || challenge.scheme !== 'digest') continue;
        const algorithm = algorithmOf(challenge);
        const nonce = challenge.params.get('nonce');
        if (algorithm === undefined || nonce === undefined || (challenge.params.has('qop') && !hasQopAuth(challenge))) continue;
        known = { challenge, algorithm, isProxy: request.isProxy, count: 0 };
        return authorize(known, request.method, request.uri);
      }
      return undefined;
    },
    anticipate: (request) => (known === undefined ? undefined : authorize(known, request.method, request.uri)),
  };
}

/** Whether the peer says that only the nonce was too old: then the same credentials are worth a second try. */
export function isStale(challenges: readonly string[]): boolean {
  return challenges.some((text) => parseChallenge(text)?.params.get('stale')?.toLowerCase() === 'true');
}

export interface DigestServer {
  /** Values for WWW- or Proxy-Authenticate, one an algorithm, strongest first. */
  challenge(isStale: boolean): string[];
  /** `passwordOf` answers undefined for an unknown user. Each nonce count is taken once. */
  verify(authorization: string | undefined, method: string, passwordOf: (user: string) => string | undefined): 'good' | 'stale' | 'bad';
}

/** For whoever challenges: the sandbox's registrar and carrier. Keeps the last 1,000 nonces; older ones are stale. */
export function createDigestServer(options: { realm: string; algorithms: readonly DigestAlgorithm[]; tokens: Tokens }): DigestServer {
  const lastCount = new Map<string, number>();
  return {
    challenge(stale) {
      const nonce = options.tokens.callId();
      lastCount.set(nonce, 0);
      if (lastCount.size > 1_000) lastCount.delete(lastCount.keys().next().value!);
      return options.algorithms.map((algorithm) => `Digest realm="${quoted(options.realm)}", nonce="${nonce}", algorithm=${algorithm}, qop="auth"${stale ? ', stale=true' : ''}`);
    },
    verify(authorization, method, passwordOf) {
      const given = authorization === undefined ? undefined : parseChallenge(authorization);
      if (given === undefined || given.scheme !== 'digest') return 'bad';
      const param = (name: string): string => given.params.get(name) ?? '';
      const algorithm = algorithmOf(given);
      const password = passwordOf(param('username'));
      if (algorithm === undefined || !options.algorithms.includes(algorithm) || password === undefined || param('realm') !== options.realm || param('qop') !== 'auth') return 'bad';
      const expected = digestOf(algorithm, {
        user: param('username'), password: createSecretKey(password, 'utf8'), realm: options.realm, nonce: param('nonce'), method, uri: param('uri'), qop: 'auth', nc: param('nc'), cnonce: param('cnonce'),
      });
      const response = param('response').toLowerCase();
      if (response.length !== expected.length || !timingSafeEqual(Buffer.from(response), Buffer.from(expected))) return 'bad';
      const used = lastCount.get(param('nonce'));
      const count = Number.parseInt(param('nc'), 16);
      if (used === undefined || !(count > used)) return 'stale';
      lastCount.set(param('nonce'), count);
      return 'good';
    },
  };
}

export interface DigestInput {
  user: string;
  password: KeyObject;
  realm: string;
  nonce: string;
  method: string;
  uri: string;
  qop: 'auth' | undefined;
  nc: string;
  cnonce: string;
}

/** RFC 7616 3.4.1 to 3.4.3; without qop RFC 2617's shorter form. */
export function digestOf(algorithm: DigestAlgorithm, input: DigestInput): string {
  const hash = (text: string, more = new Uint8Array(0)): string => createHash(HASHES[algorithm]).update(Buffer.from(text, 'latin1')).update(more).digest('hex');
  const a1 = hash(`${textToWire(input.user)}:${input.realm}:`, input.password.export());
  const a2 = hash(`${input.method}:${input.uri}`);
  return input.qop === undefined ? hash(`${a1}:${input.nonce}:${a2}`) : hash(`${a1}:${input.nonce}:${input.nc}:${input.cnonce}:${input.qop}:${a2}`);
}

function algorithmOf(challenge: Challenge): DigestAlgorithm | undefined {
  const name = (challenge.params.get('algorithm') ?? 'MD5').toUpperCase();
  return name === 'MD5' || name === 'SHA-256' || name === 'SHA-512-256' ? name : undefined;
}

function hasQopAuth(challenge: Challenge): boolean {
  return (challenge.params.get('qop') ?? '').split(',').some((qop) => qop.trim().toLowerCase() === 'auth');
}

function quoted(text: string): string {
  return textToWire(text).replace(/["\\]/g, '\\$&');
}
