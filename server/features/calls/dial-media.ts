/** The audio of a call that is not a call yet: the device's offer answered, the party's offer made. Refuses in the words of a dial. */
import type { DialRefusal } from '#contract/calls.ts';
import type { CallId } from '#contract/ids.ts';
import { ok, refused } from '#contract/result.ts';
import type { Result } from '#contract/result.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { MediaEngine, MediaEvent, MediaRefusal, MediaSession, SdesPolicy } from '#server/telephony/index.ts';
import { DEVICE_LEG, PARTY_LEG } from './call-session.ts';
import type { CallSession } from './call-session.ts';

export interface DialMedia {
  readonly media: MediaSession;
  readonly mediaAnswer: string;
  readonly partyOffer: string;
  /** From here on the engine's news goes to the session; what it said before is given to it first. */
  readonly attach: (session: CallSession) => void;
}

interface DialMediaParts {
  readonly engine: MediaEngine;
  readonly sdes: SdesPolicy;
  readonly log: Log;
}

/** Never rejects: nobody may be waiting yet, and a rejection that nobody hears ends the process. */
export async function negotiateDialMedia(parts: DialMediaParts, callId: CallId, offer: string): Promise<Result<DialMedia, DialRefusal>> {
  try {
    return await negotiate(parts, callId, offer);
  } catch (cause) {
    parts.log.error('dial-media-failed', cause, { callId });
    return refused('media-unavailable');
  }
}

async function negotiate({ engine, sdes, log }: DialMediaParts, callId: CallId, offer: string): Promise<Result<DialMedia, DialRefusal>> {
  let session: CallSession | undefined;
  const early: MediaEvent[] = [];
  const opened = engine.open({ callId, survives: 'first', onEvent: (event) => (session === undefined ? void early.push(event) : session.hear(event)) });
  if (!opened.ok) return refused(refusalOf(opened.refusal));
  const media = opened.value;
  const [device, party] = await Promise.all([media.acceptDeviceOffer(DEVICE_LEG, offer), media.createPartyOffer(PARTY_LEG, { sdes, direction: 'sendrecv' })]);
  if (!device.ok || !party.ok) {
    media.close();
    const refusal = !device.ok ? device.refusal : !party.ok ? party.refusal : 'engine-unavailable';
    log.info('dial-media-refused', { callId, leg: device.ok ? PARTY_LEG : DEVICE_LEG, refusal });
    return refused(refusalOf(refusal));
  }
  const attach = (started: CallSession): void => {
    session = started;
    for (const event of early.splice(0)) started.hear(event);
  };
  return ok({ media, mediaAnswer: device.value, partyOffer: party.value, attach });
}

const refusalOf = (refusal: MediaRefusal): DialRefusal => (refusal === 'overloaded' ? 'server-busy' : 'media-unavailable');
