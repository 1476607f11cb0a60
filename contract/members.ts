/** What server and page agree on about a practice's members: who they are, what they may do, and how one is invited. */
import { oc } from '@orpc/contract';
import * as z from 'zod';
import { memberIdSchema } from './ids.ts';
import { oneTimeTokenSchema, passkeyOptionsSchema, passkeyResponseSchema, roleSchema, signedInSchema } from './sign-in.ts';

/** What an admin may give. Who runs the installation is not a practice's to say. */
export const practiceRolesSchema = z.array(roleSchema.exclude(['operator'])).min(1).max(3);

export const memberSchema = z.object({
  id: memberIdSchema,
  name: z.string(),
  roles: z.array(roleSchema),
  isVerifiedPhysician: z.boolean(),
  isDisabled: z.boolean(),
  joinedAt: z.iso.datetime(),
});
export type Member = z.infer<typeof memberSchema>;

export const memberViewSchema = memberSchema.extend({
  /** The physicians that one of the staff works for: they see their calls and notes, and call in their name. */
  actsFor: z.array(memberIdSchema),
  /** When they were last here, to the half minute; null for one who never was. For admins. */
  lastHereAt: z.iso.datetime().nullable(),
  /** How they come in, for admins: one with a single passkey and no second way is one lost telephone from being locked out. */
  waysIn: z.object({ passkeys: z.array(z.string()), hasSecondWay: z.boolean(), hasCommunity: z.boolean() }).nullable(),
});
export type MemberView = z.infer<typeof memberViewSchema>;

export const invitationViewSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string().nullable(),
  roles: z.array(roleSchema),
  expiresAt: z.iso.datetime(),
  state: z.enum(['open', 'used', 'withdrawn', 'expired']),
});
export type InvitationView = z.infer<typeof invitationViewSchema>;

const memberInput = z.object({ memberId: memberIdSchema });
const notFound = { NOT_FOUND: { status: 404 } } as const;
/** A practice without an admin could never be set again. */
const lastAdmin = { LAST_ADMIN: { status: 409 } } as const;
const badInvitation = { LINK_USED_OR_EXPIRED: { status: 410 } } as const;

export const membersContract = {
  list: oc.route({ method: 'GET', path: '/members' }).output(z.array(memberViewSchema)),
  setRoles: oc.route({ method: 'PUT', path: '/members/{memberId}/roles' }).errors({ ...notFound, ...lastAdmin }).input(memberInput.extend({ roles: practiceRolesSchema })).output(memberSchema),
  /** From then on these and no others. */
  setActsFor: oc
    .route({ method: 'PUT', path: '/members/{memberId}/acts-for' })
    .errors({ ...notFound, NOT_STAFF: { status: 409 }, NOT_A_PHYSICIAN: { status: 422 } })
    .input(memberInput.extend({ physicianIds: z.array(memberIdSchema).max(100) }))
    .output(z.object({ actsFor: z.array(memberIdSchema) })),
  /** Ends their sessions and closes their sockets at once. */
  disable: oc.route({ method: 'POST', path: '/members/{memberId}/disable' }).errors({ ...notFound, ...lastAdmin }).input(memberInput).output(memberSchema),
  /**
   * For one whose sign-in is stopped, and who has lost every passkey: a link for another, by which they are the same member as before. What
   * opened before opens nothing here any more. Whoever runs the installation is not a practice's to let in.
   */
  inviteBack: oc
    .route({ method: 'POST', path: '/members/{memberId}/invite-back' })
    .errors({ ...notFound, NOT_STOPPED: { status: 409 }, IS_OPERATOR: { status: 409 } })
    .input(memberInput)
    .output(z.object({ invitation: invitationViewSchema, link: z.string() })),
  enable: oc.route({ method: 'POST', path: '/members/{memberId}/enable' }).errors(notFound).input(memberInput).output(memberSchema),
};

export const invitationsContract = {
  list: oc.route({ method: 'GET', path: '/invitations' }).output(z.array(invitationViewSchema)),
  /** `link` is null where it was mailed; it is there where there is no mail, no address, or the mail server would not take it. */
  create: oc
    .route({ method: 'POST', path: '/invitations' })
    .input(z.object({ name: z.string().min(1).max(120), email: z.email().max(254).nullable(), roles: practiceRolesSchema }))
    .output(z.object({ invitation: invitationViewSchema, link: z.string().nullable() })),
  /** A new link in place of the old one, for another seven days: mailed, or shown where it cannot be. */
  resend: oc
    .route({ method: 'POST', path: '/invitations/{invitationId}/resend' })
    .errors(notFound)
    .input(z.object({ invitationId: z.uuid() }))
    .output(z.object({ invitation: invitationViewSchema, link: z.string().nullable() })),
  withdraw: oc.route({ method: 'DELETE', path: '/invitations/{invitationId}' }).errors(notFound).input(z.object({ invitationId: z.uuid() })).output(z.object({})),
  /** What the link is for, and a challenge for the passkey to be made. */
  open: oc
    .route({ method: 'POST', path: '/invitations/open' })
    .errors(badInvitation)
    .input(z.object({ token: oneTimeTokenSchema }))
    .output(z.object({ practiceName: z.string(), name: z.string(), options: passkeyOptionsSchema })),
  /** As somebody new, with a passkey. */
  join: oc
    .route({ method: 'POST', path: '/invitations/join' })
    .errors({ ...badInvitation, PASSKEY_REFUSED: { status: 401 } })
    .input(z.object({ token: oneTimeTokenSchema, response: passkeyResponseSchema }))
    .output(signedInSchema),
  /** As the one who is signed in already: another practice of theirs. */
  joinSignedIn: oc
    .route({ method: 'POST', path: '/invitations/join-signed-in' })
    .errors({ ...badInvitation, ALREADY_A_MEMBER: { status: 409 } })
    .input(z.object({ token: oneTimeTokenSchema }))
    .output(signedInSchema),
};
