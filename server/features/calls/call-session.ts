/**
 * One live call: a mailbox that handles its events strictly one after another, and runs the machine's effects against the
 * carrier, the media engine, the store and the devices. Decides nothing: call-machine.ts does. Whatever goes wrong in here ends
 * this one call, and hangs up its leg.
 */
import type { ServerMessage } from '#contract/signalling.ts';
import type { DeviceId } from '#contract/ids.ts';
import { assertNever } from '#contract/result.ts';
import type { Clock, Timer } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { CallCarrier, DtmfDigit, MediaEvent, MediaSession, OfferResponder, PartyLeg, PartyLegEvent, PlaySource, SdesPolicy } from '#server/telephony/index.ts';
import { startCall, stepCall } from './call-machine.ts';
import type { Call, CallEffect, CallEvent, CallStep, DialledCall } from './call-machine.ts';
import type { CallTimer, Sound } from './call-output-policy.ts';
import type { CallWriter } from './call-writer.ts';

/** The member's devices, as a call reaches them. */
export interface CallDevices {
  /** The call's snapshot to each device of the member; returns how many were reached. */
  tell(call: Call): number;
  send(deviceId: DeviceId, message: ServerMessage): void;
}

export interface CallSession {
  call(): Call;
  post(event: CallEvent): void;
  /** What the engine says of this call's audio. */
  hear(event: MediaEvent): void;
  /** Resolves once the call has ended and all of it is written. */
  finished: Promise<void>;
  /** At the server's stop: what could not be written is left to the next start. */
  abandon(): void;
}

export interface CallSessionParts {
  dialled: DialledCall;
  startedAt: number;
  /** The offer for the party, already made. */
  partyOffer: string;
  /** ISO 3166-1 alpha-2: which tones are played. */
  country: string;
  sdes: SdesPolicy;
  media: MediaSession;
  carrier: CallCarrier;
  devices: CallDevices;
  writer: CallWriter;
  clock: Clock;
  log: Log;
}

/** Our names for the legs in the media session. */
export const DEVICE_LEG = 'device';
export const PARTY_LEG = 'party';

/** An engine that does not answer within this has failed: a mailbox that waits for it longer would not hear the hang-up. */
const MEDIA_ANSWER_MS = 5_000;

export function startCallSession(parts: CallSessionParts): CallSession {
  const { media, carrier, devices, writer, clock } = parts;
  const log = parts.log.child({ callId: parts.dialled.id });
  const timers = new Map<CallTimer, Timer>();
  const responders = new Map<number, OfferResponder>();
  const mailbox: CallEvent[] = [];
  let call: Call;
  let leg: PartyLeg | undefined;
  let exchanges = 0;
  let isHandling = false;
  let isFinished = false;
  let finish: () => void;
  const finished = new Promise<void>((resolve) => (finish = resolve));

  const post = (event: CallEvent): void => {
    mailbox.push(event);
    if (!isHandling) void handleAll();
  };

  const handleAll = async (): Promise<void> => {
    isHandling = true;
    for (let event = mailbox.shift(); event !== undefined; event = mailbox.shift()) await handle(event);
    isHandling = false;
    if (call.end !== null && !isFinished) {
      isFinished = true;
      void writer.flushed().then(finish);
    }
  };

  const handle = async (event: CallEvent): Promise<void> => {
    await follow(() => stepCall(call, event, clock.now()));
  };

  /** One step, its effects, and the events that the effects answer with, which come before whatever waits in the mailbox. */
  const follow = async (step: () => CallStep): Promise<void> => {
    try {
      const { call: next, effects } = step();
      call = next;
      for (const effect of effects) {
        const answer = run(effect);
        const event = answer instanceof Promise ? await answer : answer;
        if (event !== undefined) await handle(event);
        // The answer ended the call: what this step still meant to do is for a call that is no more.
        if (call.end !== null && next.end === null) return;
      }
    } catch (cause) {
      log.error('call-failed', cause);
      giveUp();
    }
  };

  /** A bug: the call ends here and now, by the shortest way, each step on its own so that none hinders the next. */
  const giveUp = (): void => {
    const { call: ended, effects } = stepCall(call, { type: 'bug' }, clock.now());
    call = ended;
    for (const effect of effects) {
      try {
        void run(effect);
      } catch (cause) {
        log.error('call-not-cleared', cause);
      }
    }
    for (const timer of timers.values()) timer.cancel();
    timers.clear();
    leg?.hangUp();
    media.close();
  };

  const run = (effect: CallEffect): CallEvent | undefined | Promise<CallEvent | undefined> => {
    switch (effect.type) {
      case 'place-party': return placeParty();
      case 'hang-up-party': return leg?.hangUp(effect.cause), undefined;
      case 'accept-party-answer': return acceptPartyAnswer(effect.stage, effect.answer);
      case 'answer-party-offer': return answerPartyOffer(effect);
      case 'reoffer-party': return reofferParty(effect.direction);
      case 'negotiate-device': return negotiateDevice(effect);
      case 'answer-device': return devices.send(effect.deviceId, { type: 'media-answer', requestId: effect.requestId, callId: call.id, answer: effect.answer }), undefined;
      case 'refuse-device': return devices.send(effect.deviceId, { type: 'attach-refused', requestId: effect.requestId, callId: call.id, refusal: effect.refusal }), undefined;
      case 'tell-replaced': return devices.send(effect.deviceId, { type: 'device-replaced', callId: call.id }), undefined;
      case 'send-dtmf': return sendDtmf(effect.digits), undefined;
      case 'set-held': return media.setHeld(PARTY_LEG, effect.held), undefined;
      case 'set-muted': return media.setMuted(DEVICE_LEG, effect.muted), undefined;
      case 'play': return play(effect.leg === 'device' ? DEVICE_LEG : PARTY_LEG, effect.sound), undefined;
      case 'start-timer': return startTimer(effect.timer, effect.delayMs), undefined;
      case 'cancel-timer': return cancelTimer(effect.timer), undefined;
      case 'close-media': return media.close(), undefined;
      case 'tell': return tell(), undefined;
      case 'store': return writer.write(call, effect.event, endShownAt), undefined;
      default: return assertNever(effect);
    }
  };

  let endShownAt: number | null = null;
  const tell = (): void => {
    const reached = devices.tell(call);
    if (call.end !== null && reached > 0) endShownAt = clock.now();
  };

  const placeParty = (): CallEvent | undefined => {
    const { id: callId, number, line, trunks, limits } = call;
    const request = { callId, to: number, from: line.number, displayName: line.name, offer: parts.partyOffer, trunks, ringTimeoutMs: limits.ringTimeoutMs };
    const placed = carrier.place(request, hearParty);
    if (!placed.ok) return { type: 'party-not-placed', refusal: placed.refusal };
    leg = placed.value;
    return undefined;
  };

  const hearParty = (event: PartyLegEvent): void => {
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
        return post({ type: 'party-ended', cause: event.end.cause, by: event.end.by });
      default: return assertNever(event);
    }
  };

  const acceptPartyAnswer = async (stage: 'early' | 'final' | 'again', answer: string): Promise<CallEvent> => {
    const accepted = await inTime(media.acceptPartyAnswer(PARTY_LEG, answer));
    if (!accepted.ok) log.info('party-answer-refused', { stage, refusal: accepted.refusal });
    return { type: accepted.ok ? 'party-media-accepted' : 'party-media-refused', stage };
  };

  const answerPartyOffer = async (effect: Extract<CallEffect, { type: 'answer-party-offer' }>): Promise<undefined> => {
    const responder = responders.get(effect.exchange);
    responders.delete(effect.exchange);
    const { offer, direction } = effect;
    const { sdes } = parts;
    const answer = await inTime(offer === undefined ? media.createPartyOffer(PARTY_LEG, { sdes, direction }) : media.acceptPartyOffer(PARTY_LEG, offer, { sdes }));
    if (!answer.ok) {
      log.info('party-offer-refused', { refusal: answer.refusal });
      responder?.reject();
      return;
    }
    responder?.answer(answer.value);
  };

  const reofferParty = async (direction: 'sendrecv' | 'sendonly'): Promise<undefined> => {
    const offer = await inTime(media.createPartyOffer(PARTY_LEG, { sdes: parts.sdes, direction }));
    // Without a new description the hold is ours alone, as where the party refuses it.
    if (offer.ok) leg?.reoffer(offer.value);
    else log.warn('reoffer-not-made', { refusal: offer.refusal });
  };

  const negotiateDevice = async ({ deviceId, requestId, offer }: Extract<CallEffect, { type: 'negotiate-device' }>): Promise<CallEvent> => {
    const answer = await inTime(media.acceptDeviceOffer(DEVICE_LEG, offer));
    if (answer.ok) return { type: 'device-negotiated', deviceId, requestId, answer: answer.value };
    log.info('device-offer-refused', { refusal: answer.refusal });
    return { type: 'device-refused', deviceId, requestId };
  };

  /** Not waited for: a dozen digits take seconds, and the hang-up must not stand behind them. The engine keeps their order. */
  const sendDtmf = (digits: string): void => {
    media.sendDtmf(PARTY_LEG, digits.split('') as DtmfDigit[]).then(
      (sent) => {
        if (!sent.ok && call.end === null) log.warn('keys-not-sent', { refusal: sent.refusal });
      },
      (cause: unknown) => log.error('keys-failed', cause),
    );
  };

  const play = (mediaLeg: string, sound: Sound | undefined): void => {
    if (sound === undefined) media.stopPlaying(mediaLeg);
    else media.play(mediaLeg, sourceOf(sound, parts.country));
  };

  const startTimer = (timer: CallTimer, delayMs: number): void => {
    cancelTimer(timer);
    timers.set(timer, clock.after(delayMs, () => {
      timers.delete(timer);
      post({ type: 'timer', timer });
    }));
  };

  const cancelTimer = (timer: CallTimer): void => {
    timers.get(timer)?.cancel();
    timers.delete(timer);
  };

  const inTime = <Value>(operation: Promise<Value>): Promise<Value> =>
    new Promise((resolve, reject) => {
      const timer = clock.after(MEDIA_ANSWER_MS, () => reject(new Error('The media engine did not answer in time.')));
      operation.then(resolve, reject).finally(() => timer.cancel());
    });

  const started = startCall(parts.dialled, parts.startedAt);
  call = started.call;
  isHandling = true;
  void follow(() => started).then(handleAll);

  return {
    call: () => call,
    post,
    finished,
    abandon: () => writer.abandon(),
    hear(event) {
      const heard = eventOfMedia(event);
      if (heard !== undefined) post(heard);
    },
  };
}

/** What of the engine's news changes a call. The party's silence alone does not: people listen. */
function eventOfMedia(event: MediaEvent): CallEvent | undefined {
  switch (event.type) {
    case 'leg-connected':
    case 'leg-restored': return event.leg === DEVICE_LEG ? { type: 'device-connected' } : undefined;
    case 'leg-silent': return event.leg === DEVICE_LEG ? { type: 'device-silent' } : undefined;
    case 'leg-lost': return event.leg === DEVICE_LEG ? { type: 'device-silent' } : { type: 'party-media-lost' };
    case 'held-by-peer': return event.leg === PARTY_LEG ? { type: 'party-hold', held: event.held } : undefined;
    case 'dtmf':
    case 'playback-ended': return undefined;
    case 'session-failed': return { type: 'media-failed' };
    default: return assertNever(event);
  }
}

function sourceOf(sound: Sound, country: string): PlaySource {
  switch (sound) {
    case 'silence': return { kind: 'silence' };
    case 'ringback':
    case 'comfort': return { kind: 'tone', tone: sound, country };
    default: return assertNever(sound);
  }
}

