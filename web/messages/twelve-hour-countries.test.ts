import { describe, expect, it } from 'vitest';
import { getCountries } from 'libphonenumber-js/min';
import { readsTwelveHours } from './twelve-hour-countries.ts';

/** As Intl has it, which is too slow to be asked while a screen is drawn. */
function isTwelveByIntl(country: string): boolean {
  // Without the script that maximizing adds: with it, the tables of some countries are not found.
  const { language } = new Intl.Locale('und', { region: country }).maximize();
  const { hourCycle } = new Intl.DateTimeFormat(`${language}-${country}`, { hour: 'numeric' }).resolvedOptions();
  return hourCycle === 'h11' || hourCycle === 'h12';
}

describe('the countries that read twelve hours', () => {
  it('are those of CLDR, of all that have telephones', () => {
    const differing = getCountries().filter((country) => country !== 'AC' && country !== 'TA' && readsTwelveHours(country) !== isTwelveByIntl(country));
    expect(differing).toEqual([]);
  });

  it('are told from others, and from no country at all', () => {
    expect(['US', 'CA', 'IN', 'DE', 'CH', '??', ''].map(readsTwelveHours)).toEqual([true, true, true, false, false, false, false]);
  });
});
