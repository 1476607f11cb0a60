import { expect, test } from 'vitest';
import { guessCountry, guessZone } from './place-guess-policy.ts';

const zones: Readonly<Record<string, readonly string[]>> = { US: ['America/New_York', 'America/Chicago'], CA: ['America/Toronto'], DE: ['Europe/Berlin'], AT: ['Europe/Vienna'], SJ: ['Europe/Berlin'], XK: [] };
const facts = { countries: Object.keys(zones), zonesOf: (country: string) => zones[country] ?? [] };

test.each([
  ['America/Chicago', ['en-US'], 'US'],
  ['America/Toronto', ['en-US', 'fr-CA'], 'CA'],
  ['Europe/Berlin', ['en-US', 'de-DE'], 'DE'],
  ['Europe/Berlin', ['en'], 'DE'],
  ['Europe/Berlin', ['nb-SJ'], 'SJ'],
  ['Etc/UTC', ['de-AT'], 'AT'],
  ['Etc/UTC', ['eo'], 'US'],
  ['Etc/UTC', [], 'US'],
])('a device at %s that speaks %o is in %s', (timeZone, languages, country) => {
  expect(guessCountry({ ...facts, timeZone, languages })).toBe(country);
});

test('a country brings its own zone, unless the device is in one of them or the browser knows none', () => {
  expect(guessZone('US', { ...facts, timeZone: 'America/Chicago' })).toBe('America/Chicago');
  expect(guessZone('US', { ...facts, timeZone: 'Europe/Berlin' })).toBe('America/New_York');
  expect(guessZone('XK', { ...facts, timeZone: 'Europe/Berlin' })).toBe('Europe/Berlin');
});
