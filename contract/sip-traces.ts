/** What server and page agree on about SIP ladders: what passed between us and a trunk in one call, without a number, a name, an address or a key. */
import { oc } from '@orpc/contract';
import * as z from 'zod';
import { callIdSchema } from './ids.ts';

export const sipTraceViewSchema = z.object({
  callId: callIdSchema,
  startedAt: z.iso.datetime(),
  /** In the order in which they were tried. */
  trunks: z.array(z.string()),
  messageCount: z.int().nonnegative(),
  /** The last final answer to an INVITE; null where none came. */
  lastStatus: z.int().nullable(),
  /** Whether the asking member finds this call in their log: an admin's or operator's role alone opens nobody's calls. */
  isInLog: z.boolean(),
});
export type SipTraceView = z.infer<typeof sipTraceViewSchema>;

export const sipMessageViewSchema = z.object({
  /** Since the first message, ms. */
  afterMs: z.int().nonnegative(),
  direction: z.enum(['to-trunk', 'from-trunk']),
  transport: z.enum(['udp', 'tcp', 'tls']),
  /** 'INVITE', '183'. */
  title: z.string(),
  /** '1 INVITE'. */
  cseq: z.string(),
  hasSdp: z.boolean(),
  /** The redacted message itself. */
  lines: z.array(z.string()),
});
export type SipMessageView = z.infer<typeof sipMessageViewSchema>;

export const sipLadderSchema = sipTraceViewSchema.extend({
  messages: z.array(sipMessageViewSchema),
  /** More passed than is kept. */
  isCut: z.boolean(),
});
export type SipLadder = z.infer<typeof sipLadderSchema>;

export const sipTraceStateSchema = z.object({
  /** Null while nothing is recorded. */
  onUntil: z.iso.datetime().nullable(),
  /** Whether the asking member may switch it. */
  maySwitch: z.boolean(),
  traces: z.array(sipTraceViewSchema),
});
export type SipTraceState = z.infer<typeof sipTraceStateSchema>;

export const sipTracesContract = {
  /** The operator sees all, a practice's admin those of the practice's own calls; newest first. */
  read: oc.route({ method: 'GET', path: '/sip-traces' }).output(sipTraceStateSchema),
  /** Records the calls of the next minutes. For the operator. Kept in memory alone, for a day. */
  switchOn: oc.route({ method: 'POST', path: '/sip-traces/recording' }).input(z.object({ minutes: z.int().min(1).max(240) })).output(sipTraceStateSchema),
  switchOff: oc.route({ method: 'DELETE', path: '/sip-traces/recording' }).output(sipTraceStateSchema),
  readLadder: oc.route({ method: 'GET', path: '/sip-traces/{callId}' }).errors({ NOT_FOUND: { status: 404 } }).input(z.object({ callId: callIdSchema })).output(sipLadderSchema),
};
