/** How much of one connection, and how many of them, a stream transport bears. Each figure with its reason; tests shorten the times. */

export interface StreamLimits {
  /** A peer that does not complete a connection, TLS handshake included, within this is not there. */
  readonly connectTimeoutMs: number;
  /** How long a message may take from its first octet to its last: a large INVITE over a bad line takes one or two seconds; who takes longer holds our memory on purpose. */
  readonly messageTimeoutMs: number;
  /** A connection that never brought a whole message is of no use to anyone: 64*T1, as long as any transaction waits. One that did may stay silent for hours, as trunks' do. */
  readonly unusedTimeoutMs: number;
  /** Of all peers together. Each costs a file descriptor and a few kilobytes, and ours are counted among the media's. */
  readonly connections: number;
  /** Of one address: a carrier's SBC opens one to four; a cluster behind one address some dozen. One peer gone wild leaves room for the others. */
  readonly connectionsPerSource: number;
  /** A peer that reads nothing must not fill our memory. */
  readonly unsentBytes: number;
}

export const STREAM_LIMITS: StreamLimits = { connectTimeoutMs: 5_000, messageTimeoutMs: 10_000, unusedTimeoutMs: 32_000, connections: 512, connectionsPerSource: 64, unsentBytes: 4 * 1024 * 1024 };

/** The first probe of the kernel's keep-alive: a peer that lost its power is noticed, though it never says so. */
export const KEEP_ALIVE_AFTER_MS = 60_000;
