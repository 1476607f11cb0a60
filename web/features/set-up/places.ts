/** Countries and time zones as the browser names them. Loaded with the first run only: the numbers' tables are large. */
import { getCountries, getExampleNumber, type CountryCode } from 'libphonenumber-js/min';
import examples from 'libphonenumber-js/mobile/examples';
import { words } from '../../messages/all-words.ts';

export interface Country {
  readonly code: string;
  readonly name: string;
}

/** By name, as the person's language sorts. */
export function listCountries(): Country[] {
  const names = new Intl.DisplayNames([words.language], { type: 'region' });
  return getCountries()
    .map((code) => ({ code, name: names.of(code) ?? code }))
    .toSorted((one, other) => one.name.localeCompare(other.name, words.language));
}

/** Newer than the type definitions, and not in every browser. */
type LocaleWithZones = Intl.Locale & { getTimeZones?: () => readonly string[] | undefined };

export const zonesOf = (country: string): readonly string[] => (new Intl.Locale('und', { region: country }) as LocaleWithZones).getTimeZones?.() ?? [];

/** Some browsers name the device's zone by an old name that they leave out of their own list. */
export const listZones = (deviceZone: string): readonly string[] => [...new Set([deviceZone, ...Intl.supportedValuesOf('timeZone')])].toSorted();

/** "Chicago, 14:31" of "America/Chicago". */
export function zoneWords(zone: string, now: Date): string {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(now);
  return words.setUp.zone((zone.split('/').at(-1) ?? zone).replaceAll('_', ' '), time);
}

/** A telephone number as people there write one. */
export const exampleNumber = (country: string): string => getExampleNumber(country as CountryCode, examples)?.formatNational() ?? '';
