/** The HTTP contract: one definition gives validation, the typed client and OpenAPI. Paths are below /api. No patient data stands in a path or a query. */
import { oc } from '@orpc/contract';
import * as z from 'zod';
import { callViewSchema } from './calls.ts';
import { callIdSchema, e164Schema, lineIdSchema, memberIdSchema, practiceIdSchema } from './ids.ts';
import { lineProofContract } from './lines.ts';
import { contactsContract } from './contacts.ts';
import { accessTokensContract } from './access-tokens.ts';
import { auditContract } from './audit.ts';
import { invitationsContract, membersContract } from './members.ts';
import { handoutsContract } from './handouts.ts';
import { notesContract } from './notes.ts';
import { planContract } from './plan.ts';
import { practicesContract } from './practices.ts';
import { communityContract, mySignInContract, passkeysContract, roleSchema, secondWayContract, signInMethodSchema, waysInContract } from './sign-in.ts';

export const lineViewSchema = z.object({
  id: lineIdSchema,
  name: z.string(),
  number: e164Schema,
  /** A hosted line also receives calls here; a verified one belongs to the clinic's own phone system. */
  kind: z.enum(['hosted', 'verified']),
  isDefault: z.boolean(),
});
export type LineView = z.infer<typeof lineViewSchema>;

export const sessionViewSchema = z.object({
  member: z.object({ id: memberIdSchema, name: z.string() }),
  roles: z.array(roleSchema),
  method: signInMethodSchema,
  /** Nobody was there for a quarter of an hour: until it is unlocked everything but this and signing out answers 423. Calls go on. */
  isLocked: z.boolean(),
  practice: z.object({
    id: practiceIdSchema,
    name: z.string(),
    /** ISO 3166-1 alpha-2: how numbers are parsed and formatted. */
    country: z.string().length(2),
    /** IANA zone. */
    timeZone: z.string(),
    /** Whether calls go to the sandbox carrier: every screen says so. */
    sandbox: z.boolean(),
  }),
});
export type SessionView = z.infer<typeof sessionViewSchema>;

export const sandboxPatientViewSchema = z.object({
  number: e164Schema,
  name: z.string(),
  /** What happens when one calls, in a sentence: "Answers and talks." */
  behaviour: z.string(),
});
export type SandboxPatientView = z.infer<typeof sandboxPatientViewSchema>;

export const apiContract = {
  signIn: {
    /** Redeems a single-use sign-in link; the token travels in the body, never in a URL the server sees. Sets the session cookie. */
    redeemLink: oc
      .route({ method: 'POST', path: '/sign-in/link' })
      .errors({ LINK_USED_OR_EXPIRED: { status: 410 } })
      .input(z.object({ token: z.string().min(20).max(128) }))
      .output(sessionViewSchema),
    signOut: oc.route({ method: 'POST', path: '/sign-out' }).output(z.object({})),
  },
  session: {
    read: oc.route({ method: 'GET', path: '/session' }).output(sessionViewSchema),
    /** A single-use ticket for the signalling socket, good for 30 s; sent as the sub-protocol `ticket.<ticket>` beside `quietline.v1`. */
    createSocketTicket: oc.route({ method: 'POST', path: '/socket-tickets' }).output(z.object({ ticket: z.string() })),
  },
  passkeys: passkeysContract,
  secondWay: secondWayContract,
  waysIn: waysInContract,
  community: communityContract,
  me: mySignInContract,
  practices: practicesContract,
  members: membersContract,
  invitations: invitationsContract,
  accessTokens: accessTokensContract,
  plan: planContract,
  audit: auditContract,
  lines: {
    /** Those that may be shown: proven, and the proof not yet 180 days old. */
    list: oc.route({ method: 'GET', path: '/lines' }).output(z.array(lineViewSchema)),
    ...lineProofContract,
  },
  calls: {
    /** Newest first. `before` is the id of the last call of the page before. */
    list: oc
      .route({ method: 'GET', path: '/calls' })
      .input(z.object({ before: callIdSchema.optional(), limit: z.coerce.number().int().min(1).max(100).default(30) }))
      .output(z.object({ calls: z.array(callViewSchema), hasMore: z.boolean() })),
  },
  notes: notesContract,
  contacts: contactsContract,
  handouts: handoutsContract,
  sandbox: {
    /** Empty where the practice is not the sandbox. */
    listPatients: oc.route({ method: 'GET', path: '/sandbox/patients' }).output(z.array(sandboxPatientViewSchema)),
  },
};
