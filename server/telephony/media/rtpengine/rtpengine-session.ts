/**
 * One call's audio with rtpengine before us. Each leg's far end is rtpengine's, which turns it into plain RTP for our own
 * session behind it: that plays, mixes, holds, mutes. While two people simply talk, rtpengine passes their packets to each
 * other and we hear none. Owns that choice; the audio is the inner session's.
 */
import { ok, refused } from '#contract/result.ts';
import type { Clock, Timer } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { EmbeddedSession } from '../embedded/media-session.ts';
import type { LegId, MediaEvent, MediaResult, MediaSession } from '../media-port.ts';
import { readDeviceOffer } from '../sdp/device-negotiation-policy.ts';
import { addressedAs, bundled, checkSecurity, directionOf, farEnd, newBridgedLeg, ownEnd, portOf, type BridgedLeg } from './bridged-leg.ts';
import { mayJoin } from './joining-policy.ts';
import type { NgCall } from './ng-call.ts';

export interface RtpengineSession extends MediaSession {
  /** What the inner session says. */
  hear(event: MediaEvent): void;
  /** The rtpengine has gone, and the audio with it. */
  fail(): void;
}

export interface RtpengineSessionParts {
  readonly inner: EmbeddedSession;
  readonly call: NgCall;
  readonly joinAfterMs: number;
  /** What has to be done at the rtpengines before anything is asked of them. */
  readonly after: Promise<unknown>;
  readonly clock: Clock;
  readonly log: Log;
  readonly onEvent: (event: MediaEvent) => void;
  readonly onClosed: () => void;
}

/** A browser sends 50 packets a second: one look without any is a fault to be looked into here. */
const WATCH_EVERY_MS = 1_000;

export function createRtpengineSession({ inner, call, joinAfterMs, after, clock, log, onEvent, onClosed }: RtpengineSessionParts): RtpengineSession {
  const legs = new Map<LegId, BridgedLeg>();
  let tagCount = 0;
  let isJoined = false;
  /** Joining was tried and rtpengine moved a port: the packets stay with us for the rest of the call. */
  let isJoiningGivenUp = false;
  let isClosed = false;
  let joinTimer: Timer | undefined;
  let watchTimer: Timer | undefined;
  let counted: ReadonlyMap<string, number> = new Map();
  let queue: Promise<unknown> = after;

  /** One exchange with rtpengine after another: each builds on what the one before left there. */
  const inTurn = <Value>(run: () => Promise<Value>): Promise<Value> => {
    const turn = queue.then(run);
    queue = turn.catch((cause: unknown) => {
      log.error('rtpengine-session-failed', cause);
      fail();
    });
    return turn;
  };

  const legFacts = () =>
    [...legs.values()].map((leg) => ({
      kind: leg.kind,
      isConnected: leg.isConnected,
      isMuted: leg.isMuted,
      isHeld: leg.isHeld,
      isPlayedTo: leg.playCount > 0,
      isListenedTo: leg.isListenedTo || leg.isRecorded,
      codec: inner.statistics().find(({ leg: id }) => id === leg.id)?.codec,
      direction: directionOf(leg.farSdp),
    }));

  /** After every change: what now needs the audio here gets it, what has long needed nothing is joined. */
  const reconsider = (): void => {
    joinTimer?.cancel();
    if (isClosed) return;
    const may = !isJoiningGivenUp && mayJoin(legFacts());
    if (isJoined && !may) void inTurn(split);
    if (isJoined || !may) return;
    joinTimer = clock.after(joinAfterMs, () => {
      void inTurn(async () => {
        if (isClosed || isJoined || !mayJoin(legFacts())) return;
        for (const leg of legs.values()) if (receivedOf(leg) > (leg.receivedWhenQuiet ?? -1)) leg.receivedWhenQuiet = undefined;
        if ([...legs.values()].some(({ receivedWhenQuiet }) => receivedWhenQuiet !== undefined)) reconsider();
        else await join();
      });
    });
  };

  const receivedOf = ({ id }: BridgedLeg): number => inner.statistics().find(({ leg }) => leg === id)?.packetsReceived ?? 0;

  const pair = (): { device: BridgedLeg; party: BridgedLeg } | undefined => {
    const all = [...legs.values()];
    const device = all.find(({ kind }) => kind === 'device');
    const party = all.find(({ kind }) => kind === 'party');
    return device === undefined || party === undefined ? undefined : { device, party };
  };

  /**
   * Between offer and answer rtpengine passes a packet on as it is, with the browser's numbers in its header: while either is under
   * way the device is blocked, for the two or three milliseconds that takes.
   */
  const join = async (): Promise<void> => {
    const both = pair();
    if (both?.device.farSdp === undefined || both.party.farSdp === undefined || both.party.ownSdp === undefined) return;
    const { device, party } = both;
    // rtpengine keeps a leg's port for whoever offers from the same address: under ours, the telephone notices nothing.
    const offer = addressedAs(device.farSdp!, party.ownSdp);
    const ends = { from: farEnd(device), to: farEnd(party) };
    await call.setBlocked(device.tag, true);
    const toParty = await call.offer({ ...ends, sdp: offer });
    const toDevice = toParty.ok ? await call.answer({ ...ends, sdp: party.farSdp! }) : toParty;
    isJoined = true;
    if (!toParty.ok || !toDevice.ok || portOf(toParty.value) !== portOf(party.toldSdp) || portOf(toDevice.value) !== portOf(device.toldSdp)) {
      isJoiningGivenUp = true;
      log.warn('rtpengine-legs-not-joined', { refusal: toDevice.ok ? 'port-moved' : toDevice.refusal });
      return split();
    }
    await call.setBlocked(device.tag, false);
    inner.setPassedBy(true);
    counted = new Map();
    log.debug('rtpengine-legs-joined');
    watch();
  };

  const split = async (): Promise<void> => {
    if (!isJoined || isClosed) return;
    isJoined = false;
    watchTimer?.cancel();
    inner.setPassedBy(false);
    const device = [...legs.values()].find(({ kind }) => kind === 'device');
    if (device !== undefined) await call.setBlocked(device.tag, true);
    for (const leg of legs.values()) await bridge(leg);
    if (device !== undefined) await call.setBlocked(device.tag, false);
    log.debug('rtpengine-legs-split');
    reconsider();
  };

  /** The leg's far end to our own, as it was before it was joined to another. */
  const bridge = async (leg: BridgedLeg): Promise<void> => {
    if (leg.farSdp === undefined || leg.ownSdp === undefined) return;
    // Whoever offered the first time offers again: rtpengine then finds the ports that both know.
    const isOurs = leg.offeredBy === 'us';
    const ends = isOurs ? { from: ownEnd(leg), to: farEnd(leg) } : { from: farEnd(leg), to: ownEnd(leg) };
    await call.offer({ ...ends, sdp: isOurs ? leg.ownSdp : leg.farSdp });
    await call.answer({ ...ends, sdp: isOurs ? leg.farSdp : leg.ownSdp });
  };

  const watch = (): void => {
    watchTimer = clock.after(WATCH_EVERY_MS, () => {
      void inTurn(async () => {
        if (!isJoined || isClosed) return;
        const counts = await call.countReceived();
        if (counts === undefined) return fail();
        const both = pair();
        const still = Object.values(both ?? {}).filter(({ tag }) => (counts.get(tag) ?? 0) <= (counted.get(tag) ?? -1));
        counted = counts;
        if (still.length === 0) return watch();
        // Who fell silent is ours to judge: held, gone, or quiet by its network.
        for (const leg of still) leg.receivedWhenQuiet = receivedOf(leg);
        await split();
      });
    });
  };

  const tell = (event: MediaEvent): void => {
    if (!isClosed || event.type === 'session-failed') onEvent(event);
  };

  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    joinTimer?.cancel();
    watchTimer?.cancel();
    inner.close();
    call.remove();
    onClosed();
  };

  const fail = (): void => {
    if (isClosed) return;
    close();
    queueMicrotask(() => tell({ type: 'session-failed' }));
  };

  const newLeg = (id: LegId, kind: BridgedLeg['kind']): BridgedLeg => newBridgedLeg(id, kind, { tag: freshTag(kind), ownTag: freshTag('own') });
  const freshTag = (kind: string): string => `${kind}-${(tagCount += 1)}`;

  const connected = (leg: BridgedLeg): void => {
    leg.isConnected = true;
    for (const tag of leg.tagsBefore) call.removeTag(tag);
    leg.tagsBefore = [];
  };

  /** For a new connection of the same leg. The one that is heard stays until then; one that never was makes room at once. */
  const replaceTags = (leg: BridgedLeg): void => {
    const tags = [leg.tag, leg.ownTag];
    if (leg.tagsBefore.length > 0) for (const tag of tags) call.removeTag(tag);
    else leg.tagsBefore = tags;
    Object.assign(leg, { tag: freshTag('device'), ownTag: freshTag('own'), isConnected: false } satisfies Partial<BridgedLeg>);
  };

  const findParty = (id: LegId): BridgedLeg | undefined => {
    const leg = legs.get(id);
    return leg?.kind === 'party' ? leg : undefined;
  };

  /** A negotiation: after those before it, with the audio here, and the choice made anew when it is done. */
  const negotiate = <Value>(run: () => Promise<MediaResult<Value>>): Promise<MediaResult<Value>> =>
    inTurn(async () => {
      if (isClosed) return refused('wrong-state');
      await split();
      const result = await run();
      reconsider();
      return isClosed ? refused('engine-unavailable') : result;
    });

  const withLeg = (id: LegId, change: (leg: BridgedLeg) => void): void => {
    const leg = legs.get(id);
    if (leg === undefined) return;
    change(leg);
    reconsider();
  };

  return {
    hear(event) {
      if (event.type === 'leg-connected') withLeg(event.leg, connected);
      if (event.type === 'playback-ended') withLeg(event.leg, (leg) => (leg.playCount = 0));
      if (event.type === 'session-failed') close();
      tell(event);
    },
    fail,
    acceptDeviceOffer: (id, offer) =>
      negotiate(async () => {
        const read = readDeviceOffer(offer);
        if (!read.ok) return read;
        if (findParty(id) !== undefined) return refused('wrong-state');
        const known = legs.get(id);
        const connection = `${read.value.sessionId} ${read.value.fingerprints.map(({ value }) => value).join(' ')}`;
        const leg = known ?? newLeg(id, 'device');
        const isNext = known !== undefined && known.connection !== connection;
        if (isNext) replaceTags(leg);
        // c=0.0.0.0 is how a browser says that it knows no address yet; to rtpengine it would be a hold.
        const farSdp = addressedAs(offer, undefined);
        const ends = { from: farEnd(leg), to: ownEnd(leg) };
        const toUs = await call.offer({ ...ends, sdp: farSdp });
        if (!toUs.ok) return toUs;
        const own = isNext ? inner.acceptNextOffer(id, toUs.value) : await inner.acceptPartyOffer(id, toUs.value, { sdes: 'off' });
        if (!own.ok) return own;
        const told = await call.answer({ ...ends, sdp: own.value });
        if (!told.ok) return told;
        Object.assign(leg, { connection, farSdp, ownSdp: own.value, toldSdp: told.value });
        legs.set(id, leg);
        return ok(bundled(told.value));
      }),
    createPartyOffer: (id, options) =>
      negotiate(async () => {
        if (legs.get(id)?.kind === 'device') return refused('wrong-state');
        const own = await inner.createPartyOffer(id, { ...options, sdes: 'off' });
        if (!own.ok) return own;
        const leg = legs.get(id) ?? newLeg(id, 'party');
        Object.assign(leg, { offeredBy: 'us', sdes: options.sdes, ownSdp: own.value } satisfies Partial<BridgedLeg>);
        const told = await call.offer({ from: ownEnd(leg), to: farEnd(leg), sdp: own.value });
        if (!told.ok) return told;
        leg.toldSdp = told.value;
        legs.set(id, leg);
        return told;
      }),
    acceptPartyAnswer: (id, answer) =>
      negotiate(async () => {
        const leg = findParty(id);
        if (leg === undefined) return refused('wrong-state');
        const secured = checkSecurity(leg.sdes, answer);
        if (!secured.ok) return secured;
        const toUs = await call.answer({ from: ownEnd(leg), to: farEnd(leg), sdp: answer });
        if (!toUs.ok) return toUs;
        leg.farSdp = answer;
        return inner.acceptPartyAnswer(id, toUs.value);
      }),
    acceptPartyOffer: (id, offer, options) =>
      negotiate(async () => {
        if (legs.get(id)?.kind === 'device') return refused('wrong-state');
        const secured = checkSecurity(options.sdes, offer);
        if (!secured.ok) return secured;
        const leg = legs.get(id) ?? newLeg(id, 'party');
        Object.assign(leg, { offeredBy: 'them', sdes: secured.value ? 'required' : 'off' } satisfies Partial<BridgedLeg>);
        const ends = { from: farEnd(leg), to: ownEnd(leg) };
        const toUs = await call.offer({ ...ends, sdp: offer });
        if (!toUs.ok) return toUs;
        const own = await inner.acceptPartyOffer(id, toUs.value, { sdes: 'off' });
        if (!own.ok) return own;
        const told = await call.answer({ ...ends, sdp: own.value });
        if (!told.ok) return told;
        Object.assign(leg, { farSdp: offer, ownSdp: own.value, toldSdp: told.value } satisfies Partial<BridgedLeg>);
        legs.set(id, leg);
        return told;
      }),
    removeLeg(id) {
      const leg = legs.get(id);
      legs.delete(id);
      inner.removeLeg(id);
      if (leg === undefined) return;
      void inTurn(async () => {
        await split();
        for (const tag of [leg.tag, leg.ownTag, ...leg.tagsBefore]) call.removeTag(tag);
      });
      reconsider();
    },
    setMuted(id, muted) {
      inner.setMuted(id, muted);
      withLeg(id, (leg) => (leg.isMuted = muted));
    },
    setHeld(id, held) {
      inner.setHeld(id, held);
      withLeg(id, (leg) => (leg.isHeld = held));
    },
    listen(id, to) {
      inner.listen(id, to);
      withLeg(id, (leg) => (leg.isListenedTo = to !== undefined));
    },
    record(id, onFrame) {
      inner.record(id, onFrame);
      withLeg(id, (leg) => (leg.isRecorded = onFrame !== undefined));
    },
    play(id, source) {
      inner.play(id, source);
      withLeg(id, (leg) => (leg.playCount = 1));
    },
    stopPlaying(id) {
      inner.stopPlaying(id);
      withLeg(id, (leg) => (leg.playCount = 0));
    },
    async sendDtmf(id, digits, as) {
      withLeg(id, (leg) => (leg.playCount += 1));
      try {
        return await inner.sendDtmf(id, digits, as);
      } finally {
        withLeg(id, (leg) => (leg.playCount = Math.max(0, leg.playCount - 1)));
      }
    },
    statistics: () => inner.statistics(),
    levels: () => inner.levels(),
    close,
  };
}
