/** The messages between page and server over the WebSocket: JSON, one message a frame, with SDP inside. Anything that does not parse closes the socket. */
import * as z from 'zod';
import { callAudioSchema, deviceReportSchema } from './call-audio.ts';
import { addRefusalSchema, callViewSchema, dialRefusalSchema, partyRefSchema, partyRoleSchema } from './calls.ts';
import { dialRefusalDetailSchema } from './plan.ts';
import { callIdSchema, deviceIdSchema, interpreterServiceIdSchema, lineIdSchema, memberIdSchema, spokenMessageIdSchema } from './ids.ts';

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
  /** `to` as it was typed or pasted; the server parses it as the practice's country writes it. `onBehalfOf`: the physician in whose name. */
  z.object({ type: z.literal('dial'), requestId: requestIdSchema, to: z.string().min(1).max(128), lineId: lineIdSchema.optional(), onBehalfOf: memberIdSchema.optional(), offer: sdpSchema }),
  /** This device takes, keeps or restarts the audio of a call: after a refresh, a change of network, a take-over. */
  z.object({ type: z.literal('attach'), requestId: requestIdSchema, callId: callIdSchema, offer: sdpSchema }),
  z.object({ type: z.literal('hang-up'), callId: callIdSchema }),
  /** Everyone of the call. */
  z.object({ type: z.literal('hold'), callId: callIdSchema, held: z.boolean() }),
  z.object({ type: z.literal('mute'), callId: callIdSchema, muted: z.boolean() }),
  z.object({ type: z.literal('dtmf'), callId: callIdSchema, digits: dtmfDigitsSchema }),
  /** Rings the member's own phone for this call; what comes of it stands in the call. */
  z.object({ type: z.literal('ring-phone'), callId: callIdSchema }),
  z.object({ type: z.literal('stop-phone'), callId: callIdSchema }),
  /** Dials one more into a call that stands. `isApart`: the first party waits meanwhile, and is brought together with them by hold-party. */
  z.object({
    type: z.literal('add-party'),
    requestId: requestIdSchema,
    callId: callIdSchema,
    whom: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('interpreter'), serviceId: interpreterServiceIdSchema }),
      z.object({ kind: z.literal('number'), to: z.string().min(1).max(128), role: partyRoleSchema }),
    ]),
    isApart: z.boolean(),
  }),
  /** Lets one go; the others stay. Of one who has gone: need not be shown any more. */
  z.object({ type: z.literal('drop-party'), callId: callIdSchema, party: partyRefSchema }),
  z.object({ type: z.literal('mute-party'), callId: callIdSchema, party: partyRefSchema, muted: z.boolean() }),
  z.object({ type: z.literal('hold-party'), callId: callIdSchema, party: partyRefSchema, held: z.boolean() }),
  /** Speaks one of the member's own messages to whatever answered, and lets the member go at once. */
  z.object({ type: z.literal('leave-message'), requestId: requestIdSchema, callId: callIdSchema, messageId: spokenMessageIdSchema, when: z.enum(['after-beep', 'now']) }),
  /** A connection for its own sake, to learn what this device's network lets through: no call, nobody rung. It lasts some seconds. */
  z.object({ type: z.literal('check-network'), requestId: requestIdSchema, offer: sdpSchema }),
  z.object({ type: z.literal('end-check'), requestId: requestIdSchema }),
  /** How the call reaches this device, at each change and every ten seconds: what the server cannot see for itself. */
  z.object({ type: z.literal('device-report'), callId: callIdSchema, report: deviceReportSchema }),
  /** Every 5 s while a call lives; a page that hears no pong for 10 s takes its network for lost. */
  z.object({ type: z.literal('ping') }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

export const serverMessageSchema = z.discriminatedUnion('type', [
  /**
   * Answer to hello: every live call of the member, and calls that ended since the tab was last heard of and not yet shown to it. `serverRun` is
   * another after each start: what a page agreed with the server's process before, its audio above all, is nothing to this one.
   */
  z.object({ type: z.literal('welcome'), calls: z.array(callViewSchema), serverTime: z.iso.datetime(), serverRun: z.uuid() }),
  z.object({ type: z.literal('call'), call: callViewSchema }),
  /** The answer to a dial's or an attach's offer; the call's snapshot comes beside it. */
  z.object({ type: z.literal('media-answer'), requestId: requestIdSchema, callId: callIdSchema, answer: sdpSchema }),
  z.object({ type: z.literal('dial-refused'), requestId: requestIdSchema, refusal: dialRefusalSchema, detail: dialRefusalDetailSchema.nullable() }),
  z.object({ type: z.literal('attach-refused'), requestId: requestIdSchema, callId: callIdSchema, refusal: z.enum(['call-ended', 'media-unavailable']) }),
  /** Something of a call in the log has changed: its outcome, its next step, that it is there. Whoever shows it asks again. */
  z.object({ type: z.literal('log-changed'), callId: callIdSchema }),
  /** Nobody was dialled; the call goes on as it was. */
  z.object({ type: z.literal('add-refused'), requestId: requestIdSchema, callId: callIdSchema, refusal: addRefusalSchema, detail: dialRefusalDetailSchema.nullable() }),
  /** How loud each is, 0 to 1, some five times a second: to the device that carries a call of three and more. */
  z.object({ type: z.literal('levels'), callId: callIdSchema, levels: z.array(z.object({ party: partyRefSchema, level: z.number().min(0).max(1) })) }),
  /** The message is not there any more, or the call is not one it can be left in: the call goes on as it was. */
  z.object({ type: z.literal('message-refused'), requestId: requestIdSchema, callId: callIdSchema }),
  /** Another device of the member carries the call now; this one stops its audio. */
  z.object({ type: z.literal('device-replaced'), callId: callIdSchema }),
  z.object({ type: z.literal('check-answer'), requestId: requestIdSchema, answer: sdpSchema }),
  z.object({ type: z.literal('check-refused'), requestId: requestIdSchema, refusal: z.enum(['server-busy', 'media-unavailable']) }),
  /** Both legs as the server saw them in the last seconds, to the device that carries the call; sent when it changes. */
  z.object({ type: z.literal('audio'), callId: callIdSchema, audio: callAudioSchema }),
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
