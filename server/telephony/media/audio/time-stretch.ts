/** Makes speech shorter or longer by one period of the voice, so that neither pitch nor words are changed. Plain functions over samples at 8 kHz. */

const SHORTEST_PERIOD = 40;
export const LONGEST_PERIOD = 120;
/** What is left after a period was taken out is a frame of 20 ms still. */
export const SHORTENED_SAMPLES = 160 + LONGEST_PERIOD;
/** What must have been heard before: two of the longest periods. */
export const PAST_SAMPLES = 2 * LONGEST_PERIOD;
/** Mean of the squares below which nobody speaks: about -50 dBm0. */
const QUIET_POWER = 100 * 100;

export function isQuiet(samples: Int16Array, length: number): boolean {
  let power = 0;
  for (let index = 0; index < length; index += 1) power += samples[index]! * samples[index]!;
  return power < QUIET_POWER * length;
}

/** The voice's period: the shift at which the newest samples resemble those before them most. */
function periodOf(past: Int16Array): number {
  let best = SHORTEST_PERIOD;
  let bestLikeness = -Infinity;
  for (let period = SHORTEST_PERIOD; period <= LONGEST_PERIOD; period += 1) {
    let product = 0;
    let energy = 1;
    for (let index = PAST_SAMPLES - LONGEST_PERIOD; index < PAST_SAMPLES; index += 1) {
      const earlier = past[index - period]!;
      product += past[index]! * earlier;
      energy += earlier * earlier;
    }
    const likeness = product / Math.sqrt(energy);
    if (likeness > bestLikeness) {
      bestLikeness = likeness;
      best = period;
    }
  }
  return best;
}

/** Takes one period out of the `length` samples (at least SHORTENED_SAMPLES) that follow `past`, in place; the new length. */
export function shorten(past: Int16Array, samples: Int16Array, length: number): number {
  const period = periodOf(past);
  for (let index = 0; index < period; index += 1) {
    const share = index / period;
    samples[index] = Math.round(samples[index]! * (1 - share) + samples[index + period]! * share);
  }
  samples.copyWithin(period, 2 * period, length);
  return length - period;
}

/** Puts one period between `past`, the PAST_SAMPLES heard last, and the `length` samples (at least LONGEST_PERIOD) that follow, if there is room; the new length. */
export function lengthen(past: Int16Array, samples: Int16Array, length: number): number {
  const period = periodOf(past);
  if (length + period > samples.length) return length;
  samples.copyWithin(period, 0, length);
  // It begins as what would have followed, and ends as what was heard last: neither joint is heard.
  for (let index = 0; index < period; index += 1) {
    const share = index / period;
    samples[index] = Math.round(samples[index]! * (1 - share) + past[PAST_SAMPLES - period + index]! * share);
  }
  return length + period;
}
