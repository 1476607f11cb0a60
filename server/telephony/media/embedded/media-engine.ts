/** The media engine inside this process: browsers on one UDP port, telephones on a range of RTP ports, one pacer for all that is played. */
import { ok, refused } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { startFramePacer, type FramePacer } from '../audio/frame-pacer.ts';
import type { G711Law } from '../audio/g711-codec.ts';
import { createDtlsCertificate } from '../dtls/dtls-server.ts';
import type { MediaEngine, MediaResult, OverloadReason } from '../media-port.ts';
import { openRtpSocketPair, type PortRange } from '../rtp/rtp-socket-pair.ts';
import { DEFAULT_ADMISSION, decideAdmission, reckonWorkMs, type AdmissionLimits, type MediaWork } from './admission-policy.ts';
import { openBrowserPort } from './browser-port.ts';
import { startLoopMeter, type LoopMeter } from './loop-meter.ts';
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
  /** What says how busy the process is; its own event loop, unless a test says otherwise. */
  loopMeter?: LoopMeter;
}

export interface EmbeddedMediaLimits {
  /** Beyond these a call is refused as overloaded. */
  admission: AdmissionLimits;
  device: WatchdogLimits;
  party: WatchdogLimits;
}

/** A browser sends 50 packets a second, even where its microphone is muted; a telephone may suppress silence. */
const DEFAULT_LIMITS: EmbeddedMediaLimits = {
  admission: DEFAULT_ADMISSION,
  device: { silentAfterMs: 2000, lostAfterMs: 60_000, lostBeforeFirstAfterMs: 60_000 },
  party: { silentAfterMs: 5000, lostAfterMs: 30_000, lostBeforeFirstAfterMs: 120_000 },
};

/** A second. */
const FRAMES_A_SAMPLE = 50;

export interface EmbeddedMediaEngine extends MediaEngine {
  open(options: Parameters<MediaEngine['open']>[0]): MediaResult<EmbeddedSession>;
}

/** Throws what the operating system says if the browsers' port cannot be opened. */
export async function createEmbeddedMediaEngine(options: EmbeddedMediaEngineOptions): Promise<EmbeddedMediaEngine> {
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
  let frameCount = 0;
  let wasBusy = false;
  const loop = options.loopMeter ?? startLoopMeter();
  const refusals: Record<OverloadReason, number> = { 'too-many-calls': 0, 'too-much-work': 0, 'too-busy': 0 };

  const work = (): MediaWork => {
    const sum = { passedBy: 0, passedOn: 0, mended: 0, mixed: 0, listened: 0 };
    for (const session of sessions) {
      const of = session.work();
      for (const kind of Object.keys(sum) as (keyof MediaWork)[]) sum[kind] += of[kind];
    }
    return sum;
  };

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
    frameCount += 1;
    if (frameCount % FRAMES_A_SAMPLE === 0) loop.sample();
  };

  return {
    name: 'embedded',
    open({ callId, onEvent }) {
      if (isClosed) return refused('engine-unavailable');
      const admission = decideAdmission({ sessions: sessions.size, work: work(), busyShare: loop.busyShare(), wasBusy }, limits.admission);
      wasBusy = admission === 'too-busy';
      if (admission !== 'admitted') {
        refusals[admission] += 1;
        log.warn('call-refused-overloaded', { reason: admission, sessions: sessions.size });
        return refused('overloaded');
      }
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
    load: () => ({ workMs: reckonWorkMs(work()), busyShare: loop.busyShare(), refused: refusals }),
    async close() {
      isClosed = true;
      for (const session of sessions) session.close();
      await browserPort.close();
    },
  };
}
