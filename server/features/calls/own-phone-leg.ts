/**
 * The leg to the member's own phone: dialled beside a call, held apart from it until the call lets it in. Tells what happens
 * there as the call's events; decides nothing, and says to no log which number it rings.
 */
import type { OwnPhoneFailure } from '#contract/calls.ts';
import { assertNever } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { CallCarrier, LegEnd, MediaEvent, MediaSession, PartyLeg, PartyLegEvent, SdesPolicy } from '#server/telephony/index.ts';
import { OWN_PHONE_RING_MS } from './call-output-policy.ts';
import type { OwnPhoneEvent } from './own-phone-machine.ts';

/** A dial of the member's own phone that the plan has admitted. */
export interface OwnPhoneDial {
  /** Of this leg alone: a call that is gone on with after a kill finds its party by its own. */
  readonly legId: string;
  readonly to: string;
  readonly from: { readonly number: string; readonly name: string };
  readonly trunks: readonly string[];
  /** Once and last: for what it cost. */
  readonly onOver: (answeredAt: number | null) => void;
}

export interface OwnPhoneLeg {
  ring(dial: OwnPhoneDial): void;
  letIn(): void;
  hangUp(): void;
  /** What the engine says of this leg; nothing of the others. */
  hear(event: MediaEvent): void;
}

export interface OwnPhoneParts {
  readonly media: MediaSession;
  readonly carrier: CallCarrier;
  readonly sdes: SdesPolicy;
  /** ISO 3166-1 alpha-2: where the phone is taken to be. */
  readonly country: string;
  readonly post: (event: OwnPhoneEvent) => void;
  readonly clock: Clock;
  readonly log: Log;
}

export const OWN_PHONE_LEG = 'own-phone';

export function createOwnPhoneLeg({ media, carrier, sdes, country, post, clock, log }: OwnPhoneParts): OwnPhoneLeg {
  let current: { readonly dial: OwnPhoneDial; leg: PartyLeg | undefined; answeredAt: number | null } | undefined;
  type Ringing = NonNullable<typeof current>;

  /** Of one that was hung up, or replaced by another ring, nothing is told any more. */
  const end = (ringing: Ringing, reason: OwnPhoneFailure | undefined, hungUp = false): void => {
    if (current !== ringing) return;
    current = undefined;
    media.removeLeg(OWN_PHONE_LEG);
    ringing.leg?.hangUp();
    ringing.dial.onOver(ringing.answeredAt);
    if (reason !== undefined) post({ type: 'phone-ended', reason, hungUp });
  };

  const place = async (ringing: Ringing): Promise<void> => {
    const { dial } = ringing;
    const offer = await media.createPartyOffer(OWN_PHONE_LEG, { sdes, direction: 'sendrecv' });
    if (current !== ringing) return;
    if (!offer.ok) return end(ringing, 'not-reached');
    // It neither hears nor is heard, whatever it sends, until a key says that a person holds it.
    media.setHeld(OWN_PHONE_LEG, true);
    const request = { callId: dial.legId, to: dial.to, from: dial.from.number, displayName: dial.from.name, offer: offer.value, trunks: dial.trunks, ringTimeoutMs: OWN_PHONE_RING_MS };
    const placed = carrier.place(request, (event) => void hear(ringing, event).catch((cause: unknown) => fail(ringing, cause)));
    if (!placed.ok) return end(ringing, placed.refusal === 'no-trunk' ? 'trunk-down' : 'not-reached');
    ringing.leg = placed.value;
  };

  const fail = (ringing: Ringing, cause: unknown): void => {
    log.error('own-phone-failed', cause);
    end(ringing, 'not-reached');
  };

  const hear = async (ringing: Ringing, event: PartyLegEvent): Promise<void> => {
    if (current !== ringing) return;
    switch (event.type) {
      case 'progress':
        if (event.ringing) post({ type: 'phone-ringing' });
        return;
      case 'answered': {
        const isFirst = ringing.answeredAt === null;
        ringing.answeredAt ??= clock.now();
        const accepted = await media.acceptPartyAnswer(OWN_PHONE_LEG, event.answer);
        if (current !== ringing) return;
        if (!accepted.ok) return end(ringing, 'not-reached');
        if (!isFirst) return;
        // Where it sends no telephone events, its keys are heard in the sound.
        media.listen(OWN_PHONE_LEG, { stage: 'answered', country });
        return post({ type: 'phone-answered' });
      }
      case 'offered': {
        const answer = await (event.offer === undefined ? media.createPartyOffer(OWN_PHONE_LEG, { sdes, direction: 'sendrecv' }) : media.acceptPartyOffer(OWN_PHONE_LEG, event.offer, { sdes }));
        return answer.ok ? event.responder.answer(answer.value) : event.responder.reject();
      }
      case 'reanswered':
        await media.acceptPartyAnswer(OWN_PHONE_LEG, event.answer);
        return;
      case 'dtmf': return post({ type: 'phone-key', digit: event.digit });
      case 'reoffer-refused': return;
      case 'ended':
        ringing.leg = undefined;
        return end(ringing, reasonOf(event.end, ringing.answeredAt !== null), isHungUpByHand(event.end));
      default: return assertNever(event);
    }
  };

  return {
    ring(dial) {
      const ringing: Ringing = { dial, leg: undefined, answeredAt: null };
      current = ringing;
      place(ringing).catch((cause: unknown) => fail(ringing, cause));
    },
    letIn() {
      media.listen(OWN_PHONE_LEG, undefined);
      media.setHeld(OWN_PHONE_LEG, false);
    },
    hangUp() {
      if (current !== undefined) end(current, undefined);
    },
    hear(event) {
      if (current === undefined || !('leg' in event) || event.leg !== OWN_PHONE_LEG) return;
      if (event.type === 'dtmf') post({ type: 'phone-key', digit: event.digit });
      if (event.type === 'leg-lost') end(current, 'dropped');
    },
  };
}

/** A network that drops a phone says another cause than 16, normal clearing (Q.850), or none of the phone's own. */
const isHungUpByHand = ({ by, cause, q850 }: LegEnd): boolean => by === 'peer' && cause === 'hung-up' && (q850 === undefined || q850 === 16);

function reasonOf({ cause }: LegEnd, wasAnswered: boolean): OwnPhoneFailure {
  if (wasAnswered) return cause === 'hung-up' ? 'no-key' : 'dropped';
  switch (cause) {
    case 'busy': return 'busy';
    case 'no-answer':
    case 'cancelled': return 'no-answer';
    case 'rejected': return 'rejected';
    case 'trunk-down':
    case 'trunk-refused': return 'trunk-down';
    case 'hung-up':
    case 'not-in-service':
    case 'number-changed':
    case 'number-incomplete':
    case 'blocked':
    case 'network-busy':
    case 'connection-lost':
    case 'media-refused': return 'not-reached';
    default: return assertNever(cause);
  }
}
