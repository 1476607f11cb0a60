/** How numbers and the caller's identity are written to a trunk and read from it. Owns the promise that nothing but the line's number and name goes out. */
import type { OutgoingAddress, OutgoingHeaders } from '../messages/outgoing-fields.ts';

/** Where the trunk reads the caller's number. */
export type CallerIdForm = 'from' | 'p-asserted-identity' | 'p-preferred-identity' | 'both';
/** +15550100, 15550100, or as the country dials. */
export type NumberForm = 'e164' | 'digits' | 'national';

export interface CallerIdentity {
  from: Omit<OutgoingAddress, 'tag'>;
  identity: Pick<OutgoingHeaders, 'assertedIdentity' | 'preferredIdentity' | 'privacy'>;
}

export interface IdentityTrunk {
  domain: string;
  callerIdForm: CallerIdForm;
  numberForm: NumberForm;
  countryCallingCode: string;
  accountUser: string | undefined;
}

/** The line's number where the trunk looks for it. With an identity header alone, From names the account, as PBXs demand. */
export function writeCaller(trunk: IdentityTrunk, number: string, displayName: string | undefined): CallerIdentity {
  const line: Omit<OutgoingAddress, 'tag'> = { displayName, uri: numberUri(trunk, number) };
  const account: Omit<OutgoingAddress, 'tag'> = trunk.accountUser === undefined ? line : { displayName, uri: `sip:${escapeUser(trunk.accountUser)}@${hostPart(trunk.domain)}` };
  switch (trunk.callerIdForm) {
    case 'from':
      return { from: line, identity: {} };
    case 'p-asserted-identity':
      // RFC 3325 9.1: asserted with Privacy none, since the line's number is meant to be seen.
      return { from: account, identity: { assertedIdentity: line, privacy: 'none' } };
    case 'p-preferred-identity':
      return { from: account, identity: { preferredIdentity: line, privacy: 'none' } };
    case 'both':
      return { from: line, identity: { assertedIdentity: line, privacy: 'none' } };
  }
}

export function numberUri(trunk: Pick<IdentityTrunk, 'domain' | 'numberForm' | 'countryCallingCode'>, e164: string): string {
  return `sip:${writeNumber(e164, trunk.numberForm, trunk.countryCallingCode)}@${hostPart(trunk.domain)}`;
}

export function writeNumber(e164: string, form: NumberForm, countryCallingCode: string): string {
  // A service code (988, 711) has no other form than its own.
  if (form === 'e164' || !e164.startsWith('+')) return e164;
  const digits = e164.slice(1);
  if (form === 'digits') return digits;
  if (digits.startsWith(countryCallingCode)) return countryCallingCode === '1' ? digits : `0${digits.slice(countryCallingCode.length)}`;
  return `${countryCallingCode === '1' ? '011' : '00'}${digits}`;
}

/** A number as the trunk wrote it, made E.164; undefined where it is none, such as "anonymous". */
export function readNumber(raw: string | undefined, countryCallingCode: string): string | undefined {
  if (raw === undefined) return undefined;
  if (raw.startsWith('+')) return asE164(raw.slice(1));
  if (!/^[0-9]+$/.test(raw)) return undefined;
  if (countryCallingCode === '1') {
    if (raw.startsWith('011')) return asE164(raw.slice(3));
    return raw.length === 10 ? asE164(`1${raw}`) : asE164(raw);
  }
  if (raw.startsWith('00')) return asE164(raw.slice(2));
  if (raw.startsWith('0')) return asE164(`${countryCallingCode}${raw.slice(1)}`);
  return raw.startsWith(countryCallingCode) ? asE164(raw) : asE164(`${countryCallingCode}${raw}`);
}

function asE164(digits: string): string | undefined {
  return /^[1-9][0-9]{6,14}$/.test(digits) ? `+${digits}` : undefined;
}

function hostPart(domain: string): string {
  return domain.includes(':') && !domain.startsWith('[') ? `[${domain}]` : domain;
}

function escapeUser(user: string): string {
  return user.replace(/[^A-Za-z0-9\-_.!~*'()&=+$,;?/]/g, (character) => encodeURIComponent(character));
}
