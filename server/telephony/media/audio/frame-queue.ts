/**
 * Between packets that come when they like and a mixer that takes 20 ms at a time: a short queue of samples in order of RTP
 * time. Owns the depth; mixes nothing.
 */
import { FRAME_SAMPLES } from './sample-source.ts';

export interface FrameQueue {
  /** `timestamp` is the RTP time of the first sample. Too late or too far ahead: dropped, or the queue starts anew. */
  push(timestamp: number, samples: Int16Array, length: number): void;
  /** 'heard': the frame is filled. 'lost': its packet never came, though later ones did. 'empty': nothing is there. */
  pull(frame: Int16Array): 'heard' | 'lost' | 'empty';
}

/** Two frames are waited for before the first is taken: what Wi-Fi usually needs. */
const DEPTH_SAMPLES = 2 * FRAME_SAMPLES;
/** Beyond this the talker is caught up with by dropping the oldest. */
const LONGEST_SAMPLES = 8 * FRAME_SAMPLES;
const RING_SAMPLES = 2048;

export function createFrameQueue(): FrameQueue {
  const ring = new Int16Array(RING_SAMPLES);
  /** 1 where a sample came. */
  const present = new Uint8Array(RING_SAMPLES);
  /** RTP time of the next sample to be pulled, and of the sample behind the newest. */
  let readTime = 0;
  let writeTime = 0;
  let isRunning = false;
  let hasBegun = false;

  return {
    push(timestamp, samples, length) {
      const aheadOfWrite = (timestamp - writeTime) | 0;
      if (!hasBegun || aheadOfWrite > LONGEST_SAMPLES || aheadOfWrite < -RING_SAMPLES) {
        hasBegun = true;
        isRunning = false;
        readTime = timestamp;
        writeTime = timestamp;
        ring.fill(0);
        present.fill(0);
      }
      if (((timestamp - readTime) | 0) < 0) return;
      const end = (timestamp + length) >>> 0;
      if (((end - readTime) | 0) > RING_SAMPLES) readTime = (end - DEPTH_SAMPLES) >>> 0;
      for (let index = 0; index < length; index += 1) {
        const at = (timestamp + index) & (RING_SAMPLES - 1);
        ring[at] = samples[index]!;
        present[at] = 1;
      }
      if (((end - writeTime) | 0) > 0) writeTime = end;
      if (((writeTime - readTime) | 0) > LONGEST_SAMPLES) readTime = (writeTime - DEPTH_SAMPLES) >>> 0;
    },
    pull(frame) {
      const queued = hasBegun ? (writeTime - readTime) | 0 : 0;
      if (!isRunning && queued < DEPTH_SAMPLES) return 'empty';
      if (queued < frame.length) {
        isRunning = false;
        return 'empty';
      }
      isRunning = true;
      let came = 0;
      for (let index = 0; index < frame.length; index += 1) {
        const at = (readTime + index) & (RING_SAMPLES - 1);
        frame[index] = ring[at]!;
        // What was heard is forgotten, so that a lost packet's place is silence and not a second ago.
        ring[at] = 0;
        came += present[at]!;
        present[at] = 0;
      }
      readTime = (readTime + frame.length) >>> 0;
      return came * 2 > frame.length ? 'heard' : 'lost';
    },
  };
}
