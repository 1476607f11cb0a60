/** The beep of a mailbox: over 100 ms of one even pitch, and then nothing. Speech sings, but not this evenly. */
import type { ToneRun } from './tone-run-machine.ts';

export interface BeepDetector {
  /** Each frame: the run it belongs to, and the one that ended with it. True two frames after a beep's end: what is said then is recorded. */
  hear(current: ToneRun, ended: ToneRun | undefined): boolean;
}

/** 100 ms fill this many windows of 40 ms whole. */
const SHORTEST_FRAMES = 5;
const LONGEST_FRAMES = 100;
const LOWEST_HZ = 340;
const MOST_UNEVEN_DB = 2;
/** Voices that sing one note still waver more. */
const MOST_UNSTEADY_HZ = 1.2;
const FEWEST_COMPARED = 3;
const QUIET_FRAMES_AFTER = 3;
/** A tone's last window is half tone, half quiet. */
const EDGE_FRAMES = 2;

export function createBeepDetector(): BeepDetector {
  let hasTone = false;
  let edgeFrames = 0;
  return {
    hear(current, ended) {
      if (ended?.kind === 'tone' && ended.frames >= SHORTEST_FRAMES) {
        hasTone = ended.frames <= LONGEST_FRAMES && ended.highHz === 0 && ended.lowHz >= LOWEST_HZ && ended.comparedFrames >= FEWEST_COMPARED && ended.unevennessDb <= MOST_UNEVEN_DB && ended.unsteadinessHz <= MOST_UNSTEADY_HZ;
        edgeFrames = 0;
      }
      if (!hasTone) return false;
      if (current.kind !== 'quiet') {
        edgeFrames += 1;
        if (edgeFrames > EDGE_FRAMES) hasTone = false;
        return false;
      }
      if (current.frames < QUIET_FRAMES_AFTER) return false;
      hasTone = false;
      return true;
    },
  };
}
