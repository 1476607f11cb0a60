/** What server and page agree on about practices: the first steps of a new one, and what its admin may change later. */
import { oc } from '@orpc/contract';
import * as z from 'zod';
import { memberIdSchema, practiceIdSchema } from './ids.ts';

export const practiceSettingsSchema = z.object({
  name: z.string().trim().min(1).max(120),
  /** ISO 3166-1 alpha-2: how numbers are read, and what is a domestic call. */
  country: z.string().regex(/^[A-Z]{2}$/),
  /** IANA zone. */
  timeZone: z.string().min(1).max(64),
});

const unknownPlace = { COUNTRY_UNKNOWN: { status: 422 }, TIME_ZONE_UNKNOWN: { status: 422 } } as const;

export const practicesContract = {
  /** What a wizard asks before it begins: whether this installation can ring real telephones. */
  readFirstSteps: oc.route({ method: 'GET', path: '/practices/first-steps' }).output(z.object({ hasTrunk: z.boolean(), practiceCount: z.int().nonnegative() })),
  /**
   * For the operator. The first admin comes in by `link`, once, and then makes a passkey; where it is the operator in person, they
   * may also go there from the practice they are in.
   */
  create: oc
    .route({ method: 'POST', path: '/practices' })
    .errors({ ...unknownPlace, NO_TRUNK: { status: 409 } })
    .input(practiceSettingsSchema.extend({ adminName: z.string().trim().min(1).max(120), calls: z.enum(['sandbox', 'trunk']), isAdminMe: z.boolean().default(false) }))
    .output(z.object({ practiceId: practiceIdSchema, memberId: memberIdSchema, link: z.string() })),
  read: oc.route({ method: 'GET', path: '/practice' }).output(practiceSettingsSchema),
  change: oc.route({ method: 'PUT', path: '/practice' }).errors(unknownPlace).input(practiceSettingsSchema).output(practiceSettingsSchema),
};
