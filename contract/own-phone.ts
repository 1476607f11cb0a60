/** A member's own phone: the number that a call may be moved to, proven to be theirs by a call with a code. No other member, and no admin, sees it. */
import { oc } from '@orpc/contract';
import * as z from 'zod';
import { e164Schema } from './ids.ts';
import { codeCallSchema } from './lines.ts';

export const ownPhoneViewSchema = z.object({
  number: e164Schema.nullable(),
  state: z.enum([
    'none',
    'unproven',
    'proven',
    /** A proof holds for 180 days: numbers pass from one person to another. */
    'expired',
    /** The sandbox's, which stands for everybody's. */
    'lent',
  ]),
  codeCall: codeCallSchema,
  /** The code that may be entered now; null where none is. */
  code: z.object({ expiresAt: z.iso.datetime(), triesLeft: z.int().nonnegative() }).nullable(),
  codeCallsLeft: z.int().nonnegative(),
  expiresAt: z.iso.datetime().nullable(),
});
export type OwnPhoneView = z.infer<typeof ownPhoneViewSchema>;

const NO_PHONE = { status: 404 } as const;

export const ownPhoneContract = {
  read: oc.route({ method: 'GET', path: '/me/phone' }).output(ownPhoneViewSchema),
  /** In place of the one before, whose proof is of no use for another number. */
  set: oc
    .route({ method: 'PUT', path: '/me/phone' })
    .errors({ NUMBER_NOT_ALLOWED: { status: 422 } })
    .input(z.object({ number: z.string().min(1).max(128) }))
    .output(ownPhoneViewSchema),
  /** Calls it and speaks a code of six digits, three times. */
  callWithCode: oc
    .route({ method: 'POST', path: '/me/phone/code-call' })
    .errors({ NO_PHONE, TOO_MANY_CODE_CALLS: { status: 429 }, CODE_CALL_RUNNING: { status: 409 }, NO_LINE_TO_CALL_FROM: { status: 409 }, NUMBER_NOT_ALLOWED: { status: 422 }, CALL_NOT_POSSIBLE: { status: 503 } })
    .output(ownPhoneViewSchema),
  stopCodeCall: oc.route({ method: 'DELETE', path: '/me/phone/code-call' }).output(ownPhoneViewSchema),
  enterCode: oc
    .route({ method: 'POST', path: '/me/phone/code' })
    .errors({ NO_PHONE, NO_CODE: { status: 409 }, CODE_WRONG: { status: 422 }, CODE_EXPIRED: { status: 410 }, TOO_MANY_TRIES: { status: 429 } })
    .input(z.object({ code: z.string().regex(/^\d{6}$/) }))
    .output(ownPhoneViewSchema),
  remove: oc.route({ method: 'DELETE', path: '/me/phone' }).output(ownPhoneViewSchema),
};
