/** For tests: an identity provider that lies on demand. Speaks OpenID Connect well enough to be believed, and falsifies whatever part it is told to. */
import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Lies {
  /** In place of the ID token's claims; a key set to undefined is left out. */
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  /** Signs the ID token otherwise than with the provider's key. */
  sign?: (input: string, keys: { publicPem: string; privateKey: KeyObject }) => string;
  /** In place of the token endpoint's answer. */
  tokens?: (idToken: string) => { status?: number; body?: unknown; headers?: Record<string, string> };
  /** In place of parts of the discovery document. */
  discovery?: Record<string, unknown>;
  /** The address parameters with which the browser comes back. */
  answer?: (answer: Record<string, string>) => Record<string, string>;
}

export interface TestProvider {
  readonly issuer: string;
  lies: Lies;
  /** What the token endpoint was sent, newest last. */
  readonly tokenRequests: URLSearchParams[];
  /** The browser's way through the provider: what it comes back with. */
  authorize(url: string): Record<string, string>;
  close(): Promise<void>;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export async function openTestProvider(): Promise<TestProvider> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
  const tokenRequests: URLSearchParams[] = [];
  let nonce = '';
  let clientId = '';
  let lies: Lies = {};

  const idToken = (): string => {
    const nowS = Math.floor(Date.now() / 1_000);
    const claims = { iss: issuer, sub: 'hannah', aud: clientId, iat: nowS, exp: nowS + 300, nonce, name: 'Dr. Hannah Lee', quietline_member: true, quietline_verified_physician: true, quietline_plan: 'unlimited', ...lies.claims };
    const input = `${encode({ alg: 'RS256', kid: 'one', ...lies.header })}.${encode(claims)}`;
    const signature = lies.sign === undefined ? createSign('sha256').update(input).sign(privateKey).toString('base64url') : lies.sign(input, { publicPem, privateKey });
    return `${input}.${signature}`;
  };

  const server = createServer((request, response) => {
    const send = (status: number, body: unknown, headers: Record<string, string> = {}): void => void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    if (request.url === '/.well-known/openid-configuration') {
      return send(200, {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
        authorization_response_iss_parameter_supported: true,
        ...lies.discovery,
      });
    }
    if (request.url === '/jwks') return send(200, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] });
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      tokenRequests.push(new URLSearchParams(body));
      const token = idToken();
      const usual = { access_token: 'access', token_type: 'Bearer', expires_in: 60, id_token: token };
      const lie = lies.tokens?.(token);
      send(lie?.status ?? 200, lie?.body ?? usual, lie?.headers);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    issuer,
    tokenRequests,
    get lies() {
      return lies;
    },
    set lies(next) {
      lies = next;
    },
    authorize(url) {
      const asked = new URL(url).searchParams;
      nonce = asked.get('nonce') ?? '';
      clientId = asked.get('client_id') ?? '';
      const answer = { code: 'code', state: asked.get('state') ?? '', iss: issuer };
      return lies.answer?.(answer) ?? answer;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export const hmacOf = (secret: string) => (input: string): string => createHmac('sha256', secret).update(input).digest('base64url');
