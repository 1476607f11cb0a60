/** What server and page agree on about destinations: why a number may not be called, and what one does then. */
import { oc } from '@orpc/contract';
import * as z from 'zod';
import { memberIdSchema } from './ids.ts';

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
  /** ISO 4217: what the rate table's prices are in. */
  currency: z.string().regex(/^[A-Z]{3}$/).default('USD'),
});
export type Limits = z.infer<typeof limitsSchema>;

/** Enough for a day on the telephone, and little for a thief. */
export const DEFAULT_LIMITS: Limits = { callsAtOnce: 2, dialsPerMinute: 6, dialsPerHour: 60, dialsPerDay: 300, spendPerDayMicros: null, spendPerMonthMicros: null, currency: 'USD' };

/** Which limit stopped a dial. */
export const dialLimitSchema = z.enum(['at-once', 'per-minute', 'per-hour', 'per-day', 'spend-per-day', 'spend-per-month', 'country-minutes', 'no-rate']);
export type DialLimit = z.infer<typeof dialLimitSchema>;

export const dialRefusalReasonSchema = z.enum([...destinationReasonSchema.options, ...dialLimitSchema.options, 'emergency', 'has-extension']);
export type DialRefusalReason = z.infer<typeof dialRefusalReasonSchema>;

/** What the screen says beyond the refusal itself: which rule, where, what to do, and from when on it may be tried again. */
export const dialRefusalDetailSchema = z.object({
  reason: dialRefusalReasonSchema,
  nextStep: z.enum([...destinationNextStepSchema.options, 'dial-without-the-extension', 'end-a-call', 'wait', 'ask-admin-to-raise-the-limit']),
  country: countrySchema.nullable(),
  retryAt: z.iso.datetime().nullable(),
});
export type DialRefusalDetail = z.infer<typeof dialRefusalDetailSchema>;

export const planViewSchema = z.object({
  limits: limitsSchema,
  allowedCountries: z.array(allowedCountrySchema),
  rateCount: z.int().nonnegative(),
  spentTodayMicros: z.int().nonnegative(),
  spentThisMonthMicros: z.int().nonnegative(),
  breaker: z.object({
    /** Which limit lets no further priced call start; null while there is room. */
    tripped: z.enum(['spend-per-day', 'spend-per-month']).nullable(),
    /** What was spent before counts against no limit. */
    resetAt: z.iso.datetime().nullable(),
    countedTodayMicros: z.int().nonnegative(),
    countedThisMonthMicros: z.int().nonnegative(),
  }),
  /** What a minute costs there, as far as the table says; the countries of North America share their prefix and are told by none. */
  countryRates: z.array(z.object({ country: countrySchema, fromMicros: z.int().nonnegative(), toMicros: z.int().nonnegative() })),
  /** Countries that members have asked for, the oldest first. */
  requests: z.array(z.object({ country: countrySchema, memberId: memberIdSchema, at: z.iso.datetime() })),
});
export type PlanView = z.infer<typeof planViewSchema>;

/** A dial that was refused: whose, when, why. The number was not kept. */
export const refusedDialSchema = z.object({ id: z.uuid(), at: z.iso.datetime(), memberId: memberIdSchema, reason: z.string(), country: countrySchema.nullable() });

export const rateTableProblemSchema = z.enum(['empty', 'too-long', 'no-prefix-column', 'no-price-column', 'bad-prefix', 'bad-price', 'bad-step', 'prefix-twice', 'bad-quotes']);

/** What would become of a dial, by the rules as they are at this instant. Nothing is dialled, counted or written down. */
export const tryVerdictSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('allowed'), country: countrySchema, isDomestic: z.boolean(), microsPerMinute: z.int().nonnegative().nullable() }),
  z.object({ kind: z.literal('routed'), code: z.string() }),
  z.object({ kind: z.literal('refused'), detail: dialRefusalDetailSchema }),
]);
export type TryVerdict = z.infer<typeof tryVerdictSchema>;

/** A rate table read and not yet in effect. */
export const ratePreviewSchema = z.object({
  rateCount: z.int().nonnegative(),
  /** The first hundred; any one refuses the whole table. */
  problems: z.array(z.object({ line: z.int(), problem: rateTableProblemSchema })),
  problemCount: z.int().nonnegative(),
  /** Beside the table in effect. */
  added: z.int().nonnegative(),
  removed: z.int().nonnegative(),
  dearer: z.int().nonnegative(),
  cheaper: z.int().nonnegative(),
  /** The dearest of the new table. */
  dearest: z.array(z.object({ prefix: z.string(), microsPerMinute: z.int().nonnegative() })),
});
export type RatePreview = z.infer<typeof ratePreviewSchema>;

export const planContract = {
  read: oc.route({ method: 'GET', path: '/plan' }).output(planViewSchema),
  setLimits: oc.route({ method: 'PUT', path: '/plan/limits' }).input(limitsSchema).output(planViewSchema),
  allowCountry: oc.route({ method: 'PUT', path: '/plan/countries/{country}' }).input(allowedCountrySchema).output(planViewSchema),
  removeCountry: oc.route({ method: 'DELETE', path: '/plan/countries/{country}' }).errors({ NOT_FOUND: { status: 404 } }).input(z.object({ country: countrySchema })).output(planViewSchema),
  /** By any member: their admin sees it beside the allowed countries. */
  askForCountry: oc.route({ method: 'POST', path: '/plan/requests' }).input(z.object({ country: countrySchema })).output(z.object({})),
  declineCountry: oc.route({ method: 'DELETE', path: '/plan/requests/{country}' }).errors({ NOT_FOUND: { status: 404 } }).input(z.object({ country: countrySchema })).output(planViewSchema),
  /** POST, since what is tried may be a patient's number. */
  tryNumber: oc.route({ method: 'POST', path: '/plan/try' }).input(z.object({ number: z.string().min(1).max(128) })).output(tryVerdictSchema),
  /** Spending counts from nought again, for today and for the month. */
  resetBreaker: oc.route({ method: 'POST', path: '/plan/breaker/reset' }).output(planViewSchema),
  /** What an import would do, and every line that stands in its way. */
  previewRates: oc.route({ method: 'POST', path: '/plan/rates/preview' }).input(z.object({ csv: z.string().max(8_000_000) })).output(ratePreviewSchema),
  /** In place of the whole table; refused whole for one bad line. */
  importRates: oc
    .route({ method: 'PUT', path: '/plan/rates' })
    .errors({ RATES_REFUSED: { status: 422, data: z.object({ line: z.int(), problem: rateTableProblemSchema }) } })
    .input(z.object({ csv: z.string().max(8_000_000) }))
    .output(planViewSchema),
  /** Newest first. `before` is the id of the last one of the page before. */
  listRefusals: oc.route({ method: 'GET', path: '/plan/refusals' }).input(z.object({ before: z.uuid().optional(), memberId: memberIdSchema.optional(), reason: dialRefusalReasonSchema.optional(), limit: z.coerce.number().int().min(1).max(200).default(50) })).output(z.array(refusedDialSchema)),
};
