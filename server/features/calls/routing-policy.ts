/** By which trunks a call may go; the order is the carrier's, by the trunks' settings. Facts in, decision out; does not know how a trunk is found to be down. */
import { ok, refused } from '#contract/result.ts';
import type { Result } from '#contract/result.ts';

export interface TrunkFact {
  readonly name: string;
  readonly state: 'up' | 'down' | 'unknown';
}

/** Those known to be down are left out. One nobody has probed yet is tried. */
export function chooseTrunks(trunks: readonly TrunkFact[]): Result<readonly string[], 'trunk-down'> {
  const usable = trunks.filter(({ state }) => state !== 'down').map(({ name }) => name);
  return usable.length === 0 ? refused('trunk-down') : ok(usable);
}
