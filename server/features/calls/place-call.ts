/**
 * From a page's dial to a live call: decide, negotiate the device, write the row, place the leg, in this order. Refuses before
 * anything went out, or not at all. Why this order, and what it costs: docs/decisions/0006.
 */
import type { DialRefusal } from '#contract/calls.ts';
import type { CallId, DeviceId, LineId, MemberId, PartyNumber, PracticeId } from '#contract/ids.ts';
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
import { decideDial, readDestination } from './dial-policy.ts';
import type { LineFact } from './dial-policy.ts';
import type { LiveCalls } from './live-calls.ts';

export interface Dial {
  practice: { id: PracticeId; country: string; isSandbox: boolean };
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
  /** A name for the party's number, where one is known. */
  nameOf(number: PartyNumber): string | null;
  devicesOf(memberId: MemberId): CallDevices;
  sdes: SdesPolicy;
  limits: CallLimits;
  clock: Clock;
  random: RandomSource;
  log: Log;
}

/** Resolves once the INVITE has gone out and the device was answered. */
export type PlaceCall = (dial: Dial) => Promise<Result<CallSession, DialRefusal>>;

export function createPlaceCall(parts: PlaceCallParts): PlaceCall {
  const { carrier, store, live, clock, random, log } = parts;
  // Two dials of one member at the same instant: the second must see the first, which is not live yet.
  const dialling = new Set<MemberId>();

  const place: PlaceCall = async (dial) => {
    const { practice, memberId } = dial;
    const liveCallCount = live.countOf(memberId);
    const decision = decideDial({
      typed: dial.typed,
      country: practice.country,
      isSandbox: practice.isSandbox,
      lines: await parts.listLines(practice.id),
      requestedLineId: dial.lineId,
      liveCallCount,
      trunks: carrier.trunkHealth().map(({ trunk, state }) => ({ name: trunk, state })),
    });
    if (!decision.ok) return decision;
    const { to, line, trunks } = decision.value;
    const startedAt = clock.now();
    const id = createId(startedAt, random) as CallId;
    const negotiated = await negotiate(parts, id, dial.offer);
    if (!negotiated.ok) return negotiated;
    const { media, mediaAnswer, partyOffer, attach } = negotiated.value;
    const dialled: DialledCall = {
      id,
      practiceId: practice.id,
      memberId,
      number: to,
      partyName: parts.nameOf(to),
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
      return refused('server-busy');
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
    return ok(session);
  };

  return async (dial) => {
    // A call for help is answered before the database is asked for anything.
    const destination = readDestination({ typed: dial.typed, country: dial.practice.country, isSandbox: dial.practice.isSandbox });
    if (!destination.ok) return destination;
    if (dialling.has(dial.memberId)) return refused('already-on-a-call');
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
