/** Mends one browser's audio on its way to telephones: put in order, played out evenly, its losses concealed. Owns when, by its policy, and the queue; sends nothing. */
import { decodeG711, type G711Law } from '../audio/g711-codec.ts';
import { createFrameQueue } from '../audio/frame-queue.ts';
import { createLossConcealment } from '../audio/loss-concealment.ts';
import { FRAME_SAMPLES } from '../audio/sample-source.ts';
import type { LegStatistics } from '../media-port.ts';
import type { RtpHeader } from '../rtp/rtp-codec.ts';
import { decideRepair, passingOn } from './repair-policy.ts';

export interface UplinkRepair {
  isActive(): boolean;
  /** Once a second: what came, and what did not, since the last time. */
  observe(statistics: Pick<LegStatistics, 'packetsReceived' | 'packetsLost' | 'jitterMs'>, nowMs: number): void;
  hear(header: RtpHeader, packet: Uint8Array, law: G711Law): void;
  /** The next 20 ms; the same array each time. */
  nextFrame(): Int16Array;
}

const LONGEST_PACKET_SAMPLES = 1600;
/** Fewer packets than this in a second say nothing of a network: the microphone is off, or the call has just begun. */
const FEWEST_PACKETS = 25;

export function createUplinkRepair(): UplinkRepair {
  const decoded = new Int16Array(LONGEST_PACKET_SAMPLES);
  const frame = new Int16Array(FRAME_SAMPLES);
  let queue = createFrameQueue();
  let concealment = createLossConcealment();
  let state = passingOn;
  let receivedBefore = 0;
  let lostBefore = 0;
  return {
    isActive: () => state.isActive,
    observe({ packetsReceived, packetsLost, jitterMs }, nowMs) {
      const received = packetsReceived - receivedBefore;
      const lost = Math.max(0, packetsLost - lostBefore);
      receivedBefore = packetsReceived;
      lostBefore = packetsLost;
      if (received < FEWEST_PACKETS) return;
      const wasActive = state.isActive;
      state = decideRepair(state, { lostShare: lost / (received + lost), jitterMs }, nowMs);
      if (wasActive || !state.isActive) return;
      queue = createFrameQueue();
      concealment = createLossConcealment();
    },
    hear(header, packet, law) {
      if (header.payloadLength > LONGEST_PACKET_SAMPLES) return;
      decodeG711(law, packet, header.payloadOffset, header.payloadLength, decoded);
      queue.push(header.timestamp, decoded, header.payloadLength);
    },
    nextFrame() {
      if (queue.pull(frame) === 'heard') concealment.hear(frame);
      else concealment.conceal(frame);
      return frame;
    },
  };
}
