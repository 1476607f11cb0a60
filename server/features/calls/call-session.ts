/**
 * One live call: a mailbox that handles its events strictly one after another, and runs the machine's effects against the
 * carrier, the media engine, the store and the devices. Decides nothing: call-machine.ts does. Whatever goes wrong in here ends
 * this one call, and hangs up its leg.
 */
import type { DeviceReport } from '#contract/call-audio.ts';
import type { ServerMessage } from '#contract/signalling.ts';
import type { PartyRef } from '#contract/calls.ts';
import type { DeviceId, PartyId } from '#contract/ids.ts';
import { assertNever, type Result } from '#contract/result.ts';
import type { Clock, Timer } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { CallCarrier, LeftCall, LegStatistics, MediaEvent, MediaRefusal, MediaSession, PlaySource, SdesPolicy } from '#server/telephony/index.ts';
import { stepCall } from './call-machine.ts';
import type { Call, CallEffect, CallEvent, CallStep, LegRef, NewParty, PartyEvent } from './call-facts.ts';
import type { CallTimer, Sound } from './call-output-policy.ts';
import { inTime } from './in-time.ts';
import { createLevelMeter } from './level-meter.ts';
import { createPartyLegRunner, type PartyLegRunner } from './party-leg-runner.ts';
import { audioOf } from './call-audio-policy.ts';
import type { CallWriter } from './call-writer.ts';
import { createLiveAudio } from './live-audio.ts';
import { createOwnPhoneLeg, OWN_PHONE_LEG, type OwnPhoneDial } from './own-phone-leg.ts';
import { farewellClip, holdMusicClip, oneMomentClip, pressOneClip } from './prompts.ts';

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
  /** What the device that carries the call says of its own end. */
  noteReport(from: DeviceId, report: DeviceReport): void;
  /** Speaks to the party, and lets the member's device go. */
  leaveMessage(samples: Int16Array, when: 'after-beep' | 'now'): void;
  /** Rings the member's own phone beside the call, if the call still has a use for it. */
  ringOwnPhone(dial: OwnPhoneDial): void;
  /** Makes the offer for one more leg, which hears nobody and is heard by nobody yet. */
  offerParty(id: PartyId): Promise<Result<string, MediaRefusal>>;
  /** Takes that back. */
  withdrawParty(id: PartyId): void;
  /** Dials one more into the call; the offer for its leg is made and its row is written. */
  addParty(party: NewParty, leg: AddedLeg, isApart: boolean): void;
  /** Resolves once the call has ended and all of it is written. */
  finished: Promise<void>;
  /** At the server's stop: what could not be written is left to the next start. */
  abandon(): void;
}

/** What is needed to dial an added party, and known to nobody but its leg. */
export interface AddedLeg {
  offer: string;
  trunks: readonly string[];
  code: string | undefined;
}

export interface CallSessionParts {
  /** How it begins: dialled, or gone on with. */
  first: CallStep;
  /** Where it is gone on with: what the trunk still holds. */
  left?: LeftCall;
  /** The offer for the party, already made. */
  partyOffer: string;
  /** ISO 3166-1 alpha-2: which tones are played. */
  country: string;
  /** What a party on hold hears; music until it is known. */
  holdSound?: Promise<'music' | 'silence'>;
  /** Whose tones the party's network plays. */
  partyCountry: string;
  sdes: SdesPolicy;
  media: MediaSession;
  carrier: CallCarrier;
  /** Tells the plan what became of one that was added. */
  recordPartyEnd(end: { id: PartyId; answeredAt: number | null; endedAt: number }): Promise<void>;
  devices: CallDevices;
  writer: CallWriter;
  clock: Clock;
  log: Log;
}

/** Our names for the legs in the media session; an added party's is its id. */
export const DEVICE_LEG = 'device';
export const PARTY_LEG = 'party';

export function startCallSession(parts: CallSessionParts): CallSession {
  const { media, carrier, devices, writer, clock } = parts;
  let isHoldSilent = false;
  parts.holdSound?.then((sound) => (isHoldSilent = sound === 'silence'), (cause: unknown) => parts.log.error('hold-sound-not-read', cause));
  const log = parts.log.child({ callId: parts.first.call.id });
  const timers = new Map<CallTimer, Timer>();
  const added = new Map<PartyId, PartyLegRunner>();
  const recording: Promise<void>[] = [];
  /** How those sounded who left before the end. */
  const leftBefore: LegStatistics[] = [];
  const mailbox: CallEvent[] = [];
  let call: Call;
  let report: DeviceReport | null = null;
  let message: Int16Array = new Int16Array(0);
  let phoneDial: OwnPhoneDial | undefined;
  let isHandling = false;
  let isFinished = false;
  let finish: () => void;
  const finished = new Promise<void>((resolve) => (finish = resolve));

  /** The device, and everyone at the other side, the first party first. */
  const audioLegs = (): { device: LegStatistics; parties: LegStatistics[] } | undefined => {
    const statistics = media.statistics();
    const device = statistics.find(({ leg }) => leg === DEVICE_LEG);
    const first = statistics.filter(({ leg }) => leg === PARTY_LEG);
    const parties = [...first, ...statistics.filter(({ leg }) => added.has(leg as PartyId))];
    return device === undefined || parties.length === 0 ? undefined : { device, parties };
  };
  const liveAudio = createLiveAudio({
    look: audioLegs,
    tell: (audio) => {
      if (call.device.id !== null) devices.send(call.device.id, { type: 'audio', callId: call.id, audio });
    },
    clock,
  });

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
      void writer.flushed().then(() => Promise.all(recording)).then(finish);
    }
  };

  const ownPhone = createOwnPhoneLeg({ media, carrier, sdes: parts.sdes, country: parts.country, post, clock, log });

  const handle = async (event: CallEvent): Promise<void> => {
    const wasAnswered = call.answeredAt !== null;
    await follow(() => stepCall(call, event, clock.now()));
    if (call.end !== null) liveAudio.end();
    else if (call.answeredAt !== null && (!wasAnswered || event.type === 'device-connected')) liveAudio.begin();
    // The call had no more use for it: it costs nothing.
    if (event.type === 'ring-phone') takePhoneDial()?.onOver(null);
  };

  const takePhoneDial = (): OwnPhoneDial | undefined => {
    const dial = phoneDial;
    phoneDial = undefined;
    return dial;
  };

  const ringPhone = (): void => {
    const dial = takePhoneDial();
    if (dial !== undefined) ownPhone.ring(dial);
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
    liveAudio.end();
    for (const leg of [first, ...added.values()]) leg.giveUp();
    closeMedia();
  };

  const closeMedia = (): void => {
    meter.set(false);
    ownPhone.hangUp();
    media.close();
  };

  const setMuted = (muted: boolean): void => {
    for (const carrying of [DEVICE_LEG, OWN_PHONE_LEG]) media.setMuted(carrying, muted);
  };

  const run = (effect: CallEffect): CallEvent | undefined | Promise<CallEvent | undefined> => {
    switch (effect.type) {
      case 'place-party':
      case 'resume-party':
      case 'hang-up-party':
      case 'accept-party-answer':
      case 'answer-party-offer':
      case 'reoffer-party':
      case 'send-dtmf':
      case 'press-code': return first.run(effect);
      case 'release-party': return noteLeft(PARTY_LEG), first.run(effect);
      case 'to-added': return runAdded(effect);
      case 'record-party-end': return recordPartyEnd(effect), undefined;
      case 'ring-phone': return ringPhone(), undefined;
      case 'hang-up-phone': return ownPhone.hangUp(), undefined;
      case 'let-phone-in': return ownPhone.letIn(), undefined;
      case 'negotiate-device': return negotiateDevice(effect);
      case 'answer-device': return devices.send(effect.deviceId, { type: 'media-answer', requestId: effect.requestId, callId: call.id, answer: effect.answer }), undefined;
      case 'refuse-device': return devices.send(effect.deviceId, { type: 'attach-refused', requestId: effect.requestId, callId: call.id, refusal: effect.refusal }), undefined;
      case 'tell-replaced': return devices.send(effect.deviceId, { type: 'device-replaced', callId: call.id }), undefined;
      case 'release-device': return media.removeLeg(DEVICE_LEG), undefined;
      case 'listen': return media.listen(PARTY_LEG, effect.stage === undefined ? undefined : { stage: effect.stage, country: parts.partyCountry }), undefined;
      case 'set-held': return media.setHeld(legIdOf(effect.leg), effect.held), undefined;
      case 'set-muted': return effect.leg === 'device' ? setMuted(effect.muted) : media.setMuted(legIdOf(effect.leg), effect.muted), undefined;
      case 'play': return play(legIdOf(effect.leg), effect.sound), undefined;
      case 'meter': return meter.set(effect.isOn), undefined;
      case 'start-timer': return startTimer(effect.timer, effect.delayMs), undefined;
      case 'cancel-timer': return cancelTimer(effect.timer), undefined;
      case 'close-media': return closeMedia(), undefined;
      case 'tell': return tell(), undefined;
      case 'store': return store(effect.event), undefined;
      default: return assertNever(effect);
    }
  };

  const store = (event: Extract<CallEffect, { type: 'store' }>['event']): void => {
    // The last version takes along how the call sounded: the engine forgets it with the session, which is closed next.
    if (call.end !== null && call.answeredAt !== null) {
      const legs = audioLegs();
      const audio = audioOf(legs?.device, [...(legs?.parties ?? []), ...leftBefore], report);
      if (audio !== undefined) writer.noteAudio(audio);
    }
    writer.write(call, event, endShownAt);
  };

  let endShownAt: number | null = null;
  const tell = (): void => {
    const reached = devices.tell(call);
    if (call.end !== null && reached > 0) endShownAt = clock.now();
  };

  const runAdded = ({ partyId, effect }: Extract<CallEffect, { type: 'to-added' }>): CallEvent | undefined | Promise<CallEvent | undefined> => {
    if (effect.type === 'release-party') noteLeft(partyId);
    const answer = added.get(partyId)?.run(effect);
    const asOfAdded = (event: PartyEvent | undefined): CallEvent | undefined => (event === undefined ? undefined : { type: 'of-added', partyId, event });
    return answer instanceof Promise ? answer.then(asOfAdded) : asOfAdded(answer);
  };

  const noteLeft = (mediaLeg: string): void => {
    // One that never answered sent nothing, and says nothing.
    leftBefore.push(...media.statistics().filter(({ leg, packetsReceived }) => leg === mediaLeg && packetsReceived > 0));
  };

  const recordPartyEnd = ({ partyId: id, answeredAt }: Extract<CallEffect, { type: 'record-party-end' }>): void => {
    recording.push(parts.recordPartyEnd({ id, answeredAt, endedAt: clock.now() }));
  };

  const negotiateDevice = async ({ deviceId, requestId, offer }: Extract<CallEffect, { type: 'negotiate-device' }>): Promise<CallEvent> => {
    const answer = await inTime(clock, media.acceptDeviceOffer(DEVICE_LEG, offer));
    if (answer.ok) return { type: 'device-negotiated', deviceId, requestId, answer: answer.value };
    log.info('device-offer-refused', { refusal: answer.refusal });
    return { type: 'device-refused', deviceId, requestId };
  };

  const play = (mediaLeg: string, sound: Sound | undefined): void => {
    if (sound === undefined) media.stopPlaying(mediaLeg);
    else if (sound === 'message') media.play(mediaLeg, { kind: 'clip', samples: message, times: 1 });
    // So faint that nobody takes it for anything, and loud enough that the line is not taken for dead.
    else if (sound === 'hold-music' && isHoldSilent) media.play(mediaLeg, { kind: 'tone', tone: 'comfort', country: parts.country });
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

  const started = parts.first;
  call = started.call;
  const legParts = { line: call.line, ringTimeoutMs: call.limits.ringTimeoutMs, sdes: parts.sdes, media, carrier, clock, log };
  const first = createPartyLegRunner({ ...legParts, mediaLeg: PARTY_LEG, carrierCallId: call.id, number: call.number, trunks: call.trunks, offer: parts.partyOffer, left: parts.left, post });
  const meter = createLevelMeter({
    clock,
    read: () => media.levels().filter(({ leg }) => !isOfDevice(leg)).map(({ leg, level }) => ({ party: refOf(leg), level: Math.round(level * 1_000) / 1_000 })),
    tell: (levels) => {
      if (call.device.id !== null) devices.send(call.device.id, { type: 'levels', callId: call.id, levels });
    },
  });
  isHandling = true;
  void follow(() => started).then(handleAll);

  return {
    call: () => call,
    post,
    finished,
    abandon() {
      liveAudio.end();
      writer.abandon();
    },
    noteReport(from, said) {
      if (call.device.id === from) report = said;
    },
    leaveMessage(samples, when) {
      // A second one does not replace the words of the first.
      if (message.length === 0) message = samples;
      post({ type: 'leave-message', when });
    },
    ringOwnPhone(dial) {
      // A second press, before the first was looked at.
      if (phoneDial !== undefined) return dial.onOver(null);
      phoneDial = dial;
      post({ type: 'ring-phone' });
    },
    async offerParty(id) {
      const offer = await inTime(clock, media.createPartyOffer(id, { sdes: parts.sdes, direction: 'sendrecv' }));
      if (offer.ok) media.setHeld(id, true);
      return offer;
    },
    withdrawParty: (id) => media.removeLeg(id),
    addParty(party, { offer, trunks, code }, isApart) {
      added.set(party.id, createPartyLegRunner({ ...legParts, mediaLeg: party.id, carrierCallId: party.id, number: party.number, trunks, offer, code, post: (event) => post({ type: 'of-added', partyId: party.id, event }) }));
      post({ type: 'add-party', party, isApart });
    },
    hear(event) {
      ownPhone.hear(event);
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
    case 'leg-lost': return event.leg === DEVICE_LEG ? { type: 'device-silent' } : isOfDevice(event.leg) ? undefined : ofParty(event.leg, { type: 'party-media-lost' });
    case 'held-by-peer': return isOfDevice(event.leg) ? undefined : ofParty(event.leg, { type: 'party-hold', held: event.held });
    case 'sign-heard': return event.leg === PARTY_LEG ? { type: 'sign-heard', sign: event.sign } : undefined;
    case 'playback-ended': return isOfDevice(event.leg) ? undefined : { type: 'party-heard-all' };
    case 'dtmf': return undefined;
    case 'session-failed': return { type: 'media-failed' };
    default: return assertNever(event);
  }
}

const MEDIA_LEGS: Readonly<Record<string, string>> = { device: DEVICE_LEG, party: PARTY_LEG, phone: OWN_PHONE_LEG };
const legIdOf = (leg: LegRef): string => MEDIA_LEGS[leg] ?? leg;
/** The member's side: its own device, or their phone, whose news own-phone-leg.ts hears. */
const isOfDevice = (leg: string): boolean => leg === DEVICE_LEG || leg === OWN_PHONE_LEG;
const refOf = (leg: string): PartyRef => (leg === PARTY_LEG ? 'first' : (leg as PartyId));
const ofParty = (leg: string, event: PartyEvent): CallEvent => (leg === PARTY_LEG ? event : { type: 'of-added', partyId: leg as PartyId, event });

function sourceOf(sound: Exclude<Sound, 'message'>, country: string): PlaySource {
  switch (sound) {
    case 'silence': return { kind: 'silence' };
    case 'ringback': return { kind: 'tone', tone: sound, country };
    case 'hold-music': return { kind: 'clip', samples: holdMusicClip(), times: Infinity };
    case 'one-moment': return { kind: 'clip', samples: oneMomentClip(), times: Infinity };
    case 'press-1': return { kind: 'clip', samples: pressOneClip(), times: Infinity };
    case 'farewell': return { kind: 'clip', samples: farewellClip(), times: 1 };
    default: return assertNever(sound);
  }
}

