/** Turns frames into runs: this tone for so long, then silence, then something else. Owns where a run begins and ends; knows no meaning of any. */
import type { FrameMeasure } from './frame-measure-policy.ts';

export interface ToneRun {
  kind: 'tone' | 'quiet' | 'other';
  /** The tone, lower first; `highHz` is 0 for a single one. */
  lowHz: number;
  highHz: number;
  frames: number;
  /** Of those, how many came and were compared with one another. */
  comparedFrames: number;
  /** Loudest less faintest of its frames between first and last, which are only partly of the tone: a machine's tone is even. */
  unevennessDb: number;
  /** Over the same frames. */
  unsteadinessHz: number;
}

export interface ToneRuns {
  /** The run that ended with this frame, if one did: the same object each time. A lost frame (undefined) goes on as the one before. */
  hear(measure: FrameMeasure | undefined): ToneRun | undefined;
  current(): ToneRun;
}

/** Behind a telephone network's noise gate lies less than this. */
const QUIET_DB = -48;
/** One or two tones and next to nothing else. */
const TONE_SHARE = 0.86;
const LEAST_SECOND_SHARE = 0.12;
/** Within one run a tone keeps its pitch. */
const SAME_HZ = 18;
/** On a noisy line a tone's pauses are not quiet, but this much quieter than the tone was, for so long after it. */
const PAUSE_BELOW_TONE_DB = 14;
const PAUSE_FRAMES = 250;
const FRAMES_OF_A_TONE = 3;

const emptyRun = (): ToneRun => ({ kind: 'quiet', lowHz: 0, highHz: 0, frames: 0, comparedFrames: 0, unevennessDb: 0, unsteadinessHz: 0 });

export function createToneRuns(): ToneRuns {
  let run = emptyRun();
  let ended = emptyRun();
  let loudestDb = -Infinity;
  let faintestDb = Infinity;
  let highestHz = -Infinity;
  let lowestHz = Infinity;
  let hasLatest = false;
  let latestDb = 0;
  let latestHz = 0;
  let isWindowTorn = false;
  let toneDb = -Infinity;
  let framesSinceTone = Infinity;

  const begin = (kind: ToneRun['kind'], lowHz: number, highHz: number): ToneRun => {
    [run, ended] = [ended, run];
    run.kind = kind;
    run.lowHz = lowHz;
    run.highHz = highHz;
    run.frames = 1;
    run.comparedFrames = 0;
    hasLatest = false;
    run.unevennessDb = run.unsteadinessHz = 0;
    loudestDb = highestHz = -Infinity;
    faintestDb = lowestHz = Infinity;
    return ended;
  };

  const goOn = (measure: FrameMeasure): undefined => {
    run.frames += 1;
    if (run.kind !== 'tone') return undefined;
    if (hasLatest) {
      run.comparedFrames += 1;
      loudestDb = Math.max(loudestDb, latestDb);
      faintestDb = Math.min(faintestDb, latestDb);
      highestHz = Math.max(highestHz, latestHz);
      lowestHz = Math.min(lowestHz, latestHz);
      run.unevennessDb = loudestDb - faintestDb;
      run.unsteadinessHz = highestHz - lowestHz;
    }
    hasLatest = true;
    latestDb = measure.levelDb;
    latestHz = measure.firstHz;
    if (run.frames >= FRAMES_OF_A_TONE) {
      toneDb = run.frames === FRAMES_OF_A_TONE ? measure.levelDb : Math.max(toneDb, measure.levelDb);
      framesSinceTone = 0;
    }
    return undefined;
  };

  return {
    hear(measure) {
      framesSinceTone += 1;
      // The window behind a lost frame is made of two pieces that do not fit together.
      const isUnknown = measure === undefined || isWindowTorn;
      isWindowTorn = measure === undefined;
      if (isUnknown) {
        run.frames += 1;
        return undefined;
      }
      const quietDb = framesSinceTone < PAUSE_FRAMES ? Math.max(QUIET_DB, toneDb - PAUSE_BELOW_TONE_DB) : QUIET_DB;
      if (measure.levelDb < quietDb) return run.kind === 'quiet' ? goOn(measure) : begin('quiet', 0, 0);
      const isSingle = measure.firstShare >= TONE_SHARE;
      const isPair = !isSingle && measure.secondShare >= LEAST_SECOND_SHARE && measure.firstShare + measure.secondShare >= TONE_SHARE;
      if (!isSingle && !isPair) return run.kind === 'other' ? goOn(measure) : begin('other', 0, 0);
      const lowHz = isSingle ? measure.firstHz : Math.min(measure.firstHz, measure.secondHz);
      const highHz = isSingle ? 0 : Math.max(measure.firstHz, measure.secondHz);
      const isSame = run.kind === 'tone' && Math.abs(run.lowHz - lowHz) <= SAME_HZ && Math.abs(run.highHz - highHz) <= SAME_HZ;
      return isSame ? goOn(measure) : begin('tone', lowHz, highHz);
    },
    current: () => run,
  };
}
