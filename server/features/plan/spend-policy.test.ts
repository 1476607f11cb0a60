import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '#contract/plan.ts';
import { readRateTable } from './rate-table-codec.ts';
import { costOf, decideSpend, findRate, type Rate, type SpendFacts } from './spend-policy.ts';

const rate = (given: Partial<Rate> = {}): Rate => ({ prefix: '44', microsPerMinute: 13_500, connectMicros: 0, firstStepS: 60, nextStepS: 60, ...given });

describe('what a call costs', () => {
  test.each([
    [{}, 0, 0],
    [{}, 1, 13_500],
    [{}, 60_000, 13_500],
    [{}, 60_001, 27_000],
    [{ firstStepS: 30, nextStepS: 6 }, 1_000, 6_750],
    [{ firstStepS: 30, nextStepS: 6 }, 31_000, 8_100],
    [{ firstStepS: 1, nextStepS: 1 }, 10_000, 2_250],
    [{ connectMicros: 5_000 }, 1_000, 18_500],
  ])('at %o for %i ms is %i millionths', (given, talkedMs, cost) => expect(costOf(rate(given), talkedMs)).toBe(cost));

  test('never falls as a call goes on, and never is a fraction', () => {
    const anyRate = fc.record({ microsPerMinute: fc.integer({ min: 0, max: 9e8 }), connectMicros: fc.integer({ min: 0, max: 1e6 }), firstStepS: fc.integer({ min: 1, max: 60 }), nextStepS: fc.integer({ min: 1, max: 60 }) });
    fc.assert(
      fc.property(anyRate, fc.integer({ min: 0, max: 1e7 }), fc.integer({ min: 0, max: 1e5 }), (given, talkedMs, moreMs) => {
        expect(Number.isSafeInteger(costOf(given, talkedMs))).toBe(true);
        expect(costOf(given, talkedMs + moreMs)).toBeGreaterThanOrEqual(costOf(given, talkedMs));
      }),
    );
  });
});

test('the longest prefix is the number\'s', () => {
  const rates = new Map([rate(), rate({ prefix: '447' }), rate({ prefix: '4420' })].map((each) => [each.prefix, each]));
  expect(findRate(rates, '+447400123456')?.prefix).toBe('447');
  expect(findRate(rates, '+442079460123')?.prefix).toBe('4420');
  expect(findRate(rates, '+441214960123')?.prefix).toBe('44');
  expect(findRate(rates, '+4915112345678')).toBeUndefined();
});

describe('the breaker', () => {
  const limits = { ...DEFAULT_LIMITS, spendPerDayMicros: 10_000_000, spendPerMonthMicros: 100_000_000 };
  const facts: SpendFacts = { spentTodayMicros: 0, spentThisMonthMicros: 0, rate: rate(), hasRates: true, isDomestic: false, countryMinutes: { talkedMs: 0, allowedPerDay: 60 } };

  test.each([
    [{}, true],
    [{ spentTodayMicros: 9_986_500 }, true],
    [{ spentTodayMicros: 9_986_501 }, 'spend-per-day'],
    [{ spentThisMonthMicros: 100_000_000 }, 'spend-per-month'],
    [{ rate: undefined }, 'no-rate'],
    [{ rate: undefined, hasRates: false }, true],
    [{ rate: undefined, isDomestic: true, countryMinutes: null }, true],
    [{ countryMinutes: { talkedMs: 3_600_000, allowedPerDay: 60 } }, 'country-minutes'],
    [{ countryMinutes: { talkedMs: 3_599_999, allowedPerDay: 60 } }, true],
  ] as const)('given %o says %s', (given, expected) => {
    const verdict = decideSpend(limits, { ...facts, ...given });
    expect(verdict.ok ? true : verdict.limit).toBe(expected);
  });

  test('without limits stops nothing that has a price', () => expect(decideSpend(DEFAULT_LIMITS, { ...facts, spentTodayMicros: 1e12 }).ok).toBe(true));
});

describe('a rate table', () => {
  test('is read as carriers write it', () => {
    expect(readRateTable('Prefix,Destination,Rate,Initial Increment,Increment\r\n44,"United Kingdom, fixed",0.0135,1,1\r\n+447,UK mobile,0.025,30,6\r\n')).toEqual({
      problems: [],
      rates: [rate({ firstStepS: 1, nextStepS: 1 }), rate({ prefix: '447', microsPerMinute: 25_000, firstStepS: 30, nextStepS: 6 })],
    });
    expect(readRateTable('\ufeffcode;price;connect fee\n44;0,0135;0,01\n\n')).toEqual({ problems: [], rates: [rate({ connectMicros: 10_000 })] });
  });
  test('rounds a price of many places up', () => expect(readRateTable('prefix,rate\n44,0.01234501\n')).toMatchObject({ rates: [{ microsPerMinute: 12_346 }] }));
  test.each([
    ['', 1, 'empty'],
    ['prefix,rate\n', 1, 'empty'],
    ['country,rate\nGB,1\n', 1, 'no-prefix-column'],
    ['prefix,description\n44,x\n', 1, 'no-price-column'],
    ['prefix,rate\n44,0.01\n0044,0.01\n', 3, 'bad-prefix'],
    ['prefix,rate\n44,-0.01\n', 2, 'bad-price'],
    ['prefix,rate\n44,1e3\n', 2, 'bad-price'],
    ['prefix,rate\n44,\n', 2, 'bad-price'],
    ['prefix,rate,increment\n44,0.01,0\n', 2, 'bad-step'],
    ['prefix,rate\n44,0.01\n+44,0.02\n', 3, 'prefix-twice'],
    ['prefix,rate\n"44,0.01\n', 2, 'bad-quotes'],
  ])('%j is refused whole, at line %i: %s', (csv, line, problem) => expect(readRateTable(csv).problems).toEqual([{ line, problem }]));
  test('says each line that stands in its way, not the first alone', () => {
    expect(readRateTable('prefix,rate\nx,1\n44,0.01\n45,-1\n').problems).toEqual([{ line: 2, problem: 'bad-prefix' }, { line: 4, problem: 'bad-price' }]);
  });
  test('of any text holds only whole prices, and each line is either a rate or a problem', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 })), { maxLength: 8 }), (lines) => {
        const read = readRateTable(['prefix,rate', ...lines.map((cells) => cells.join(','))].join('\n'));
        for (const each of read.rates) expect(Number.isSafeInteger(each.microsPerMinute) && each.microsPerMinute >= 0).toBe(true);
        expect(read.rates.length + read.problems.length).toBeLessThanOrEqual(Math.max(1, lines.length * 12));
      }),
      { numRuns: 2_000 },
    );
  });
});
