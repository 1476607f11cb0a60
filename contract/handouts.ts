/** The handout: the page that tells patients how communication with the practice works. What a practice decides about it, and the page made of that. */
import { oc } from '@orpc/contract';
import * as z from 'zod';
import { e164Schema, memberIdSchema } from './ids.ts';

/** Each is one message file; BCP 47. */
export const handoutLanguageSchema = z.enum(['en', 'es', 'fr', 'zh', 'ar']);
export type HandoutLanguage = z.infer<typeof handoutLanguageSchema>;

export const handoutPaperSchema = z.enum(['a4', 'letter', 'large-print']);
export type HandoutPaper = z.infer<typeof handoutPaperSchema>;

const clockTimeSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const daysSchema = z.int().min(1).max(10);
/** One line, without control characters, which no page can show. */
const sentenceTextSchema = z.string().trim().regex(/^\P{Cc}*$/u);

/** The sentences a practice may correct, by their names in the message files. */
export const handoutSentenceSchema = z.enum([
  'title', 'emergencyHeading', 'emergencyCall', 'emergencyHospital', 'emergencyDayAndNight', 'writeHeading', 'writeBody', 'callHeading', 'callBody', 'hours', 'weekdayRange', 'afterHoursOnCall', 'afterHoursAnsweringService', 'afterHoursVoicemail',
  'afterHoursEmergencyOnly', 'resultsHeading', 'resultsByDate', 'resultsNoNews', 'numbersHeading', 'numbersBody', 'saveNumbers', 'largePrint', 'machineMade', 'version',
]);
export type HandoutSentence = z.infer<typeof handoutSentenceSchema>;

export const handoutSettingsSchema = z.object({
  /** Null where the practice has no portal. */
  portalDays: daysSchema.nullable().default(2),
  callDays: daysSchema.default(1),
  afterHours: z.enum(['on-call', 'answering-service', 'voicemail', 'emergency-only']).default('on-call'),
  /** 'by-date' is the safer one: a lost result is noticed by someone. */
  results: z.enum(['by-date', 'no-news']).default('by-date'),
  hospital: sentenceTextSchema.max(200).default(''),
  dayAndNight: e164Schema.nullable().default(null),
  officeHours: z.object({ weekdays: z.array(z.int().min(1).max(7)).min(1).max(7), from: clockTimeSchema, until: clockTimeSchema }).default({ weekdays: [1, 2, 3, 4, 5], from: '08:00', until: '17:30' }),
  languages: z.array(handoutLanguageSchema).min(1).default(['en', 'es']),
  corrections: z.partialRecord(handoutLanguageSchema, z.partialRecord(handoutSentenceSchema, sentenceTextSchema.min(1).max(400))).default({}),
  /** Languages whose sentences a person has read and approved: no longer labelled as made by a machine. */
  approved: z.array(handoutLanguageSchema).default([]),
});
export type HandoutSettings = z.infer<typeof handoutSettingsSchema>;

/** A piece of a sentence. A telephone number is kept apart, so that it reads from left to right in every script. */
export const handoutSpanSchema = z.object({
  text: z.string(),
  isBold: z.boolean(),
  isNumber: z.boolean(),
  /** Of a number: what a phone dials when it is tapped. */
  dial: z.string().optional(),
});
export type HandoutSpan = z.infer<typeof handoutSpanSchema>;

/** The page in one language, ready to be drawn. */
export const handoutPageSchema = z.object({
  language: handoutLanguageSchema,
  languageName: z.string(),
  direction: z.enum(['ltr', 'rtl']),
  practiceName: z.string(),
  title: z.string(),
  emergency: z.object({ heading: z.string(), paragraphs: z.array(z.array(handoutSpanSchema)) }),
  sections: z.array(z.object({ heading: z.string(), paragraphs: z.array(z.array(handoutSpanSchema)) })),
  numbers: z.object({ heading: z.string(), body: z.string(), lines: z.array(z.object({ name: z.string(), number: z.string(), dial: z.string() })), save: z.string() }),
  /** What the QR code holds: a vCard of every proven line. */
  card: z.string(),
  /** A sentence that says so, until someone has approved the translation. */
  machineMade: z.string().nullable(),
  footer: z.string(),
  largePrint: z.string(),
  /** The public page's, as one types it from paper; null where the server does not know its public address. */
  address: z.string().nullable(),
});
export type HandoutPage = z.infer<typeof handoutPageSchema>;

export const handoutViewSchema = z.object({
  settings: handoutSettingsSchema,
  savedAt: z.iso.datetime().nullable(),
  published: z.object({ version: z.int().positive(), at: z.iso.datetime(), by: memberIdSchema, isDraftDifferent: z.boolean() }).nullable(),
  /** Below the server's address: short enough to be typed from paper. */
  publicPath: z.string(),
  pages: z.array(handoutPageSchema),
  /** Ours, before any correction: what the editor shows of a sentence that nobody has corrected. */
  sentences: z.record(handoutLanguageSchema, z.record(handoutSentenceSchema, z.string())),
  /** The QR code as rows of '1' and '0', dark and light. */
  qr: z.array(z.string()),
});
export type HandoutView = z.infer<typeof handoutViewSchema>;

export const handoutsContract = {
  read: oc.route({ method: 'GET', path: '/handout' }).output(handoutViewSchema),
  /** Answers with the pages as they would be: the live preview. */
  save: oc.route({ method: 'PUT', path: '/handout' }).input(z.object({ settings: handoutSettingsSchema })).output(handoutViewSchema),
  publish: oc.route({ method: 'POST', path: '/handout/published' }).output(handoutViewSchema),
  listVersions: oc.route({ method: 'GET', path: '/handout/versions' }).output(z.array(z.object({ version: z.int().positive(), at: z.iso.datetime(), by: memberIdSchema }))),
  /** Of the draft, or of a version. */
  pdf: oc
    .route({ method: 'POST', path: '/handout/pdf' })
    .errors({ VERSION_NOT_FOUND: { status: 404 } })
    .input(z.object({ language: handoutLanguageSchema, paper: handoutPaperSchema, version: z.int().positive().optional() }))
    .output(z.object({ fileName: z.string(), base64: z.string() })),
};
