import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseInstance } from './instance-choice-policy.ts';

const instances = fc.array(fc.record({ isUp: fc.boolean(), weight: fc.integer({ min: 1, max: 100 }) }), { maxLength: 8 });

describe('the choice of an rtpengine', () => {
  it('falls on one that answers, or on none where none does', () => {
    fc.assert(
      fc.property(instances, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (all, chance) => {
        const chosen = chooseInstance(all, chance);
        if (chosen === undefined) expect(all.some(({ isUp }) => isUp)).toBe(false);
        else expect(all[chosen]!.isUp).toBe(true);
      }),
    );
  });

  it('gives each its share, as weights stand to each other', () => {
    const counts = [0, 0, 0];
    const all = [{ isUp: true, weight: 1 }, { isUp: false, weight: 50 }, { isUp: true, weight: 3 }];
    for (let step = 0; step < 400; step += 1) counts[chooseInstance(all, step / 400)!]! += 1;
    expect(counts).toEqual([100, 0, 300]);
  });
});
