/** Busy and reorder: a country's tone, on and off in its own rhythm (tone-plan.ts), long enough to be no accident. */
import { toneFor, type ToneSpec } from './tone-plan.ts';
import type { ToneRun } from './tone-run-machine.ts';

export type CadenceTone = 'busy' | 'reorder';

export interface CadenceDetector {
  /** Each frame, with the run it belongs to. Says each tone once. */
  hear(current: ToneRun): CadenceTone | undefined;
}

const FRAME_MS = 20;
const OFF_PITCH_HZ = 15;
/** What a rhythm is known by: three times on, two seconds in all. */
const FEWEST_ON = 3;
const SHORTEST_MS = 1_950;
const SEGMENTS_KEPT = 24;
/** A voice that long is no tone's edge. */
const LONGEST_OTHER_FRAMES = 3;

export function createCadenceDetector(country: string): CadenceDetector {
  const trackers = (['busy', 'reorder'] as const).map((tone) => ({ tone, track: createTracker(toneFor(country, tone)) }));
  let said: CadenceTone | undefined;
  return {
    hear(current) {
      for (const { tone, track } of trackers) {
        // Where a country's busy and reorder are one tone, it is busy.
        if (!track(current) || said !== undefined) continue;
        said = tone;
        return tone;
      }
      return undefined;
    },
  };
}

/** Told each frame; true where the rhythm has just been confirmed. */
function createTracker(spec: ToneSpec): (current: ToneRun) => boolean {
  /** Ended segments, oldest first, in ms; they alternate, and the newest is on if `isOn` is false. */
  let segments: number[] = [];
  let isOn = false;
  let frames = 0;
  let hasBegun = false;
  return (current) => {
    if (current.kind === 'other' && current.frames > LONGEST_OTHER_FRAMES) {
      segments = [];
      hasBegun = false;
      isOn = false;
      frames = 0;
      return false;
    }
    const isOnNow = isOfTone(current, spec);
    if (isOnNow === isOn) {
      frames += 1;
      return false;
    }
    if (hasBegun) segments = [...segments, frames * FRAME_MS].slice(-SEGMENTS_KEPT);
    hasBegun ||= isOnNow;
    isOn = isOnNow;
    frames = 1;
    return isRhythm(segments, !isOn, spec.cadence);
  };
}

function isOfTone(run: ToneRun, { frequencies }: ToneSpec): boolean {
  if (run.kind !== 'tone') return false;
  const [low, high] = frequencies;
  if (high === undefined) return run.highHz === 0 && Math.abs(run.lowHz - low!) <= OFF_PITCH_HZ;
  return Math.abs(run.lowHz - low!) <= OFF_PITCH_HZ && Math.abs(run.highHz - high) <= OFF_PITCH_HZ;
}

/** Whether the newest segments are the cadence, entered anywhere in it. */
function isRhythm(segments: readonly number[], isLastOn: boolean, cadence: readonly number[]): boolean {
  for (let phase = isLastOn ? 0 : 1; phase < cadence.length; phase += 2) {
    let ms = 0;
    let on = 0;
    for (let back = 0; back < segments.length; back += 1) {
      const expected = cadence[(((phase - back) % cadence.length) + cadence.length) % cadence.length]!;
      const segment = segments[segments.length - 1 - back]!;
      if (Math.abs(segment - expected) > Math.max(45, expected * 0.2)) break;
      ms += segment;
      if ((phase - back) % 2 === 0) on += 1;
      // An irregular cadence is known only by the whole of it, twice.
      if (on >= FEWEST_ON && ms >= SHORTEST_MS && (cadence.length === 2 || back + 1 >= 2 * cadence.length)) return true;
    }
  }
  return false;
}
