/** RFC 5922 7: whether a certificate speaks for a SIP domain. Owns the comparison; the chain is the TLS library's business. */

export interface CertificateNames {
  /** 'DNS:sip.example.com', 'URI:sip:example.com', 'IP Address:192.0.2.1', as subjectAltName lists them. */
  alternativeNames: readonly string[];
  commonName: string | undefined;
}

/** `expected` is the domain or host the trunk's settings name, never what DNS made of it (RFC 5922 7.1). */
export function speaksFor(names: CertificateNames, expected: string): boolean {
  const domain = expected.toLowerCase().replace(/\.$/, '');
  const uris = valuesOf(names.alternativeNames, 'URI').filter((uri) => /^sip:/i.test(uri));
  // 7.1: SIP URIs, where there are any, and then nothing else; a URI with a user part speaks for that user only.
  if (uris.length > 0) return uris.some((uri) => !uri.includes('@') && uri.slice(4).split(/[;?]/)[0]!.toLowerCase() === domain);
  const dns = valuesOf(names.alternativeNames, 'DNS');
  if (dns.length > 0) return dns.some((name) => matchesHost(name, domain));
  const addresses = valuesOf(names.alternativeNames, 'IP Address');
  if (addresses.length > 0) return addresses.some((address) => address.toLowerCase() === domain);
  return names.commonName !== undefined && matchesHost(names.commonName, domain);
}

function valuesOf(names: readonly string[], kind: string): string[] {
  return names.filter((name) => name.startsWith(`${kind}:`)).map((name) => name.slice(kind.length + 1).trim());
}

/** 7.2 forbids wildcards; carriers use them all the same, so one label at the far left may be one. */
function matchesHost(pattern: string, domain: string): boolean {
  const name = pattern.toLowerCase();
  if (name === domain) return true;
  if (!name.startsWith('*.')) return false;
  const dot = domain.indexOf('.');
  return dot > 0 && name.slice(2).includes('.') && domain.slice(dot + 1) === name.slice(2);
}
