/** The ranges that a table of countries and types does not tell of: traps behind North American codes, networks without a country, and special ranges at an ordinary price. Data with its sources; decides nothing. */
import { getCountryCallingCode, type CountryCode } from 'libphonenumber-js/max';
import type { DestinationReason } from '#contract/plan.ts';

export function isNorthAmerican(country: string): boolean {
  return getCountryCallingCode(country as CountryCode) === '1';
}

/**
 * Numbers of the North American plan that look like any other and are not. NANPA's lists of area codes: 900 is premium,
 * 700 each carrier's own, 500 and its like personal, 600 and 622 Canada's special services, 710 the government's.
 */
const AREA_CODES: readonly (readonly [RegExp, DestinationReason])[] = [
  [/^900/u, 'premium'],
  [/^(?:456|700)/u, 'dial-around'],
  [/^5(?:00|2[1-9]|33|44|66|77|88)/u, 'personal-number'],
  [/^6(?:00|22|33|44|55|77|88)/u, 'special-service'],
  [/^710/u, 'special-service'],
  // Paid bypass of Caribbean toll-free restrictions: the caller is billed for an "800", "888" or "877" number.
  [/^88[0-2]/u, 'premium'],
];

/** Exchanges with one meaning behind every geographic area code: 976 is premium, 950 a carrier's access; 555 is paid information where it is anything, but for the fictional 555-01XX, which are nobody's. */
const EXCHANGES: readonly (readonly [RegExp, DestinationReason])[] = [
  [/^\d{3}976/u, 'premium'],
  [/^\d{3}950/u, 'dial-around'],
  [/^\d{3}555(?!01)/u, 'premium'],
];

const TOLL_FREE = /^8(?:00|33|44|55|66|77|88)/u;

/** Whether a ten-digit North American number lies in a toll-free code. The library files whole look-alike area codes (809, 829) there too. */
export function isNorthAmericanTollFree(nationalNumber: string): boolean {
  return TOLL_FREE.test(nationalNumber);
}

/** What a North American number hides, or null; shorter ones hide nothing, being none. Where the exchange has a meaning of its own, toll-free codes are exempt. */
export function northAmericanTrapOf(nationalNumber: string): DestinationReason | null {
  if (nationalNumber.length !== 10) return null;
  const byAreaCode = AREA_CODES.find(([range]) => range.test(nationalNumber));
  if (byAreaCode !== undefined) return byAreaCode[1];
  if (isNorthAmericanTollFree(nationalNumber)) return null;
  return EXCHANGES.find(([range]) => range.test(nationalNumber))?.[1] ?? null;
}

/** ITU-T E.164.1 codes shared by no country: Inmarsat and the global mobile satellite systems, international networks, freephone, shared cost, personal, premium. */
export function reasonOfNetworkWithoutCountry(callingCode: string): DestinationReason | null {
  switch (callingCode) {
    case '870':
    case '881':
    // 882 and 883 are shared by satellite, ship and aircraft networks and a few VoIP ones; none is told from the others by price.
    case '882':
    case '883':
      return 'satellite';
    case '979':
      return 'premium';
    case '808':
      return 'shared-cost';
    case '878':
      return 'personal-number';
    case '800':
    case '888':
      return 'special-service';
    default:
      return null;
  }
}

/** Ranges at a special price that the library's table counts among ordinary ones. HU: NMHH, 40, shared cost. */
export function isSpeciallyPriced(country: string, nationalNumber: string): boolean {
  return country === 'HU' && nationalNumber.startsWith('40');
}

/**
 * Ranges that are not geographic and yet, by the regulator's order, cost what geographic ones do; hospitals use them.
 * GB: Ofcom, National Telephone Numbering Plan, 03. FR: ARCEP, 09. DE: Bundesnetzagentur, (0)32. NL: ACM, 085 and 088.
 */
export function ordinaryPriceRanges(country: string): readonly string[] {
  switch (country) {
    case 'GB':
      return ['3'];
    case 'FR':
      return ['9'];
    case 'DE':
      return ['32'];
    case 'NL':
      return ['85', '88'];
    default:
      return [];
  }
}
