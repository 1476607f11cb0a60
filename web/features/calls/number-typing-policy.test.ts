import { describe, expect, test } from 'vitest';
import { dialableFromPaste, editText, emptyNumber, indexOf, insertKey, positionIn, removeBefore, wholeNumber } from './number-typing-policy.ts';

const formatted = '(480) 555-0167';

describe('the cursor in a formatted number', () => {
  test.each([
    [0, 0],
    [1, 2],
    [3, 4],
    [4, 7],
    [10, 14],
  ])('stands behind %i digits at index %i', (position, index) => {
    expect(indexOf(formatted, position)).toBe(index);
    expect(positionIn(formatted, index)).toBe(position);
  });

  test('stays behind the digit that was typed in the middle', () => {
    const after = editText(wholeNumber('4805550167'), '(4809) 555-0167', 5, false);
    expect(after).toEqual({ dialable: '48095550167', position: 4 });
  });

  test('deletes the digit before a bracket where backspace met the bracket', () => {
    expect(editText(wholeNumber('4805550167'), '(480 555-0167', 4, true)).toEqual({ dialable: '485550167', position: 2 });
  });

  test('keys go in at the cursor, and + only in front', () => {
    expect(insertKey({ dialable: '48', position: 1 }, '7')).toEqual({ dialable: '478', position: 2 });
    expect(insertKey(emptyNumber, '+')).toEqual({ dialable: '+', position: 1 });
    expect(insertKey(wholeNumber('48'), '+')).toEqual(wholeNumber('48'));
    expect(removeBefore({ dialable: '478', position: 2 })).toEqual({ dialable: '48', position: 1 });
    expect(removeBefore({ dialable: '478', position: 0 })).toEqual({ dialable: '478', position: 0 });
  });

  test('no more is kept than any number has', () => {
    expect(insertKey(wholeNumber('1'.repeat(40)), '2').dialable).toHaveLength(40);
  });
});

describe('a pasted number', () => {
  test.each([
    ['tel:+1-480-555-0167', '+14805550167'],
    ['(480) 555-0167', '4805550167'],
    ['480.555.0167 ext. 12', '4805550167'],
    ['480 555 0167 x12', '4805550167'],
    ['Call 480 555 0167', '4805550167'],
    ['1-800-FLOWERS', '18003569377'],
    ['+41 44 555 01 44\n', '+41445550144'],
    ['４８０５５５０１６７', '4805550167'],
    ['sip:4805550167@example.org', '4805550167'],
    ['*67 480 555 0167', '*674805550167'],
    ['no number at all', ''],
  ])('%j is dialled as %j', (text, dialable) => {
    expect(dialableFromPaste(text)).toBe(dialable);
  });
});
