/** What server and page agree on about a call: its states, why it ended, and what a page sees of it. */
import * as z from 'zod';
import { callIdSchema, e164Schema, lineIdSchema, partyNumberSchema } from './ids.ts';

/** The words of the screen; 'reconnecting' is a call whose device is away while the party is still there. */
export const callStateSchema = z.enum(['connecting', 'ringing', 'talking', 'on-hold', 'reconnecting', 'ended']);
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
  'trunk-down',
  'media-refused',
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

/** Why a dial was refused before anything went out. */
export const dialRefusalSchema = z.enum([
  'emergency-number',
  'number-invalid',
  'number-incomplete',
  'destination-not-allowed',
  'no-line',
  'already-on-a-call',
  'limit-reached',
  'trunk-down',
  'media-unavailable',
  'server-busy',
]);
export type DialRefusal = z.infer<typeof dialRefusalSchema>;

/** A call as a page sees it: a whole snapshot, so that a page that missed ten of them is right after the eleventh. Instants are ISO 8601 UTC. */
export const callViewSchema = z.object({
  id: callIdSchema,
  /** Rises by one with every change; a page drops a snapshot older than the one it has. */
  version: z.int().nonnegative(),
  direction: z.enum(['outgoing', 'incoming']),
  state: callStateSchema,
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
  /** Digits sent in this call, for the keypad's display. */
  digitsSent: z.string(),
  /** Which device carries the call: this tab, another of the member's, or none just now. Told apart for each receiver. */
  carriedBy: z.enum(['this-device', 'another-device', 'none']),
  sandbox: z.boolean(),
});
export type CallView = z.infer<typeof callViewSchema>;
