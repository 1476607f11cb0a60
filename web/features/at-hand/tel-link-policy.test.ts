import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberOfFragment } from './tel-link-policy.ts';

describe('a telephone link', () => {
  it.each([
    ['#tel%3A%2B14805550167', '+14805550167'],
    ['#tel:+1-480-555-0167', '+14805550167'],
    ['#web%2Btel%3A%2B1%20480%20555%200167', '+14805550167'],
    ['#tel%3A%2F%2F4805550167', '4805550167'],
    ['#tel:480-555-0167;ext=12', '4805550167'],
    ['#tel:+14805550167;phone-context=example.com', '+14805550167'],
    ['#911', '911'],
    ['#', null],
    ['', null],
    ['#tel:', null],
    ['#javascript:alert(1)', null],
    ['#%E0%A4%A', null],
    ['#tel:anna@example.com', null],
  ])('“%s” means %s', (fragment, number) => {
    expect(numberOfFragment(fragment)).toBe(number);
  });

  it('never means more than a keypad can hold, whatever it says', () => {
    fc.assert(fc.property(fc.string(), (text) => /^\+?[0-9*#]{1,40}$/.test(numberOfFragment(`#${text}`) ?? '0')));
  });
});
