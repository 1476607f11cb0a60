/**
 * A telephone's leg: its pair of RTP ports, its offers and answers, the source it was learned from, and SRTP where the
 * trunk has it. Knows no other leg and no SIP.
 */
import type { RemoteInfo } from 'node:dgram';
import { ok, refused, type Result } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import type { G711Law } from '../audio/g711-codec.ts';
import type { LegId, MediaDirection, PartyMediaOptions, Sdp } from '../media-port.ts';
import { emptyRtpHeader, readRtp, readUint32 } from '../rtp/rtp-codec.ts';
import type { RtpSocketPair } from '../rtp/rtp-socket-pair.ts';
import { openSourceLock, resignalSource, takesSource, type SourceLock } from '../rtp/source-lock-policy.ts';
import {
  answerDirection,
  chooseSecurity,
  mayReceive,
  maySend,
  offeredCodecs,
  OFFERED_EVENT,
  readPartyDescription,
  sectionsAround,
  writePartyDescription,
  type CodecChoice,
  type EventChoice,
  type PartyDescription,
  type PartyRefusal,
} from '../sdp/party-negotiation-policy.ts';
import { createLegReceiver, statisticsOf, type Leg, type LegListener } from './leg.ts';
import { createLegReports, PARTY_REPORTS_EVERY_MS } from './leg-reports.ts';
import { createLegSender } from './leg-sender.ts';
import { createPartySecurity } from './party-security.ts';
import type { WatchdogLimits } from './watchdog-machine.ts';

export interface PartyLeg extends Leg {
  readonly kind: 'party';
  createOffer(options: PartyMediaOptions): Sdp;
  acceptAnswer(answer: Sdp): Result<void, PartyRefusal>;
  acceptOffer(offer: Sdp, sdes: PartyMediaOptions['sdes']): Result<Sdp, PartyRefusal>;
  /** The offer of one that takes the peer's place, in the clear, at another port: once it is heard, and until then all stays as it is. */
  acceptNextOffer(offer: Sdp): Result<Sdp, PartyRefusal>;
  /** The law that the peer wants to hear. */
  law(): G711Law | undefined;
  /** Whether the peer, by its own word, holds us. */
  isHeldByPeer(): boolean;
}

export interface PartyLegOptions {
  id: LegId;
  sockets: RtpSocketPair;
  /** What the description names: the address that the trunk can reach. */
  advertisedAddress: string;
  preferredLaw: G711Law;
  clock: Clock;
  random: RandomSource;
  limits: WatchdogLimits;
  listener: LegListener;
  nextSourceKey: () => number;
}

export function createPartyLeg(options: PartyLegOptions): PartyLeg {
  const { clock, random, sockets, listener } = options;
  const header = emptyRtpHeader();
  let sourceKey = options.nextSourceKey();
  let sourceSsrc: number | undefined;
  const security = createPartySecurity(random);
  const sessionId = String(readUint32(random.bytes(4), 0));
  let version = 0;
  let codecs: readonly CodecChoice[] = offeredCodecs(options.preferredLaw);
  let event: EventChoice | undefined = OFFERED_EVENT;
  /** What we would like, and what came of it. */
  let wanted: MediaDirection = 'sendrecv';
  let direction: MediaDirection = 'sendrecv';
  let policy: PartyMediaOptions['sdes'] = 'off';
  let peer: PartyDescription | undefined;
  /** Who takes its place once heard. */
  let next: PartyDescription | undefined;
  let lock: SourceLock = openSourceLock(undefined);
  let rtcpSource: { address: string; port: number } | undefined;
  let refusedPackets = 0;
  let isClosed = false;

  const sender = createLegSender(random, (packet, length, payloadOffset) => {
    const to = lock.locked ?? lock.signalled;
    if (to === undefined || isClosed) return false;
    const protectedLength = security.sender()?.protectRtp(packet, length, payloadOffset) ?? length;
    sockets.rtp.send(packet, 0, protectedLength, to.port, to.address);
    return true;
  });
  const receiver = createLegReceiver(() => leg, listener, options.limits);
  const reports = createLegReports({
    clock,
    random,
    stream: sender.stream,
    reception: receiver.reception,
    everyMs: PARTY_REPORTS_EVERY_MS,
    transmit(packet, length) {
      const to = rtcpSource ?? (peer && { address: lock.locked?.address ?? peer.rtcpAddress, port: peer.rtcpPort });
      if (to === undefined || isClosed || isNowhere(to.address)) return;
      const protectedLength = security.sender()?.protectRtcp(packet, length) ?? length;
      (peer?.rtcpMux ? sockets.rtp : sockets.rtcp).send(packet, 0, protectedLength, to.port, to.address);
    },
  });

  const takeRtp = (packet: Buffer, from: RemoteInfo): void => {
    if (peer === undefined || !readRtp(packet, packet.length, header)) {
      refusedPackets += 1;
      return;
    }
    if (next !== undefined && next.port === from.port && next.address === from.address) adopt(next);
    const protection = security.receiver();
    if (protection !== undefined) {
      // With keys a packet proves itself; the lock then only learns where to answer.
      const length = protection.unprotectRtp(packet, packet.length, header.payloadOffset);
      if (length < 0 || !readRtp(packet, length, header)) {
        refusedPackets += 1;
        return;
      }
      if (lock.locked?.port !== from.port || lock.locked.address !== from.address) lock.locked = { address: from.address, port: from.port };
    } else if (!takesSource(lock, from.address, from.port, header.ssrc, header.sequence)) {
      refusedPackets += 1;
      return;
    }
    if (header.ssrc !== sourceSsrc) {
      // A network's own sounds, then who answers; a call that was moved: numbers of their own each, that may lie behind those passed on.
      if (sourceSsrc !== undefined) sourceKey = options.nextSourceKey();
      sourceSsrc = header.ssrc;
    }
    receiver.take(sourceKey, header, packet, clock.monotonic());
  };

  const takeRtcp = (packet: Buffer, from: RemoteInfo): void => {
    if (peer === undefined || from.address !== (lock.locked?.address ?? peer.rtcpAddress)) return;
    const length = security.receiver()?.unprotectRtcp(packet, packet.length) ?? packet.length;
    const nowMs = clock.monotonic();
    if (length < 0 || !reports.take(packet, length, nowMs)) return;
    rtcpSource = { address: from.address, port: from.port };
    receiver.takeReport(nowMs);
  };

  const contained = (take: (packet: Buffer, from: RemoteInfo) => void) => (packet: Buffer, from: RemoteInfo) => {
    try {
      take(packet, from);
    } catch (cause) {
      listener.bug(cause);
    }
  };
  sockets.rtp.on('message', contained((packet, from) => {
    // RFC 5761 4: told apart even where it was not agreed on; a peer that multiplexes anyway does no harm.
    if (packet.length > 1 && packet[1]! >= 192 && packet[1]! <= 223) takeRtcp(packet, from);
    else takeRtp(packet, from);
  }));
  sockets.rtcp.on('message', contained(takeRtcp));

  const takePeer = (description: PartyDescription): void => {
    if (isNowhere(description.address)) {
      // RFC 3264 8.4, hold by 0.0.0.0: where the peer was is kept for when it resumes.
      peer = { ...description, address: peer?.address ?? description.address };
    } else {
      if (peer !== undefined && (peer.rtcpAddress !== description.rtcpAddress || peer.rtcpPort !== description.rtcpPort)) rtcpSource = undefined;
      if (peer !== undefined && (peer.address !== description.address || peer.port !== description.port)) receiver.beginAnew();
      peer = description;
      lock = resignalSource(lock, { address: description.address, port: description.port });
    }
    event = description.event;
    sender.negotiate(description.codecs, description.event, false);
  };

  const settle = (): void => {
    // In answer to our own offer, too, neither side does what the other did not allow.
    sender.setOpen(peer !== undefined && mayReceive(peer.direction) && maySend(direction));
  };

  const adopt = (description: PartyDescription): void => {
    next = undefined;
    takePeer(description);
    codecs = description.codecs;
    direction = answerDirection(description.direction, wanted);
    receiver.expect(codecs, event);
    settle();
  };

  const describe = (cryptoLines: readonly string[], isSecure: boolean, around: ReturnType<typeof sectionsAround>, terms: Pick<PartyDescription, 'codecs' | 'event' | 'direction'> = { codecs, event, direction }): Sdp => {
    version += 1;
    return writePartyDescription({
      sessionId,
      version,
      address: options.advertisedAddress,
      port: sockets.port,
      codecs: terms.codecs,
      event: terms.event,
      direction: terms.direction,
      cryptoLines,
      isSecure,
      rtcpMux: false,
      refusedBefore: around.before,
      refusedAfter: around.after,
    });
  };

  const leg: PartyLeg = {
    id: options.id,
    kind: 'party',
    sender,
    repair: undefined,
    isMuted: false,
    isHeld: false,
    createOffer(media) {
      wanted = media.direction;
      direction = wanted;
      policy = media.sdes;
      // RFC 3264 8.3.2: payload types once agreed keep their meaning; what the peer left out is offered again behind them.
      const agreed = peer?.codecs ?? [];
      codecs = [...agreed, ...offeredCodecs(options.preferredLaw).filter((codec) => !agreed.some(({ law }) => law === codec.law))];
      event = peer?.event ?? OFFERED_EVENT;
      receiver.expect(codecs, event);
      settle();
      return describe(security.offeredLines(policy), policy === 'required', { before: [], after: [] });
    },
    acceptAnswer(answer) {
      const read = readPartyDescription(answer);
      if (!read.ok) return read;
      const key = chooseSecurity(policy, read.value);
      if (!key.ok) return key;
      if (!security.takeAnsweredKey(key.value)) return refused('insecure-description');
      takePeer(read.value);
      receiver.expect(codecs, event);
      settle();
      return ok(undefined);
    },
    acceptOffer(offer, sdes) {
      const read = readPartyDescription(offer);
      if (!read.ok) return read;
      policy = sdes;
      const key = chooseSecurity(policy, read.value);
      if (!key.ok) return key;
      const cryptoLines = security.takeOfferedKey(key.value);
      adopt(read.value);
      return ok(describe(cryptoLines, read.value.isSecure, sectionsAround(offer)));
    },
    acceptNextOffer(offer) {
      const read = readPartyDescription(offer);
      if (!read.ok) return read;
      if (read.value.isSecure) return refused('insecure-description');
      // One that only listens sends nothing by which it could be heard.
      if (peer === undefined || !maySend(read.value.direction)) adopt(read.value);
      else next = read.value;
      return ok(describe([], false, sectionsAround(offer), { ...read.value, direction: answerDirection(read.value.direction, wanted) }));
    },
    law: () => peer?.codecs[0]?.law,
    isHeldByPeer: () => peer !== undefined && !mayReceive(peer.direction) && mayReceive(wanted) && maySend(wanted),
    tick(nowMs) {
      if (peer !== undefined) sender.tick(nowMs);
    },
    watch(nowMs, isPassedBy) {
      if (peer === undefined) return;
      if (!isPassedBy) reports.tick(nowMs);
      receiver.watch(nowMs, !isPassedBy && maySend(peer.direction) && mayReceive(direction));
    },
    statistics: () => statisticsOf(options.id, receiver, sender, reports, refusedPackets, security.receiver() === undefined ? 'none' : 'sdes-srtp'),
    close() {
      if (isClosed) return;
      if (peer !== undefined) reports.sayBye();
      isClosed = true;
      sender.close();
      sockets.close();
    },
  };
  return leg;
}

const isNowhere = (address: string): boolean => address === '0.0.0.0' || address === '::';
