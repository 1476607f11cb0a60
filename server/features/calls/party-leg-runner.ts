/** One party's leg in a live call, the first's or an added one's: carries out what the machine asks of it, and says what the leg says. Decides nothing. */
import { assertNever } from '#contract/result.ts';
import type { E164, PartyNumber } from '#contract/ids.ts';
import type { Clock, Timer } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { CallCarrier, DtmfDigit, LeftCall, LegId, MediaSession, OfferResponder, PartyLeg, PartyLegEvent, SdesPolicy } from '#server/telephony/index.ts';
import type { PartyAnswerStage, PartyEffect, PartyEvent } from './call-facts.ts';
import { saysWhy } from './call-meaning-policy.ts';
import { planCode } from './code-keys-policy.ts';
import { inTime } from './in-time.ts';
import { createKeyPresser } from './key-presser.ts';

export interface PartyLegRunner {
  run(effect: PartyEffect): PartyEvent | undefined | Promise<PartyEvent | undefined>;
  /** By the shortest way, whatever state it is in. */
  giveUp(): void;
}

export interface PartyLegRunnerParts {
  /** Its name in the media session. */
  mediaLeg: LegId;
  /** By which the trunk's own record knows it, also after a kill: the call's id, or the added party's. */
  carrierCallId: string;
  number: PartyNumber;
  line: { readonly name: string; readonly number: E164 };
  trunks: readonly string[];
  ringTimeoutMs: number;
  /** The offer for it, already made. */
  offer: string;
  /** What the trunk still holds of it, where it is gone on with. */
  left?: LeftCall | undefined;
  /** Keys to be pressed once it has answered. */
  code?: string | undefined;
  sdes: SdesPolicy;
  media: MediaSession;
  carrier: CallCarrier;
  clock: Clock;
  log: Log;
  post: (event: PartyEvent) => void;
}

export function createPartyLegRunner(parts: PartyLegRunnerParts): PartyLegRunner {
  const { media, mediaLeg, carrier, clock, log, post, sdes } = parts;
  const responders = new Map<number, OfferResponder>();
  let leg: PartyLeg | undefined;
  const keys = createKeyPresser({ media, mediaLeg, leg: () => leg, clock });
  let exchanges = 0;
  let isOver = false;
  let codeTimer: Timer | undefined;

  const place = (): PartyEvent | undefined => {
    const { carrierCallId: callId, number: to, line, trunks, ringTimeoutMs, offer } = parts;
    const placed = carrier.place({ callId, to, from: line.number, displayName: line.name, offer, trunks, ringTimeoutMs }, hear);
    if (!placed.ok) return { type: 'party-not-placed', refusal: placed.refusal };
    leg = placed.value;
    return undefined;
  };

  const hear = (event: PartyLegEvent): void => {
    switch (event.type) {
      case 'progress': return post({ type: 'party-progress', ringing: event.ringing, answer: event.answer });
      case 'answered': return post({ type: 'party-answered', answer: event.answer });
      case 'offered': {
        const exchange = ++exchanges;
        responders.set(exchange, event.responder);
        return post({ type: 'party-offered', exchange, offer: event.offer });
      }
      case 'reanswered': return post({ type: 'party-reanswered', answer: event.answer });
      case 'reoffer-refused': return post({ type: 'party-reoffer-refused' });
      // Nothing in a call asks the party to press keys.
      case 'dtmf': return undefined;
      case 'ended':
        leg = undefined;
        return post({ type: 'party-ended', cause: event.end.cause, by: event.end.by, saysWhy: saysWhy(event.end) });
      default: return assertNever(event);
    }
  };

  const acceptAnswer = async (stage: PartyAnswerStage, answer: string): Promise<PartyEvent> => {
    const accepted = await inTime(clock, media.acceptPartyAnswer(mediaLeg, answer));
    if (!accepted.ok) log.info('party-answer-refused', { stage, refusal: accepted.refusal });
    return { type: accepted.ok ? 'party-media-accepted' : 'party-media-refused', stage };
  };

  const answerOffer = async ({ exchange, offer, direction }: Extract<PartyEffect, { type: 'answer-party-offer' }>): Promise<undefined> => {
    const responder = responders.get(exchange);
    responders.delete(exchange);
    const answer = await inTime(clock, offer === undefined ? media.createPartyOffer(mediaLeg, { sdes, direction }) : media.acceptPartyOffer(mediaLeg, offer, { sdes }));
    if (!answer.ok) {
      log.info('party-offer-refused', { refusal: answer.refusal });
      responder?.reject();
      return;
    }
    responder?.answer(answer.value);
  };

  const reoffer = async (direction: 'sendrecv' | 'sendonly'): Promise<undefined> => {
    const offer = await inTime(clock, media.createPartyOffer(mediaLeg, { sdes, direction }));
    // Without a new description the hold is ours alone, as where the party refuses it.
    if (offer.ok) leg?.reoffer(offer.value);
    else log.warn('reoffer-not-made', { refusal: offer.refusal });
  };

  /** Not waited for: a dozen digits take seconds, and the hang-up must not stand behind them. */
  const sendDtmf = (digits: string): void => {
    keys.press(digits.split('') as DtmfDigit[]).then(
      (sent) => {
        if (!sent.ok && !isOver && leg !== undefined) log.warn('keys-not-sent', { refusal: sent.refusal });
      },
      (cause: unknown) => log.error('keys-failed', cause),
    );
  };

  const pressCode = (presses = planCode(parts.code ?? '')): void => {
    const [next, ...rest] = presses;
    if (next === undefined || isOver) return;
    codeTimer = clock.after(next.waitMs, () => {
      sendDtmf(next.digits);
      pressCode(rest);
    });
  };

  const end = (): void => {
    isOver = true;
    codeTimer?.cancel();
  };

  return {
    run(effect) {
      switch (effect.type) {
        case 'place-party': return place();
        case 'resume-party': return (leg = parts.left?.resume(parts.offer, hear)), undefined;
        case 'hang-up-party': return end(), leg?.hangUp(effect.cause), undefined;
        case 'accept-party-answer': return acceptAnswer(effect.stage, effect.answer);
        case 'answer-party-offer': return answerOffer(effect);
        case 'reoffer-party': return reoffer(effect.direction);
        case 'send-dtmf': return sendDtmf(effect.digits), undefined;
        case 'press-code': return pressCode(), undefined;
        case 'release-party': return end(), media.removeLeg(mediaLeg), undefined;
        default: return assertNever(effect);
      }
    },
    giveUp() {
      end();
      leg?.hangUp();
    },
  };
}
