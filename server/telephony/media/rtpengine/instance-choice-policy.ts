/** Which of several rtpengines takes the next call: by weight, among those that answer. Facts in, an index out. */

export interface InstanceFacts {
  readonly isUp: boolean;
  /** Above zero; shares of calls stand to each other as weights do. */
  readonly weight: number;
}

/**
 * @param chance from 0 up to but without 1.
 * @returns undefined where none answers.
 */
export function chooseInstance(instances: readonly InstanceFacts[], chance: number): number | undefined {
  const total = instances.reduce((sum, { isUp, weight }) => (isUp ? sum + weight : sum), 0);
  let left = chance * total;
  let last: number | undefined;
  for (const [index, { isUp, weight }] of instances.entries()) {
    if (!isUp) continue;
    last = index;
    left -= weight;
    if (left < 0) return index;
  }
  // Only rounding leads here.
  return last;
}
