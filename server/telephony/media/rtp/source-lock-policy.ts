/**
 * Whose packets a party leg takes: a source is learned from its packets, then locked, and all others are refused
 * ("RTP bleed"). Pure; a packet is taken or not, and nobody is ever answered for trying.
 */

export interface SourceLock {
  /** What the peer's description named; it needs no proof. */
  signalled: { address: string; port: number } | undefined;
  locked: { address: string; port: number } | undefined;
  /** An unannounced source (a peer behind a NAT) that is proving itself by a run of one stream. */
  candidate: { address: string; port: number; ssrc: number; sequence: number; run: number } | undefined;
}

/** This many packets in sequence from one place and one SSRC: guessing a port once is not enough to be taken for the peer. */
const PROOF_PACKETS = 5;

export const openSourceLock = (signalled: { address: string; port: number } | undefined): SourceLock => ({ signalled, locked: undefined, candidate: undefined });

/** The peer's description changed: a lock on the place it names stays; any other is opened for learning. */
export function resignalSource(lock: SourceLock, signalled: { address: string; port: number }): SourceLock {
  const isSame = lock.signalled?.address === signalled.address && lock.signalled.port === signalled.port;
  return isSame ? lock : openSourceLock(signalled);
}

/** Whether this packet is the peer's; changes `lock` as it learns. Allocates nothing once locked. */
export function takesSource(lock: SourceLock, address: string, port: number, ssrc: number, sequence: number): boolean {
  const { locked, signalled, candidate } = lock;
  if (locked !== undefined) return locked.port === port && locked.address === address;
  if (signalled?.address === address && signalled.port === port) {
    lock.locked = { address, port };
    lock.candidate = undefined;
    return true;
  }
  const isNext = candidate?.address === address && candidate.port === port && candidate.ssrc === ssrc && ((sequence - candidate.sequence) & 0xffff) === 1;
  if (!isNext) {
    // A second stranger does not disturb the first one's proof while that goes on; a broken run starts again.
    if (candidate === undefined || (candidate.address === address && candidate.port === port) || candidate.run < 2) {
      lock.candidate = { address, port, ssrc, sequence, run: 1 };
    }
    return false;
  }
  candidate.sequence = sequence;
  candidate.run += 1;
  if (candidate.run < PROOF_PACKETS) return false;
  lock.locked = { address, port };
  lock.candidate = undefined;
  return true;
}
