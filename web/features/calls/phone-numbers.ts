/** Numbers as people of the practice's country write them. Loaded after the first paint: its tables are larger than all our screens. */
import type { E164 } from '#contract/ids.ts';
import { AsYouType, type CountryCode, getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';

export interface PhoneNumbers {
  /** A finished number, for everyone to read: nationally at home, internationally abroad; a short code as it is. The practice's own lines; a patient's only by at-hand/use-shown.ts. */
  readonly formatOpenly: (number: string) => string;
  /** A whole number as one here would type it: what goes onto the keypad from a list. */
  readonly asTyped: (number: string) => string;
  /** Whether two strings dial one number. */
  readonly isSame: (one: string, other: string) => boolean;
  /** E.164 once a whole number stands there; null while it is typed, and for what is no number. */
  readonly complete: (dialable: string) => E164 | null;
  /** A number being typed. */
  readonly formatTyped: (dialable: string) => string;
  /** The country a number leads to where it is not the practice's own, ISO 3166-1 alpha-2. */
  foreignCountry(dialable: string): string | null;
}

export function createPhoneNumbers(practiceCountry: string): PhoneNumbers {
  const country: CountryCode = isSupportedCountry(practiceCountry) ? practiceCountry : 'US';
  const e164 = (number: string): string => parsePhoneNumberFromString(number, country)?.number ?? number;
  const formatOpenly = (number: string): string => {
    const parsed = parsePhoneNumberFromString(number, country);
    if (parsed === undefined) return number;
    // A number of no known range has no country; its calling code still says where it is written as at home.
    const isHome = parsed.country === undefined ? parsed.countryCallingCode === getCountryCallingCode(country) : parsed.country === country;
    return isHome ? parsed.formatNational() : parsed.formatInternational();
  };
  return {
    formatOpenly,
    asTyped(number) {
      const written = formatOpenly(number);
      // Some countries write a number at home in a way that cannot be read back.
      return e164(written) === number ? written : number;
    },
    isSame: (one, other) => e164(one) === e164(other),
    complete(dialable) {
      const parsed = parsePhoneNumberFromString(dialable, country);
      return parsed?.isPossible() === true ? (parsed.number as E164) : null;
    },
    formatTyped: (dialable) => (/[*#]/.test(dialable) ? dialable : new AsYouType(country).input(dialable)),
    foreignCountry(dialable) {
      const found = parsePhoneNumberFromString(dialable, country)?.country;
      return found === undefined || found === country ? null : found;
    },
  };
}
