import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDestinationCorpus } from './destination-corpus.ts';
import { decideDestination, type DestinationRules } from './destination-policy.ts';

const rulesOf = (practiceCountry: string, allow: readonly string[] = []): DestinationRules => ({
  practiceCountry,
  isSandbox: false,
  allowedCountries: allow.map((country) => ({ country, kinds: 'fixed-and-mobile', minutesPerDay: 60 })),
});
const US = rulesOf('US');
const reasonOf = (typed: string, rules = US): string => {
  const verdict = decideDestination(rules, typed);
  return verdict.kind === 'refused' ? verdict.reason : verdict.kind;
};

describe('the corpus', () => {
  const corpus = readDestinationCorpus();

  test('holds 10,000 numbers and more, each with its source', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(10_000);
    expect(corpus.every(({ source }) => source.length > 0)).toBe(true);
    expect(new Set(corpus.map(({ practice, typed }) => `${practice} ${typed}`)).size).toBeGreaterThan(9_400);
  });

  test('names, for the riskiest ranges, the public page each was held against', () => {
    const held = corpus.filter(({ checked }) => checked !== undefined);
    expect(held.length).toBeGreaterThan(1_500);
    expect(held.every(({ checked }) => URL.canParse(checked ?? ''))).toBe(true);
  });

  test('leaks none, lets none through silently, and stops none that a practice may call', () => {
    const wrong = corpus.filter(({ practice, allow, typed, expect: expected, reasons, country }) => {
      const verdict = decideDestination(rulesOf(practice, allow), typed);
      if (verdict.kind !== expected) return true;
      if (verdict.kind === 'refused') return reasons !== undefined && !reasons.includes(verdict.reason);
      return verdict.kind === 'allowed' && verdict.country !== country;
    });
    expect(wrong).toEqual([]);
  });
});

test.each(['(415) 555-0123', '415.555.0123', '1 415 555 0123', '+1 (415) 555‑0123', 'tel:+14155550123', ' \u202a+1 415 555 0123\u202c ', '415\u00a0555\u20100123', 'Cell: (415) 555-0123', '001 415 555 0123', '011 1 415 555 0123'])(
  '%s is the same number, however it was typed or pasted',
  (typed) => {
    expect(decideDestination(US, typed)).toMatchObject({ kind: 'allowed', to: '+14155550123', isDomestic: true, extension: null });
  },
);

test.each([
  ['415 555 0123 ext. 12', '12'],
  ['415 555 0123 x12', '12'],
  ['(415) 555-0123 #12', '12'],
  ['+14155550123,,12', '12'],
  ['tel:+14155550123;ext=12', '12'],
])('%s keeps its extension for after the answer', (typed, extension) => {
  expect(decideDestination(US, typed)).toMatchObject({ kind: 'allowed', to: '+14155550123', extension });
});

test('letters of a keypad are read where they are meant, and one stray letter is not guessed at', () => {
  expect(decideDestination(US, '1-800-FLOWERS')).toMatchObject({ kind: 'allowed', to: '+18003569377' });
  expect(reasonOf('415-555-O123')).toBe('not-a-number');
});

test('the same number is domestic or abroad by the practice, not by where it is dialled', () => {
  expect(reasonOf('+44 20 7946 0123', rulesOf('GB'))).toBe('allowed');
  expect(reasonOf('+44 20 7946 0123')).toBe('international-not-allowed');
  expect(decideDestination(rulesOf('US', ['GB']), '+44 20 7946 0123')).toMatchObject({ kind: 'allowed', isDomestic: false, country: 'GB' });
});

test('a look-alike area code is abroad, even where the number library files it under toll-free', () => {
  for (const typed of ['8090000000', '(829) 000-0000', '+1 809 000 0000', '1-849-000-0000']) expect(decideDestination(US, typed).kind).toBe('refused');
  expect(reasonOf('(800) 234-5678')).toBe('allowed');
});

test('a country allowed for fixed lines only keeps its mobile phones refused', () => {
  const rules: DestinationRules = { ...US, allowedCountries: [{ country: 'GB', kinds: 'fixed', minutesPerDay: 60 }] };
  expect(reasonOf('+44 20 7946 0123', rules)).toBe('allowed');
  expect(reasonOf('+44 7400 123456', rules)).toBe('international-not-allowed');
});

test('a refusal names the country and what to do, so that the screen can', () => {
  expect(decideDestination(US, '+1 876 555 1234')).toEqual({ kind: 'refused', reason: 'premium', nextStep: 'use-another-number', country: 'JM' });
  expect(decideDestination(US, '(876) 926-1234')).toEqual({ kind: 'refused', reason: 'look-alike-country', nextStep: 'ask-admin-to-allow-country', country: 'JM' });
  expect(decideDestination(US, '926-1234')).toEqual({ kind: 'refused', reason: 'incomplete', nextStep: 'add-the-area-code', country: 'US' });
});

test('the sandbox calls its own patients and the service codes, and nobody else', () => {
  const sandbox = { ...US, isSandbox: true };
  expect(reasonOf('(212) 555-0123', sandbox)).toBe('allowed');
  expect(reasonOf('988', sandbox)).toBe('routed');
  expect(reasonOf('(212) 204-5678', sandbox)).toBe('outside-the-sandbox');
  expect(reasonOf('+44 20 7946 0123', sandbox)).toBe('outside-the-sandbox');
  expect(reasonOf('911', sandbox)).toBe('emergency');
});

test('the sandbox\'s patients are at home wherever the practice is, and only while it is the sandbox', () => {
  const zurich = { practiceCountry: 'CH', isSandbox: true, allowedCountries: [] };
  expect(reasonOf('+1 612 555 0142', zurich)).toBe('allowed');
  expect(reasonOf('+1 612 555 0142', { ...zurich, isSandbox: false })).toBe('international-not-allowed');
});

/** What may leave at all, said a second time and without the library: one plus, one country, no more. */
const LEAK = /^\+(?:1(?:900|700|500|5(?:2[1-9]|33|44|66|77|88)|710|88[01]|\d{3}(?:976|950)|242|246|264|268|284|340|345|441|473|649|658|664|67[01]|684|721|758|767|78[47]|809|829|849|868|869|876|939)|8(?:00|08|7[08]|8[1238])|979|(?!1))/u;

test('whatever is typed, nothing but a domestic number of ten digits leaves a US practice', () => {
  const keys = fc.string({ unit: fc.constantFrom(...Array.from('0123456789+*#()-. ,;xX٣９pw')), minLength: 1, maxLength: 24 });
  const nearNumbers = fc.tuple(fc.constantFrom('', '1', '+1', '011', '00', '9', '101', '*67', '+', '+44', '001'), fc.stringMatching(/^[0-9]{3,12}$/u), fc.constantFrom('', 'x1', '#', ',,9')).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(keys, nearNumbers, fc.string({ maxLength: 40 })), (typed) => {
      const verdict = decideDestination(US, typed);
      if (verdict.kind === 'allowed') {
        expect(verdict.to).toMatch(/^\+1[2-9]\d{9}$/u);
        expect(verdict.to).not.toMatch(LEAK);
      }
      if (verdict.kind === 'routed') expect(['988', '711']).toContain(verdict.to);
    }),
    { numRuns: 20_000 },
  );
});

test('what is allowed once is allowed, and the same, when it is dialled back as it was written down', () => {
  const plausible = fc.tuple(fc.constantFrom('US', 'GB', 'DE', 'FR', 'CA'), fc.stringMatching(/^0?[1-9][0-9]{8,10}$/u));
  fc.assert(
    fc.property(plausible, ([country, typed]) => {
      const verdict = decideDestination(rulesOf(country), typed);
      if (verdict.kind === 'allowed') expect(decideDestination(rulesOf(country), verdict.to)).toEqual(verdict);
    }),
    { numRuns: 5_000 },
  );
});

test('spaces, dashes and brackets never change where a number leads', () => {
  const national = fc.stringMatching(/^[2-9][0-9]{9}$/u);
  const breaks = fc.array(fc.constantFrom('', ' ', '-', '.', '(', ')', '\u00a0', '\u2011'), { minLength: 10, maxLength: 10 });
  fc.assert(
    fc.property(national, breaks, (digits, signs) => {
      const dressed = Array.from(digits, (digit, index) => signs[index]! + digit).join('');
      expect(decideDestination(US, dressed)).toEqual(decideDestination(US, digits));
    }),
    { numRuns: 3_000 },
  );
});

test('no input takes 100 ms of CPU', () => {
  const startedAt = process.cpuUsage().user;
  for (const typed of ['9'.repeat(128), ' '.repeat(128), 'a '.repeat(64), '(1'.repeat(64), `${'1 '.repeat(60)}x`, `${','.repeat(127)}1`, '1,'.repeat(64)]) decideDestination(US, typed);
  expect(process.cpuUsage().user - startedAt).toBeLessThan(700_000);
});
