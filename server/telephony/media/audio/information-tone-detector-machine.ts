/**
 * The special information tone: three rising tones before a network's announcement. North America's lengths and pitches say what
 * the announcement will (Telcordia SR-2275); the ITU's three (E.180: 950, 1400, 1800 Hz, each 330 ms) say only that there is one.
 */
import type { ToneRun } from './tone-run-machine.ts';

/** 'announcement': the tones leave open which. */
export type InformationTone = 'not-in-service' | 'network-busy' | 'announcement';

export interface InformationToneDetector {
  /** Each run that ended. */
  hear(ended: ToneRun): InformationTone | undefined;
}

interface Segment {
  hz: number;
  frames: number;
}

const BANDS_HZ = [[885, 1010], [1340, 1460], [1735, 1855]] as const;
const SHORTEST_FRAMES = 9;
const LONGEST_FRAMES = 24;
/** 274 ms and 380 ms lie on either side. */
const LONG_FRAMES = 16;
/** E.180: up to 30 ms lie between two tones; a window across an edge is neither. */
const LONGEST_GAP_FRAMES = 4;

export function createInformationToneDetector(): InformationToneDetector {
  let heard: Segment[] = [];
  let gapFrames = 0;

  return {
    hear(ended) {
      if (ended.kind !== 'tone' || ended.frames < 3) {
        gapFrames += ended.frames;
        if (gapFrames > LONGEST_GAP_FRAMES) heard = [];
        return undefined;
      }
      const band = BANDS_HZ[heard.length]!;
      const isNext = ended.highHz === 0 && ended.lowHz >= band[0] && ended.lowHz <= band[1] && ended.frames >= SHORTEST_FRAMES && ended.frames <= LONGEST_FRAMES;
      gapFrames = 0;
      if (!isNext) {
        heard = [];
        return undefined;
      }
      heard.push({ hz: ended.lowHz, frames: ended.frames });
      if (heard.length < BANDS_HZ.length) return undefined;
      const meaning = meaningOf(heard[0]!, heard[1]!, heard[2]!);
      heard = [];
      return meaning;
    },
  };
}

/** By the first two; the third is the same in all of SR-2275's. */
function meaningOf(first: Segment, second: Segment, third: Segment): InformationTone {
  if (Math.abs(third.hz - 1776.7) > 15) return 'announcement';
  const firstPitch = nearest(first.hz, 913.8, 985.2);
  const secondPitch = nearest(second.hz, 1370.6, 1428.5);
  if (firstPitch === undefined || secondPitch === undefined) return 'announcement';
  const [isFirstLong, isSecondLong] = [first.frames >= LONG_FRAMES, second.frames >= LONG_FRAMES];
  // Intercept: short, short. Vacant code: long and high, then short.
  if (secondPitch === 'low' && !isSecondLong && isFirstLong === (firstPitch === 'high')) return 'not-in-service';
  // Reorder and no circuit, each of the local and of a distant network.
  if (isSecondLong || (secondPitch === 'low' && isFirstLong)) return 'network-busy';
  return 'announcement';
}

function nearest(hz: number, lowHz: number, highHz: number): 'low' | 'high' | undefined {
  if (Math.abs(hz - lowHz) <= 15) return 'low';
  return Math.abs(hz - highHz) <= 15 ? 'high' : undefined;
}
