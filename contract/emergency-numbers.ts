/** Which typed numbers are calls for help. Page and server both ask here, so that neither can miss what the other stops. Refuses to dial or to word anything. */

/** Stopped everywhere: roaming physicians type their own country's number without thinking. */
const EVERYWHERE = ['911', '112', '999'] as const;

/** Further numbers of the practice's own country (ISO 3166-1 alpha-2); 988 and 711 are no emergency numbers and are routed. */
const BY_COUNTRY: Readonly<Record<string, readonly string[]>> = {
  AT: ['122', '133', '144'],
  AU: ['000'],
  BE: ['100', '101'],
  BR: ['190', '192', '193'],
  CH: ['117', '118', '144', '1414'],
  CN: ['110', '119', '120'],
  DE: ['110'],
  ES: ['061', '091'],
  FR: ['15', '17', '18', '114'],
  GB: ['111'],
  IE: ['999'],
  IL: ['100', '101', '102'],
  IN: ['100', '101', '102', '108'],
  IT: ['113', '115', '118'],
  JP: ['110', '118', '119'],
  KR: ['119'],
  MX: ['066'],
  NO: ['110', '113'],
  NZ: ['111'],
  PL: ['997', '998'],
  RU: ['101', '102', '103'],
  ZA: ['10111', '10177'],
};

/** All that are stopped for a practice there, its own country's first. */
export const emergencyNumbersOf = (country: string): readonly string[] => [...new Set([...(BY_COUNTRY[country.toUpperCase()] ?? []), ...EVERYWHERE])];

/** What people put before it: an office switchboard's outside line, the country code, the international prefix, all of them by habit. */
const PREFIX = /^(?:011|00|[01789]{1,2})$/;

/** Behind '+', '00' or '011', any country's code: no country has a number of three digits behind it. */
const INTERNATIONAL_PREFIX = /^(?:00|011)?[1-9]\d{0,2}$/;

/** Full-width and other scripts' digits dial as ASCII ones: a pasted number must not slip past in another alphabet. */
function toAsciiDigits(typed: string): string {
  // NFKC makes ASCII of the wide, superscript, circled and mathematical digits.
  return Array.from(typed.normalize('NFKC'), (character) => (/\p{Nd}/u.test(character) ? String(valueOfDigit(character)) : '')).join('');
}

/** Unicode sets the decimal digits of a script in a run of ten that begins at its zero. */
function valueOfDigit(character: string): number {
  const codePoint = character.codePointAt(0) ?? 0;
  let zero = codePoint;
  while (codePoint - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return codePoint - zero;
}

/**
 * The emergency number in what was typed, or null. Seen through spaces, punctuation, '+', '*', '#', an outside-line
 * prefix and a last digit pressed too often ("9111"); a number that merely begins with 911 is none.
 */
export function findEmergencyNumber(typed: string, country: string): string | null {
  const digits = toAsciiDigits(typed);
  const isInternational = /^\s*(?:\p{Pi}|\p{Ps}|tel:)?\s*[+\uff0b]/iu.test(typed) || /^(?:00|011)/.test(digits);
  for (const emergency of emergencyNumbersOf(country)) {
    const last = emergency.at(-1) ?? '';
    let trimmed = digits;
    while (trimmed.length > emergency.length && trimmed.endsWith(last) && !trimmed.endsWith(emergency)) trimmed = trimmed.slice(0, -1);
    if (trimmed === emergency) return emergency;
    if (!trimmed.endsWith(emergency)) continue;
    const before = trimmed.slice(0, -emergency.length);
    if (PREFIX.test(before) || (isInternational && emergency.length === 3 && INTERNATIONAL_PREFIX.test(before))) return emergency;
  }
  return null;
}
