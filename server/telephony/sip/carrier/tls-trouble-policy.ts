/** What a TLS connection to a trunk failed by, read from the word that Node and OpenSSL have for it. Knows no sentence; what it does not know it says so of. */

export type TlsTrouble =
  /** Their certificate. */
  | 'for-another-name'
  | 'unknown-authority'
  | 'expired'
  /** Ours. */
  | 'wants-our-certificate'
  | 'refuses-our-certificate'
  /** Neither. */
  | 'speaks-no-tls'
  | 'speaks-other-tls'
  | 'nobody-there'
  | 'unknown';

const UNKNOWN_AUTHORITY = new Set(['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_SIGNATURE_FAILURE', 'INVALID_CA']);
const EXPIRED = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);
const NOBODY = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ERR_SIP_CONNECT_TIMEOUT']);
/** RFC 8446 6.2 and RFC 5246 7.2.2: the alerts by which a peer refuses the certificate it was shown. */
const REFUSED = /_ALERT_(?:BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_REVOKED|CERTIFICATE_EXPIRED|CERTIFICATE_UNKNOWN|UNKNOWN_CA|ACCESS_DENIED|DECRYPT_ERROR)$/;

/** `showsCertificate`: whether we have one to show; a TLS 1.2 peer says no more than "handshake failure" to who has none. */
export function tlsTroubleOf(code: string | undefined, showsCertificate: boolean): TlsTrouble {
  if (code === undefined) return 'unknown';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'for-another-name';
  if (UNKNOWN_AUTHORITY.has(code)) return 'unknown-authority';
  if (EXPIRED.has(code)) return 'expired';
  if (code.endsWith('_ALERT_CERTIFICATE_REQUIRED') || code.endsWith('_ALERT_NO_CERTIFICATE')) return 'wants-our-certificate';
  if (REFUSED.test(code)) return showsCertificate ? 'refuses-our-certificate' : 'unknown';
  if (code.endsWith('_ALERT_HANDSHAKE_FAILURE')) return showsCertificate ? 'speaks-other-tls' : 'wants-our-certificate';
  // A SIP server without TLS waits for the end of our first line as long as we wait for its.
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG' || code === 'EPROTO' || code === 'ERR_SIP_HANDSHAKE_TIMEOUT') return 'speaks-no-tls';
  if (code === 'ERR_SSL_UNSUPPORTED_PROTOCOL' || code.endsWith('_ALERT_PROTOCOL_VERSION') || code === 'ERR_SSL_NO_SHARED_CIPHER') return 'speaks-other-tls';
  return NOBODY.has(code) ? 'nobody-there' : 'unknown';
}
