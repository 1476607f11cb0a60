/** How a call sounds, as far as packets tell: told to the page while it lives, kept with the call after. No addresses, no names. */
import * as z from 'zod';

const share = z.number().min(0).max(1);

const legAudioSchema = z.object({
  /** What it sent last. */
  codec: z.string().nullable(),
  /** Of what it sent, what never came. */
  lostShare: share,
  jitterMs: z.number().min(0),
  /** By its own last report, what it missed of ours; null where it gave none. */
  missedShare: share.nullable(),
  roundTripMs: z.number().min(0).nullable(),
});

/** How a device's audio came to us: straight, or by a relay, and over what. */
export const audioPathSchema = z.enum(['udp', 'tcp', 'relay-udp', 'relay-tcp', 'relay-tls']);
export type AudioPath = z.infer<typeof audioPathSchema>;

/** What only the device knows: its path, and how much of what it played since it was connected was made up for want of packets. */
export const deviceReportSchema = z.object({ path: audioPathSchema.nullable(), concealedShare: share });
export type DeviceReport = z.infer<typeof deviceReportSchema>;

export const callAudioSchema = z.object({
  device: legAudioSchema.extend({
    /** Of the seconds whose speech we mended: what was restored from later packets, and what had to be made up. */
    restoredShare: share,
    concealedShare: share,
  }),
  party: legAudioSchema,
  /** Those who were added, and a first party that left before them; empty for calls before they were looked at. */
  added: z.array(legAudioSchema).default([]),
  /** Null where the device said nothing: calls before it could, and such as broke off at once. */
  report: deviceReportSchema.nullable().default(null),
});
export type CallAudio = z.infer<typeof callAudioSchema>;
