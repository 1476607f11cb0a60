/**
 * One call's audio: its legs, who hears whom, and what is told to the call side. Two legs are relayed packet by packet; owns no
 * sockets and no protocol.
 */
import { ok, refused } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { G711Law } from '../audio/g711-codec.ts';
import { createSampleSource, FRAME_MS, FRAME_SAMPLES } from '../audio/sample-source.ts';
import type { DtlsCertificate } from '../dtls/dtls-server.ts';
import type { DtmfDigit, LegId, MediaEvent, MediaResult, MediaSession, Sdp } from '../media-port.ts';
import { isOpusKind, type HostCandidate } from '../sdp/device-negotiation-policy.ts';
import type { RtpSocketPair } from '../rtp/rtp-socket-pair.ts';
import type { MediaWork } from './admission-policy.ts';
import type { BrowserPort } from './browser-port.ts';
import { createConference } from './conference.ts';
import { createDeviceLeg, type DeviceLeg } from './device-leg.ts';
import type { Leg, LegListener } from './leg.ts';
import { createLegEar, type LegEar } from './leg-ear.ts';
import { createLegTap, type LegTap } from './leg-tap.ts';
import { createPartyLeg, type PartyLeg } from './party-leg.ts';
import type { WatchdogLimits } from './watchdog-machine.ts';

/** What all sessions of an engine share. */
export interface EngineParts {
  browserPort: BrowserPort;
  candidates: readonly HostCandidate[];
  certificate: DtlsCertificate;
  openPartySockets: () => Promise<RtpSocketPair | undefined>;
  partyAdvertisedAddress: string;
  preferredLaw: G711Law;
  deviceLimits: WatchdogLimits;
  partyLimits: WatchdogLimits;
  clock: Clock;
  random: RandomSource;
  nextSourceKey: () => number;
}

export interface EmbeddedSession extends MediaSession {
  /** Every 20 ms, by the engine's one pacer. */
  tick(nowMs: number): void;
  /** A browser's next connection, behind an rtpengine: takes the leg over once it is heard; the others hear no gap. */
  acceptNextOffer(leg: LegId, offer: Sdp): MediaResult<Sdp>;
  /** While the packets go past us, by an rtpengine before us, silence here says nothing. */
  setPassedBy(isPassedBy: boolean): void;
  /** What is done for its legs now. */
  work(): MediaWork;
}

const MOST_LEGS = 8;
const FRAMES_A_WATCH = 10;
const FRAMES_AN_OBSERVATION = 50;
/** A session that makes nothing is looked at less often: silence is filled after half a second. */
const FRAMES_A_LOOK_AT_REST = 5;
const SILENT_FRAME = new Int16Array(FRAME_SAMPLES);

export function createMediaSession(parts: EngineParts, log: Log, onEvent: (event: MediaEvent) => void, onClosed: () => void): EmbeddedSession {
  const legs = new Map<LegId, DeviceLeg | PartyLeg>();
  /** The same legs, for the hot path: a Map's iterator allocates. */
  let legList: readonly Leg[] = [];
  const conference = createConference();
  const heldByPeer = new Map<LegId, boolean>();
  const ears = new Map<LegId, LegEar>();
  /** The RTP time of the last key of a leg while it was held. */
  const keyWhileHeld = new Map<LegId, number>();
  const taps = new Map<LegId, LegTap>();
  let isClosed = false;
  let frameCount = 0;
  let lastTickMs: number | undefined;
  /** Since the last observation. */
  let worstLatenessMs = 0;
  let isPassedBy = false;
  /** Packets are passed on, and nothing is made frame by frame. Whatever may change that ends it until the next frame has looked. */
  let isAtRest = false;

  /** Events come after the command that caused them has returned, in order. */
  const tell = (event: MediaEvent): void => {
    queueMicrotask(() => {
      if (!isClosed || event.type === 'session-failed') onEvent(event);
    });
  };

  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    for (const leg of legs.values()) leg.close();
    legs.clear();
    legList = [];
    onClosed();
  };

  const fail = (cause: unknown): void => {
    if (isClosed) return;
    log.error('media-session-failed', cause);
    close();
    tell({ type: 'session-failed' });
  };

  const isTalking = (leg: Leg): boolean => !leg.isHeld;
  const isMixing = (): boolean => {
    let count = 0;
    for (const leg of legList) if (isTalking(leg)) count += 1;
    return count > 2;
  };
  let mixes = false;
  /** Whether what the others hear of a leg is made by us, frame by frame, and not passed on. */
  const isMade = (leg: Leg): boolean => mixes || leg.repair?.isActive() === true;
  const restsNow = (): boolean => {
    if (mixes || ears.size > 0 || taps.size > 0) return false;
    for (const leg of legList) if (!leg.sender.isAtRest() || leg.repair?.isActive() === true) return false;
    return true;
  };

  const rearrange = (): void => {
    isAtRest = false;
    legList = [...legs.values()];
    mixes = isMixing();
    conference.setMembers(mixes ? legList.filter(isTalking) : []);
  };

  const listener: LegListener = {
    audio(from, sourceKey, header, packet, codec, nowMs) {
      if (ears.size > 0 && !isOpusKind(codec)) ears.get(from.id)?.take(header, packet, codec);
      if (taps.size > 0 && !isOpusKind(codec)) taps.get(from.id)?.take(header, packet, codec);
      if (from.isHeld) return;
      if (from.repair?.hear(sourceKey, header, packet, codec, nowMs) === true) {
        isAtRest = false;
        return;
      }
      if (isOpusKind(codec)) return;
      if (mixes) {
        conference.hear(from, header, packet, codec);
        return;
      }
      for (const to of legList) if (to !== from && !to.isHeld) to.sender.relayAudio(sourceKey, header, packet, codec, from.isMuted, nowMs);
    },
    event(from, sourceKey, header, packet, nowMs) {
      // A key that was told as one of a held leg stays nobody's to its last packet, which may come once the leg is let in.
      if (from.isHeld) keyWhileHeld.set(from.id, header.timestamp);
      if (from.isHeld || isMade(from) || keyWhileHeld.get(from.id) === header.timestamp) return;
      for (const to of legList) if (to !== from && !to.isHeld) to.sender.relayEvent(sourceKey, header, packet, nowMs);
    },
    digit(from, digit, durationMs) {
      // Beside frames of ours a relayed event would lose its one timestamp: the key is pressed again instead.
      if (!from.isHeld && isMade(from)) for (const to of legList) if (to !== from && !to.isHeld) to.sender.sendDtmf([digit], 'events', () => {});
      tell({ type: 'dtmf', leg: from.id, digit, durationMs });
    },
    connected: (leg) => tell({ type: 'leg-connected', leg: leg.id }),
    silent: (leg, silentMs) => tell({ type: 'leg-silent', leg: leg.id, silentMs }),
    restored: (leg) => tell({ type: 'leg-restored', leg: leg.id }),
    lost: (leg) => tell({ type: 'leg-lost', leg: leg.id }),
    bug: fail,
  };

  const sendRepaired = (nowMs: number): void => {
    for (const from of legList) {
      if (from.repair?.isActive() !== true || from.isHeld) continue;
      const frame = from.repair.nextFrame(nowMs);
      if (frame === undefined) continue;
      for (const to of legList) if (to !== from && !to.isHeld) to.sender.sendFrame(from.isMuted ? SILENT_FRAME : frame, nowMs);
    }
  };

  const partyLaw = (): G711Law => {
    for (const leg of legs.values()) if (leg.kind === 'party') return leg.law() ?? parts.preferredLaw;
    return parts.preferredLaw;
  };

  const findParty = (id: LegId): PartyLeg | undefined => {
    const leg = legs.get(id);
    return leg?.kind === 'party' ? leg : undefined;
  };

  /** The leg, made if it is new; undefined with the reason why it cannot be. */
  const ensureParty = async (id: LegId): Promise<PartyLeg | 'wrong-state' | 'overloaded'> => {
    const known = legs.get(id);
    if (known !== undefined) return known.kind === 'party' ? known : 'wrong-state';
    if (legs.size >= MOST_LEGS) return 'overloaded';
    const sockets = await parts.openPartySockets();
    if (sockets === undefined) return 'overloaded';
    // The session may have been closed, or the leg made by another command, while the ports were opened.
    const raced = legs.get(id);
    if (isClosed || raced !== undefined) {
      sockets.close();
      return raced?.kind === 'party' ? raced : 'wrong-state';
    }
    const leg = createPartyLeg({
      id,
      sockets,
      advertisedAddress: parts.partyAdvertisedAddress,
      preferredLaw: parts.preferredLaw,
      clock: parts.clock,
      random: parts.random,
      limits: parts.partyLimits,
      listener,
      nextSourceKey: parts.nextSourceKey,
    });
    legs.set(id, leg);
    rearrange();
    return leg;
  };

  const tellPeerHold = (leg: PartyLeg): void => {
    const held = leg.isHeldByPeer();
    if ((heldByPeer.get(leg.id) ?? false) === held) return;
    heldByPeer.set(leg.id, held);
    tell({ type: 'held-by-peer', leg: leg.id, held });
  };

  return {
    async acceptDeviceOffer(id, offer) {
      const known = legs.get(id);
      if (isClosed || known?.kind === 'party') return refused('wrong-state');
      if (known === undefined && legs.size >= MOST_LEGS) return refused('overloaded');
      const leg =
        known ??
        createDeviceLeg({
          id,
          port: parts.browserPort,
          candidates: parts.candidates,
          certificate: parts.certificate,
          clock: parts.clock,
          random: parts.random,
          log,
          limits: parts.deviceLimits,
          listener,
          nextSourceKey: parts.nextSourceKey,
        });
      const answer = leg.acceptOffer(offer, partyLaw());
      if (answer.ok && known === undefined) {
        legs.set(id, leg);
        rearrange();
      }
      return answer;
    },
    async createPartyOffer(id, options) {
      if (isClosed) return refused('wrong-state');
      const leg = await ensureParty(id);
      return typeof leg === 'string' ? refused(leg) : ok(leg.createOffer(options));
    },
    async acceptPartyAnswer(id, answer) {
      const leg = findParty(id);
      if (isClosed || leg === undefined) return refused('wrong-state');
      const taken = leg.acceptAnswer(answer);
      tellPeerHold(leg);
      return taken;
    },
    async acceptPartyOffer(id, offer, options) {
      if (isClosed) return refused('wrong-state');
      const isNew = !legs.has(id);
      const leg = await ensureParty(id);
      if (typeof leg === 'string') return refused(leg);
      const answer = leg.acceptOffer(offer, options.sdes);
      if (!answer.ok && isNew) {
        legs.delete(id);
        leg.close();
        rearrange();
        return answer;
      }
      tellPeerHold(leg);
      return answer;
    },
    acceptNextOffer(id, offer) {
      const leg = findParty(id);
      return isClosed || leg === undefined ? refused('wrong-state') : leg.acceptNextOffer(offer);
    },
    removeLeg(id) {
      const leg = legs.get(id);
      if (leg === undefined) return;
      legs.delete(id);
      heldByPeer.delete(id);
      ears.delete(id);
      keyWhileHeld.delete(id);
      taps.delete(id);
      leg.close();
      rearrange();
    },
    setMuted(id, muted) {
      const leg = legs.get(id);
      if (leg !== undefined) leg.isMuted = muted;
    },
    setHeld(id, held) {
      const leg = legs.get(id);
      if (leg === undefined) return;
      leg.isHeld = held;
      rearrange();
    },
    play(id, source) {
      isAtRest = false;
      legs.get(id)?.sender.play(createSampleSource(source), () => tell({ type: 'playback-ended', leg: id }));
    },
    stopPlaying(id) {
      legs.get(id)?.sender.stopPlaying();
    },
    listen(id, to) {
      isAtRest = false;
      ears.delete(id);
      const leg = legs.get(id);
      if (to === undefined || leg === undefined) return;
      const onKey = leg.sender.takesKeys() ? undefined : (digit: DtmfDigit, durationMs: number) => listener.digit(leg, digit, durationMs);
      ears.set(id, createLegEar({ ...to, onSign: (sign) => tell({ type: 'sign-heard', leg: id, sign }), onKey }));
    },
    record(id, onFrame) {
      isAtRest = false;
      const before = taps.get(id);
      taps.delete(id);
      before?.end();
      if (onFrame !== undefined && legs.has(id)) taps.set(id, createLegTap(onFrame));
    },
    async sendDtmf(id, digits, as = 'events') {
      const leg = legs.get(id);
      if (leg === undefined) return refused('wrong-state');
      isAtRest = false;
      return new Promise((resolve) => {
        const isTaken = leg.sender.sendDtmf(digits, as, (isSent) => resolve(isSent ? ok(undefined) : refused('wrong-state')));
        if (!isTaken) resolve(refused('no-common-codec'));
      });
    },
    statistics: () => legList.map((leg) => leg.statistics()),
    levels: () => (mixes ? conference.levels() : []),
    close,
    setPassedBy(isNow) {
      isPassedBy = isNow;
    },
    work() {
      const mended = mixes || isPassedBy ? 0 : legList.filter(isMade).length;
      return {
        passedBy: isPassedBy ? legList.length : 0,
        passedOn: mixes || isPassedBy ? 0 : legList.length - mended,
        mended,
        mixed: mixes && !isPassedBy ? legList.length : 0,
        listened: isPassedBy ? 0 : ears.size,
      };
    },
    tick(nowMs) {
      try {
        if (lastTickMs !== undefined) worstLatenessMs = Math.max(worstLatenessMs, nowMs - lastTickMs - FRAME_MS);
        lastTickMs = nowMs;
        frameCount += 1;
        if (isAtRest && frameCount % FRAMES_A_LOOK_AT_REST !== 0) return;
        if (mixes) conference.tick(nowMs);
        else sendRepaired(nowMs);
        if (!isPassedBy) for (const leg of legList) leg.tick(nowMs);
        if (ears.size > 0) for (const ear of ears.values()) ear.tick();
        if (taps.size > 0) for (const tap of taps.values()) tap.tick();
        if (frameCount % FRAMES_A_WATCH === 0) for (const leg of legList) leg.watch(nowMs, isPassedBy);
        if (frameCount % FRAMES_AN_OBSERVATION === 0) {
          for (const leg of legList) leg.repair?.observe(leg.statistics(), worstLatenessMs, nowMs);
          worstLatenessMs = 0;
        }
        isAtRest = restsNow();
      } catch (cause) {
        fail(cause);
      }
    },
  };
}
