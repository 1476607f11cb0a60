import { describe, expect, it } from 'vitest';
import { chooseLanguage } from './languages.ts';

describe('the language a person gets', () => {
  it.each([
    ['what they chose, whatever the browser says', 'es', ['en-US'], 'es'],
    ['what the browser asks for first', null, ['es-MX', 'en'], 'es'],
    ['the first that we speak', null, ['fr-CA', 'pt', 'es', 'en'], 'es'],
    ['Spanish of any country', null, ['ES-419'], 'es'],
    ['English where we speak none of theirs', null, ['zh-CN', 'fr'], 'en'],
    ['English where the browser says nothing', null, [], 'en'],
    ['the browser’s where the choice is no language of ours', 'klingon', ['es'], 'es'],
    ['English for a tag that is a word of every object', null, ['constructor', 'toString'], 'en'],
  ] as const)('is %s', (_name, chosen, preferred, language) => {
    expect(chooseLanguage(chosen, preferred)).toBe(language);
  });
});
