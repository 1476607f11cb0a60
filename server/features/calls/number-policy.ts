/** What a typed or pasted number means in a practice's country. Owns parsing; refuses to say whether it may be called (destination-policy.ts). */
import parsePhoneNumber, { validatePhoneNumberLength } from 'libphonenumber-js/max';
import type { CountryCode, PhoneNumber } from 'libphonenumber-js/max';
import type { ServiceCode } from '#contract/ids.ts';
import { ok, refused } from '#contract/result.ts';
import type { Result } from '#contract/result.ts';

/** A service code, or a whole number as libphonenumber reads it. */
export type TypedNumber = { kind: 'service-code'; code: ServiceCode } | { kind: 'number'; number: PhoneNumber };

/** Where 988 (FCC 20-100; CRTC 2022-234) and 711 (47 CFR 64.603; CRTC) are in service. */
const SERVICE_CODES: Readonly<Record<string, readonly ServiceCode[]>> = { US: ['988', '711'], CA: ['988', '711'] };

/** What formatting may consist of once dashes and spaces of every script are plain: no letters, no star codes, no commas that dial on. */
const PLAIN = /^\+?[\d\s().\-/]*$/;

/**
 * Emergency numbers were looked for before this. Digits of other scripts are refused rather than translated: a person
 * does not type them here, and filters downstream have been passed by them (the emergency check reads them all the same).
 */
export function readTypedNumber(typed: string, country: string): Result<TypedNumber, 'number-invalid' | 'number-incomplete'> {
  const plain = typed
    .replace(/^\s*tel:/i, '')
    .replace(/\p{Cf}/gu, '')
    .replace(/\p{Pd}/gu, '-')
    .replace(/\p{Zs}/gu, ' ')
    .trim();
  if (!PLAIN.test(plain)) return refused('number-invalid');
  const digits = plain.replace(/[^\d+]/g, '');
  const code = SERVICE_CODES[country]?.find((serviceCode) => serviceCode === digits);
  if (code !== undefined) return ok({ kind: 'service-code', code });
  const length = validatePhoneNumberLength(plain, country as CountryCode);
  if (length === 'TOO_SHORT') return refused('number-incomplete');
  const number = parsePhoneNumber(plain, country as CountryCode);
  if (number === undefined || length !== undefined || !number.isPossible()) return refused('number-invalid');
  return ok({ kind: 'number', number });
}
