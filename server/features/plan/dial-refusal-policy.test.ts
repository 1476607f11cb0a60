import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideDestination, dialRefusalOf } from './index.ts';

/** What a dial's answer says: the number that would be called, or the refusal. */
const outcome = ({ typed }: { typed: string }, { isSandbox } = { isSandbox: true }): string => {
  const verdict = decideDestination({ practiceCountry: 'US', isSandbox, allowedCountries: [] }, typed);
  const refusal = dialRefusalOf(verdict);
  return refusal ?? (verdict.kind === 'allowed' || verdict.kind === 'routed' ? verdict.to : verdict.kind);
};
const real = { isSandbox: false };

test.each(['(612) 555-0123', '612.555.0123', '1 612 555 0123', '+1 (612) 555-0123', 'tel:+16125550123', ' 612\u2011555\u20110123\u202c ', '612 555 0123\n'])(
  '%j is the same patient however it was written',
  (typed) => expect(outcome({ typed })).toBe('+16125550123'),
);

test.each([
  ['5550123', 'number-incomplete'],
  ['612 555 012', 'number-incomplete'],
  ['1', 'number-incomplete'],
  ['612 555 01234', 'number-invalid'],
  ['*67 612 555 0123', 'number-invalid'],
  ['*72', 'number-invalid'],
  ['#31#6125550123', 'number-invalid'],
  ['1010288 1 612 555 0123', 'destination-not-allowed'],
  ['612 555 0123,,1234', 'number-invalid'],
  ['1-800-FLOWERS', 'destination-not-allowed'],
  ['٦١٢٥٥٥٠١٢٣', 'number-invalid'],
  ['６１２５５５０１２３', 'number-invalid'],
  ['sip:6125550123@example.com', 'number-invalid'],
  ['612 555 0123\r\nFrom: <sip:x@y>', 'number-invalid'],
])('%j is refused as %s', (typed, refusal) => expect(outcome({ typed })).toBe(refusal));

test.each(['911', '9-911', '9,911', '+911', '9 1 1', '112', '999', '９１１', '*911', '1-911'])('%s is refused as a call for help, whatever else is wrong', (typed) => {
  expect(outcome({ typed })).toBe('emergency-number');
});

describe('the sandbox', () => {
  test.each(['612 555 0023', '612 555 1234', '202 456 1111', '+44 20 7946 0018', '800 273 8255'])('does not call %s, which may be somebody', (typed) => {
    expect(outcome({ typed })).toBe('destination-not-allowed');
  });

  test('calls nothing but fictional numbers and service codes, whatever is typed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 24 }), fc.stringMatching(/^\+?[0-9 ()-]{3,18}$/)), (typed) => {
        expect(outcome({ typed })).toMatch(/^(\+1[2-9]\d{2}55501\d{2}|988|711|[a-z-]+)$/);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('a real trunk', () => {
  test.each(['988', '711', '9-8-8'])('carries %s', (typed) => expect(outcome({ typed }, real)).toMatch(/^(988|711)$/));
  test.each(['(612) 204-5678', '1 800 273 8255', '+1 907 263 1234'])('carries %s', (typed) => expect(outcome({ typed }, real)).toMatch(/^\+1\d{10}$/));

  test.each([
    ['+44 20 7946 0018', 'another country'],
    ['011 41 44 668 18 00', 'another country'],
    ['+1 876 926 1234', 'an island that looks domestic'],
    ['+1 809 221 1234', 'an island that looks domestic'],
    ['+1 416 967 1111', 'another country of the same plan'],
    ['1 900 234 5678', 'premium rate'],
    ['612 976 1234', 'premium rate behind an ordinary area code'],
    ['612 555 1212', 'directory assistance'],
    ['500 234 5678', 'a personal number'],
    ['710 234 5678', 'the government\'s own'],
    ['+870 773 123 456', 'a satellite'],
    ['+881 6 1234 5678', 'a satellite'],
    ['+883 5100 1234 5678', 'an international network'],
    ['+979 1 2345 6789', 'international premium rate'],
    ['+800 1234 5678', 'international freephone'],
  ])('does not carry %s, %s', (typed) => expect(outcome({ typed }, real)).toMatch(/^(destination-not-allowed|number-invalid)$/));
});
