/** Whether a number may be called at all: denied unless a rule allows it. Facts in, decision and reason out; knows no line, no member and no price. */
import type { PhoneNumber } from 'libphonenumber-js/max';
import { refused, ok } from '#contract/result.ts';
import type { Result } from '#contract/result.ts';

/** Why a destination is refused; the member is told only that it is not allowed, the practice's log says which rule. */
export type DestinationRefusal =
  | 'not-fictional'
  | 'foreign'
  | 'not-a-valid-number'
  /** Premium rate, shared cost, personal, pager, company-wide numbers: whatever pays somebody for being called. */
  | 'kind-not-allowed'
  /** A local exchange that bills like a premium number (976), or is the directory's (555). */
  | 'exchange-not-allowed';

/** Ordinary subscribers, and numbers free to the caller. */
const ALLOWED_KINDS: ReadonlySet<string> = new Set(['FIXED_LINE', 'MOBILE', 'FIXED_LINE_OR_MOBILE', 'TOLL_FREE']);

/** The range set aside for fiction (ATIS-0300115): the sandbox's patients, and nobody's telephone. */
const FICTIONAL_NANP = /^\+1[2-9]\d{2}55501\d{2}$/;

/** NANP exchanges which no metadata marks, inside area codes that look ordinary. */
const BILLED_NANP_EXCHANGES: ReadonlySet<string> = new Set(['976', '555', '950']);

export interface DestinationFacts {
  readonly number: PhoneNumber;
  /** ISO 3166-1 alpha-2: domestic is the practice's country, wherever the member sits. */
  readonly country: string;
  /** The sandbox rings nobody's telephone, and only its own patients. */
  readonly isSandbox: boolean;
}

export function decideDestination({ number, country, isSandbox }: DestinationFacts): Result<void, DestinationRefusal> {
  if (isSandbox) return FICTIONAL_NANP.test(number.number) ? ok(undefined) : refused('not-fictional');
  // An area code nobody is assigned has no country either: a look-alike is never domestic by its '+1'.
  if (number.country !== country) return refused('foreign');
  if (!number.isValid()) return refused('not-a-valid-number');
  if (!ALLOWED_KINDS.has(number.getType() ?? '')) return refused('kind-not-allowed');
  if (number.countryCallingCode === '1' && number.getType() !== 'TOLL_FREE' && BILLED_NANP_EXCHANGES.has(number.nationalNumber.slice(3, 6))) return refused('exchange-not-allowed');
  return ok(undefined);
}
