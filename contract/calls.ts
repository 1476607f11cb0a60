/** What server and page agree on about a call: its states, why it ended, and what a page sees of it. */
import * as z from 'zod';
import { callIdSchema, e164Schema, interpreterServiceIdSchema, lineIdSchema, memberIdSchema, partyIdSchema, partyNumberSchema } from './ids.ts';

/** The words of the screen; 'reconnecting' is a call whose device is away while the party is still there, 'leaving-message' one that goes on without a device. */
export const callStateSchema = z.enum(['connecting', 'ringing', 'talking', 'on-hold', 'reconnecting', 'leaving-message', 'ended']);
export type CallState = z.infer<typeof callStateSchema>;

/** Why a call is over; each has its own sentence and its own next step on the page. */
export const endReasonSchema = z.enum([
  'hung-up-by-member',
  'hung-up-by-party',
  'cancelled',
  'no-answer',
  'busy',
  'rejected',
  'not-in-service',
  'number-changed',
  'number-incomplete',
  'blocked',
  'trunk-refused',
  /** The carrier answered, and had no way through. */
  'network-busy',
  /** The carrier did not answer. */
  'trunk-down',
  'media-refused',
  /** Information tones came before an announcement, and the network said no more than that. */
  'network-announcement',
  /** A recorded message was spoken to its end; so much was observed, and not that anyone will hear it. */
  'message-left',
  /** The other side, or the member, hung up during it. */
  'message-cut-off',
  /** No beep came, or the other side hung up before it. */
  'message-not-left',
  /** The party's side went silent or its network dropped. */
  'party-lost',
  /** The member's device did not come back within the window. */
  'device-lost',
  /** The longest a call may last. */
  'time-limit-reached',
  /** The server stopped or was killed during the call. */
  'server-restarted',
  /** A bug; contained to this call. */
  'internal-error',
]);
export type EndReason = z.infer<typeof endReasonSchema>;

/** How a call ended that came in and was put through to nobody: the caller left a message; hung up, or said nothing; heard that nobody takes calls. */
export const callerEndSchema = z.enum(['caller-left-message', 'caller-left-nothing', 'caller-heard-announcement']);
export type CallerEnd = z.infer<typeof callerEndSchema>;

/** Why a dial was refused before anything went out. */
export const dialRefusalSchema = z.enum([
  'emergency-number',
  'number-invalid',
  'number-incomplete',
  'destination-not-allowed',
  'no-line',
  /** The physician in whose name one would call is not, or no longer, one they work for. */
  'not-acting-for',
  'already-on-a-call',
  'limit-reached',
  'trunk-down',
  'media-unavailable',
  'server-busy',
]);
export type DialRefusal = z.infer<typeof dialRefusalSchema>;

/** Why nobody was added to a call: as a dial, or for the call's own sake. */
export const addRefusalSchema = z.enum([
  ...dialRefusalSchema.options,
  /** It has ended, leaves a message, or nobody has answered yet. */
  'call-not-open',
  'too-many-parties',
  /** The interpreter service is not, or no longer, among the practice's. */
  'interpreter-unknown',
]);
export type AddRefusal = z.infer<typeof addRefusalSchema>;

/** What the sound of a call suggests; a hint, never a proof, and nothing is done about it by itself. */
export const callHintSchema = z.enum(['mailbox', 'beep', 'screening', 'silence', 'not-in-service', 'network-busy', 'busy', 'announcement']);
export type CallHint = z.infer<typeof callHintSchema>;

/** Why the member's own phone is no part of the call. */
export const ownPhoneFailureSchema = z.enum([
  /** None is proven to be the member's. */
  'no-phone',
  /** Outside the plan, or one of its limits is reached. */
  'not-allowed',
  'limit-reached',
  'trunk-down',
  'busy',
  'no-answer',
  'rejected',
  'not-reached',
  /** Something answered, and no 1 was pressed: it may have been a mailbox. */
  'no-key',
  /** It had joined, and its network dropped it. */
  'dropped',
]);
export type OwnPhoneFailure = z.infer<typeof ownPhoneFailureSchema>;
/** Which of a call's parties: the one it was dialled to, or one that was added. */
export const partyRefSchema = z.union([z.literal('first'), partyIdSchema]);
export type PartyRef = z.infer<typeof partyRefSchema>;

/** What an added party is there for. */
export const partyRoleSchema = z.enum(['interpreter', 'family', 'other']);
export type PartyRole = z.infer<typeof partyRoleSchema>;

/** One who was dialled into a call: a leg to a telephone, with its own way from ringing to its end. */
export const partyViewSchema = z.object({
  party: partyRefSchema,
  /** Null of the first: whom the call was dialled to. */
  role: partyRoleSchema.nullable(),
  name: z.string().nullable(),
  number: partyNumberSchema,
  /** The interpreter service that was called, where it was one. */
  serviceId: interpreterServiceIdSchema.nullable(),
  state: z.enum(['calling', 'ringing', 'answered', 'gone']),
  ringingAt: z.iso.datetime().nullable(),
  answeredAt: z.iso.datetime().nullable(),
  /** Since when we keep them out: they hear music, and nobody hears them. */
  heldAt: z.iso.datetime().nullable(),
  /** Nobody hears them; they hear all. */
  muted: z.boolean(),
  heldByParty: z.boolean(),
  endReason: endReasonSchema.nullable(),
});
export type PartyView = z.infer<typeof partyViewSchema>;

/** A call as a page sees it: a whole snapshot, so that a page that missed ten of them is right after the eleventh. Instants are ISO 8601 UTC. */
export const callViewSchema = z.object({
  id: callIdSchema,
  /** Rises by one with every change; a page drops a snapshot older than the one it has. */
  version: z.int().nonnegative(),
  direction: z.enum(['outgoing', 'incoming']),
  state: callStateSchema,
  /** The member who made or took it, and the physician in whose name; null where that is themselves. */
  madeBy: memberIdSchema,
  onBehalfOf: memberIdSchema.nullable(),
  /** The party's number. */
  number: partyNumberSchema,
  /** The party's name where it is known: a sandbox patient or, later, a contact. */
  partyName: z.string().nullable(),
  /** What the party sees. */
  line: z.object({ id: lineIdSchema, name: z.string(), number: e164Schema }),
  startedAt: z.iso.datetime(),
  /** First ring, by the network's word or its early media. */
  ringingAt: z.iso.datetime().nullable(),
  answeredAt: z.iso.datetime().nullable(),
  heldAt: z.iso.datetime().nullable(),
  /** Since when no device carries the call, and when it will end if none comes back. */
  reconnectingSince: z.iso.datetime().nullable(),
  reconnectUntil: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  endReason: endReasonSchema.nullable(),
  muted: z.boolean(),
  /** The party put us on hold. */
  heldByParty: z.boolean(),
  /** The network's own ringing or announcement is heard; without it the page hears the server's ringback. */
  earlyMedia: z.boolean(),
  hint: callHintSchema.nullable(),
  /** Of a message being left: whether it waits for the beep, is spoken, or was. */
  message: z.enum(['awaiting-beep', 'playing', 'left']).nullable(),
  /** The first and whoever was added, in this order; those who have gone among them. None in the log of ended calls. */
  parties: z.array(partyViewSchema),
  /** Digits sent in this call, for the keypad's display. */
  digitsSent: z.string(),
  /** Which device carries the call: this tab, another of the member's, the member's own phone, or none just now. Told apart for each receiver. */
  carriedBy: z.enum(['this-device', 'another-device', 'own-phone', 'none']),
  /** The member's own phone, where it was rung for this call: 'asking' until 1 is pressed on it. */
  ownPhone: z.object({ phase: z.enum(['calling', 'ringing', 'asking', 'joined', 'failed']), failure: ownPhoneFailureSchema.nullable() }).nullable(),
  sandbox: z.boolean(),
});
export type CallView = z.infer<typeof callViewSchema>;
