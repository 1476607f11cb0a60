/** What a device leg and a party leg have in common: how a session sees a leg, and how incoming packets become audio, keypresses and counts. */
import { assertNever } from '#contract/result.ts';
import type { G711Law } from '../audio/g711-codec.ts';
import type { DtmfDigit, LegId, LegStatistics } from '../media-port.ts';
import { idleDtmfReceiver, receiveTelephoneEvent, releaseStaleKey } from '../rtp/dtmf-receiver-machine.ts';
import type { RtpHeader } from '../rtp/rtp-codec.ts';
import { countReceived, emptyReception, jitterMsOf, lostOf, receivedOf, type RtpReception } from '../rtp/rtp-reception.ts';
import { readTelephoneEvent } from '../rtp/telephone-event-codec.ts';
import type { CodecChoice, EventChoice } from '../sdp/party-negotiation-policy.ts';
import type { LegReports } from './leg-reports.ts';
import type { LegSender } from './leg-sender.ts';
import type { UplinkRepair } from './uplink-repair.ts';
import { checkWatchdog, heardMedia, idleWatchdog, setDue, type WatchdogLimits } from './watchdog-machine.ts';

/** What a leg tells its session. Each is called from a socket or a timer, never from a command. */
export interface LegListener {
  audio(leg: Leg, sourceKey: number, header: RtpHeader, packet: Uint8Array, law: G711Law, nowMs: number): void;
  event(leg: Leg, sourceKey: number, header: RtpHeader, packet: Uint8Array, nowMs: number): void;
  digit(leg: Leg, digit: DtmfDigit, durationMs: number): void;
  connected(leg: Leg): void;
  silent(leg: Leg, silentMs: number): void;
  restored(leg: Leg): void;
  lost(leg: Leg): void;
  bug(cause: unknown): void;
}

export interface Leg {
  readonly id: LegId;
  readonly kind: 'device' | 'party';
  readonly sender: LegSender;
  /** Where this leg's network may need it; a telephone's trunk does not. */
  readonly repair: UplinkRepair | undefined;
  /** Set by the session. */
  isMuted: boolean;
  isHeld: boolean;
  /** Every 20 ms: what must go out now. */
  tick(nowMs: number): void;
  /** Every 200 ms: reports that are due, silences that lasted. */
  watch(nowMs: number): void;
  statistics(): LegStatistics;
  close(): void;
}

export interface LegReceiver {
  readonly reception: RtpReception;
  /** What may arrive, by payload type. */
  expect(codecs: readonly CodecChoice[], event: EventChoice | undefined): void;
  take(sourceKey: number, header: RtpHeader, packet: Uint8Array, nowMs: number): void;
  /** Reports came: the peer lives, though it may say nothing. */
  takeReport(nowMs: number): void;
  watch(nowMs: number, isDue: boolean): void;
  hasHeard(): boolean;
}

export function createLegReceiver(leg: () => Leg, listener: LegListener, limits: WatchdogLimits): LegReceiver {
  const reception = emptyReception();
  const watchdog = idleWatchdog();
  const lawByPayloadType: (G711Law | undefined)[] = Array.from({ length: 128 }, () => undefined);
  let eventChoice: EventChoice | undefined;
  let keys = idleDtmfReceiver;

  const tell = (result: ReturnType<typeof releaseStaleKey>): void => {
    keys = result.receiver;
    for (const heard of result.heard) listener.digit(leg(), heard.digit, heard.durationMs);
  };

  return {
    reception,
    expect(codecs, event) {
      lawByPayloadType.fill(undefined);
      for (const codec of codecs) lawByPayloadType[codec.payloadType] = codec.law;
      eventChoice = event;
    },
    take(sourceKey, header, packet, nowMs) {
      const law = lawByPayloadType[header.payloadType];
      const isEvent = header.payloadType === eventChoice?.payloadType;
      if (law === undefined && !isEvent) return;
      const isFirst = reception.ssrc === undefined;
      countReceived(reception, header, nowMs);
      if (heardMedia(watchdog, nowMs)) listener.restored(leg());
      if (isFirst) listener.connected(leg());
      if (law !== undefined) {
        listener.audio(leg(), sourceKey, header, packet, law, nowMs);
        return;
      }
      const key = readTelephoneEvent(packet, header.payloadOffset, header.payloadLength);
      if (key === undefined || eventChoice === undefined) return;
      listener.event(leg(), sourceKey, header, packet, nowMs);
      tell(receiveTelephoneEvent(keys, key, header.timestamp, eventChoice.clockRate, nowMs));
    },
    takeReport(nowMs) {
      watchdog.heardAnythingAtMs = nowMs;
    },
    watch(nowMs, isDue) {
      if (keys.current !== undefined) tell(releaseStaleKey(keys, eventChoice?.clockRate ?? 8000, nowMs));
      setDue(watchdog, isDue, nowMs);
      const signal = checkWatchdog(watchdog, limits, nowMs);
      if (signal === undefined) return;
      switch (signal.type) {
        case 'silent':
          listener.silent(leg(), signal.silentMs);
          break;
        case 'lost':
          listener.lost(leg());
          break;
        default:
          assertNever(signal);
      }
    },
    hasHeard: () => watchdog.heardMediaAtMs !== undefined,
  };
}

export function statisticsOf(
  leg: LegId,
  receiver: LegReceiver,
  sender: LegSender,
  reports: LegReports,
  packetsRefused: number,
  protection: LegStatistics['protection'],
): LegStatistics {
  return {
    leg,
    codec: sender.codec()?.law,
    packetsReceived: receivedOf(receiver.reception),
    packetsSent: sender.stream.packetsSent,
    packetsLost: lostOf(receiver.reception),
    jitterMs: jitterMsOf(receiver.reception),
    remoteFractionLost: reports.remoteFractionLost(),
    roundTripMs: reports.roundTripMs(),
    packetsRefused,
    protection,
  };
}
