/** Where the server is reached, by browsers and by trunks: its ports, and its certificates if it has any. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Config } from './config.ts';
import type { NetworkAddresses } from './network-addresses.ts';
import { loadLocalCertificate } from './platform/http/local-authority.ts';
import type { HttpServer } from './platform/http/http-server.ts';
import { StartRefused } from './shutdown.ts';

export interface LocalAuthority {
  pem: string;
  name: string;
  fingerprint: string;
}

export interface Tls {
  /** PEM; the key as bytes, which no dump of the heap shows. */
  certificate: { cert: string; key: Buffer };
  /** Only where the certificate is of our own authority, which devices have to be told to trust. */
  authority: LocalAuthority | undefined;
}

export async function loadTls(config: Config, options: { directory: string; addresses: NetworkAddresses; nowMs: number }): Promise<Tls | undefined> {
  if (config.https === 'off') return undefined;
  if (config.https !== 'authority') {
    const { certFile, keyFile } = config.https;
    return { certificate: { cert: (await read(certFile, '--cert')).toString(), key: await read(keyFile, '--key') }, authority: undefined };
  }
  const { hostNames, reachable } = options.addresses;
  const { cert, key, authority, authorityName, fingerprint } = await loadLocalCertificate({ directory: options.directory, hostNames, addresses: ['127.0.0.1', '::1', ...reachable], nowMs: options.nowMs });
  return { certificate: { cert, key: Buffer.from(key) }, authority: { pem: authority, name: authorityName, fingerprint } };
}

/** What trunks are shown that reach us by TLS. A pair that does not fit is found here, not by the first call. */
export async function loadSipTls({ sipTls }: Config): Promise<{ tlsPort: number; tls: { cert: string; key: Buffer; clientCa: string | undefined } } | undefined> {
  if (sipTls === undefined) return undefined;
  const cert = (await read(sipTls.certFile, '--sip-cert')).toString();
  const key = await read(sipTls.keyFile, '--sip-key');
  const clientCa = sipTls.clientCaFile === undefined ? undefined : (await read(sipTls.clientCaFile, '--sip-client-ca')).toString();
  if (!belongTogether(cert, key)) throw new StartRefused(`${sipTls.keyFile} is not the key of ${sipTls.certFile}, or one of them is no PEM. Give the pair as it was made; a key must have no pass phrase.`);
  if (clientCa !== undefined && !clientCa.includes('-----BEGIN CERTIFICATE')) throw new StartRefused(`--sip-client-ca: ${sipTls.clientCaFile} holds no certificate in PEM.`);
  return { tlsPort: sipTls.port, tls: { cert, key, clientCa } };
}

function belongTogether(cert: string, key: Buffer): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/** A SIP port that cannot be had, in words; whatever else it was, as it came. */
export function explainSipPort(cause: unknown, tlsPort: number | undefined): unknown {
  const { code, port } = cause instanceof Error ? (cause as Error & { code?: string; port?: number }) : {};
  const option = port !== undefined && port === tlsPort ? '--sip-tls-port' : '--sip-port';
  if (code === 'EADDRINUSE') return new StartRefused(`Port ${port}, for SIP, is taken by another program: a phone system, or another Quietline. Give another with ${option}, and tell the carrier.`);
  if (code === 'EACCES') return new StartRefused(`This user may not open port ${port} for SIP; below 1024 only root may. Give a higher one with ${option}.`);
  return cause;
}

/** The port that was asked for; or, if none was, the usual one or any that is free. */
export async function listenSomewhere(http: HttpServer, { host, port, https }: Config): Promise<number> {
  const usual = https === 'off' ? 8080 : 8443;
  try {
    return await http.listen({ host, port: port ?? usual });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EADDRINUSE' && port === undefined) return http.listen({ host, port: 0 });
    if (code === 'EADDRINUSE') throw new StartRefused(`Port ${port} is taken by another program. Give another with --port, or none: then a free one is found.`);
    if (code === 'EACCES') throw new StartRefused(`This user may not open port ${port}; below 1024 only root may. Give a higher one with --port, or put a reverse proxy before it (see deploy/).`);
    if (code === 'EADDRNOTAVAIL') throw new StartRefused(`${host} is not an address of this machine. Give --host 127.0.0.1 for this machine only, 0.0.0.0 for every address.`);
    throw cause;
  }
}

async function read(path: string, option: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    throw new StartRefused(`${option}: ${path} ${code === 'ENOENT' ? 'does not exist. Give the path of a PEM file.' : code === 'EACCES' ? 'may not be read by this user. Give it leave: chmod or chgrp.' : `cannot be read (${code}).`}`);
  }
}
