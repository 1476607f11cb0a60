/**
 * A browser's leg. It outlives PeerConnections: a new one of the same leg takes over once its keys are there, and the
 * others hear nothing but a gap. Owns the choice among transports; knows no other leg.
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
import { createLegReports } from './leg-reports.ts';
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
  transport: DeviceTransport;
  offer: DeviceOffer;
  sessionId: string;
  version: number;
}

export function createDeviceLeg(options: DeviceLegOptions): DeviceLeg {
  const { clock, random, listener } = options;
  /** What carries the call, and what is about to. */
  let current: Connection | undefined;
  let next: Connection | undefined;
  let refusedBefore = 0;
  let direction: MediaDirection = 'sendrecv';

  const sender = createLegSender(random, (packet, length, payloadOffset) => current?.transport.sendRtp(packet, length, payloadOffset) ?? false);
  const receiver = createLegReceiver(() => leg, listener, options.limits);
  const reports = createLegReports({
    clock,
    random,
    stream: sender.stream,
    reception: receiver.reception,
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
    receiver.expect(codecs, connection.offer.event);
    sender.setOpen(connection.transport.isReady() && mayReceive(direction));
  };

  const connect = (offer: DeviceOffer, preferredLaw: G711Law): Connection => {
    const sourceKey = options.nextSourceKey();
    const connection: Connection = {
      offer,
      sessionId: String(Buffer.from(random.bytes(6)).readUIntBE(0, 6)),
      version: 0,
      transport: openDeviceTransport({
        port: options.port,
        certificate: options.certificate,
        remoteUfrag: offer.ufrag,
        peerFingerprints: offer.fingerprints.filter(({ algorithm }) => algorithm === 'sha-256').map(({ value }) => value),
        clock,
        random,
        onReady() {
          if (next === connection) {
            retire(current);
            current = next;
            next = undefined;
          }
          if (current === connection) settle(connection, preferredLaw);
        },
        onRtp(header, packet, nowMs) {
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
    repair: createUplinkRepair(),
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
        if (known === current) settle(known, preferredLaw);
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
    watch(nowMs) {
      if (current?.transport.isReady() !== true) return;
      reports.tick(nowMs);
      receiver.watch(nowMs, receiver.hasHeard() && maySend(direction));
    },
    statistics: () =>
      statisticsOf(options.id, receiver, sender, reports, refusedBefore + (current?.transport.refusedCount() ?? 0) + (next?.transport.refusedCount() ?? 0), 'dtls-srtp'),
    close() {
      if (current?.transport.isReady() === true) reports.sayBye();
      sender.close();
      retire(current);
      retire(next);
      current = undefined;
      next = undefined;
    },
  };
  return leg;
}
