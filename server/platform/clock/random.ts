/** Unpredictable bytes; injected so that a failing history can be replayed from its seed. */
import { randomFillSync } from 'node:crypto';

export interface RandomSource {
  /** `length` fresh bytes. */
  bytes(length: number): Uint8Array;
}

/** The operating system's generator. */
export const systemRandom: RandomSource = {
  bytes: (length) => randomFillSync(new Uint8Array(length)),
};
