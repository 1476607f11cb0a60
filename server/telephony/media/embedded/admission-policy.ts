/**
 * Whether the engine takes one more call: by how many there are, by what they are reckoned to cost, by how busy the process was
 * measured to be. A call that is refused costs one person a sentence; one too many costs all of them their words. Pure.
 */
import type { OverloadReason } from '../media-port.ts';

/** What the engine does for its legs now. */
export interface MediaWork {
  /** Legs whose packets go past this process, by an rtpengine before it. */
  readonly passedBy: number;
  /** Opened, decrypted or encrypted, and passed on as they are. */
  readonly passedOn: number;
  /** A browser's speech that is decoded, mended and encoded anew. */
  readonly mended: number;
  /** In a call of three and more. */
  readonly mixed: number;
  /** Listened to for signs. */
  readonly listened: number;
}

export interface AdmissionFacts {
  readonly sessions: number;
  readonly work: MediaWork;
  /** Of the last seconds, the share in which the event loop was not waiting for something to do; undefined before one was measured. */
  readonly busyShare: number | undefined;
  /** Whether the last call was refused for that. */
  readonly wasBusy: boolean;
}

export interface AdmissionLimits {
  readonly sessions: number;
  /** Milliseconds of one core, a second, that all legs together may be reckoned to take. */
  readonly workMs: number;
  /** Above `busyFrom` nothing more is taken, until it has fallen below `calmFrom`. */
  readonly busyFrom: number;
  readonly calmFrom: number;
}

export type Admission = 'admitted' | OverloadReason;

/**
 * Milliseconds of CPU a second and leg. Passing on: scripts/bench media at 300 calls, halved, as a call has two legs. Mending: an
 * Opus frame decoded with its repair (up to 2 ms a second) and one encoded towards the browser (up to 5), docs/decisions/0014.
 * Mixing: decode, sum less its own, encode. Listening: the detectors' figure in media-port.ts.
 */
export const COST_MS: MediaWork = { passedBy: 0.05, passedOn: 1.4, mended: 8.4, mixed: 1.8, listened: 0.5 };

export const DEFAULT_ADMISSION: AdmissionLimits = { sessions: 300, workMs: 850, busyFrom: 0.9, calmFrom: 0.8 };

/** So few cannot be what makes the process busy: whoever starts up beside them is no reason to refuse a call. */
const FEW_SESSIONS = 10;

export const reckonWorkMs = (work: MediaWork): number =>
  work.passedBy * COST_MS.passedBy + work.passedOn * COST_MS.passedOn + work.mended * COST_MS.mended + work.mixed * COST_MS.mixed + work.listened * COST_MS.listened;

/** A new call is reckoned as two legs passed on: what it becomes later counts from then on, against those that come after it. */
export function decideAdmission({ sessions, work, busyShare, wasBusy }: AdmissionFacts, limits: AdmissionLimits): Admission {
  if (sessions >= limits.sessions) return 'too-many-calls';
  if (reckonWorkMs(work) + 2 * COST_MS.passedOn > limits.workMs) return 'too-much-work';
  if (sessions >= FEW_SESSIONS && busyShare !== undefined && busyShare >= (wasBusy ? limits.calmFrom : limits.busyFrom)) return 'too-busy';
  return 'admitted';
}
