/** What server and page agree on about practices: the first steps of a new one, what its admin may change later, and what the operator sees of all. Nothing of a patient. */
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

export const trunkStateSchema = z.object({
  /** As the trunk settings file names it. */
  name: z.string(),
  /** 'unknown': it was not asked yet, or is never asked. */
  state: z.enum(['up', 'down', 'unknown']),
  /** Null where it does not register. */
  isRegistered: z.boolean().nullable(),
  /** What its operator can mend, where that is known. */
  trouble: z.enum(['name-unresolved', 'their-certificate', 'our-certificate', 'no-tls', 'credentials-refused']).nullable(),
});
export type TrunkState = z.infer<typeof trunkStateSchema>;

/** One practice as the operator sees it: that it is there and whether it is in use; nobody's name, nothing of a patient. */
export const practiceViewSchema = practiceSettingsSchema.extend({
  id: practiceIdSchema,
  isDemo: z.boolean(),
  isDisabled: z.boolean(),
  /** The one of the operator's session. */
  isCurrent: z.boolean(),
  memberCount: z.int().nonnegative(),
  /** Somebody has signed in: from then on its admins let others in, and no longer the operator. */
  isInUse: z.boolean(),
  createdAt: z.iso.datetime(),
});
export type PracticeView = z.infer<typeof practiceViewSchema>;

const unknownPlace = { COUNTRY_UNKNOWN: { status: 422 }, TIME_ZONE_UNKNOWN: { status: 422 } } as const;
const notFound = { NOT_FOUND: { status: 404 } } as const;
const practiceInput = z.object({ practiceId: practiceIdSchema });
const firstAdminSchema = z.object({ practiceId: practiceIdSchema, memberId: memberIdSchema, link: z.string() });

export const practicesContract = {
  /** What a wizard asks before it begins. Without a trunk every practice calls in the sandbox. For the operator. */
  readFirstSteps: oc.route({ method: 'GET', path: '/practices/first-steps' }).output(z.object({ trunks: z.array(trunkStateSchema), practiceCount: z.int().nonnegative() })),
  list: oc.route({ method: 'GET', path: '/practices' }).output(z.array(practiceViewSchema)),
  /**
   * For the operator. The first admin comes in by `link`, once, and then makes a passkey; where it is the operator in person, they
   * may also go there from the practice they are in.
   */
  create: oc
    .route({ method: 'POST', path: '/practices' })
    .errors(unknownPlace)
    .input(practiceSettingsSchema.extend({ adminName: z.string().trim().min(1).max(120), isAdminMe: z.boolean().default(false) }))
    .output(firstAdminSchema),
  /** Another link for the first admin, while nobody of the practice has come in yet: later it would be a way to its patients. */
  renewLink: oc.route({ method: 'POST', path: '/practices/{practiceId}/link' }).errors({ ...notFound, IN_USE: { status: 409 } }).input(practiceInput).output(firstAdminSchema),
  /** Nobody of it may sign in any more, sessions end and sockets close at once. Nothing is deleted. */
  disable: oc.route({ method: 'POST', path: '/practices/{practiceId}/disable' }).errors({ ...notFound, OWN_PRACTICE: { status: 409 } }).input(practiceInput).output(practiceViewSchema),
  enable: oc.route({ method: 'POST', path: '/practices/{practiceId}/enable' }).errors(notFound).input(practiceInput).output(practiceViewSchema),
  read: oc.route({ method: 'GET', path: '/practice' }).output(practiceSettingsSchema),
  change: oc.route({ method: 'PUT', path: '/practice' }).errors(unknownPlace).input(practiceSettingsSchema).output(practiceSettingsSchema),
};
