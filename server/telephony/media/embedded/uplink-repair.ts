/**
 * Mends one browser's speech on its way to telephones: held back as its network needs, decoded where it is Opus, its losses
 * repaired or concealed. Owns when, by its policy; sends nothing.
 */
import { createMediaClock } from '../audio/media-clock.ts';
import { createOpusDecoder, OPUS_CLOCK_MULTIPLE, type OpusDecoder } from '../audio/opus.ts';
import { FRAME_SAMPLES } from '../audio/sample-source.ts';
import { createSpeechPlayout, type SpeechPlayout } from '../audio/speech-playout.ts';
import { isQuiet } from '../audio/time-stretch.ts';
import type { LegStatistics } from '../media-port.ts';
import { emptyRedBlocks, readRed } from '#contract/red-codec.ts';
import type { RtpHeader } from '../rtp/rtp-codec.ts';
import { isOpusKind, type ReceivedCodec } from '../sdp/device-negotiation-policy.ts';
import { decideRepair, passingOn } from './repair-policy.ts';

export interface UplinkRepair {
  /** Whether others hear frames of ours and not the browser's own packets. */
  isActive(): boolean;
  /** Once a second: what came, and what did not, since the last time, and how late we ourselves were. */
  observe(statistics: Pick<LegStatistics, 'packetsReceived' | 'packetsLost' | 'jitterMs'>, ownLatenessMs: number, nowMs: number): void;
  /** Every packet of the browser. False for one that may be passed on as it is, which is G.711 while nothing needs mending. */
  hear(sourceKey: number, header: RtpHeader, packet: Uint8Array, codec: ReceivedCodec, nowMs: number): boolean;
  /** The next 20 ms, the same array each time; undefined while there is nothing to hear. */
  nextFrame(nowMs: number): Int16Array | undefined;
  counts(): RepairCounts;
  close(): void;
}

/** In frames of 20 ms, since the leg was made. */
export interface RepairCounts {
  frames: number;
  concealed: number;
  restored: number;
}

/** Fewer packets than this in a second say nothing of a network: the microphone is off, or the call has just begun. */
const FEWEST_PACKETS = 25;
/** So little is held back that nobody hears it fall away. */
const DRAINED_MS = 20;

export function createUplinkRepair(codecOf: (payloadType: number) => ReceivedCodec | undefined, onBug: (cause: unknown) => void): UplinkRepair {
  const frame = new Int16Array(FRAME_SAMPLES);
  const blocks = emptyRedBlocks();
  const clock = createMediaClock();
  const before: RepairCounts = { frames: 0, concealed: 0, restored: 0 };
  let playout: SpeechPlayout | undefined;
  let decoder: OpusDecoder | undefined;
  let isDecoderAsked = false;
  let isClosed = false;
  let state = passingOn;
  let speaksOpus = false;
  let receivedBefore = 0;
  let lostBefore = 0;

  const askForDecoder = (): void => {
    if (isDecoderAsked) return;
    isDecoderAsked = true;
    createOpusDecoder().then((made) => {
      if (isClosed) made.close();
      else decoder = made;
    }, onBug);
  };

  /** Back to passing on: what is still held back is let go where it is not heard. */
  const settleBack = (nowMs: number, isPause: boolean): void => {
    if (playout === undefined || state.isActive || speaksOpus) return;
    if (playout.delayMs(nowMs) > DRAINED_MS && !isPause) {
      playout.hurry();
      return;
    }
    before.frames += playout.counts.frames;
    before.concealed += playout.counts.concealed;
    before.restored += playout.counts.recovered;
    playout = undefined;
  };

  /** The speech itself first: how far its repeats reach back is told by it. False for a packet that is no blocks of Opus. */
  const hearBlocks = (place: number, packet: Uint8Array, offset: number, length: number, nowMs: number): boolean => {
    const count = readRed(packet, offset, length, blocks);
    for (let index = 0; index < count; index += 1) if (!isOpus(blocks[index]!.payloadType)) return false;
    for (let index = count - 1; index >= 0; index -= 1) {
      const block = blocks[index]!;
      playout?.push('opus', place - block.timestampOffset / OPUS_CLOCK_MULTIPLE, packet, block.offset, block.length, index < count - 1, nowMs);
    }
    return count > 0;
  };
  const isOpus = (payloadType: number): boolean => {
    const codec = codecOf(payloadType);
    return codec === 'opus' || codec === 'repeats';
  };

  return {
    isActive: () => playout !== undefined,
    observe({ packetsReceived, packetsLost, jitterMs }, ownLatenessMs, nowMs) {
      const received = packetsReceived - receivedBefore;
      const lost = Math.max(0, packetsLost - lostBefore);
      receivedBefore = packetsReceived;
      lostBefore = packetsLost;
      if (received < FEWEST_PACKETS) return;
      state = decideRepair(state, { lostShare: lost / (received + lost), jitterMs, ownLatenessMs }, nowMs);
      if (state.isActive) playout ??= createSpeechPlayout(() => decoder);
    },
    hear(sourceKey, header, packet, codec, nowMs) {
      speaksOpus = isOpusKind(codec);
      if (speaksOpus) {
        askForDecoder();
        playout ??= createSpeechPlayout(() => decoder);
      }
      if (playout === undefined) return false;
      const { sequence, timestamp, payloadOffset, payloadLength } = header;
      const place = clock.placeOf(sourceKey, sequence, timestamp, speaksOpus ? OPUS_CLOCK_MULTIPLE : 1);
      if (codec === 'PCMU' || codec === 'PCMA' || codec === 'opus' || !hearBlocks(place, packet, payloadOffset, payloadLength, nowMs)) {
        playout.push(codec === 'PCMU' || codec === 'PCMA' ? codec : 'opus', place, packet, payloadOffset, payloadLength, false, nowMs);
      }
      return true;
    },
    nextFrame(nowMs) {
      if (playout?.pull(frame, nowMs) !== true) return undefined;
      settleBack(nowMs, isQuiet(frame, FRAME_SAMPLES));
      return frame;
    },
    counts: () => ({
      frames: before.frames + (playout?.counts.frames ?? 0),
      concealed: before.concealed + (playout?.counts.concealed ?? 0),
      restored: before.restored + (playout?.counts.recovered ?? 0),
    }),
    close() {
      isClosed = true;
      decoder?.close();
      decoder = undefined;
      playout = undefined;
    },
  };
}
