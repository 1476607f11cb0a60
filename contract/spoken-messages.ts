/** Messages that a member records once and leaves in mailboxes: the recordings, and what is told of them. */
import { oc } from '@orpc/contract';
import * as z from 'zod';
import { spokenMessageIdSchema } from './ids.ts';

/** Recordings travel as base64 of 16-bit little-endian samples, one channel, so many a second: what a telephone carries. */
export const spokenMessageSampleRate = 8_000;
/** Mailboxes listen for a minute or two; who listens to them, for less. */
export const longestSpokenMessageS = 60;
export const mostSpokenMessages = 20;

export const spokenMessageNameSchema = z.string().trim().min(1).max(60);
const recordingSchema = z.base64().max(Math.ceil((longestSpokenMessageS * spokenMessageSampleRate * 2 * 4) / 3) + 4);

export const spokenMessageViewSchema = z.object({
  id: spokenMessageIdSchema,
  name: z.string(),
  durationMs: z.int().nonnegative(),
  recordedAt: z.iso.datetime(),
});
export type SpokenMessageView = z.infer<typeof spokenMessageViewSchema>;

const MESSAGE_NOT_FOUND = { status: 404 } as const;

/** Each member's own; no other member, and no admin, hears or sees them. */
export const spokenMessagesContract = {
  list: oc.route({ method: 'GET', path: '/spoken-messages' }).output(z.array(spokenMessageViewSchema)),
  /** Brought to a telephone's loudness, its pauses at both ends cut. */
  record: oc
    .route({ method: 'POST', path: '/spoken-messages' })
    .errors({ NOTHING_SPOKEN: { status: 422 }, TOO_MANY_MESSAGES: { status: 409 } })
    .input(z.object({ name: spokenMessageNameSchema, recording: recordingSchema }))
    .output(spokenMessageViewSchema),
  rename: oc.route({ method: 'PUT', path: '/spoken-messages/{messageId}' }).errors({ MESSAGE_NOT_FOUND }).input(z.object({ messageId: spokenMessageIdSchema, name: spokenMessageNameSchema })).output(spokenMessageViewSchema),
  /** As it will be heard. */
  listen: oc.route({ method: 'GET', path: '/spoken-messages/{messageId}/recording' }).errors({ MESSAGE_NOT_FOUND }).input(z.object({ messageId: spokenMessageIdSchema })).output(z.object({ recording: z.string() })),
  remove: oc.route({ method: 'DELETE', path: '/spoken-messages/{messageId}' }).errors({ MESSAGE_NOT_FOUND }).input(z.object({ messageId: spokenMessageIdSchema })).output(z.object({})),
};
