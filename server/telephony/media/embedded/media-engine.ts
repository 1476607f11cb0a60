/** The media engine inside this process: browsers on one UDP port, telephones on a range of RTP ports, one pacer for all that is played. */
import { ok, refused } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { startFramePacer, type FramePacer } from '../audio/frame-pacer.ts';
import type { G711Law } from '../audio/g711-codec.ts';
import { createDtlsCertificate } from '../dtls/dtls-server.ts';
import type { MediaEngine } from '../media-port.ts';
import { openRtpSocketPair, type PortRange } from '../rtp/rtp-socket-pair.ts';
import { openBrowserPort } from './browser-port.ts';
import { createMediaSession, type EmbeddedSession } from './media-session.ts';
import type { WatchdogLimits } from './watchdog-machine.ts';

export interface EmbeddedMediaEngineOptions {
  /** Where the browsers' port listens: '0.0.0.0', '::', one address, or several of them. */
  bindAddress: string | readonly string[];
  /** What browsers are told to send to, in order of preference; IPv4 first. Literal addresses. */
  advertisedAddresses: readonly string[];
  /** The browsers' UDP port; 0 lets the system choose. */
  port: number;
  /** Where the telephones' RTP ports listen, and what their descriptions name unless `partyAdvertisedAddress` says otherwise. */
  partyAddress: string;
  partyAdvertisedAddress?: string;
  partyPortRange: PortRange;
  /** The law that is asked of both sides first. */
  preferredLaw?: G711Law;
  clock: Clock;
  random: RandomSource;
  log: Log;
  limits?: Partial<EmbeddedMediaLimits>;
}

export interface EmbeddedMediaLimits {
  /** Calls at once; one more is refused as overloaded. */
  sessions: number;
  device: WatchdogLimits;
  party: WatchdogLimits;
}

/** A browser sends 50 packets a second, even where its microphone is muted; a telephone may suppress silence. */
const DEFAULT_LIMITS: EmbeddedMediaLimits = {
  sessions: 300,
  device: { silentAfterMs: 2000, lostAfterMs: 60_000, lostBeforeFirstAfterMs: 60_000 },
  party: { silentAfterMs: 5000, lostAfterMs: 30_000, lostBeforeFirstAfterMs: 120_000 },
};

/** Throws what the operating system says if the browsers' port cannot be opened. */
export async function createEmbeddedMediaEngine(options: EmbeddedMediaEngineOptions): Promise<MediaEngine> {
  const { clock, random, log } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const [certificate, browserPort] = await Promise.all([
    createDtlsCertificate(),
    openBrowserPort(typeof options.bindAddress === 'string' ? [options.bindAddress] : options.bindAddress, options.port),
  ]);
  const sessions = new Set<EmbeddedSession>();
  let pacer: FramePacer | undefined;
  let lastSourceKey = 0;
  let isClosed = false;

  const parts = {
    browserPort,
    candidates: (browserPort.hasTcp ? (['udp', 'tcp'] as const) : (['udp'] as const)).flatMap((transport) =>
      options.advertisedAddresses.map((address) => ({ address, port: browserPort.port, transport })),
    ),
    certificate,
    openPartySockets: () => openRtpSocketPair(options.partyAddress, options.partyPortRange, random),
    partyAdvertisedAddress: options.partyAdvertisedAddress ?? options.partyAddress,
    preferredLaw: options.preferredLaw ?? 'PCMU',
    deviceLimits: limits.device,
    partyLimits: limits.party,
    clock,
    random,
    nextSourceKey: () => (lastSourceKey += 1),
  };

  const tick = (nowMs: number): void => {
    for (const session of sessions) session.tick(nowMs);
  };

  return {
    name: 'embedded',
    open({ callId, onEvent }) {
      if (isClosed) return refused('engine-unavailable');
      if (sessions.size >= limits.sessions) return refused('overloaded');
      const session: EmbeddedSession = createMediaSession(parts, log.child({ callId }), onEvent, () => {
        sessions.delete(session);
        // An idle server sleeps.
        if (sessions.size > 0) return;
        pacer?.stop();
        pacer = undefined;
      });
      sessions.add(session);
      pacer ??= startFramePacer(clock, tick);
      return ok(session);
    },
    sessionCount: () => sessions.size,
    async close() {
      isClosed = true;
      for (const session of sessions) session.close();
      await browserPort.close();
    },
  };
}
