import { expect, it } from 'vitest';
import { defaultSpokenMessageMs } from '#contract/default-spoken-message.ts';
import { SAMPLE_RATE } from '#server/telephony/index.ts';
import { defaultSpokenMessage, isSpanish } from './default-message.ts';

it.each([['es', true], ['es-MX', true], ['Spanish', true], ['spa', true], ['Español', true], [' castellano', true], ['en', false], ['est', false], ['esperanto', false], ['', false], [null, false]])('%j is Spanish: %s', (language, expected) => expect(isSpanish(language)).toBe(expected));

it('is spoken in the contact’s language, and lasts as long as the screen says', () => {
  expect(Math.abs((defaultSpokenMessage(null).length * 1_000) / SAMPLE_RATE - defaultSpokenMessageMs)).toBeLessThan(500);
  expect(defaultSpokenMessage('es-MX')).not.toEqual(defaultSpokenMessage('en'));
});
