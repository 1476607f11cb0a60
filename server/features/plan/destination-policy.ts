/** Decides where a dialled string may lead: allowed, routed, intercepted, or refused with its reason and next step. Whatever it does not know to be harmless, it refuses. */
import { getCountryCallingCode, parsePhoneNumberFromString, validatePhoneNumberLength, type CountryCode, type PhoneNumber } from 'libphonenumber-js/max';
import { findEmergencyNumber } from '#contract/emergency-numbers.ts';
import { e164Schema, type E164, type ServiceCode } from '#contract/ids.ts';
import { assertNever } from '#contract/result.ts';
import type { AllowedCountry, DestinationNextStep, DestinationReason } from '#contract/plan.ts';
import { readDialledText, type DialledText } from './dialled-text-policy.ts';
import { isNorthAmerican, isNorthAmericanTollFree, isSpeciallyPriced, northAmericanTrapOf, ordinaryPriceRanges, reasonOfNetworkWithoutCountry } from './number-ranges.ts';

export interface DestinationRules {
  /** ISO 3166-1 alpha-2: how numbers are read, and what is domestic, wherever the physician sits. */
  practiceCountry: string;
  /** The sandbox rings nobody's telephone, and only its own patients. */
  isSandbox: boolean;
  allowedCountries: readonly AllowedCountry[];
}

export type DestinationVerdict =
  | { kind: 'allowed'; to: E164; country: string; isDomestic: boolean; extension: string | null }
  /** A three-digit service: the trunk knows the way. */
  | { kind: 'routed'; to: ServiceCode }
  /** Must be seen and heard at once: nothing was or will be dialled. */
  | { kind: 'emergency'; number: string }
  | { kind: 'refused'; reason: DestinationReason; nextStep: DestinationNextStep; country: string | null };

/** Where 988 (FCC 20-100; CRTC 2022-234) and 711 (47 CFR 64.603; CRTC) are in service. */
const HAS_SERVICE_CODES: readonly string[] = ['US', 'CA'];

/** The range set aside for fiction (ATIS-0300115): the sandbox's patients, and nobody's telephone. */
const FICTIONAL = /^\+1[2-9]\d{2}55501\d{2}$/u;

export function decideDestination(rules: DestinationRules, typed: string): DestinationVerdict {
  const { practiceCountry } = rules;
  // Before anything else may refuse it: 911 is no valid telephone number, and yet must never fail silently.
  const emergency = findEmergencyNumber(typed, practiceCountry);
  if (emergency !== null) return { kind: 'emergency', number: emergency };

  const isNorthAmerica = isNorthAmerican(practiceCountry);
  const reading = readDialledText(typed);
  if (!reading.ok) return refuse(reading.refusal);
  if (isNorthAmerica) {
    const special = decideNorthAmericanCode(reading.value, practiceCountry);
    if (special !== null) return special;
  }

  const country = practiceCountry as CountryCode;
  const international = internationalForm(reading.value, isNorthAmerica);
  const number = parsePhoneNumberFromString(international, country);
  if (number === undefined) return refuse(validatePhoneNumberLength(international, country) === 'TOO_SHORT' ? 'incomplete' : 'invalid');
  return decideParsed(rules, number, reading.value.extension);
}

function decideParsed({ practiceCountry, isSandbox, allowedCountries }: DestinationRules, number: PhoneNumber, extension: string | null): DestinationVerdict {
  if (isSandbox && number.isPossible() && !FICTIONAL.test(number.number)) return refuse('outside-the-sandbox');
  const networkReason = reasonOfNetworkWithoutCountry(number.countryCallingCode);
  if (networkReason !== null) return refuse(networkReason);
  const country = number.country ?? null;
  if (number.countryCallingCode === '1') {
    const trap = northAmericanTrapOf(number.nationalNumber);
    if (trap !== null) return refuse(trap, country);
  }
  if (!number.isValid() || country === null) return refuse(isTooShort(number) ? 'incomplete' : 'invalid', country);

  // Toll-free codes belong to no one country of the plan; the library files them all under the United States.
  const isSharedTollFree = number.countryCallingCode === '1' && isNorthAmericanTollFree(number.nationalNumber) && ['US', 'CA'].includes(practiceCountry);
  // The sandbox's patients are at home wherever the practice is: a practice in Zurich trains as well.
  const isPracticePatient = isSandbox && FICTIONAL.test(number.number);
  const isDomestic = country === practiceCountry || isSharedTollFree || isPracticePatient;
  const kindReason = reasonOfType(number, isDomestic);
  if (kindReason !== null) return refuse(kindReason, country);

  const to = e164Schema.parse(number.number);
  if (isDomestic) return { kind: 'allowed', to, country: practiceCountry, isDomestic, extension };
  const rule = allowedCountries.find((allowed) => allowed.country === country);
  if (rule === undefined || (rule.kinds === 'fixed' && number.getType() === 'MOBILE')) {
    return refuse(number.countryCallingCode === getCountryCallingCode(practiceCountry as CountryCode) ? 'look-alike-country' : 'international-not-allowed', country);
  }
  return { kind: 'allowed', to, country, isDomestic, extension };
}

/** Only fixed and mobile phones, and freephone at home. Null is harmless; a type that a later table of the library adds is refused. */
function reasonOfType(number: PhoneNumber, isDomestic: boolean): DestinationReason | null {
  if (isSpeciallyPriced(number.country!, number.nationalNumber)) return 'shared-cost';
  const type = number.getType();
  switch (type) {
    case 'FIXED_LINE':
    case 'MOBILE':
    case 'FIXED_LINE_OR_MOBILE':
      return null;
    case 'TOLL_FREE':
      // Freephone is free only at home; from abroad it is billed, often as premium.
      return isDomestic ? null : 'special-service';
    case 'PREMIUM_RATE':
      return 'premium';
    case 'SHARED_COST':
      return 'shared-cost';
    case 'PERSONAL_NUMBER':
      return 'personal-number';
    case 'VOIP':
    case 'UAN':
      return isDomestic && ordinaryPriceRanges(number.country!).some((range) => number.nationalNumber.startsWith(range)) ? null : 'special-service';
    case 'PAGER':
    case 'VOICEMAIL':
    case undefined:
      return 'special-service';
    default:
      return assertNever(type);
  }
}

/** Codes of the North American plan that are no telephone numbers: 988, 711, the other N11, 101XXXX. */
function decideNorthAmericanCode({ digits, hasPlus }: DialledText, country: string): DestinationVerdict | null {
  const code = digits.replace(hasPlus ? /^1(?=\d{3}$)/u : /^[19](?=\d{3}$)/u, '');
  if (HAS_SERVICE_CODES.includes(country) && (code === '988' || code === '711')) return { kind: 'routed', to: code };
  if (/^[2-8]11$/u.test(code)) return refuse('short-code');
  // A carrier access code, 101XXXX, sends the call, and its bill, by another carrier; an outside-line 9 may stand before it.
  if (!hasPlus && /^9?101\d{4}/u.test(digits)) return refuse('dial-around');
  // 950-XXXX is the older form of the same.
  if (!hasPlus && /^1?950[01]\d{3}$/u.test(digits)) return refuse('dial-around');
  return null;
}

/** '00' means nothing in North America that could be dialled from here, and is what most of the world puts before a country. */
function internationalForm({ digits, hasPlus }: DialledText, isNorthAmerica: boolean): string {
  if (hasPlus) return `+${digits}`;
  if (isNorthAmerica && /^00[1-9]/u.test(digits)) return `+${digits.slice(2)}`;
  return digits;
}

function isTooShort(number: PhoneNumber): boolean {
  return validatePhoneNumberLength(number.number) === 'TOO_SHORT' || (number.countryCallingCode === '1' && number.nationalNumber.length < 10);
}

function refuse(reason: DestinationReason, country: string | null = null): DestinationVerdict {
  return { kind: 'refused', reason, nextStep: nextStepOf(reason), country };
}

function nextStepOf(reason: DestinationReason): DestinationNextStep {
  switch (reason) {
    case 'empty':
    case 'not-a-number':
    case 'unicode-digits':
      return 'type-the-number';
    case 'incomplete':
      return 'add-the-area-code';
    case 'invalid':
      return 'check-the-number';
    case 'outside-the-sandbox':
      return 'call-a-sandbox-patient';
    case 'look-alike-country':
    case 'international-not-allowed':
      return 'ask-admin-to-allow-country';
    case 'premium':
    case 'shared-cost':
    case 'satellite':
    case 'personal-number':
    case 'special-service':
    case 'dial-around':
      return 'use-another-number';
    case 'service-code':
    case 'short-code':
      return 'use-your-own-phone';
    default:
      return assertNever(reason);
  }
}
