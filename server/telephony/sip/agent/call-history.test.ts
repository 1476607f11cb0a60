/** A few hundred random lives of calls; scripts/sip-histories plays a million. */
import { describe, expect, it } from 'vitest';
import { runCallHistory } from './call-history.ts';

describe('a call between two agents over a faulty network', () => {
  it('ends once on each side and leaves no dialog, no transaction and no timer, whatever both do and whenever', async () => {
    for (let seed = 1; seed <= 400; seed++) {
      const { broken, trace } = await runCallHistory(seed);
      expect(broken, `scripts/sip-histories --seed ${seed}\n${trace.join('\n')}`).toBeUndefined();
    }
  }, 30_000);

  it('tells nothing of a call after its end (a key that crossed the BYE was, once)', async () => {
    for (const seed of [74, 85, 328]) expect((await runCallHistory(seed)).broken).toBeUndefined();
  });

  it('leaves no re-INVITE open whose answers were all lost before a BYE (it did, once in seven thousand)', async () => {
    for (const seed of [15_061, 27_819, 43_302, 223_194]) expect((await runCallHistory(seed)).broken).toBeUndefined();
  });

  it('takes a repeated answer of an old re-INVITE for no answer to the new one (it did, once in a hundred thousand)', async () => {
    expect((await runCallHistory(1_090_762)).broken).toBeUndefined();
  });

  it('is the same for the same seed', async () => {
    expect((await runCallHistory(85)).trace).toEqual((await runCallHistory(85)).trace);
  });
});
