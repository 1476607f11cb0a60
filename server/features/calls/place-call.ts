/**
 * From a page's dial to a live call: decide, negotiate the device, write the row, place the leg, in this order. Refuses before
 * anything went out, or not at all. Why this order, and what it costs: docs/decisions/0006.
 */
import type { DialRefusal } from '#contract/calls.ts';
import { findEmergencyNumber } from '#contract/emergency-numbers.ts';
import type { CallId, DeviceId, LineId, MemberId, PartyId, PracticeId } from '#contract/ids.ts';
import type { DialRefusalDetail } from '#contract/plan.ts';
import { ok, refused } from '#contract/result.ts';
import type { Result } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { CallCarrier, MediaEngine, SdesPolicy } from '#server/telephony/index.ts';
import { startCall } from './call-machine.ts';
import type { CallLimits } from './call-facts.ts';
import type { DialledCall } from './call-machine.ts';
import { startCallSession } from './call-session.ts';
import type { CallDevices, CallSession } from './call-session.ts';
import type { CallStore } from './call-store.ts';
import { createCallWriter } from './call-writer.ts';
import type { Reader } from '../members/index.ts';
import type { Admission, DialRequest } from '../plan/index.ts';
import { negotiateDialMedia } from './dial-media.ts';
import { decideDial } from './dial-policy.ts';
import type { LineDefaults, LineFact } from './dial-policy.ts';
import type { LiveCalls } from './live-calls.ts';
import type { NamesOf } from './names-of.ts';

export interface Dial {
  practice: { id: PracticeId; country: string; timeZone: string; isSandbox: boolean };
  memberId: MemberId;
  /** The member, as one who is shown names. */
  reader: Reader;
  deviceId: DeviceId;
  requestId: string;
  typed: string;
  lineId: LineId | undefined;
  /** Whom the member calls for, where not for themselves. */
  onBehalfOf: MemberId | undefined;
  offer: string;
  /** Whether the member's session may begin something at this instant. */
  mayDial: () => Promise<boolean>;
  /** Whether they may call in this physician's name, at this instant. */
  mayCallFor: (physicianId: MemberId) => Promise<boolean>;
}

export interface PlaceCallParts {
  carrier: CallCarrier;
  engine: MediaEngine;
  store: CallStore;
  live: LiveCalls;
  /** The practice's proven lines. */
  listLines(practiceId: PracticeId): Promise<readonly LineFact[]>;
  /** The lines that the called contact and the member in whose name it is show by default, and those that the caller may show. */
  readLineDefaults(dial: Pick<Dial, 'practice' | 'memberId' | 'reader' | 'typed'> & { inNameOf: MemberId }): Promise<LineDefaults>;
  /** The plan's word on this dial, which counts it. */
  admit(request: DialRequest): Promise<Admission>;
  /** Tells the plan what became of it. */
  recordEnd(end: { id: CallId | PartyId; practiceId: PracticeId; answeredAt: number | null; endedAt: number; isOwnPhone?: boolean; addedTo?: CallId }): Promise<void>;
  namesOf: NamesOf;
  holdSoundOf(practiceId: PracticeId): Promise<'music' | 'silence'>;
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
  /** The session ended or was locked while its socket was open. */
  isSessionOver: boolean;
}

const refuse = (refusal: DialRefusal): { ok: false; refusal: DialRefused } => refused({ refusal, detail: null, endSession: false, isSessionOver: false });

export function createPlaceCall(parts: PlaceCallParts): PlaceCall {
  const { carrier, store, live, clock, random, log } = parts;
  // Two dials of one member at the same instant: the second must see the first, which is not live yet.
  const dialling = new Set<MemberId>();

  const place: PlaceCall = async (dial) => {
    const { practice, memberId } = dial;
    const startedAt = clock.now();
    const id = createId(startedAt, random) as CallId;
    // The engine and the database work at the same time; audio that is not wanted after all is closed again.
    const negotiating = negotiateDialMedia(parts, id, dial.offer);
    const closeMedia = async (): Promise<void> => {
      const negotiated = await negotiating;
      if (negotiated.ok) negotiated.value.media.close();
    };
    try {
      const placed = await admitAndPlace(dial, id, startedAt, negotiating);
      if (!placed.ok) await closeMedia();
      return placed;
    } catch (cause) {
      // Without its row a call could be made that nobody ever hears of again: it is not made.
      log.error('dial-failed', cause, { callId: id });
      await closeMedia();
      return refuse('server-busy');
    } finally {
      // A dial that was admitted and did not become a call holds no place and costs nothing.
      if (live.find(id, memberId) === undefined) void recordEnd({ id, practiceId: practice.id, answeredAt: null, endedAt: clock.now() });
    }
  };

  const recordEnd = (end: Parameters<PlaceCallParts['recordEnd']>[0]): Promise<void> => parts.recordEnd(end).catch((cause: unknown) => log.error('call-cost-not-recorded', cause, { callId: end.id }));

  const admitAndPlace = async (dial: Dial, id: CallId, startedAt: number, negotiating: ReturnType<typeof negotiateDialMedia>): Promise<Result<CallSession, DialRefused>> => {
    const { practice, memberId } = dial;
    const liveCallCount = live.countOf(memberId);
    const onBehalfOf = dial.onBehalfOf === undefined || dial.onBehalfOf === memberId ? null : dial.onBehalfOf;
    // Who calls in a physician's name shows what that physician shows, as far as they may show it themselves.
    const [lines, lineDefaults, mayDial, mayCallFor] = await Promise.all([parts.listLines(practice.id), parts.readLineDefaults({ ...dial, inNameOf: onBehalfOf ?? memberId }), dial.mayDial(), onBehalfOf === null || dial.mayCallFor(onBehalfOf)]);
    if (!mayDial) return refused({ refusal: 'server-busy', detail: null, endSession: false, isSessionOver: true });
    if (!mayCallFor) return refuse('not-acting-for');
    const decision = decideDial({
      lines,
      requestedLineId: dial.lineId,
      lineDefaults,
      liveCallCount: live.countHolding(memberId),
      trunks: carrier.trunkHealth().map(({ trunk, state }) => ({ name: trunk, state })),
    });
    if (!decision.ok) return refuse(decision.refusal);
    const { line, trunks } = decision.value;
    const admission = await parts.admit({ id, practice, memberId, typed: dial.typed, liveCallCount });
    if (!admission.ok) return refused({ refusal: admission.refusal, detail: admission.detail, endSession: admission.endSession, isSessionOver: false });
    const { to } = admission;
    const negotiated = await negotiating;
    if (!negotiated.ok) return refuse(negotiated.refusal);
    const { media, mediaAnswer, partyOffer, attach } = negotiated.value;
    const unnamed: DialledCall = {
      id,
      practiceId: practice.id,
      memberId,
      onBehalfOf,
      number: to,
      partyName: null,
      line: { id: line.id, name: line.name, number: line.number },
      trunks,
      sandbox: practice.isSandbox,
      limits: parts.limits,
      deviceId: dial.deviceId,
      requestId: dial.requestId,
      mediaAnswer,
    };
    // The name is for the screen and is not in the row: neither waits for the other.
    const [names] = await Promise.all([parts.namesOf(dial.reader, [to]), store.insert(startCall(unnamed, startedAt).call)]);
    const recordPartyEnd = (end: Parameters<Parameters<typeof startCallSession>[0]['recordPartyEnd']>[0]): Promise<void> => recordEnd({ ...end, practiceId: practice.id, addedTo: id });
    const session = startCallSession({
      first: startCall({ ...unnamed, partyName: names.get(to) ?? null }, startedAt),
      partyOffer,
      media,
      carrier,
      recordPartyEnd,
      clock,
      log,
      country: practice.country,
      holdSound: parts.holdSoundOf(practice.id),
      partyCountry: admission.country ?? practice.country,
      sdes: parts.sdes,
      devices: parts.devicesOf(memberId),
      writer: createCallWriter({ store, clock, log }),
    });
    attach(session);
    // A call lives until its end is written whole, what it cost included: the server's stop waits for both.
    const recorded = session.finished.then(() => {
      const { answeredAt, end } = session.call();
      return recordEnd({ id, practiceId: practice.id, answeredAt, endedAt: end?.at ?? clock.now() });
    });
    live.add({ ...session, finished: recorded });
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
