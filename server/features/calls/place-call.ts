/**
 * From a page's dial to a live call: decide, negotiate the device, write the row, place the leg, in this order. Refuses before
 * anything went out, or not at all. Why this order, and what it costs: docs/decisions/0006.
 */
import type { DialRefusal } from '#contract/calls.ts';
import { findEmergencyNumber } from '#contract/emergency-numbers.ts';
import type { CallId, DeviceId, LineId, MemberId, PartyNumber, PracticeId } from '#contract/ids.ts';
import type { DialRefusalDetail } from '#contract/plan.ts';
import { ok, refused } from '#contract/result.ts';
import type { Result } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { CallCarrier, MediaEngine, MediaRefusal, MediaSession, SdesPolicy } from '#server/telephony/index.ts';
import { startCall } from './call-machine.ts';
import type { CallLimits, DialledCall } from './call-machine.ts';
import { DEVICE_LEG, PARTY_LEG, startCallSession } from './call-session.ts';
import type { CallDevices, CallSession } from './call-session.ts';
import type { CallStore } from './call-store.ts';
import { createCallWriter } from './call-writer.ts';
import type { Admission, DialRequest } from '../plan/index.ts';
import { decideDial } from './dial-policy.ts';
import type { LineFact } from './dial-policy.ts';
import type { LiveCalls } from './live-calls.ts';

export interface Dial {
  practice: { id: PracticeId; country: string; timeZone: string; isSandbox: boolean };
  memberId: MemberId;
  deviceId: DeviceId;
  requestId: string;
  typed: string;
  lineId: LineId | undefined;
  offer: string;
}

export interface PlaceCallParts {
  carrier: CallCarrier;
  engine: MediaEngine;
  store: CallStore;
  live: LiveCalls;
  /** The practice's proven lines. */
  listLines(practiceId: PracticeId): Promise<readonly LineFact[]>;
  /** The plan's word on this dial, which counts it. */
  admit(request: DialRequest): Promise<Admission>;
  /** Tells the plan what became of it. */
  recordEnd(end: { id: CallId; practiceId: PracticeId; answeredAt: number | null; endedAt: number }): Promise<void>;
  /** Names for numbers, where they are known. Never fails: a call is not held up for a name. */
  namesOf(practiceId: PracticeId, numbers: readonly PartyNumber[]): Promise<ReadonlyMap<string, string>>;
  devicesOf(memberId: MemberId): CallDevices;
  sdes: SdesPolicy;
  limits: CallLimits;
  clock: Clock;
  random: RandomSource;
  log: Log;
}

/** Resolves once the INVITE has gone out and the device was answered. */
export type PlaceCall = (dial: Dial) => Promise<Result<CallSession, DialRefused>>;

export interface DialRefused {
  refusal: DialRefusal;
  /** What the plan says of it; null where it was not the plan that refused. */
  detail: DialRefusalDetail | null;
  /** Nobody dials like this by hand: the session is somebody else's by now. */
  endSession: boolean;
}

const refuse = (refusal: DialRefusal): { ok: false; refusal: DialRefused } => refused({ refusal, detail: null, endSession: false });

export function createPlaceCall(parts: PlaceCallParts): PlaceCall {
  const { carrier, store, live, clock, random, log } = parts;
  // Two dials of one member at the same instant: the second must see the first, which is not live yet.
  const dialling = new Set<MemberId>();

  const place: PlaceCall = async (dial) => {
    const { practice, memberId } = dial;
    const liveCallCount = live.countOf(memberId);
    const decision = decideDial({
      lines: await parts.listLines(practice.id),
      requestedLineId: dial.lineId,
      liveCallCount,
      trunks: carrier.trunkHealth().map(({ trunk, state }) => ({ name: trunk, state })),
    });
    if (!decision.ok) return refuse(decision.refusal);
    const { line, trunks } = decision.value;
    const startedAt = clock.now();
    const id = createId(startedAt, random) as CallId;
    const admission = await parts.admit({ id, practice, memberId, typed: dial.typed, liveCallCount });
    if (!admission.ok) return refused({ refusal: admission.refusal, detail: admission.detail, endSession: admission.endSession });
    const { to } = admission;
    const names = await parts.namesOf(practice.id, [to]);
    const negotiated = await negotiate(parts, id, dial.offer);
    if (!negotiated.ok) return refuse(negotiated.refusal);
    const { media, mediaAnswer, partyOffer, attach } = negotiated.value;
    const dialled: DialledCall = {
      id,
      practiceId: practice.id,
      memberId,
      number: to,
      partyName: names.get(to) ?? null,
      line: { id: line.id, name: line.name, number: line.number },
      trunks,
      sandbox: practice.isSandbox,
      limits: parts.limits,
      deviceId: dial.deviceId,
      requestId: dial.requestId,
      mediaAnswer,
    };
    try {
      await store.insert(startCall(dialled, startedAt).call);
    } catch (cause) {
      // Without its row a call could be made that nobody ever hears of again: it is not made.
      log.error('call-row-not-written', cause);
      media.close();
      return refuse('server-busy');
    }
    const session = startCallSession({
      dialled,
      startedAt,
      partyOffer,
      media,
      carrier,
      clock,
      log,
      country: practice.country,
      sdes: parts.sdes,
      devices: parts.devicesOf(memberId),
      writer: createCallWriter({ store, clock, log }),
    });
    attach(session);
    live.add(session);
    void session.finished.then(() => {
      const { answeredAt, end } = session.call();
      return parts.recordEnd({ id, practiceId: practice.id, answeredAt, endedAt: end?.at ?? clock.now() }).catch((cause: unknown) => log.error('call-cost-not-recorded', cause, { callId: id }));
    });
    return ok(session);
  };

  return async (dial) => {
    // A call for help is answered before the database is asked for anything.
    if (findEmergencyNumber(dial.typed, dial.practice.country) !== null) {
      const { practice, memberId, typed } = dial;
      // Logged behind the answer: the screen and the voice wait for nothing.
      void parts.admit({ id: createId(clock.now(), random) as CallId, practice, memberId, typed, liveCallCount: 0 }).catch((cause: unknown) => log.error('refusal-not-logged', cause));
      return refuse('emergency-number');
    }
    if (dialling.has(dial.memberId)) return refuse('already-on-a-call');
    dialling.add(dial.memberId);
    try {
      return await place(dial);
    } finally {
      dialling.delete(dial.memberId);
    }
  };
}

interface Negotiated {
  media: MediaSession;
  mediaAnswer: string;
  partyOffer: string;
  /** From here on the engine's news goes to the session; what it said before is given to it first. */
  attach(session: CallSession): void;
}

async function negotiate({ engine, sdes, log }: PlaceCallParts, callId: CallId, offer: string): Promise<Result<Negotiated, DialRefusal>> {
  let session: CallSession | undefined;
  const early: Parameters<CallSession['hear']>[0][] = [];
  const opened = engine.open({ callId, onEvent: (event) => (session === undefined ? void early.push(event) : session.hear(event)) });
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
