/** Gives what one leg says, frame by frame, to whoever records it. Changes nothing that anyone hears, and keeps nothing. */
import { decodeG711, type G711Law } from '../audio/g711-codec.ts';
import { createRecordingQueue } from '../audio/recording-queue.ts';
import type { RtpHeader } from '../rtp/rtp-codec.ts';

export interface LegTap {
  take(header: RtpHeader, packet: Uint8Array, law: G711Law): void;
  /** Every 20 ms. */
  tick(): void;
  /** What was still waited with is given out. */
  end(): void;
}

const LONGEST_PACKET_SAMPLES = 1600;

export function createLegTap(onFrame: (frame: Int16Array) => void): LegTap {
  const queue = createRecordingQueue(onFrame);
  const decoded = new Int16Array(LONGEST_PACKET_SAMPLES);
  return {
    take(header, packet, law) {
      if (header.payloadLength > LONGEST_PACKET_SAMPLES) return;
      decodeG711(law, packet, header.payloadOffset, header.payloadLength, decoded);
      queue.push(header.timestamp, decoded, header.payloadLength);
    },
    tick: () => queue.tick(),
    end: () => queue.end(),
  };
}
