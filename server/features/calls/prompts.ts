/** What a party is played in place of the member: the recordings beside this file, and a loop of our own for a hold. Reads each once; plays nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeG711, SAMPLE_RATE } from '#server/telephony/index.ts';
import { renderHoldMusic } from './hold-music-policy.ts';

/** Said again for as long as nobody is there: often enough that the line is not taken for dead. */
const BEFORE_AGAIN_MS = 7_000;
/** Under the pause lies the faintest noise: silence on a telephone is a line that broke. */
const NOISE_AMPLITUDE = 12;
/** A phone is lifted to the ear; then it is said again until the key comes. */
const BEFORE_ASKING_MS = 700;
const BETWEEN_ASKING_MS = 2_500;

const once = <Value>(make: () => Value): (() => Value) => {
  let made: { value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
};

export const oneMomentClip = once(() => joined([read('one-moment'), noise(BEFORE_AGAIN_MS)]));
export const farewellClip = once(() => joined([noise(300), read('farewell'), noise(300)]));
export const pressOneClip = once(() => joined([noise(BEFORE_ASKING_MS), read('press-1'), noise(BETWEEN_ASKING_MS - BEFORE_ASKING_MS)]));
export const holdMusicClip = once(() => renderHoldMusic(SAMPLE_RATE));

function read(name: string): Int16Array {
  const file = readFileSync(join(import.meta.dirname, 'voices', `${name}.ulaw`));
  const samples = new Int16Array(file.length);
  decodeG711('PCMU', file, 0, file.length, samples);
  return samples;
}

function noise(forMs: number): Int16Array {
  let state = 1;
  return Int16Array.from({ length: (forMs * SAMPLE_RATE) / 1_000 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.round((state / 2 ** 32 - 0.5) * 2 * NOISE_AMPLITUDE);
  });
}

function joined(parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
