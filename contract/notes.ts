/** Notes as pages see them: one quick text a call, with the exact instant of its destruction, or the empty slip that stays. */
import { oc } from '@orpc/contract';
import * as z from 'zod';
import { callIdSchema, memberIdSchema } from './ids.ts';

export const LONGEST_NOTE_CHARACTERS = 8_000;
const noteTextSchema = z.string().max(LONGEST_NOTE_CHARACTERS);

export const noteViewSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('none'), callId: callIdSchema }),
  z.object({
    state: z.literal('kept'),
    callId: callIdSchema,
    text: noteTextSchema,
    /** Rises with every change by any device. */
    revision: z.int().positive(),
    /** While the call lives: if it ended now. Afterwards exact, and never later. From this instant the page must not show the text. */
    destroyedAt: z.iso.datetime(),
    isEndFinal: z.boolean(),
    /** From here on, "copy to chart?". Null while the call lives. */
    askToCopyAt: z.iso.datetime().nullable(),
    copiedAt: z.iso.datetime().nullable(),
    updatedAt: z.iso.datetime(),
    updatedBy: memberIdSchema,
  }),
  /** What remains: that there was one, and the receipt once the job has been. */
  z.object({ state: z.literal('destroyed'), callId: callIdSchema, destroyedAt: z.iso.datetime(), receiptId: z.uuid().nullable() }),
  /** The server came up with a date that cannot be right: nothing is shown until someone has looked. */
  z.object({ state: z.literal('hidden'), callId: callIdSchema, reason: z.literal('clock-at-odds') }),
]);
export type NoteView = z.infer<typeof noteViewSchema>;

export const saveNoteSchema = z.object({
  callId: callIdSchema,
  /** Made by the page, kept until the answer is there: sent twice, it is applied once. */
  operationId: z.uuid(),
  /** What the page began from: 0 and '' for a new note. */
  baseRevision: z.int().nonnegative(),
  baseText: noteTextSchema,
  text: noteTextSchema,
});
export type SaveNote = z.infer<typeof saveNoteSchema>;

export const savedNoteSchema = z.object({
  note: noteViewSchema,
  /** 'merged': another device had written too, and both are in. 'merged-both': at the same words; both versions stand there, and the page says so. */
  outcome: z.enum(['saved', 'already-saved', 'merged', 'merged-both']),
});
export type SavedNote = z.infer<typeof savedNoteSchema>;

export const purgeReceiptViewSchema = z.object({
  id: z.uuid(),
  /** The text that is signed, and its Ed25519 signature, base64url. `scripts/verify-receipt` checks a file of { body, signature, publicKey }. */
  body: z.string(),
  signature: z.string(),
  publicKey: z.string(),
});
export type PurgeReceiptView = z.infer<typeof purgeReceiptViewSchema>;

const noteErrors = {
  CALL_NOT_FOUND: { status: 404 },
  /** Its time is over, or it was destroyed by hand. */
  NOTE_DESTROYED: { status: 410 },
  CLOCK_AT_ODDS: { status: 503 },
  NOTE_TOO_LONG: { status: 413 },
} as const;

export const notesContract = {
  read: oc.route({ method: 'GET', path: '/calls/{callId}/note' }).errors(noteErrors).input(z.object({ callId: callIdSchema })).output(noteViewSchema),
  save: oc.route({ method: 'PUT', path: '/calls/{callId}/note' }).errors(noteErrors).input(saveNoteSchema).output(savedNoteSchema),
  /** The member has copied these words to the chart: it need not ask again. Where another revision stands by now, nothing is marked, and the answer shows it. */
  markCopied: oc.route({ method: 'POST', path: '/calls/{callId}/note/copied' }).errors(noteErrors).input(z.object({ callId: callIdSchema, revision: z.int().positive() })).output(noteViewSchema),
  /** "Destroy this note now". */
  destroy: oc.route({ method: 'POST', path: '/calls/{callId}/note/destroyed' }).errors(noteErrors).input(z.object({ callId: callIdSchema })).output(noteViewSchema),
  /** Of these calls, those notes that the reader may see and the slips of those that are gone; nothing for a call without one. */
  listOfCalls: oc.route({ method: 'POST', path: '/notes/of-calls' }).input(z.object({ callIds: z.array(callIdSchema).max(200) })).output(z.array(noteViewSchema)),
  /** Notes of the member that end within a day and were not copied yet, soonest first. */
  listEnding: oc.route({ method: 'GET', path: '/notes/ending' }).output(z.array(noteViewSchema)),
  /** Newest first. */
  listReceipts: oc
    .route({ method: 'GET', path: '/purge-receipts' })
    .input(z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }))
    .output(z.array(purgeReceiptViewSchema)),
};
