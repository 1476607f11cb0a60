/**
 * Between packets that come when they like and whoever records them: frames in the order of RTP time, whole, however late a busy machine
 * hands the packets over. Half a second is waited for what is out of order: a recording is in no hurry. Owns that wait; keeps nothing else.
 */
import { createLossConcealment } from './loss-concealment.ts';
import { FRAME_SAMPLES } from './sample-source.ts';

export interface RecordingQueue {
  /** `timestamp` is the RTP time of the first sample. */
  push(timestamp: number, samples: Int16Array, length: number): void;
  /** Every 20 ms. */
  tick(): void;
  /** Gives out what was still waited with. */
  end(): void;
}

const HELD_BACK_SAMPLES = 4_000;
const RING_SAMPLES = 16_384;
/** A phone that suppresses silence sends nothing; after a second its quiet is heard as it passes. */
const TICKS_BEFORE_QUIET = 50;
/** A pause in RTP time beyond this is a new stream. */
const LONGEST_PAUSE_SAMPLES = 80_000;

/** `onFrame`'s array is used again for the next. */
export function createRecordingQueue(onFrame: (frame: Int16Array) => void): RecordingQueue {
  const ring = new Int16Array(RING_SAMPLES);
  /** 1 where a sample came. */
  const present = new Uint8Array(RING_SAMPLES);
  const frame = new Int16Array(FRAME_SAMPLES);
  const concealment = createLossConcealment();
  /** RTP time of the next sample to be given out, and of the sample behind the newest. */
  let readTime = 0;
  let writeTime = 0;
  let hasBegun = false;
  let ticksSincePacket = 0;

  const queued = (): number => (writeTime - readTime) | 0;

  const giveOut = (): void => {
    let came = 0;
    for (let index = 0; index < FRAME_SAMPLES; index += 1) {
      const at = (readTime + index) & (RING_SAMPLES - 1);
      frame[index] = ring[at]!;
      ring[at] = 0;
      came += present[at]!;
      present[at] = 0;
    }
    readTime = (readTime + FRAME_SAMPLES) >>> 0;
    if (came * 2 > FRAME_SAMPLES) concealment.hear(frame);
    else concealment.conceal(frame);
    onFrame(frame);
  };
  const giveOutBeyond = (kept: number): void => {
    while (queued() >= kept + FRAME_SAMPLES) giveOut();
  };
  const giveOutQuiet = (samples: number): void => {
    for (let given = 0; given + FRAME_SAMPLES <= samples; given += FRAME_SAMPLES) {
      frame.fill(0);
      concealment.hear(frame);
      onFrame(frame);
    }
  };
  const beginAt = (timestamp: number): void => {
    hasBegun = true;
    readTime = timestamp;
    writeTime = timestamp;
    ring.fill(0);
    present.fill(0);
  };

  return {
    push(timestamp, samples, length) {
      const pause = (timestamp - writeTime) | 0;
      // What passed meanwhile was given out as quiet.
      if (!hasBegun || ticksSincePacket > TICKS_BEFORE_QUIET) beginAt(timestamp);
      else if (pause > RING_SAMPLES / 2 || pause < -RING_SAMPLES) {
        giveOutBeyond(0);
        if (pause > 0 && pause <= LONGEST_PAUSE_SAMPLES) giveOutQuiet(pause);
        beginAt(timestamp);
      }
      ticksSincePacket = 0;
      if (((timestamp - readTime) | 0) < 0) return;
      for (let index = 0; index < length; index += 1) {
        const at = (timestamp + index) & (RING_SAMPLES - 1);
        ring[at] = samples[index]!;
        present[at] = 1;
      }
      const end = (timestamp + length) >>> 0;
      if (((end - writeTime) | 0) > 0) writeTime = end;
      giveOutBeyond(HELD_BACK_SAMPLES);
    },
    tick() {
      ticksSincePacket += 1;
      if (hasBegun && ticksSincePacket === TICKS_BEFORE_QUIET) giveOutBeyond(0);
      if (!hasBegun || ticksSincePacket > TICKS_BEFORE_QUIET) giveOutQuiet(FRAME_SAMPLES);
    },
    end: () => giveOutBeyond(0),
  };
}
