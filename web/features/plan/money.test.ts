import { describe, expect, it } from 'vitest';
import { microsOf } from './money.ts';

describe('an amount as it is typed', () => {
  it.each([
    ['60', 60_000_000],
    ['12.50', 12_500_000],
    ['12,5', 12_500_000],
    ['0.000001', 1],
    [' 7 ', 7_000_000],
    ['', null],
    ['-1', undefined],
    ['1e3', undefined],
    ['1.2345678', undefined],
    ['sixty', undefined],
  ])('“%s” is %s millionths', (typed, micros) => {
    expect(microsOf(typed)).toBe(micros);
  });
});
