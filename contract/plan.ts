/** What server and page agree on about destinations: why a number may not be called, and what one does then. */
import * as z from 'zod';

/** ISO 3166-1 alpha-2, in capitals. */
export const countrySchema = z.string().regex(/^[A-Z]{2}$/);

/** Why a destination is refused; each has its own sentence on the page. */
export const destinationReasonSchema = z.enum([
  'empty',
  /** Letters or signs that belong to no telephone number. */
  'not-a-number',
  /** Digits of another script or style: what one reads and what would be dialled may differ. */
  'unicode-digits',
  /** '*67', '#31#': orders to an exchange, not a destination. */
  'service-code',
  /** A code that chooses, and bills, another carrier. */
  'dial-around',
  /** '411', '611': reached only from a phone of that network. */
  'short-code',
  'incomplete',
  'invalid',
  'premium',
  'shared-cost',
  'satellite',
  /** Follow-me and personal numbers: the caller pays for wherever they lead. */
  'personal-number',
  /** Pagers, voicemail access, company networks, networks without a country. */
  'special-service',
  /** Another country behind the practice's own calling code: it looks like a call at home and is priced as one abroad. */
  'look-alike-country',
  'international-not-allowed',
  /** The sandbox calls its own patients and nobody else. */
  'outside-the-sandbox',
]);
export type DestinationReason = z.infer<typeof destinationReasonSchema>;

/** What the screen proposes after a refusal. */
export const destinationNextStepSchema = z.enum(['type-the-number', 'add-the-area-code', 'check-the-number', 'ask-admin-to-allow-country', 'use-another-number', 'use-your-own-phone', 'call-a-sandbox-patient']);
export type DestinationNextStep = z.infer<typeof destinationNextStepSchema>;

/** One country beyond the practice's own. */
export const allowedCountrySchema = z.object({
  country: countrySchema,
  /** Calls to mobile phones abroad cost several times those to fixed lines. Where a plan does not tell the two apart (North America), 'fixed' allows both. */
  kinds: z.enum(['fixed', 'fixed-and-mobile']),
  /** What the whole practice may talk to this country from midnight to midnight, in its own zone. */
  minutesPerDay: z.int().min(1).max(10_000),
});
export type AllowedCountry = z.infer<typeof allowedCountrySchema>;
