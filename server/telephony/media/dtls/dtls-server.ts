/**
 * The server's half of a DTLS 1.2 handshake, for SRTP keys alone (RFC 5764). The handshake is a library's; what that
 * library leaves unchecked is checked here before a key is given out. No application data is read or sent.
 */
import { createHash, createHmac, createPublicKey, timingSafeEqual, verify, X509Certificate } from 'node:crypto';
import { CipherContext, DtlsServer, HashAlgorithm, NamedCurveAlgorithm, SignatureAlgorithm } from 'werift';
import type { SrtpProfile } from '../sdp/sdes-codec.ts';
import { createHandshakeIntake } from './handshake-intake.ts';

export interface DtlsCertificate {
  certificatePem: string;
  privateKeyPem: string;
  /** SHA-256, upper-case hex pairs with colons, as SDP writes it. */
  fingerprint: string;
}

export interface DtlsKeys {
  profile: SrtpProfile;
  /** Master key and salt of what we send, and of what the peer sends. */
  local: Uint8Array;
  remote: Uint8Array;
}

export interface DtlsEndpoint {
  receive(datagram: Buffer): void;
  /** The peer has shown that it has its keys: the handshake's state, a hundred kilobytes of it, is let go. */
  settle(): void;
  close(): void;
}

const SIGNATURE = { hash: HashAlgorithm.sha256_4, signature: SignatureAlgorithm.ecdsa_3 } as const;
/** RFC 5764 4.1.2, RFC 7714 14.2. AES-CM comes first: Node can run it without setting up a cipher for each packet. */
const PROFILE_CODES = { AES_CM_128_HMAC_SHA1_80: 0x0001, AEAD_AES_128_GCM: 0x0007 } as const;
const HANDSHAKE = { certificateVerify: 15, finished: 20 } as const;

export async function createDtlsCertificate(): Promise<DtlsCertificate> {
  const { certPem, keyPem } = await CipherContext.createSelfSignedCertificateWithKey(SIGNATURE, NamedCurveAlgorithm.secp256r1_23);
  return { certificatePem: certPem, privateKeyPem: keyPem, fingerprint: fingerprintOf(new X509Certificate(certPem).raw) };
}

const fingerprintOf = (der: Uint8Array): string =>
  createHash('sha256').update(der).digest('hex').toUpperCase().replace(/(..)(?=.)/g, '$1:');

export interface DtlsServerOptions {
  certificate: DtlsCertificate;
  /** Values of SHA-256 fingerprints, one of which the peer's certificate must have. */
  peerFingerprints: readonly string[];
  send: (datagram: Buffer) => void;
  onKeys: (keys: DtlsKeys) => void;
  /** The handshake came to nothing; `reason` is a fixed phrase. */
  onFailed: (reason: string) => void;
}

export function openDtlsServer(options: DtlsServerOptions): DtlsEndpoint {
  let isClosed = false;
  let isConnected = false;
  const transport = {
    type: 'udp',
    address: { address: '0.0.0.0', port: 0, family: 'IPv4' } as never,
    onData: (_data: Buffer): void => {},
    closed: false,
    send(datagram: Buffer): Promise<void> {
      if (!isClosed) options.send(datagram);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
  const server = new DtlsServer({
    cert: options.certificate.certificatePem,
    key: options.certificate.privateKeyPem,
    signatureHash: SIGNATURE,
    transport,
    srtpProfiles: [PROFILE_CODES.AES_CM_128_HMAC_SHA1_80, PROFILE_CODES.AEAD_AES_128_GCM],
    certificateRequest: true,
    extendedMasterSecret: true,
  });
  const intake = createHandshakeIntake();

  const forget = (): void => {
    isClosed = true;
    transport.onData = () => {};
    server.onConnect.allUnsubscribe();
    server.onError.allUnsubscribe();
  };
  const fail = (reason: string): void => {
    if (isClosed || isConnected) return;
    forget();
    options.onFailed(reason);
  };
  server.onError.subscribe(() => fail('handshake-error'));
  server.onConnect.subscribe(() => {
    if (isClosed || isConnected) return;
    const reason = findForgery(server, options.peerFingerprints);
    if (reason !== undefined) {
      fail(reason);
      return;
    }
    const keys = keysOf(server);
    if (keys === undefined) {
      fail('no-srtp-profile');
      return;
    }
    isConnected = true;
    intake.setConnected();
    options.onKeys(keys);
  });

  return {
    receive(datagram) {
      if (isClosed) return;
      for (const record of intake.take(datagram)) transport.onData(record);
    },
    settle: forget,
    close: forget,
  };
}

function keysOf(server: DtlsServer): DtlsKeys | undefined {
  const code = server.srtp.srtpProfile;
  const profile = code === PROFILE_CODES.AES_CM_128_HMAC_SHA1_80 ? 'AES_CM_128_HMAC_SHA1_80' : code === PROFILE_CODES.AEAD_AES_128_GCM ? 'AEAD_AES_128_GCM' : undefined;
  if (profile === undefined) return undefined;
  const { localKey, localSalt, remoteKey, remoteSalt } = server.extractSessionKeys(16, profile === 'AEAD_AES_128_GCM' ? 12 : 14);
  return { profile, local: Buffer.concat([localKey, localSalt]), remote: Buffer.concat([remoteKey, remoteSalt]) };
}

/**
 * What makes the peer the one whom the signalling named: its certificate has the fingerprint, it proved that the key is
 * its own (RFC 5246 7.4.8), and both saw the same handshake (7.4.9). The library checks none of the three: without this, whoever
 * has seen the browser's certificate on the wire could stand in for it.
 */
function findForgery(server: DtlsServer, fingerprints: readonly string[]): string | undefined {
  const certificate = server.remoteCertificate;
  if (certificate === undefined || !fingerprints.includes(fingerprintOf(certificate))) return 'fingerprint-mismatch';
  const messages = server.dtls.sortedHandshakeCache;
  const transcriptUntil = (type: number): Buffer | undefined => {
    const index = messages.findIndex((message) => message.msg_type === type);
    return index < 0 ? undefined : Buffer.concat(messages.slice(0, index).map((message) => message.serialize()));
  };
  const signed = transcriptUntil(HANDSHAKE.certificateVerify);
  const proof = messages.find((message) => message.msg_type === HANDSHAKE.certificateVerify)?.fragment;
  if (signed === undefined || proof === undefined || !isProven(certificate, signed, proof)) return 'certificate-not-proven';
  const finishedOver = transcriptUntil(HANDSHAKE.finished);
  const finished = messages.find((message) => message.msg_type === HANDSHAKE.finished)?.fragment;
  if (finishedOver === undefined || finished === undefined) return 'not-finished';
  const expected = clientVerifyData(server.cipher.masterSecret, finishedOver);
  return finished.length === expected.length && timingSafeEqual(finished, expected) ? undefined : 'transcript-mismatch';
}

/** RFC 5246 7.4.1.4.1: hash, signature, then the signature with its length. */
function isProven(certificate: Buffer, signed: Buffer, proof: Buffer): boolean {
  const digest = ({ 4: 'sha256', 5: 'sha384', 6: 'sha512' } as Readonly<Record<number, string>>)[proof[0] ?? 0];
  if (digest === undefined || proof.length < 4) return false;
  try {
    const key = createPublicKey(new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'pem' }));
    return verify(digest, signed, key, proof.subarray(4, 4 + proof.readUInt16BE(2)));
  } catch {
    return false;
  }
}

const VERIFY_DATA_LENGTH = 12;

/** RFC 5246 5 and 7.4.9, P_SHA256. */
function clientVerifyData(masterSecret: Buffer, transcript: Buffer): Buffer {
  const seed = Buffer.concat([Buffer.from('client finished'), createHash('sha256').update(transcript).digest()]);
  const first = createHmac('sha256', masterSecret).update(seed).digest();
  return createHmac('sha256', masterSecret).update(first).update(seed).digest().subarray(0, VERIFY_DATA_LENGTH);
}
