/** What server and page agree on about relays: TURN servers (RFC 8656) that carry a call's audio where a network lets nothing else through. */
import { oc } from '@orpc/contract';
import * as z from 'zod';

/** As RTCIceServer has it. The user name is an expiry and chance: it says nothing of who asked. */
export const relaySchema = z.object({ urls: z.array(z.string()).min(1), username: z.string(), credential: z.string() });
export type Relay = z.infer<typeof relaySchema>;

export const relaysContract = {
  /** Credentials of one's own for the relays of this installation; none where it has none. Ask again before `goodForMs` are over: a call that begins then outlives them by its own length. */
  issue: oc.route({ method: 'POST', path: '/relays' }).output(z.object({ relays: z.array(relaySchema), goodForMs: z.number().positive() })),
};
