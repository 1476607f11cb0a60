/**
 * One continuous RTP stream towards a peer, whatever feeds it: a relayed browser, another browser after it, tones,
 * keypresses, silence. Owns SSRC, sequence and timestamp, so that nothing of a source shows; owns no socket.
 */
import type { RandomSource } from '#server/platform/clock/random.ts';
import { FRAME_SAMPLES, SAMPLE_RATE } from '../audio/sample-source.ts';
import { readUint32, sequenceDistance } from './rtp-codec.ts';

export interface OutgoingStream {
  readonly ssrc: number;
  /** What the next packet is to be written with; filled by the stamp functions. */
  sequence: number;
  timestamp: number;
  marker: boolean;
  packetsSent: number;
  octetsSent: number;
  /** Monotonic; undefined until something was sent. */
  lastSentAtMs: number | undefined;
  /** Whose packets are being passed on; undefined while we generate. */
  sourceKey: number | undefined;
  sequenceOffset: number;
  timestampOffset: number;
  highestSequence: number;
  highestTimestamp: number;
  /** Numbers given out since the present source took over, as far as a late packet may reach back. */
  reach: number;
}

/** RFC 3550 5.1: all three begin at random. */
export function createOutgoingStream(random: RandomSource): OutgoingStream {
  const seed = random.bytes(10);
  const sequence = ((seed[8]! << 8) | seed[9]!) & 0x7fff;
  const timestamp = readUint32(seed, 4);
  return {
    ssrc: readUint32(seed, 0),
    sequence,
    timestamp,
    marker: false,
    packetsSent: 0,
    octetsSent: 0,
    lastSentAtMs: undefined,
    sourceKey: undefined,
    sequenceOffset: 0,
    timestampOffset: 0,
    highestSequence: sequence,
    highestTimestamp: timestamp,
    reach: 0,
  };
}

/** A minute's jump of a source's clock, or of its numbers, is a new source that kept its SSRC. */
const LARGEST_TIMESTAMP_JUMP = SAMPLE_RATE * 60;
const LARGEST_SEQUENCE_JUMP = 3000;
/** A packet later than this is of no use to anyone. */
const LATEST_SEQUENCE = 512;
/** A pause above this is passed on in time; below it the next frame simply follows the last. */
const LONGEST_SEAMLESS_PAUSE_MS = 60;

/** How far the clock has moved since the last packet, in ticks; at least one frame. */
function ticksSince(stream: OutgoingStream, nowMs: number): number {
  const elapsedMs = nowMs - (stream.lastSentAtMs ?? nowMs);
  return elapsedMs <= LONGEST_SEAMLESS_PAUSE_MS ? FRAME_SAMPLES : Math.round((elapsedMs * SAMPLE_RATE) / 1000);
}

/**
 * Stamps a packet that is passed on. Losses and reordering of the source stay visible to the peer, which alone can
 * conceal them. False for a packet from before the source took over: its number is spent.
 */
export function stampRelayed(stream: OutgoingStream, sourceKey: number, sequence: number, timestamp: number, marker: boolean, nowMs: number): boolean {
  let isContinued = stream.sourceKey === sourceKey;
  let ahead = 0;
  if (isContinued) {
    ahead = sequenceDistance((sequence + stream.sequenceOffset) & 0xffff, stream.highestSequence);
    const aheadInTime = (((timestamp + stream.timestampOffset) >>> 0) - stream.highestTimestamp) | 0;
    isContinued = ahead > -LARGEST_SEQUENCE_JUMP && ahead < LARGEST_SEQUENCE_JUMP && aheadInTime > -LARGEST_TIMESTAMP_JUMP && aheadInTime < LARGEST_TIMESTAMP_JUMP;
  }
  if (!isContinued) {
    stream.sourceKey = sourceKey;
    stream.sequenceOffset = (stream.highestSequence + 1 - sequence) & 0xffff;
    stream.timestampOffset = (stream.highestTimestamp + ticksSince(stream, nowMs) - timestamp) >>> 0;
    stream.reach = 0;
    ahead = 1;
  } else if (ahead <= 0 && (-ahead >= stream.reach || -ahead > LATEST_SEQUENCE)) {
    return false;
  }
  stream.sequence = (sequence + stream.sequenceOffset) & 0xffff;
  stream.timestamp = (timestamp + stream.timestampOffset) >>> 0;
  stream.marker = marker || !isContinued;
  if (ahead > 0) {
    stream.highestSequence = stream.sequence;
    stream.highestTimestamp = stream.timestamp;
    stream.reach = Math.min(stream.reach + ahead, LATEST_SEQUENCE);
  }
  stream.lastSentAtMs = nowMs;
  return true;
}

/** Stamps a frame that we made; after a pause the marker is set, as at the start of a talkspurt (RFC 3551 4.1). */
export function stampGenerated(stream: OutgoingStream, nowMs: number): void {
  const ticks = ticksSince(stream, nowMs);
  stream.marker = stream.sourceKey !== undefined || stream.lastSentAtMs === undefined || ticks !== FRAME_SAMPLES;
  stream.sourceKey = undefined;
  stream.sequence = (stream.highestSequence + 1) & 0xffff;
  stream.timestamp = (stream.highestTimestamp + ticks) >>> 0;
  stream.highestSequence = stream.sequence;
  stream.highestTimestamp = stream.timestamp;
  stream.lastSentAtMs = nowMs;
}

/** Stamps a packet of a keypress: a new number each time, the timestamp of its beginning throughout (RFC 4733 2.5.1.2). */
export function stampEvent(stream: OutgoingStream, isFirst: boolean, nowMs: number): void {
  if (isFirst) {
    stampGenerated(stream, nowMs);
    stream.marker = true;
    return;
  }
  stream.sourceKey = undefined;
  stream.marker = false;
  stream.sequence = (stream.highestSequence + 1) & 0xffff;
  stream.timestamp = stream.highestTimestamp;
  stream.highestSequence = stream.sequence;
}

/** Counts what went out. `payloadLength` is without the header (RFC 3550 6.4.1). */
export function countSent(stream: OutgoingStream, payloadLength: number): void {
  stream.packetsSent += 1;
  stream.octetsSent += payloadLength;
}
