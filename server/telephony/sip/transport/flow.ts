/** A way to a peer and back: what the layers above see of a socket. */
import type { OutgoingText } from '../messages/outgoing-message.ts';

export type TransportKind = 'udp' | 'tcp' | 'tls';

export interface Endpoint {
  address: string;
  port: number;
}

export interface Flow {
  readonly transport: TransportKind;
  /** TCP and TLS repeat lost octets themselves; UDP leaves that to the transactions. */
  readonly isReliable: boolean;
  readonly remote: Endpoint;
  /** What stands in our Via and Contact for this peer. */
  readonly local: { host: string; port: number };
  isOpen(): boolean;
  /** Streams: what ended the connection, in the kernel's or OpenSSL's word for it ('ECONNRESET', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'). */
  failure?(): string | undefined;
  /** `onError` tells a local failure (closed, unreachable); silence means no more than that the octets left. */
  send(text: OutgoingText, onError: () => void): void;
  /** The same socket towards another port: RFC 3261 18.2.2's answer to a peer without rport. Streams return themselves. */
  towards(port: number): Flow;
}

/** A host for a URI or a Via: an IPv6 address gets its brackets. */
export function hostForUri(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
