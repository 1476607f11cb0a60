/**
 * A browser's leg. It outlives PeerConnections: a new one of the same leg takes over once it is heard, and the others
 * hear no gap. Owns the choice among transports; knows no other leg.
 */
import { ok, type Result } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import type { G711Law } from '../audio/g711-codec.ts';
import type { DtlsCertificate } from '../dtls/dtls-server.ts';
import type { LegId, MediaDirection, Sdp } from '../media-port.ts';
import { answeredCodecs, readDeviceOffer, writeDeviceAnswer, type DeviceOffer, type HostCandidate, type DeviceRefusal } from '../sdp/device-negotiation-policy.ts';
import { mayReceive, maySend } from '../sdp/party-negotiation-policy.ts';
import type { BrowserPort } from './browser-port.ts';
import { openDeviceTransport, type DeviceTransport } from './device-transport.ts';
import { createLegReceiver, statisticsOf, type Leg, type LegListener } from './leg.ts';
import { createLegReports, DEVICE_REPORTS_EVERY_MS } from './leg-reports.ts';
import { createLegSender } from './leg-sender.ts';
import { createUplinkRepair } from './uplink-repair.ts';
import type { WatchdogLimits } from './watchdog-machine.ts';

export interface DeviceLeg extends Leg {
  readonly kind: 'device';
  acceptOffer(offer: Sdp, preferredLaw: G711Law): Result<Sdp, DeviceRefusal>;
}

export interface DeviceLegOptions {
  id: LegId;
  port: BrowserPort;
  candidates: readonly HostCandidate[];
  certificate: DtlsCertificate;
  clock: Clock;
  random: RandomSource;
  log: Log;
  limits: WatchdogLimits;
  listener: LegListener;
  /** Never the same twice in an engine: names a transport as a source. */
  nextSourceKey: () => number;
}

interface Connection {
  /** Makes it the one that carries the call. */
  promote: () => void;
  transport: DeviceTransport;
  offer: DeviceOffer;
  sessionId: string;
  version: number;
  /** Since when its keys are there. */
  readyAtMs: number | undefined;
}

/** A browser that may speak does so at once; after this its transport counts as one that only hears. */
const QUIET_TRANSPORT_MS = 1_000;

export function createDeviceLeg(options: DeviceLegOptions): DeviceLeg {
  const { clock, random, listener } = options;
  /** What carries the call, and what is about to. */
  let current: Connection | undefined;
  let next: Connection | undefined;
  let refusedBefore = 0;
  let direction: MediaDirection = 'sendrecv';

  const sender = createLegSender(random, (packet, length, payloadOffset) => current?.transport.sendRtp(packet, length, payloadOffset) ?? false);
  const receiver = createLegReceiver(() => leg, listener, options.limits);
  const repair = createUplinkRepair((payloadType) => receiver.codecOf(payloadType), (cause) => listener.bug(cause));
  const reports = createLegReports({
    clock,
    random,
    stream: sender.stream,
    reception: receiver.reception,
    everyMs: DEVICE_REPORTS_EVERY_MS,
    transmit: (packet, length) => current?.transport.sendRtcp(packet, length),
  });

  const retire = (connection: Connection | undefined): void => {
    if (connection === undefined) return;
    refusedBefore += connection.transport.refusedCount();
    connection.transport.close();
  };

  const settle = (connection: Connection, preferredLaw: G711Law): void => {
    const codecs = answeredCodecs(connection.offer, preferredLaw);
    direction = connection.offer.direction;
    sender.negotiate(codecs, connection.offer.event, true);
    receiver.expect(codecs, connection.offer.event, connection.offer.opus);
    sender.setOpen(connection.transport.isReady() && mayReceive(direction));
  };

  const connect = (offer: DeviceOffer, preferredLaw: G711Law): Connection => {
    const sourceKey = options.nextSourceKey();
    const connection: Connection = {
      promote() {
        retire(current);
        current = connection;
        next = undefined;
        receiver.beginAnew();
        settle(connection, preferredLaw);
      },
      offer,
      sessionId: String(Buffer.from(random.bytes(6)).readUIntBE(0, 6)),
      version: 0,
      readyAtMs: undefined,
      transport: openDeviceTransport({
        port: options.port,
        certificate: options.certificate,
        remoteUfrag: offer.ufrag,
        peerFingerprints: offer.fingerprints.filter(({ algorithm }) => algorithm === 'sha-256').map(({ value }) => value),
        clock,
        random,
        onReady() {
          connection.readyAtMs = clock.monotonic();
          if (next === connection && current?.transport.isReady() !== true) connection.promote();
          else if (current === connection) settle(connection, preferredLaw);
        },
        onRtp(header, packet, nowMs) {
          // Heard only now: until here the one before it was.
          if (next === connection) connection.promote();
          if (current === connection) receiver.take(sourceKey, header, packet, nowMs);
        },
        onRtcp(packet, length) {
          if (current !== connection) return;
          const nowMs = clock.monotonic();
          if (reports.take(packet, length, nowMs)) receiver.takeReport(nowMs);
        },
        onFailed: (reason) => options.log.warn('device-handshake-failed', { reason }),
        onBug: (cause) => listener.bug(cause),
      }),
    };
    return connection;
  };

  const answer = (connection: Connection, preferredLaw: G711Law): Sdp => {
    connection.version += 1;
    return writeDeviceAnswer(connection.offer, {
      sessionId: connection.sessionId,
      version: connection.version,
      ufrag: connection.transport.ufrag(),
      password: connection.transport.password(),
      fingerprint: options.certificate.fingerprint,
      candidates: options.candidates,
      ssrc: sender.stream.ssrc,
      cname: reports.cname,
      preferredLaw,
    });
  };

  const isSamePeerConnection = (connection: Connection, offer: DeviceOffer): boolean =>
    connection.offer.sessionId === offer.sessionId &&
    connection.offer.fingerprints.some((known) => offer.fingerprints.some((given) => given.algorithm === known.algorithm && given.value === known.value));

  const leg: DeviceLeg = {
    id: options.id,
    kind: 'device',
    sender,
    repair,
    isMuted: false,
    isHeld: false,
    acceptOffer(text, preferredLaw) {
      const read = readDeviceOffer(text);
      if (!read.ok) return read;
      const offer = read.value;
      const known = [next, current].find((connection) => connection !== undefined && isSamePeerConnection(connection, offer));
      if (known !== undefined) {
        if (known.offer.ufrag !== offer.ufrag) known.transport.restart(offer.ufrag);
        known.offer = offer;
        if (known === current) {
          settle(known, preferredLaw);
          receiver.beginAnew();
        }
        return ok(answer(known, preferredLaw));
      }
      retire(next);
      const connection = connect(offer, preferredLaw);
      if (current === undefined) current = connection;
      else next = connection;
      return ok(answer(connection, preferredLaw));
    },
    tick(nowMs) {
      if (current?.transport.isReady() === true) sender.tick(nowMs);
    },
    watch(nowMs, isPassedBy) {
      // One that only listens sends nothing by which it could be heard.
      if (next?.readyAtMs !== undefined && nowMs - next.readyAtMs >= QUIET_TRANSPORT_MS) next.promote();
      if (current?.transport.isReady() !== true) return;
      reports.tick(nowMs);
      receiver.watch(nowMs, !isPassedBy && receiver.hasHeard() && maySend(direction));
    },
    statistics: () => ({
      ...statisticsOf(options.id, receiver, sender, reports, refusedBefore + (current?.transport.refusedCount() ?? 0) + (next?.transport.refusedCount() ?? 0), 'dtls-srtp'),
      mended: repair.counts(),
    }),
    close() {
      if (current?.transport.isReady() === true) reports.sayBye();
      sender.close();
      repair.close();
      retire(current);
      retire(next);
      current = undefined;
      next = undefined;
    },
  };
  return leg;
}
