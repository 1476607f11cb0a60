/** What server and page agree on about a practice's lines: how a number is proven to be the practice's own before anyone may show it. */
import { oc } from '@orpc/contract';
import * as z from 'zod';
import { e164Schema, lineIdSchema, memberIdSchema } from './ids.ts';

export const lineProofStateSchema = z.enum([
  /** Added, and nothing shown yet. */
  'unproven',
  /** The code was heard and entered; an admin has still to say yes. */
  'awaiting-approval',
  'proven',
  /** A proof holds for 180 days. */
  'expired',
]);
export type LineProofState = z.infer<typeof lineProofStateSchema>;

/** How the last call with a code goes, or went. */
export const codeCallSchema = z.enum([
  'none',
  'calling',
  'ringing',
  /** Answered: the extension is pressed, then the code is read. */
  'speaking',
  /** Read at least once, whole. */
  'spoken',
  /** Somebody answered and hung up before the code was read once. */
  'cut-short',
  'busy',
  'no-answer',
  'rejected',
  'not-in-service',
  /** A network, or the trunk, did not put it through. */
  'not-reached',
  /** A hosted line's: it arrived at this server, which is the proof. */
  'returned',
  /** A hosted line's: something else answered, or nothing came back in time. */
  'not-returned',
  /** By the one who waits for it. */
  'stopped',
]);
export type CodeCall = z.infer<typeof codeCallSchema>;

const callsBackToSchema = z.string().trim().min(1).max(60);
const extensionSchema = z.string().regex(/^[0-9*#]{1,10}$/);

export const lineDetailSchema = z.object({
  id: lineIdSchema,
  name: z.string(),
  number: e164Schema,
  kind: z.enum(['hosted', 'verified']),
  isDefault: z.boolean(),
  state: lineProofStateSchema,
  /** In the practice's words, where the number is not answered here: "the front desk". */
  callsBackTo: callsBackToSchema.nullable(),
  /** Pressed once the clinic's own system has answered, to get to the desk. */
  extension: z.string().nullable(),
  codeCall: codeCallSchema,
  /** The code that may be entered now; null where none is. */
  code: z.object({ expiresAt: z.iso.datetime(), triesLeft: z.int().nonnegative() }).nullable(),
  /** Calls with a code that may still be made today. */
  codeCallsLeft: z.int().nonnegative(),
  /** A code was entered, and an admin has still to say yes; an older proof may hold meanwhile. */
  isApprovalDue: z.boolean(),
  provenAt: z.iso.datetime().nullable(),
  /** The admin whose yes it was. */
  provenBy: memberIdSchema.nullable(),
  /** When the proof ends; null for a line that the sandbox lends. */
  expiresAt: z.iso.datetime().nullable(),
  /** The proof ends within a fortnight: time to prove it again. */
  isReminderDue: z.boolean(),
});
export type LineDetail = z.infer<typeof lineDetailSchema>;

const lineNameSchema = z.string().trim().min(1).max(40);
const lineInput = z.object({ lineId: lineIdSchema });
const notFound = { NOT_FOUND: { status: 404 } } as const;

export const lineProofContract = {
  /** Every line with how it stands, those nobody may show included. */
  listAll: oc.route({ method: 'GET', path: '/lines/all' }).output(z.array(lineDetailSchema)),
  /** Adds a number of the clinic's own system, or of this server's trunk (hosted). Nothing is called yet, and nothing shown. In the sandbox there is no trunk, and no call could come back to prove a hosted one. */
  add: oc
    .route({ method: 'POST', path: '/lines' })
    .errors({ NUMBER_NOT_ALLOWED: { status: 422 }, NUMBER_TAKEN: { status: 409 }, NO_TRUNK: { status: 409 } })
    .input(z.object({ name: lineNameSchema, number: z.string().min(1).max(128), kind: z.enum(['hosted', 'verified']).default('verified'), extension: extensionSchema.nullable(), callsBackTo: callsBackToSchema.nullable().default(null) }))
    .output(lineDetailSchema),
  /** What it is called, where calls back go, and what is pressed to get to the desk. The number itself stays: another one is another line. */
  change: oc.route({ method: 'PUT', path: '/lines/{lineId}' }).errors(notFound).input(lineInput.extend({ name: lineNameSchema, extension: extensionSchema.nullable(), callsBackTo: callsBackToSchema.nullable() })).output(lineDetailSchema),
  /** "Call me, I am at the desk": calls the number and speaks a code of six digits, three times. A hosted line's call is awaited at this server instead, and nobody need listen. */
  callWithCode: oc
    .route({ method: 'POST', path: '/lines/{lineId}/code-call' })
    .errors({ ...notFound, TOO_MANY_CODE_CALLS: { status: 429 }, CODE_CALL_RUNNING: { status: 409 }, NO_LINE_TO_CALL_FROM: { status: 409 }, CALL_NOT_POSSIBLE: { status: 503 } })
    .input(lineInput)
    .output(lineDetailSchema),
  /** Hangs up, and the code is of no use any more. */
  stopCodeCall: oc.route({ method: 'DELETE', path: '/lines/{lineId}/code-call' }).errors(notFound).input(lineInput).output(lineDetailSchema),
  enterCode: oc
    .route({ method: 'POST', path: '/lines/{lineId}/code' })
    .errors({ ...notFound, NO_CODE: { status: 409 }, CODE_WRONG: { status: 422 }, CODE_EXPIRED: { status: 410 }, TOO_MANY_TRIES: { status: 429 } })
    .input(lineInput.extend({ code: z.string().regex(/^\d{6}$/) }))
    .output(lineDetailSchema),
  /** An admin's yes, from which on the line may be shown. */
  approve: oc.route({ method: 'POST', path: '/lines/{lineId}/approval' }).errors({ ...notFound, NOT_AWAITING_APPROVAL: { status: 409 } }).input(lineInput).output(lineDetailSchema),
  makeDefault: oc.route({ method: 'PUT', path: '/lines/{lineId}/default' }).errors({ ...notFound, LINE_NOT_PROVEN: { status: 409 } }).input(lineInput).output(lineDetailSchema),
  /** The line that the one who asks shows, where the contact that is called has none of its own; null for the practice's. */
  setMine: oc.route({ method: 'PUT', path: '/me/line' }).errors({ LINE_NOT_PROVEN: { status: 409 }, LINE_NOT_YOURS: { status: 403 } }).input(z.object({ lineId: lineIdSchema.nullable() })).output(z.object({})),
  /** For admins: the members who may not show every line, each with those they may. Whoever is missing here may show all. */
  listToShow: oc.route({ method: 'GET', path: '/lines/to-show' }).output(z.array(z.object({ memberId: memberIdSchema, lineIds: z.array(lineIdSchema) }))),
  /** From then on these lines and no others are theirs to show, by hand or by default; null for all. It counts from their next dial. */
  setToShow: oc
    .route({ method: 'PUT', path: '/lines/to-show/{memberId}' })
    .errors({ ...notFound, LINE_NOT_PROVEN: { status: 409 } })
    .input(z.object({ memberId: memberIdSchema, lineIds: z.array(lineIdSchema).min(1).max(50).nullable() }))
    .output(z.object({ lineIds: z.array(lineIdSchema).nullable() })),
  remove: oc.route({ method: 'DELETE', path: '/lines/{lineId}' }).errors({ ...notFound, LAST_LINE: { status: 409 } }).input(lineInput).output(z.object({})),
};
