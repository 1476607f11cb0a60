/** What server and page agree on about a practice's lines: how a number is proven to be the practice's own before anyone may show it. */
import { oc } from '@orpc/contract';
import * as z from 'zod';
import { e164Schema, lineIdSchema } from './ids.ts';

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

/** How the last call with a code went. */
export const codeCallSchema = z.enum(['none', 'calling', 'speaking', 'spoken', 'not-reached']);
export type CodeCall = z.infer<typeof codeCallSchema>;

export const lineDetailSchema = z.object({
  id: lineIdSchema,
  name: z.string(),
  number: e164Schema,
  kind: z.enum(['hosted', 'verified']),
  isDefault: z.boolean(),
  state: lineProofStateSchema,
  /** Pressed once the clinic's own system has answered, to get to the desk. */
  extension: z.string().nullable(),
  codeCall: codeCallSchema,
  provenAt: z.iso.datetime().nullable(),
  /** When the proof ends; null for a hosted line, which the carrier itself gave. */
  expiresAt: z.iso.datetime().nullable(),
  /** The proof ends soon: time to prove it again. */
  isReminderDue: z.boolean(),
});
export type LineDetail = z.infer<typeof lineDetailSchema>;

const lineInput = z.object({ lineId: lineIdSchema });
const notFound = { NOT_FOUND: { status: 404 } } as const;

export const lineProofContract = {
  /** Every line with how it stands, those nobody may show included. For admins. */
  listAll: oc.route({ method: 'GET', path: '/lines/all' }).output(z.array(lineDetailSchema)),
  /** Adds a number of the clinic's own system. Nothing is called yet, and nothing shown. */
  add: oc
    .route({ method: 'POST', path: '/lines' })
    .errors({ NUMBER_NOT_ALLOWED: { status: 422 }, NUMBER_TAKEN: { status: 409 } })
    .input(z.object({ name: z.string().trim().min(1).max(40), number: z.string().min(1).max(128), extension: z.string().regex(/^[0-9*#]{1,10}$/).nullable() }))
    .output(lineDetailSchema),
  /** "Call me, I am at the desk": calls the number and speaks a code of six digits, three times. */
  callWithCode: oc
    .route({ method: 'POST', path: '/lines/{lineId}/code-call' })
    .errors({ ...notFound, TOO_MANY_CODE_CALLS: { status: 429 }, CODE_CALL_RUNNING: { status: 409 }, NO_LINE_TO_CALL_FROM: { status: 409 }, CALL_NOT_POSSIBLE: { status: 503 } })
    .input(lineInput)
    .output(lineDetailSchema),
  enterCode: oc
    .route({ method: 'POST', path: '/lines/{lineId}/code' })
    .errors({ ...notFound, NO_CODE: { status: 409 }, CODE_WRONG: { status: 422 }, CODE_EXPIRED: { status: 410 }, TOO_MANY_TRIES: { status: 429 } })
    .input(lineInput.extend({ code: z.string().regex(/^\d{6}$/) }))
    .output(lineDetailSchema),
  /** An admin's yes, from which on the line may be shown. */
  approve: oc.route({ method: 'POST', path: '/lines/{lineId}/approval' }).errors({ ...notFound, NOT_AWAITING_APPROVAL: { status: 409 } }).input(lineInput).output(lineDetailSchema),
  makeDefault: oc.route({ method: 'PUT', path: '/lines/{lineId}/default' }).errors({ ...notFound, LINE_NOT_PROVEN: { status: 409 } }).input(lineInput).output(lineDetailSchema),
  remove: oc.route({ method: 'DELETE', path: '/lines/{lineId}' }).errors({ ...notFound, LAST_LINE: { status: 409 } }).input(lineInput).output(z.object({})),
};
