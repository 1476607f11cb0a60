/** What a device leg and a party leg have in common: how a session sees a leg, and how incoming packets become audio, keypresses and counts. */
import { assertNever } from '#contract/result.ts';
import type { DtmfDigit, LegId, LegStatistics } from '../media-port.ts';
import { idleDtmfReceiver, receiveTelephoneEvent, releaseStaleKey } from '../rtp/dtmf-receiver-machine.ts';
import type { RtpHeader } from '../rtp/rtp-codec.ts';
import { countReceived, emptyReception, jitterMsOf, lostOf, receivedOf, type RtpReception } from '../rtp/rtp-reception.ts';
import { readTelephoneEvent } from '../rtp/telephone-event-codec.ts';
import { isOpusKind, OPUS_CLOCK_RATE, type OpusChoice, type ReceivedCodec } from '../sdp/device-negotiation-policy.ts';
import type { CodecChoice, EventChoice } from '../sdp/party-negotiation-policy.ts';
import type { LegReports } from './leg-reports.ts';
import type { LegSender } from './leg-sender.ts';
import type { UplinkRepair } from './uplink-repair.ts';
import { checkWatchdog, heardMedia, idleWatchdog, setDue, type WatchdogLimits } from './watchdog-machine.ts';

/** What a leg tells its session. Each is called from a socket or a timer, never from a command. */
export interface LegListener {
  audio(leg: Leg, sourceKey: number, header: RtpHeader, packet: Uint8Array, codec: ReceivedCodec, nowMs: number): void;
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
  /** Every 200 ms: reports that are due, silences that lasted; neither where packets go past us. */
  watch(nowMs: number, isPassedBy: boolean): void;
  statistics(): LegStatistics;
  close(): void;
}

export interface LegReceiver {
  readonly reception: RtpReception;
  /** What may arrive, by payload type. */
  expect(codecs: readonly CodecChoice[], event: EventChoice | undefined, opus?: OpusChoice): void;
  codecOf(payloadType: number): ReceivedCodec | undefined;
  /** What the last packet of speech carried. */
  heardCodec(): ReceivedCodec | undefined;
  take(sourceKey: number, header: RtpHeader, packet: Uint8Array, nowMs: number): void;
  /** What comes next comes another way: its first packet is told as a connection, even where no silence came between. */
  beginAnew(): void;
  /** Reports came: the peer lives, though it may say nothing. */
  takeReport(nowMs: number): void;
  watch(nowMs: number, isDue: boolean): void;
  hasHeard(): boolean;
}

export function createLegReceiver(leg: () => Leg, listener: LegListener, limits: WatchdogLimits): LegReceiver {
  const reception = emptyReception();
  const watchdog = idleWatchdog();
  const codecByPayloadType: (ReceivedCodec | undefined)[] = Array.from({ length: 128 }, () => undefined);
  let eventChoice: EventChoice | undefined;
  let keys = idleDtmfReceiver;
  let heardCodec: ReceivedCodec | undefined;
  let isConnectionTold = false;

  const tell = (result: ReturnType<typeof releaseStaleKey>): void => {
    keys = result.receiver;
    for (const heard of result.heard) listener.digit(leg(), heard.digit, heard.durationMs);
  };

  return {
    reception,
    expect(codecs, event, opus) {
      codecByPayloadType.fill(undefined);
      for (const codec of codecs) codecByPayloadType[codec.payloadType] = codec.law;
      if (opus !== undefined) codecByPayloadType[opus.payloadType] = opus.repeats ? 'repeats' : 'opus';
      if (opus?.red !== undefined) codecByPayloadType[opus.red] = 'red';
      eventChoice = event;
    },
    codecOf: (payloadType) => codecByPayloadType[payloadType],
    heardCodec: () => heardCodec,
    take(sourceKey, header, packet, nowMs) {
      const codec = codecByPayloadType[header.payloadType];
      const isEvent = header.payloadType === eventChoice?.payloadType;
      if (codec === undefined && !isEvent) return;
      countReceived(reception, header, nowMs, codec !== undefined && isOpusKind(codec) ? OPUS_CLOCK_RATE : 8000);
      if (heardMedia(watchdog, nowMs)) listener.restored(leg());
      if (!isConnectionTold) {
        isConnectionTold = true;
        listener.connected(leg());
      }
      if (codec !== undefined) {
        heardCodec = codec;
        listener.audio(leg(), sourceKey, header, packet, codec, nowMs);
        return;
      }
      const key = readTelephoneEvent(packet, header.payloadOffset, header.payloadLength);
      if (key === undefined || eventChoice === undefined) return;
      listener.event(leg(), sourceKey, header, packet, nowMs);
      tell(receiveTelephoneEvent(keys, key, header.timestamp, eventChoice.clockRate, nowMs));
    },
    beginAnew() {
      isConnectionTold = false;
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
  const heard = receiver.heardCodec();
  return {
    leg,
    codec: heard === undefined ? sender.codec()?.law : isOpusKind(heard) ? 'opus' : heard,
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
