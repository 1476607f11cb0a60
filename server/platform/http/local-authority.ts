/** A certificate authority of this installation's own, so that phones and laptops in the same house can come by https. Makes and renews; trusts nothing and installs nothing. */
import 'reflect-metadata';
import { X509Certificate as ParsedCertificate, type webcrypto } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

export interface LocalCertificate {
  /** PEM, for the server. */
  readonly cert: string;
  readonly key: string;
  /** PEM of the authority, which a device has to trust. */
  readonly authority: string;
  /** As a device's list of authorities shows it. */
  readonly authorityName: string;
  /** SHA-256 of the authority, to compare by eye. */
  readonly fingerprint: string;
}

export interface LocalCertificateOptions {
  directory: string;
  /** What browsers will call us by. */
  hostNames: readonly string[];
  addresses: readonly string[];
  nowMs: number;
}

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3_650;
/** Apple's devices take no certificate that lasts longer than 398 days, or 825 from an authority a person installed. */
const SERVER_DAYS = 397;
const RENEW_BEFORE_DAYS = 30;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

x509.cryptoProvider.set(crypto);

/** The authority is made once and kept, since people trust it by hand; the server's certificate again whenever its names change or its end is near. */
export async function loadLocalCertificate({ directory, hostNames, addresses, nowMs }: LocalCertificateOptions): Promise<LocalCertificate> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const authority = (await readPair(directory, 'authority', nowMs)) ?? (await writePair(directory, 'authority', await makeAuthority(hostNames[0] ?? 'this machine', nowMs)));
  const known = await readPair(directory, 'server', nowMs);
  const isGood = known !== undefined && covers(known.cert, hostNames, addresses) && isIssuedBy(known.cert, authority.cert);
  const server = isGood ? known : await writePair(directory, 'server', await makeServer(authority, hostNames, addresses, nowMs));
  const parsed = new ParsedCertificate(authority.cert);
  return { ...server, authority: authority.cert, authorityName: /CN=(.*)/.exec(parsed.subject)?.[1] ?? 'Quietline', fingerprint: parsed.fingerprint256 };
}

interface Pair {
  cert: string;
  key: string;
}

async function makeAuthority(machine: string, nowMs: number): Promise<Pair> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: `CN=Quietline on ${machine.replaceAll(/[^\w. -]/g, '')}`,
    notBefore: new Date(nowMs - DAY_MS),
    notAfter: new Date(nowMs + AUTHORITY_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: certificate.toString('pem'), key: await exportKey(keys.privateKey) };
}

async function makeServer(authority: Pair, hostNames: readonly string[], addresses: readonly string[], nowMs: number): Promise<Pair> {
  const issuer = new x509.X509Certificate(authority.cert);
  const signingKey = await crypto.subtle.importKey('pkcs8', x509.PemConverter.decode(authority.key)[0]!, ALGORITHM, false, ['sign']);
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: `CN=${hostNames[0] ?? 'localhost'}`,
    issuer: issuer.subject,
    notBefore: new Date(nowMs - DAY_MS),
    notAfter: new Date(nowMs + SERVER_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([...hostNames.map((value) => ({ type: 'dns' as const, value })), ...addresses.map((value) => ({ type: 'ip' as const, value }))]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: `${certificate.toString('pem')}\n${authority.cert}`, key: await exportKey(keys.privateKey) };
}

function covers(cert: string, hostNames: readonly string[], addresses: readonly string[]): boolean {
  const certificate = new ParsedCertificate(cert);
  return hostNames.every((name) => certificate.checkHost(name) !== undefined) && addresses.every((address) => certificate.checkIP(address) !== undefined);
}

function isIssuedBy(cert: string, authority: string): boolean {
  const issuer = new ParsedCertificate(authority);
  return new ParsedCertificate(cert).verify(issuer.publicKey);
}

async function readPair(directory: string, name: string, nowMs: number): Promise<Pair | undefined> {
  try {
    const pair = { cert: await readFile(join(directory, `${name}.crt`), 'utf8'), key: await readFile(join(directory, `${name}.key`), 'utf8') };
    const certificate = new ParsedCertificate(pair.cert);
    return Date.parse(certificate.validTo) - nowMs > RENEW_BEFORE_DAYS * DAY_MS ? pair : undefined;
  } catch {
    // Missing, or cut short by a crash: made anew.
    return undefined;
  }
}

async function writePair(directory: string, name: string, pair: Pair): Promise<Pair> {
  for (const [ending, text, mode] of [['key', pair.key, 0o600], ['crt', pair.cert, 0o644]] as const) {
    const path = join(directory, `${name}.${ending}`);
    await writeFile(`${path}.new`, text, { mode });
    await rename(`${path}.new`, path);
  }
  return pair;
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

/** 16 random bytes, positive as RFC 5280 4.1.2.2 asks. */
function serial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = (bytes[0]! & 0x7f) | 0x01;
  return Buffer.from(bytes).toString('hex');
}
