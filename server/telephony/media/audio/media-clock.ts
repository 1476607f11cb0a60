/**
 * Puts the packets of one talker on one line of time, in samples at 8 kHz, whatever clock each payload type runs by and whichever
 * connection took over from another. Owns that line's joints; knows no payloads.
 */
import { sequenceDistance } from '../rtp/rtp-codec.ts';
import { FRAME_SAMPLES, SAMPLE_RATE } from './sample-source.ts';

export interface MediaClock {
  /** `clockMultiple`: how often the payload's clock ticks a sample (RFC 7587: 6 for Opus). */
  placeOf(sourceKey: number, sequence: number, timestamp: number, clockMultiple: number): number;
}

/** A leap of a source's own time beyond this is a new start of it. */
const LARGEST_LEAP_SAMPLES = 10 * SAMPLE_RATE;

export function createMediaClock(): MediaClock {
  let source: number | undefined;
  let multiple = 0;
  let atSequence = 0;
  let atTimestamp = 0;
  let atPlace = 0;

  return {
    placeOf(sourceKey, sequence, timestamp, clockMultiple) {
      const packets = sequenceDistance(sequence, atSequence);
      let place = atPlace + Math.round(((timestamp - atTimestamp) | 0) / clockMultiple);
      if (source !== sourceKey || Math.abs(place - atPlace) > LARGEST_LEAP_SAMPLES) place = atPlace + FRAME_SAMPLES;
      // Across a change of clocks only the sequence tells how much time went by.
      else if (multiple !== clockMultiple) place = atPlace + packets * FRAME_SAMPLES;
      else if (packets <= 0) return place;
      source = sourceKey;
      multiple = clockMultiple;
      atSequence = sequence;
      atTimestamp = timestamp;
      atPlace = place;
      return place;
    },
  };
}
