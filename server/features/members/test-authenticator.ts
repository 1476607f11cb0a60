/** For tests: an authenticator in software. Makes ES256 passkeys and signs as CTAP2 devices do; what it claims of origin, host and verification can be falsified. */
import { createHash, createSign, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import type { PasskeyResponse } from '#contract/sign-in.ts';

export interface Claims {
  origin: string;
  /** The relying party whose keys are asked for; the origin's host unless told otherwise. */
  relyingParty?: string;
  isUserVerified?: boolean;
  type?: string;
}

export interface TestAuthenticator {
  create(options: Record<string, unknown>, claims: Claims): PasskeyResponse;
  sign(options: Record<string, unknown>, claims: Claims): PasskeyResponse;
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const HAS_CREDENTIAL = 0x40;

export function createTestAuthenticator(): TestAuthenticator {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(32);
  let counter = 0;
  const clientData = (options: Record<string, unknown>, claims: Claims, type: string): Buffer => Buffer.from(JSON.stringify({ type: claims.type ?? type, challenge: options['challenge'], origin: claims.origin, crossOrigin: false }));
  const authenticatorData = ({ origin, relyingParty, isUserVerified = true }: Claims, more = 0): Buffer => {
    const head = Buffer.alloc(5);
    head[0] = USER_PRESENT | (isUserVerified ? USER_VERIFIED : 0) | more;
    head.writeUInt32BE((counter += 1), 1);
    return Buffer.concat([createHash('sha256').update(relyingParty ?? new URL(origin).hostname).digest(), head]);
  };
  const answer = (response: Record<string, unknown>): PasskeyResponse => ({ id: id.toString('base64url'), rawId: id.toString('base64url'), type: 'public-key', response, clientExtensionResults: {} });

  return {
    create(options, claims) {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const data = Buffer.concat([authenticatorData(claims, HAS_CREDENTIAL), Buffer.alloc(16), length, id, coseKey(publicKey)]);
      // CBOR (RFC 8949) of {fmt: "none", attStmt: {}, authData: data}.
      const attestation = Buffer.concat([Buffer.from([0xa3]), cborText('fmt'), cborText('none'), cborText('attStmt'), Buffer.from([0xa0]), cborText('authData'), cborBytes(data)]);
      return answer({ clientDataJSON: clientData(options, claims, 'webauthn.create').toString('base64url'), attestationObject: attestation.toString('base64url'), transports: ['internal'] });
    },
    sign(options, claims) {
      const data = authenticatorData(claims);
      const client = clientData(options, claims, 'webauthn.get');
      const signature = createSign('sha256').update(data).update(createHash('sha256').update(client).digest()).sign(privateKey);
      return answer({ clientDataJSON: client.toString('base64url'), authenticatorData: data.toString('base64url'), signature: signature.toString('base64url') });
    },
  };
}

/** COSE (RFC 9053 7.1.1): {1: 2, 3: -7, -1: 1, -2: x, -3: y}. */
function coseKey(key: KeyObject): Buffer {
  const { x, y } = key.export({ format: 'jwk' });
  return Buffer.concat([Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]), cborBytes(Buffer.from(x!, 'base64url')), Buffer.from([0x22]), cborBytes(Buffer.from(y!, 'base64url'))]);
}

const cborText = (text: string): Buffer => Buffer.concat([Buffer.from([0x60 + text.length]), Buffer.from(text)]);
const cborBytes = (bytes: Buffer): Buffer => Buffer.concat([bytes.length < 256 ? Buffer.from([0x58, bytes.length]) : Buffer.from([0x59, bytes.length >> 8, bytes.length & 255]), bytes]);
