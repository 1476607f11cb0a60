import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endingOf, firstNameOf, initialsOf } from './discreet-policy.ts';

describe('in discreet mode', () => {
  it.each([
    ['Rosalind Achterberg', 'R. A.'],
    ['Dr. Osei', 'D. O.'],
    ['María José de la Cruz Núñez', 'M. N.'],
    ['achterberg, rosalind', 'A. R.'],
    ['Cher', 'C.'],
    ['王小明', '王.'],
    ['ليلى حداد', 'ل. ح.'],
    ['E\u0301lodie Brun', 'É. B.'],
    ['(Anna) “Annie” Lee', 'A. L.'],
    ['  ', ''],
    ['-', ''],
  ])('%s is shown as “%s”', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });

  it.each([
    ['+14805550167', '67'],
    ['(480) 555-0167', '67'],
    ['988', '88'],
    ['', ''],
  ])('%s ends in “%s”', (number, ending) => {
    expect(endingOf(number)).toBe(ending);
  });

  it('no word of a name is ever shown whole, but for one of a single letter', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[A-Za-zÀ-ž]{2,12}$/), { minLength: 1, maxLength: 5 }), (words) => {
        const shown = initialsOf(words.join(' ')).toLowerCase();
        return words.every((word) => !shown.includes(word.toLowerCase()));
      }),
    );
  });

  it('no more than two digits of a number are ever shown', () => {
    fc.assert(fc.property(fc.stringMatching(/^\+?[0-9 ()-]{0,20}$/), (number) => endingOf(number).length <= 2));
  });
});

describe('in a sentence', () => {
  it('a first name is enough; titles and practice names stay whole', () => {
    expect(firstNameOf('Rosalind Achterberg')).toBe('Rosalind');
    expect(firstNameOf('Dr. Osei')).toBe('Dr. Osei');
    expect(firstNameOf('Echo')).toBe('Echo');
  });
});
