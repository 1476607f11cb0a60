/** What server and page agree on about the log of calls: what came of each, what is to be done next, and how it is searched. */
import { oc } from '@orpc/contract';
import * as z from 'zod';
import { callAudioSchema } from './call-audio.ts';
import { callOutcomes } from './call-outcome.ts';
import { callerEndSchema, callViewSchema, endReasonSchema, partyRoleSchema } from './calls.ts';
import { contactIdSchema } from './contacts.ts';
import { callIdSchema, lineIdSchema, memberIdSchema, partyNumberSchema } from './ids.ts';

export const callOutcomeSchema = z.enum(callOutcomes);

/** Why an outcome is suggested; each has its own sentence on the page. */
export const suggestionReasonSchema = z.enum([
  'spoke',
  'spoke-briefly',
  'mailbox-and-time-to-speak',
  'message-spoken',
  'message-cut-off',
  'message-not-begun',
  'mailbox-and-hung-up',
  'machine-ended-it',
  'asked-who-calls',
  'hung-up-at-once',
  'rang-out',
  'cancelled-while-ringing',
  'never-rang',
  'busy',
  'declined',
  'number-is-dead',
  'blocked',
  'lost-on-the-way',
]);
export type SuggestionReason = z.infer<typeof suggestionReasonSchema>;

export const nextStepSchema = z.object({
  text: z.string(),
  /** A day of the practice's calendar. */
  dueOn: z.iso.date(),
  by: memberIdSchema,
  doneAt: z.iso.datetime().nullable(),
  doneBy: memberIdSchema.nullable(),
});
export type NextStep = z.infer<typeof nextStepSchema>;

export const callLogEntrySchema = callViewSchema.extend({
  /** Null of a call that came in and that nobody took: it is the practice's. */
  madeBy: memberIdSchema.nullable(),
  /** Null where the caller withheld it. */
  number: partyNumberSchema.nullable(),
  endReason: z.union([endReasonSchema, callerEndSchema]).nullable(),
  /** Concluded from what was observed; null while the call goes on. */
  suggestion: z.object({ outcome: callOutcomeSchema, because: suggestionReasonSchema }).nullable(),
  /** Null until a person has said it. */
  outcome: z.object({ outcome: callOutcomeSchema, by: memberIdSchema, at: z.iso.datetime() }).nullable(),
  nextStep: nextStepSchema.nullable(),
  /** Null of calls that reached nobody. */
  audio: callAudioSchema.nullable(),
  /** Who was added to it and answered, in the order of dialling; the name is the service's or the contact's. */
  others: z.array(z.object({ role: partyRoleSchema, name: z.string().nullable() })),
});
export type CallLogEntry = z.infer<typeof callLogEntrySchema>;

export const callLogFilterSchema = z.object({
  /** A name as contacts are searched, or a whole number as the practice's country writes it. */
  text: z.string().trim().max(120).default(''),
  /** A person's word, or what is suggested where nobody has given one. */
  outcome: callOutcomeSchema.optional(),
  direction: z.enum(['outgoing', 'incoming']).optional(),
  lineId: lineIdSchema.optional(),
  /** 'mine': made by the reader, or for them. 'acted-for': of the physicians they work for. */
  whose: z.enum(['all', 'mine', 'acted-for']).default('all'),
  /** Made by this member, or in their name. */
  memberId: memberIdSchema.optional(),
  /** Days of the practice's calendar, both included. */
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
});
export type CallLogFilter = z.infer<typeof callLogFilterSchema>;

const page = { before: callIdSchema.optional(), limit: z.coerce.number().int().min(1).max(100).default(30) };
const pageSchema = z.object({ calls: z.array(callLogEntrySchema), hasMore: z.boolean() });
const byCall = z.object({ callId: callIdSchema });
const notFound = { CALL_NOT_FOUND: { status: 404 } } as const;
/** What came of a call is not known before its end. */
const notOver = { CALL_NOT_OVER: { status: 409 } } as const;

/** What the practice's own log says about calls that nobody took, beside what its handout promises. */
export const callbackTimesSchema = z.object({
  days: z.int().positive(),
  missed: z.int().nonnegative(),
  /** Of these, how many were called back, or spoke with somebody when they called again. */
  calledBack: z.int().nonnegative(),
  /** Half of them waited no longer, in business days; null where half of them wait still, or nobody was missed. */
  medianDays: z.number().nonnegative().nullable(),
});
export type CallbackTimes = z.infer<typeof callbackTimesSchema>;

export const callLogContract = {
  /** Newest first. `before` is the id of the last call of the page before. */
  list: oc.route({ method: 'GET', path: '/calls' }).input(z.object(page)).output(pageSchema),
  /** The same, filtered. POST, since what is typed is somebody's name or number. */
  search: oc.route({ method: 'POST', path: '/calls/search' }).input(callLogFilterSchema.extend(page)).output(pageSchema),
  /** Calls of a contact: those made when their number was known, and those to the numbers they have now. Newest first, 200 at most. */
  listOfContact: oc.route({ method: 'GET', path: '/contacts/{contactId}/calls' }).errors({ CONTACT_NOT_FOUND: { status: 404 } }).input(z.object({ contactId: contactIdSchema })).output(z.array(callLogEntrySchema)),
  read: oc.route({ method: 'GET', path: '/calls/{callId}' }).errors(notFound).input(byCall).output(callLogEntrySchema),
  /** Null takes it back, until somebody says it again. */
  setOutcome: oc.route({ method: 'PUT', path: '/calls/{callId}/outcome' }).errors({ ...notFound, ...notOver }).input(byCall.extend({ outcome: callOutcomeSchema.nullable() })).output(callLogEntrySchema),
  setNextStep: oc
    .route({ method: 'PUT', path: '/calls/{callId}/next-step' })
    .errors(notFound)
    .input(byCall.extend({ step: z.object({ text: z.string().trim().min(1).max(300), dueOn: z.iso.date() }).nullable() }))
    .output(callLogEntrySchema),
  setNextStepDone: oc
    .route({ method: 'PUT', path: '/calls/{callId}/next-step/done' })
    .errors({ ...notFound, NO_NEXT_STEP: { status: 409 } })
    .input(byCall.extend({ isDone: z.boolean() }))
    .output(callLogEntrySchema),
  /** Calls whose next step is not done, the one due first in front. */
  listOpenSteps: oc.route({ method: 'GET', path: '/next-steps' }).output(z.array(callLogEntrySchema)),
  /** For practice admins: of the whole practice, and of nobody in it. `weekdays`: on which it is open; the others do not count as waiting. */
  measureCallbacks: oc
    .route({ method: 'POST', path: '/callback-times' })
    .input(z.object({ weekdays: z.array(z.int().min(1).max(7)).min(1).max(7) }))
    .output(callbackTimesSchema),
  /** As CSV, no formula in it; 50,000 calls at most, `isWhole` says whether that was all. */
  export: oc
    .route({ method: 'POST', path: '/calls/export' })
    .input(callLogFilterSchema)
    .output(z.object({ fileName: z.string(), mediaType: z.string(), text: z.string(), count: z.int().nonnegative(), isWhole: z.boolean() })),
};
