/** The messages between page and server over the WebSocket: JSON, one message a frame, with SDP inside. Anything that does not parse closes the socket. */
import * as z from 'zod';
import { callViewSchema, dialRefusalSchema } from './calls.ts';
import { dialRefusalDetailSchema } from './plan.ts';
import { callIdSchema, deviceIdSchema, lineIdSchema } from './ids.ts';

/** Where the socket is opened, a path of the page's own origin. */
export const signallingPath = '/api/signalling';

/** An SDP body is about 2 kB; 32 kB is beyond any browser's. */
const sdpSchema = z.string().min(1).max(32_768);
/** Made by the page; ties an answer to its question. */
const requestIdSchema = z.string().min(1).max(64);

export const dtmfDigitsSchema = z.string().regex(/^[0-9*#A-D]{1,32}$/);

export const clientMessageSchema = z.discriminatedUnion('type', [
  /** First on every socket. Names the tab, so that a refresh finds its own call. */
  z.object({ type: z.literal('hello'), deviceId: deviceIdSchema }),
  /** `to` as it was typed or pasted; the server parses it as the practice's country writes it. */
  z.object({ type: z.literal('dial'), requestId: requestIdSchema, to: z.string().min(1).max(128), lineId: lineIdSchema.optional(), offer: sdpSchema }),
  /** This device takes, keeps or restarts the audio of a call: after a refresh, a change of network, a take-over. */
  z.object({ type: z.literal('attach'), requestId: requestIdSchema, callId: callIdSchema, offer: sdpSchema }),
  z.object({ type: z.literal('hang-up'), callId: callIdSchema }),
  z.object({ type: z.literal('hold'), callId: callIdSchema, held: z.boolean() }),
  z.object({ type: z.literal('mute'), callId: callIdSchema, muted: z.boolean() }),
  z.object({ type: z.literal('dtmf'), callId: callIdSchema, digits: dtmfDigitsSchema }),
  /** Every 5 s while a call lives; a page that hears no pong for 10 s takes its network for lost. */
  z.object({ type: z.literal('ping') }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

export const serverMessageSchema = z.discriminatedUnion('type', [
  /** Answer to hello: every live call of the member, and calls that ended since the tab was last heard of and not yet shown to it. */
  z.object({ type: z.literal('welcome'), calls: z.array(callViewSchema), serverTime: z.iso.datetime() }),
  z.object({ type: z.literal('call'), call: callViewSchema }),
  /** The answer to a dial's or an attach's offer; the call's snapshot comes beside it. */
  z.object({ type: z.literal('media-answer'), requestId: requestIdSchema, callId: callIdSchema, answer: sdpSchema }),
  z.object({ type: z.literal('dial-refused'), requestId: requestIdSchema, refusal: dialRefusalSchema, detail: dialRefusalDetailSchema.nullable() }),
  z.object({ type: z.literal('attach-refused'), requestId: requestIdSchema, callId: callIdSchema, refusal: z.enum(['call-ended', 'media-unavailable']) }),
  /** Another device of the member carries the call now; this one stops its audio. */
  z.object({ type: z.literal('device-replaced'), callId: callIdSchema }),
  /** The server is about to stop: reconnect and go on. */
  z.object({ type: z.literal('going-away') }),
  z.object({ type: z.literal('pong') }),
]);
export type ServerMessage = z.infer<typeof serverMessageSchema>;

/** How the server closes a socket (RFC 6455 7.4.2 leaves 4000-4999 to us), so that a page knows whether to come back. */
export const socketCloseCodes = {
  /** A message did not parse, or came before hello. A bug of the page: it does not come back by itself. */
  badMessage: 4400,
  /** The ticket was used, old or not ours. Fetch a new one; a 401 there means: sign in. */
  ticketRefused: 4401,
  /** Another socket said hello with this device's id: a duplicated tab. This one stays away, or takes a new device id. */
  deviceTakenOver: 4409,
  /** Too many messages, or too slow in reading ours. Come back after some seconds. */
  flooded: 4429,
  /** The member signed out or was disabled. */
  signedOut: 4403,
} as const;
