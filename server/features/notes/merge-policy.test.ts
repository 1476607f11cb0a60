/** Two devices, one note: nothing that either wrote is lost. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeTexts } from './merge-policy.ts';
import { differenceOf } from './text-difference-policy.ts';

const word = fc.constantFrom('biopsy', 'benign', 'call', 'wife', 'Tuesday', 'dose', '\n', ' ', '  ', ', ');
const text = fc.array(word, { maxLength: 30 }).map((words) => words.join(''));

describe('merging', () => {
  test('changes at different places are both kept, and nobody is troubled', () => {
    expect(mergeTexts('Told her the result.\nCalls back.', 'Told her the benign result.\nCalls back.', 'Told her the result.\nCalls back Tuesday.')).toEqual({
      text: 'Told her the benign result.\nCalls back Tuesday.',
      hasBoth: false,
    });
  });

  test('both adding at the end keeps both, and says so', () => {
    expect(mergeTexts('Told her.', 'Told her. Wife listens.', 'Told her. Repeat in May.')).toEqual({ text: 'Told her. Repeat in May.\n Wife listens.', hasBoth: true });
  });

  test('both changing one word keeps both words', () => {
    const merged = mergeTexts('dose 20 mg', 'dose 40 mg', 'dose 10 mg');
    expect(merged.hasBoth).toBe(true);
    expect(merged.text).toContain('40');
    expect(merged.text).toContain('10');
  });

  test('one deleting what the other rewrote keeps what was rewritten', () => {
    expect(mergeTexts('Call wife Tuesday', 'Call', 'Call wife Wednesday').text).toContain('Wednesday');
  });

  test('if only one changed it, that one stands', () => {
    fc.assert(fc.property(text, text, (base, changed) => mergeTexts(base, changed, base).text === changed && mergeTexts(base, base, changed).text === changed));
  });

  test('the same change on both is made once', () => {
    fc.assert(fc.property(text, text, (base, changed) => mergeTexts(base, changed, changed).text === changed));
  });

  test('whatever was written on either device is in the result', () => {
    const marked = (mark: string) => (base: string): fc.Arbitrary<string> =>
      fc.array(fc.tuple(fc.nat({ max: base.length }), fc.integer({ min: 0, max: 5 })), { maxLength: 4 }).map((edits) =>
        edits.reduce((current, [at, cut], index) => `${current.slice(0, at)} ${mark}${index} ${current.slice(at + cut)}`, base),
      );
    const wordsOf = (all: string, mark: string): string[] => all.match(new RegExp(`${mark}\\d`, 'g')) ?? [];
    fc.assert(
      fc.property(text.chain((base) => fc.tuple(fc.constant(base), marked('MINE')(base), marked('THEIRS')(base))), ([base, mine, theirs]) => {
        const merged = mergeTexts(base, mine, theirs).text;
        return [...wordsOf(mine, 'MINE'), ...wordsOf(theirs, 'THEIRS')].every((written) => merged.includes(written));
      }),
      { numRuns: 2_000 },
    );
  });

  test('a long note rewritten from end to end on both is still merged, both kept', () => {
    const long = (seed: string): string => Array.from({ length: 2_000 }, (_, index) => `${seed}${index}`).join(' ');
    const merged = mergeTexts(long('a'), long('b'), long('c'));
    expect(merged.text).toContain('b1999');
    expect(merged.text).toContain('c1999');
  });
});

test('the difference applied to the base gives the other text', () => {
  const tokens = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 25 });
  fc.assert(
    fc.property(tokens, tokens, (base, next) => {
      const made: string[] = [];
      let at = 0;
      for (const change of differenceOf(base, next)) {
        made.push(...base.slice(at, change.start), ...change.tokens);
        at = change.end;
      }
      return [...made, ...base.slice(at)].join('') === next.join('');
    }),
    { numRuns: 2_000 },
  );
});
