/**
 * Between a network that delivers when it likes and a telephone that wants 20 ms every 20 ms: packets are put in order, held back
 * as long as their network needs, decoded, and what never came is repaired or concealed. Owns one talker's packets and decoders;
 * paces nothing itself.
 */
import { decodeG711, type G711Law } from './g711-codec.ts';
import { createJitterEstimate } from './jitter-estimate.ts';
import { createLossConcealment } from './loss-concealment.ts';
import { LONGEST_OPUS_SAMPLES, type OpusDecoder } from './opus.ts';
import { FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE } from './sample-source.ts';
import { isQuiet, lengthen, PAST_SAMPLES, shorten, SHORTENED_SAMPLES } from './time-stretch.ts';

export interface PlayoutCounts {
  /** Frames of 20 ms asked for since speech began. */
  frames: number;
  /** Of those, made up wholly or partly because nothing was there. */
  concealed: number;
  /** Of those, restored from what later packets repeat. */
  recovered: number;
  /** Packets that came after their moment. */
  late: number;
}

export interface SpeechPlayout {
  readonly counts: PlayoutCounts;
  /** `place` on the talker's line of time, in samples. A copy that a later packet repeats is `isRepeat`: it says nothing of the network. */
  push(codec: G711Law | 'opus', place: number, packet: Uint8Array, offset: number, length: number, isRepeat: boolean, arrivedAtMs: number): void;
  /** Fills the next 20 ms; false if there is nothing to hear. */
  pull(frame: Int16Array, nowMs: number): boolean;
  /** How long ago the next sample to be heard would have come at the network's best. */
  delayMs(nowMs: number): number;
  /** From now on as little is held back as can be. */
  hurry(): void;
}

interface Waiting {
  codec: G711Law | 'opus';
  place: number;
  octets: Uint8Array;
  length: number;
  isRepeat: boolean;
}

/** One and a half seconds; more has piled up only behind an outage, and its oldest is not worth hearing. */
const MOST_WAITING = 75;
const LONGEST_PAYLOAD = 1276;
const READY_SAMPLES = 4096;
const samplesOf = (ms: number): number => (ms * SAMPLE_RATE) / 1000;

const LEAST_DELAY_MS = 20;
const MOST_DELAY_MS = 300;
/** Before the network is known. */
const FIRST_DELAY_MS = 40;
const KNOWN_AFTER_FRAMES = 25;
/** Beyond these the delay is mended, a period of the voice at a time. */
const TOO_LONG_MS = 24;
const TOO_SHORT_MS = 0;
/** At most every third frame is stretched: slower or faster by an eighth. */
const FRAMES_BETWEEN_STRETCHES = 3;
/** What lies further back than this is left out rather than hurried through. */
const HOPELESS_MS = 400;
/** Nothing came for so long: the talker starts anew. */
const FORGET_AFTER_SAMPLES = samplesOf(1000);
/** How long a loss, and a repeat found in a packet, are remembered. */
const LOSSY_FOR_MS = 10_000;

/** `opusDecoder` may be there a moment after the first packet of Opus. */
export function createSpeechPlayout(opusDecoder: () => OpusDecoder | undefined): SpeechPlayout {
  const counts: PlayoutCounts = { frames: 0, concealed: 0, recovered: 0, late: 0 };
  const waiting: Waiting[] = [];
  const spare: Waiting[] = [];
  const ready = new Int16Array(READY_SAMPLES);
  const decoded = new Int16Array(LONGEST_OPUS_SAMPLES * 2);
  const past = new Int16Array(PAST_SAMPLES);
  const concealment = createLossConcealment();
  let estimate = createJitterEstimate();
  let readyLength = 0;
  /** The place of the first sample that is not decoded yet. */
  let place: number | undefined;
  /** Made up while nothing at all was there, so that what was lost in that time is not made up again. */
  let stalledSamples = 0;
  let lastCodec: G711Law | 'opus' = 'PCMU';
  let framesSinceStretch = 0;
  let lossAtMs = -Infinity;
  /** How far behind itself a packet repeats speech, and since when. */
  let reach = 0;
  let reachAtMs = -Infinity;
  let isHurried = false;

  const release = (index: number): void => void spare.push(...waiting.splice(index, 1));

  const restart = (): void => {
    while (waiting.length > 0) release(0);
    estimate = createJitterEstimate();
    readyLength = 0;
    place = undefined;
    stalledSamples = 0;
  };

  const append = (samples: Int16Array, from: number, length: number): void => {
    const taken = Math.min(length - from, READY_SAMPLES - readyLength);
    ready.set(samples.subarray(from, from + taken), readyLength);
    readyLength += taken;
  };

  const targetMs = (nowMs: number): number => {
    if (isHurried) return 0;
    const spreadMs = counts.frames < KNOWN_AFTER_FRAMES ? FIRST_DELAY_MS : estimate.spreadMs();
    // A loss can be mended only by a packet that is there before the gap is due.
    const isLossy = nowMs - lossAtMs < LOSSY_FOR_MS;
    const repairMs = isLossy && lastCodec === 'opus' ? FRAME_MS + (nowMs - reachAtMs < LOSSY_FOR_MS ? reach : 0) : 0;
    return Math.min(MOST_DELAY_MS, Math.max(LEAST_DELAY_MS, spreadMs + repairMs));
  };

  const delayMs = (nowMs: number): number => {
    if (place === undefined) return 0;
    const earliest = estimate.earliestMs(place - readyLength);
    return earliest === undefined ? 0 : nowMs - earliest;
  };

  /** How late a packet may be that is decoded now, or after what is ready now. */
  const slackMs = (nowMs: number): number => delayMs(nowMs) - (Math.max(0, readyLength - FRAME_SAMPLES) * 1000) / SAMPLE_RATE;

  /** Twenty milliseconds, or less where the gap is shorter. */
  const concealInto = (length: number): void => {
    counts.concealed += 1;
    if (lastCodec === 'opus' && opusDecoder()?.conceal(length, decoded) === length) {
      append(decoded, 0, length);
      return;
    }
    const made = decoded.subarray(0, length);
    concealment.conceal(made);
    append(made, 0, length);
  };

  const decode = (next: Waiting): number => {
    const octets = next.octets.subarray(0, next.length);
    if (next.codec === 'opus') return opusDecoder()?.decode(octets, decoded) ?? 0;
    decodeG711(next.codec, octets, 0, next.length, decoded);
    concealment.hear(decoded.subarray(0, next.length));
    return next.length;
  };

  /** Decodes, repairs or makes up what comes next. */
  const advance = (nowMs: number): void => {
    const next = waiting[0];
    if (next === undefined || place === undefined) {
      stalledSamples += FRAME_SAMPLES;
      concealInto(FRAME_SAMPLES);
      return;
    }
    let gap = next.place - place;
    if (gap > 0 && stalledSamples > 0) {
      const skipped = Math.min(gap, stalledSamples);
      place += skipped;
      gap -= skipped;
    }
    stalledSamples = 0;
    if (gap > 0 && slackMs(nowMs) > targetMs(nowMs) + 3 * FRAME_MS) {
      place = next.place;
      gap = 0;
    }
    if (gap > 0) {
      lossAtMs = nowMs;
      const length = Math.min(gap, FRAME_SAMPLES);
      if (gap <= FRAME_SAMPLES && next.codec === 'opus' && lastCodec === 'opus' && opusDecoder()?.recover(next.octets.subarray(0, next.length), length, decoded) === length) {
        counts.recovered += 1;
        append(decoded, 0, length);
      } else concealInto(length);
      place += length;
      return;
    }
    const length = decode(next);
    if (length > 0) {
      lastCodec = next.codec;
      if (next.isRepeat) {
        counts.recovered += 1;
        lossAtMs = nowMs;
      }
      append(decoded, Math.min(length, -gap), length);
      place = Math.max(place, next.place + length);
    } else {
      // No speech after all: its place is made up.
      concealInto(FRAME_SAMPLES);
      place += FRAME_SAMPLES;
    }
    release(0);
  };

  const isNextThere = (): boolean => place !== undefined && waiting[0] !== undefined && waiting[0].place <= place;

  const dropLate = (): void => {
    while (place !== undefined && waiting[0] !== undefined && waiting[0].place <= place - FRAME_SAMPLES) release(0);
  };

  const mendDelay = (nowMs: number): void => {
    framesSinceStretch += 1;
    const excessMs = slackMs(nowMs) - targetMs(nowMs);
    if (excessMs > HOPELESS_MS) {
      // After an outage: the newest that will do is heard next.
      const newest = waiting.at(-1);
      if (newest !== undefined && place !== undefined) {
        place = Math.max(place, newest.place - samplesOf(targetMs(nowMs)));
        readyLength = Math.min(readyLength, FRAME_SAMPLES);
        dropLate();
      }
      return;
    }
    if (excessMs > TOO_LONG_MS && readyLength >= FRAME_SAMPLES && isQuiet(ready, FRAME_SAMPLES) && isNextThere()) {
      ready.copyWithin(0, FRAME_SAMPLES, readyLength);
      readyLength -= FRAME_SAMPLES;
      while (readyLength < FRAME_SAMPLES) advance(nowMs);
      return;
    }
    if (framesSinceStretch < FRAMES_BETWEEN_STRETCHES) return;
    if (excessMs > TOO_LONG_MS) {
      // Nothing is taken for lost before its time only to have samples to shorten.
      while (readyLength < SHORTENED_SAMPLES && isNextThere()) advance(nowMs);
      if (readyLength < SHORTENED_SAMPLES) return;
      readyLength = shorten(past, ready, readyLength);
      framesSinceStretch = 0;
    } else if (excessMs < -TOO_SHORT_MS) {
      readyLength = lengthen(past, ready, readyLength);
      framesSinceStretch = 0;
    }
  };

  return {
    counts,
    push(codec, at, packet, offset, length, isRepeat, arrivedAtMs) {
      if (length === 0 || length > LONGEST_PAYLOAD) return;
      if (!isRepeat) estimate.note(at, arrivedAtMs);
      place ??= at;
      if (isRepeat) {
        const newest = waiting.at(-1)?.place ?? place;
        reach = Math.max(arrivedAtMs - reachAtMs < LOSSY_FOR_MS ? reach : 0, ((newest - at) * 1000) / SAMPLE_RATE);
        reachAtMs = arrivedAtMs;
      }
      if (at <= place - FRAME_SAMPLES) {
        if (!isRepeat) counts.late += 1;
        return;
      }
      let index = waiting.length;
      while (index > 0 && waiting[index - 1]!.place > at) index -= 1;
      const before = waiting[index - 1];
      if (before?.place === at) {
        // The speech itself is better than its repeat, which may be coded lower.
        if (!before.isRepeat || isRepeat) return;
        release(index - 1);
        index -= 1;
      }
      if (waiting.length >= MOST_WAITING) {
        release(0);
        if (index > 0) index -= 1;
        place = Math.max(place, waiting[0]?.place ?? place);
      }
      const entry = spare.pop() ?? { codec, place: at, octets: new Uint8Array(length), length, isRepeat };
      if (entry.octets.length < length) entry.octets = new Uint8Array(length);
      for (let octet = 0; octet < length; octet += 1) entry.octets[octet] = packet[offset + octet]!;
      entry.codec = codec;
      entry.place = at;
      entry.length = length;
      entry.isRepeat = isRepeat;
      waiting.splice(index, 0, entry);
    },
    pull(frame, nowMs) {
      if (place === undefined) return false;
      if (stalledSamples > FORGET_AFTER_SAMPLES) {
        restart();
        return false;
      }
      counts.frames += 1;
      dropLate();
      while (readyLength < FRAME_SAMPLES) advance(nowMs);
      mendDelay(nowMs);
      while (readyLength < FRAME_SAMPLES) advance(nowMs);
      frame.set(ready.subarray(0, FRAME_SAMPLES));
      past.copyWithin(0, FRAME_SAMPLES);
      past.set(frame, PAST_SAMPLES - FRAME_SAMPLES);
      ready.copyWithin(0, FRAME_SAMPLES, readyLength);
      readyLength -= FRAME_SAMPLES;
      return true;
    },
    delayMs,
    hurry() {
      isHurried = true;
    },
  };
}
