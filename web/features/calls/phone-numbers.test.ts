/** Numbers as the practice's country writes them. */
import { expect, it } from 'vitest';
import { createPhoneNumbers } from './phone-numbers.ts';
import { wholeNumber } from './number-typing-policy.ts';

it.each([
  ['US', '+16515550155', '(651) 555-0155'],
  ['US', '+442079460123', '+44 20 7946 0123'],
  ['GB', '+442079460123', '020 7946 0123'],
  ['CH', '+41446681800', '044 668 18 00'],
] as const)('in %s a number from a list stands on the keypad as one would type it there: %s', (country, number, written) => {
  const { asTyped, complete, formatTyped } = createPhoneNumbers(country);
  const { dialable } = wholeNumber(asTyped(number));
  expect(formatTyped(dialable)).toBe(written);
  expect(complete(dialable)).toBe(number);
});

it.each(['US', 'GB', 'DE', 'FR', 'IT', 'AR', 'BR', 'MX', 'CN', 'JP', 'AU', 'ZA', 'RU'])('in %s what stands on the keypad is the number that was meant', (country) => {
  const { asTyped, complete } = createPhoneNumbers(country);
  for (const number of ['+16125550140', '+442079460123', '+4930901820', '+33142685300', '+390669812345', '+5491123456789', '+5511961234567', '+525512345678', '+862012345678', '+81312345678', '+61212345678', '+27211234567', '+79161234567']) expect(complete(wholeNumber(asTyped(number)).dialable)).toBe(number);
});
