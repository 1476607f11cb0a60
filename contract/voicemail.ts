/** What server and page agree on about voicemail: what callers left, who has heard it, and how a practice answers. Audio travels in bodies, a piece at a time, and is kept nowhere else. */
import { oc } from '@orpc/contract';
import * as z from 'zod';
import { callIdSchema, e164Schema, lineIdSchema, memberIdSchema, partyNumberSchema } from './ids.ts';

export const voicemailViewSchema = z.object({
  /** The call in which it was left; it has no other id. */
  callId: callIdSchema,
  /** Null where the caller withheld it. A hint, never a proof of who speaks. */
  number: partyNumberSchema.nullable(),
  partyName: z.string().nullable(),
  line: z.object({ id: lineIdSchema, name: z.string(), number: e164Schema }),
  receivedAt: z.iso.datetime(),
  durationMs: z.int().nonnegative(),
  /** By the reader. */
  isHeard: z.boolean(),
  heardBy: z.array(z.object({ memberId: memberIdSchema, at: z.iso.datetime() })),
  done: z.object({ by: memberIdSchema, at: z.iso.datetime() }).nullable(),
  /** False where its key is not on this machine, as after a restore: that they called is known, and not what they said. */
  isReadable: z.boolean(),
  /** From then on it is gone, heard or not. */
  destroyedAt: z.iso.datetime(),
});
export type VoicemailView = z.infer<typeof voicemailViewSchema>;

/** A piece of the recording: ten seconds. */
const voicemailPieceSchema = z.object({
  /** G.711 mu-law, 8000 octets a second, as base64. */
  audio: z.string(),
  durationMs: z.int().nonnegative(),
  /** Where the next piece begins; null after the last. */
  next: z.int().positive().nullable(),
});

export const greetingLanguages = ['en', 'es'] as const;
export const greetingLanguageSchema = z.enum(greetingLanguages);
export type GreetingLanguage = z.infer<typeof greetingLanguageSchema>;

export const longestGreetingS = 60;
/** 16-bit little-endian samples, one channel, 8000 a second. */
const recordingSchema = z.base64().max(Math.ceil((longestGreetingS * 8_000 * 2 * 4) / 3) + 4);

export const retentionDays = [7, 14, 30, 90, 180, 365] as const;
const daysSchema = z.union([z.literal(7), z.literal(14), z.literal(30), z.literal(90), z.literal(180), z.literal(365)]);

export const voicemailSettingsSchema = z.object({
  /** Hosted lines that may be shown, and whether callers may leave a message there. */
  lines: z.array(z.object({ id: lineIdSchema, name: z.string(), number: e164Schema, takesVoicemail: z.boolean() })),
  retentionDays: z.int().positive(),
  languages: z.array(greetingLanguageSchema).min(1),
  /** Null: the default is spoken. */
  greeting: z.object({ durationMs: z.int().positive(), recordedAt: z.iso.datetime(), recordedBy: memberIdSchema }).nullable(),
  holdSound: z.enum(['music', 'silence']),
});
export type VoicemailSettings = z.infer<typeof voicemailSettingsSchema>;

const byCall = z.object({ callId: callIdSchema });
const notFound = { VOICEMAIL_NOT_FOUND: { status: 404 } } as const;

export const voicemailContract = {
  /** Newest first. `before` is the call of the last one of the page before. */
  list: oc
    .route({ method: 'GET', path: '/voicemail' })
    .input(z.object({ which: z.enum(['open', 'done']).default('open'), before: callIdSchema.optional(), limit: z.coerce.number().int().min(1).max(100).default(50) }))
    .output(z.object({ messages: z.array(voicemailViewSchema), hasMore: z.boolean() })),
  read: oc.route({ method: 'GET', path: '/calls/{callId}/voicemail' }).errors(notFound).input(byCall).output(voicemailViewSchema),
  /** From the second `from` on. The first piece makes it heard by the reader. */
  listen: oc
    .route({ method: 'GET', path: '/calls/{callId}/voicemail/recording' })
    .errors({ ...notFound, VOICEMAIL_UNREADABLE: { status: 410 } })
    .input(byCall.extend({ from: z.coerce.number().int().min(0).max(3_600).default(0) }))
    .output(voicemailPieceSchema),
  /** For everybody who sees it. */
  setDone: oc.route({ method: 'PUT', path: '/calls/{callId}/voicemail/done' }).errors(notFound).input(byCall.extend({ isDone: z.boolean() })).output(voicemailViewSchema),
  /** Half a minute later it is destroyed for good. */
  remove: oc.route({ method: 'DELETE', path: '/calls/{callId}/voicemail' }).errors(notFound).input(byCall).output(z.object({})),
  /** Within that half minute. */
  restore: oc.route({ method: 'POST', path: '/calls/{callId}/voicemail/restored' }).errors(notFound).input(byCall).output(voicemailViewSchema),
};

/** How the practice answers; to be changed by its admins. */
export const answeringContract = {
  read: oc.route({ method: 'GET', path: '/answering' }).output(voicemailSettingsSchema),
  /** What is not named stays: two changes at once undo nothing of each other. */
  change: oc
    .route({ method: 'PUT', path: '/answering' })
    .input(z.object({ retentionDays: daysSchema.optional(), languages: z.array(greetingLanguageSchema).min(1).max(greetingLanguages.length).optional(), holdSound: z.enum(['music', 'silence']).optional() }))
    .output(voicemailSettingsSchema),
  setLine: oc.route({ method: 'PUT', path: '/lines/{lineId}/voicemail' }).errors({ NOT_FOUND: { status: 404 }, LINE_NOT_ANSWERED_HERE: { status: 409 } }).input(z.object({ lineId: lineIdSchema, takesVoicemail: z.boolean() })).output(voicemailSettingsSchema),
  recordGreeting: oc.route({ method: 'PUT', path: '/answering/greeting' }).errors({ NOTHING_SPOKEN: { status: 422 } }).input(z.object({ recording: recordingSchema })).output(voicemailSettingsSchema),
  restoreGreeting: oc.route({ method: 'DELETE', path: '/answering/greeting' }).output(voicemailSettingsSchema),
  /** All that a caller hears before the beep, as samples in base64. */
  listenToGreeting: oc.route({ method: 'GET', path: '/answering/greeting/recording' }).output(z.object({ recording: z.string() })),
};
