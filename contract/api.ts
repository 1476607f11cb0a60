/** The HTTP contract: one definition gives validation, the typed client and OpenAPI. Paths are below /api. No patient data stands in a path or a query. */
import { oc } from '@orpc/contract';
import * as z from 'zod';
import { e164Schema, lineIdSchema, memberIdSchema, practiceIdSchema } from './ids.ts';
import { lineProofContract } from './lines.ts';
import { callLogContract } from './call-log.ts';
import { contactsContract } from './contacts.ts';
import { accessTokensContract } from './access-tokens.ts';
import { auditContract } from './audit.ts';
import { dataKeptContract } from './data-kept.ts';
import { invitationsContract, membersContract } from './members.ts';
import { handoutsContract } from './handouts.ts';
import { notesContract } from './notes.ts';
import { ownPhoneContract } from './own-phone.ts';
import { planContract } from './plan.ts';
import { practicesContract } from './practices.ts';
import { relaysContract } from './relays.ts';
import { sipTracesContract } from './sip-traces.ts';
import { interpretersContract } from './interpreters.ts';
import { spokenMessagesContract } from './spoken-messages.ts';
import { answeringContract, voicemailContract } from './voicemail.ts';
import { communityContract, mySignInContract, passkeysContract, preferencesSchema, roleSchema, secondWayContract, signInMethodSchema, waysInContract } from './sign-in.ts';

export const lineViewSchema = z.object({
  id: lineIdSchema,
  name: z.string(),
  number: e164Schema,
  /** A hosted line also receives calls here; a verified one belongs to the clinic's own phone system. */
  kind: z.enum(['hosted', 'verified']),
  isDefault: z.boolean(),
});
export type LineView = z.infer<typeof lineViewSchema>;

/** A proven line as a member sees it. */
export const lineChoiceSchema = lineViewSchema.extend({
  /** Where calls back are answered, in the practice's words; null where that is here, or was not said. */
  callsBackTo: z.string().nullable(),
  /** Whether the asking member may show it, as an admin has said. Those they may not show are here for their names. */
  isToShow: z.boolean(),
  /** The asking member's own default. */
  isMine: z.boolean(),
  /** Those of the physicians that the asking member works for whose own default it is. */
  isOf: z.array(memberIdSchema),
});
export type LineChoice = z.infer<typeof lineChoiceSchema>;

export const sessionViewSchema = z.object({
  member: z.object({ id: memberIdSchema, name: z.string() }),
  preferences: preferencesSchema,
  roles: z.array(roleSchema),
  /** The physicians that one of the staff works for: whose calls and notes they see. */
  actsFor: z.array(z.object({ id: memberIdSchema, name: z.string(), mayBeCalledFor: z.boolean() })),
  method: signInMethodSchema,
  /** Nobody was there for a quarter of an hour: until it is unlocked everything but this and signing out answers 423. Calls go on. */
  isLocked: z.boolean(),
  /** Under which the page keeps, over a refresh, what it could not send yet: base64, 32 bytes. Nobody is told it once the session has ended; nor a locked page, nor a program. */
  draftKey: z.string().nullable(),
  practice: z.object({
    id: practiceIdSchema,
    name: z.string(),
    /** ISO 3166-1 alpha-2: how numbers are parsed and formatted. */
    country: z.string().length(2),
    /** IANA zone. */
    timeZone: z.string(),
    /** Whether calls go to the sandbox carrier: every screen says so. */
    sandbox: z.boolean(),
    /** Made by the first start, for trying things: nobody real belongs to it. */
    demo: z.boolean(),
  }),
});
export type SessionView = z.infer<typeof sessionViewSchema>;

export const sandboxBehaviourSchema = z.enum(['talks', 'echoes', 'busy', 'never-answers', 'mailbox', 'mailbox-full', 'drops', 'screens', 'not-in-service', 'announced', 'declines', 'holds', 'reads-keys-back', 'speaks-spanish']);
export type SandboxBehaviour = z.infer<typeof sandboxBehaviourSchema>;

export const sandboxPatientViewSchema = z.object({
  number: e164Schema,
  name: z.string(),
  /** What happens when one calls. */
  behaviour: sandboxBehaviourSchema,
  /** Can be had call back, and leaves a message then. */
  callsBack: z.boolean(),
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
  relays: relaysContract,
  audit: auditContract,
  dataKept: dataKeptContract,
  sipTraces: sipTracesContract,
  lines: {
    /** Those that may be shown: proven, and the proof not yet 180 days old. */
    list: oc.route({ method: 'GET', path: '/lines' }).output(z.array(lineChoiceSchema)),
    ...lineProofContract,
  },
  calls: callLogContract,
  notes: notesContract,
  contacts: contactsContract,
  handouts: handoutsContract,
  interpreters: interpretersContract,
  spokenMessages: spokenMessagesContract,
  ownPhone: ownPhoneContract,
  voicemail: voicemailContract,
  answering: answeringContract,
  sandbox: {
    /** Empty where the practice is not the sandbox. */
    listPatients: oc.route({ method: 'GET', path: '/sandbox/patients' }).output(z.array(sandboxPatientViewSchema)),
    /** Has a practice patient call the practice's line, as one does who saw a missed call. */
    callBack: oc.route({ method: 'POST', path: '/sandbox/callbacks' }).errors({ PATIENT_NOT_FOUND: { status: 404 }, NO_LINE: { status: 409 } }).input(z.object({ number: e164Schema })).output(z.object({})),
  },
};
