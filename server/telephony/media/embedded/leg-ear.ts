/** Listens to one leg beside its way to the others: its packets put into frames, its frames heard by the detectors. Owns the queue; changes nothing that anyone hears. */
import { createAudioSigns } from '../audio/audio-signs-machine.ts';
import { createDtmfDetector } from '../audio/dtmf-detector-machine.ts';
import { createFrameQueue } from '../audio/frame-queue.ts';
import { decodeG711, type G711Law } from '../audio/g711-codec.ts';
import { FRAME_SAMPLES } from '../audio/sample-source.ts';
import type { AudioSign, DtmfDigit, ListenStage } from '../media-port.ts';
import type { RtpHeader } from '../rtp/rtp-codec.ts';

export interface LegEar {
  take(header: RtpHeader, packet: Uint8Array, law: G711Law): void;
  /** Every 20 ms. */
  tick(): void;
}

export interface LegEarOptions {
  stage: ListenStage;
  country: string;
  onSign(sign: AudioSign): void;
  /** Undefined where the leg's keys come as telephone events: a tone beside them would be the same key again. */
  onKey: ((digit: DtmfDigit, durationMs: number) => void) | undefined;
}

const LONGEST_PACKET_SAMPLES = 1600;

export function createLegEar(options: LegEarOptions): LegEar {
  const queue = createFrameQueue();
  const signs = createAudioSigns(options.stage, options.country);
  const keys = options.onKey === undefined ? undefined : createDtmfDetector();
  const decoded = new Int16Array(LONGEST_PACKET_SAMPLES);
  const frame = new Int16Array(FRAME_SAMPLES);
  let hasBegun = false;
  return {
    take(header, packet, law) {
      if (header.payloadLength > LONGEST_PACKET_SAMPLES) return;
      hasBegun = true;
      decodeG711(law, packet, header.payloadOffset, header.payloadLength, decoded);
      queue.push(header.timestamp, decoded, header.payloadLength);
    },
    tick() {
      if (!hasBegun) return;
      const pulled = queue.pull(frame);
      // A phone that suppresses silence sends nothing: that is quiet, and no loss.
      if (pulled === 'empty') frame.fill(0);
      const sign = signs.hear(pulled === 'lost' ? undefined : frame);
      if (sign !== undefined) options.onSign(sign);
      const key = pulled === 'heard' ? keys?.hear(frame) : undefined;
      if (key !== undefined) options.onKey?.(key.digit, key.durationMs);
    },
  };
}
