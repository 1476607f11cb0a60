import { expect, it } from 'vitest';
import { readLanguages } from './languages-policy.ts';

it.each([
  ['', []],
  ['es', ['es']],
  [' ES, ar;vi  es', ['es', 'ar', 'vi']],
  ['zh-Hant', ['zh-Hant']],
  ['Spanish', null],
  ['es, 7', null],
] as const)('reads the languages of %j', (text, codes) => expect(readLanguages(text)).toEqual(codes));
