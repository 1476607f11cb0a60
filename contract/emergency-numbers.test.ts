import { expect, test } from 'vitest';
import { findEmergencyNumber } from './emergency-numbers.ts';

test.each(['911', '9-1-1', ' 911 ', '9911', '9-911', '9,911', '8911', '0911', '1911', '+1 911', '+911', '1-911', '911#', '*911', '99911', '011911', '9111', '91111', '９１１', '٩١١', 'tel:911'])(
  '%s is seen as 911',
  (typed) => {
    expect(findEmergencyNumber(typed, 'US')).toBe('911');
  },
);

test.each([
  ['112', '112'],
  ['+112', '112'],
  ['00112', '112'],
  ['999', '999'],
  ['9-999', '999'],
  ['9112', '112'],
  ['+44 999', '999'],
  ['00 49 112', '112'],
  ['011 353 112', '112'],
  ['𝟵𝟵𝟵', '999'],
  ['߁߁߂', '112'],
])('%s is seen as %s', (typed, emergency) => {
  expect(findEmergencyNumber(typed, 'US')).toBe(emergency);
});

test.each(['988', '711', '411', '', '+', '4805550167', '(911) 555-0100', '+1 480 555 0911', '5550112', '+41 44 999 01 12', '1 800 999 1112'])('%s is no emergency number', (typed) => {
  expect(findEmergencyNumber(typed, 'US')).toBeNull();
});

test('a country adds its own numbers and only for itself', () => {
  expect(findEmergencyNumber('000', 'AU')).toBe('000');
  expect(findEmergencyNumber('000', 'US')).toBeNull();
  expect(findEmergencyNumber('144', 'CH')).toBe('144');
});
