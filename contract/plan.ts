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

/** What a member may do in a time, and what a practice may spend. Money is in millionths of the rate table's currency. */
export const limitsSchema = z.object({
  callsAtOnce: z.int().min(1).max(10),
  dialsPerMinute: z.int().min(1).max(60),
  dialsPerHour: z.int().min(1).max(600),
  dialsPerDay: z.int().min(1).max(5_000),
  /** Null for no limit: for practices whose carrier bills a flat price. */
  spendPerDayMicros: z.int().min(0).max(1e12).nullable(),
  spendPerMonthMicros: z.int().min(0).max(1e13).nullable(),
});
export type Limits = z.infer<typeof limitsSchema>;

/** Enough for a day on the telephone, and little for a thief. */
export const DEFAULT_LIMITS: Limits = { callsAtOnce: 2, dialsPerMinute: 6, dialsPerHour: 60, dialsPerDay: 300, spendPerDayMicros: null, spendPerMonthMicros: null };

/** Which limit stopped a dial. */
export const dialLimitSchema = z.enum(['at-once', 'per-minute', 'per-hour', 'per-day', 'spend-per-day', 'spend-per-month', 'country-minutes', 'no-rate']);
export type DialLimit = z.infer<typeof dialLimitSchema>;

/** What the screen says beyond the refusal itself: which rule, where, what to do, and from when on it may be tried again. */
export const dialRefusalDetailSchema = z.object({
  reason: z.union([destinationReasonSchema, dialLimitSchema, z.literal('emergency'), z.literal('has-extension')]),
  nextStep: z.enum([...destinationNextStepSchema.options, 'dial-without-the-extension', 'end-a-call', 'wait', 'ask-admin-to-raise-the-limit']),
  country: countrySchema.nullable(),
  retryAt: z.iso.datetime().nullable(),
});
export type DialRefusalDetail = z.infer<typeof dialRefusalDetailSchema>;
