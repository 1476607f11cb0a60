/** Numbers as people of the practice's country write them. Loaded after the first paint: its tables are larger than all our screens. */
import { AsYouType, type CountryCode, getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';

export interface PhoneNumbers {
  /** A finished number: nationally at home, internationally abroad; a short code as it is. */
  format(number: string): string;
  /** A number being typed. */
  formatTyped(dialable: string): string;
  /** The country a number leads to where it is not the practice's own, ISO 3166-1 alpha-2. */
  foreignCountry(dialable: string): string | null;
}

export function createPhoneNumbers(practiceCountry: string): PhoneNumbers {
  const country: CountryCode = isSupportedCountry(practiceCountry) ? practiceCountry : 'US';
  return {
    format(number) {
      const parsed = parsePhoneNumberFromString(number, country);
      if (parsed === undefined) return number;
      // A number of no known range has no country; its calling code still says where it is written as at home.
      const isHome = parsed.country === undefined ? parsed.countryCallingCode === getCountryCallingCode(country) : parsed.country === country;
      return isHome ? parsed.formatNational() : parsed.formatInternational();
    },
    formatTyped: (dialable) => (/[*#]/.test(dialable) ? dialable : new AsYouType(country).input(dialable)),
    foreignCountry(dialable) {
      const found = parsePhoneNumberFromString(dialable, country)?.country;
      return found === undefined || found === country ? null : found;
    },
  };
}
