/**
 * Whether rtpengine may pass two legs' packets to each other without our hearing them. Facts in, a decision out: whatever
 * needs the audio in this process keeps it here.
 */
import type { MediaDirection } from '../media-port.ts';

export interface JoinLegFacts {
  readonly kind: 'device' | 'party';
  /** Its own packets came through. */
  readonly isConnected: boolean;
  readonly isMuted: boolean;
  readonly isHeld: boolean;
  /** Something is being played to it, or keys are being pressed. */
  readonly isPlayedTo: boolean;
  /** Its sound is listened to for tones and machines. */
  readonly isListenedTo: boolean;
  readonly codec: string | undefined;
  /** What its own description allows. */
  readonly direction: MediaDirection;
}

export function mayJoin(legs: readonly JoinLegFacts[]): boolean {
  if (legs.length !== 2) return false;
  const [one, other] = legs as readonly [JoinLegFacts, JoinLegFacts];
  // Two laws would be converted there at ten times our cost.
  return one.kind !== other.kind && one.codec !== undefined && one.codec === other.codec && legs.every(isPlain);
}

const isPlain = ({ isConnected, isMuted, isHeld, isPlayedTo, isListenedTo, direction }: JoinLegFacts): boolean => isConnected && !isMuted && !isHeld && !isPlayedTo && !isListenedTo && direction === 'sendrecv';
