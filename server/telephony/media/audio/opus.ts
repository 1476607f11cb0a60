/**
 * Speech in Opus (RFC 6716) at the telephone's 8 kHz, through libopus compiled to WebAssembly: decoding with the forward error
 * correction that a later packet carries, concealment, encoding. Owns the library's objects; knows no packets' order and no network.
 */
import { Application, createDecoder, createEncoder, isOpusError, loadLibopus, Signal, type OpusDecoderHandle, type OpusEncoderHandle } from 'libopus-wasm';
import { FRAME_SAMPLES, SAMPLE_RATE } from './sample-source.ts';

/** RFC 7587 4.1: whatever is sampled, RTP time runs at 48 kHz. */
export const OPUS_CLOCK_MULTIPLE = 6;

export interface OpusDecoder {
  /** Decodes a packet to the start of `into`; samples written, 0 for octets that are no Opus. */
  decode(packet: Uint8Array, into: Int16Array): number;
  /** What `packet` carries of the `length` samples before it: its redundant copy where it has one, a guess where not. */
  recover(packet: Uint8Array, length: number, into: Int16Array): number;
  /** Goes on as the voice most likely would have. */
  conceal(length: number, into: Int16Array): number;
  close(): void;
}

export interface OpusEncoder {
  /** One frame of 20 ms; the octets are the caller's to keep. */
  encode(frame: Int16Array): Uint8Array;
  /** The share of packets that is expected to be lost, 0..1: how much of each frame is repeated in the next. */
  expectLoss(share: number): void;
  close(): void;
}

/** 120 ms, the longest packet (RFC 6716 2.1.4). */
export const LONGEST_OPUS_SAMPLES = (SAMPLE_RATE * 120) / 1000;
const BITRATE = 24_000;
/** Half the cost of the library's own choice; narrow-band speech is told apart by nobody (docs/decisions). */
const COMPLEXITY = 3;
const LONGEST_PACKET = 400;

/** Compiles the library once a process; it takes some tens of milliseconds. */
export async function loadOpus(): Promise<void> {
  await loadLibopus();
}

/** A packet of a stranger may be anything: what libopus refuses counts as lost. */
function written(samples: () => Int16Array, into: Int16Array): number {
  try {
    const decoded = samples();
    const length = Math.min(decoded.length, into.length);
    into.set(length === decoded.length ? decoded : decoded.subarray(0, length));
    return length;
  } catch (error) {
    if (isOpusError(error) || error instanceof RangeError) return 0;
    throw error;
  }
}

export async function createOpusDecoder(): Promise<OpusDecoder> {
  const handle: OpusDecoderHandle = await createDecoder({ channels: 1, sampleRate: SAMPLE_RATE });
  return {
    decode: (packet, into) => written(() => handle.decode(packet), into),
    recover: (packet, length, into) => written(() => handle.decode(packet, { decodeFec: true, frameSize: length }), into),
    conceal: (length, into) => written(() => handle.decodePacketLoss(length), into),
    close: () => handle.free(),
  };
}

export async function createOpusEncoder(): Promise<OpusEncoder> {
  const handle: OpusEncoderHandle = await createEncoder({
    channels: 1,
    sampleRate: SAMPLE_RATE,
    frameSize: FRAME_SAMPLES,
    application: Application.Voip,
    signal: Signal.Voice,
    bitrate: BITRATE,
    complexity: COMPLEXITY,
    fec: true,
    packetLossPercent: 0,
    dtx: false,
  });
  return {
    encode: (frame) => handle.encode(frame, { maxPacketBytes: LONGEST_PACKET }),
    expectLoss: (share) => handle.setPacketLossPercent(Math.round(Math.min(1, Math.max(0, share)) * 100)),
    close: () => handle.free(),
  };
}
