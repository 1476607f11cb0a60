import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findEntries, moveChoice, rankOf } from './palette-policy.ts';

describe('what is typed into the palette', () => {
  it.each([
    ['Rosalind Achterberg', 'ros', 0],
    ['Rosalind Achterberg', 'ach', 1],
    ['Rosalind Achterberg', 'ach ros', 2],
    ['María Núñez', 'nunez', 1],
    ['MARÍA', 'maria', 0],
    ['Settings', '', 0],
    ['Rosalind Achterberg', 'lind', null],
    ['Rosalind Achterberg', 'ros xyz', null],
    ['(480) 555-0167', '555', 1],
  ])('of “%s”, “%s” has rank %s', (entry, typed, rank) => {
    expect(rankOf(entry, typed)).toBe(rank);
  });

  it('finds the best first and leaves equals in their order', () => {
    expect(findEntries(['Sign out', 'Go to Settings', 'Settings', 'Silence'], (text) => text, 's')).toEqual(['Sign out', 'Settings', 'Silence', 'Go to Settings']);
  });

  it('finds every entry by the beginning of any of its words', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[A-Za-zÀ-ÖØ-öø-ž]{1,8}$/), { minLength: 1, maxLength: 4 }), fc.nat(), fc.integer({ min: 1, max: 8 }), (words, pick, length) => {
        const word = words[pick % words.length]!;
        return rankOf(words.join(' '), word.slice(0, length)) !== null;
      }),
    );
  });
});

describe('the chosen entry', () => {
  it.each([
    ['ArrowDown', 0, 3, 1],
    ['ArrowDown', 2, 3, 0],
    ['ArrowUp', 0, 3, 2],
    ['ArrowUp', 2, 3, 1],
    ['PageDown', 1, 20, 6],
    ['PageDown', 1, 3, 2],
    ['PageUp', 2, 3, 0],
    ['a', 1, 3, null],
    ['ArrowDown', 0, 0, null],
  ])('after %s from %d of %d is %s', (key, chosen, count, next) => {
    expect(moveChoice(key, chosen, count)).toBe(next);
  });
});
