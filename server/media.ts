/** Which media engine carries audio here: the one in this process, or rtpengines before it. Decides nothing else of a call. */
import type { Config } from './config.ts';
import type { NetworkAddresses } from './network-addresses.ts';
import type { Clock } from './platform/clock/clock.ts';
import type { RandomSource } from './platform/clock/random.ts';
import type { Log } from './platform/logging/log.ts';
import { createEmbeddedMediaEngine, createRtpengineEngine, type MediaEngine } from './telephony/index.ts';

/** Telephones' RTP: even ports below those Linux hands out by itself (32768). */
const PARTY_PORTS = { from: 20_000, to: 29_998 };

/** Devices look like telephones from there: a browser sends 50 packets a second, so its silence is said as soon as ever. */
const BEHIND_RTPENGINE = { silentAfterMs: 2_000, lostAfterMs: 30_000, lostBeforeFirstAfterMs: 120_000 };

export interface MediaParts {
  readonly config: Pick<Config, 'mediaAddresses' | 'mediaPort' | 'rtpengines' | 'rtpengineInterfaces'>;
  readonly addresses: NetworkAddresses;
  readonly isSandbox: boolean;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Log;
}

export async function openMediaEngine({ config, addresses, isSandbox, clock, random, log }: MediaParts): Promise<MediaEngine> {
  const { rtpengines, rtpengineInterfaces: interfaces } = config;
  const reachable = addresses.reachable[0] ?? '127.0.0.1';
  if (rtpengines !== undefined) {
    // Browsers and trunks never reach this engine: the rtpengines do, and they alone.
    const isLocal = rtpengines.every(({ host }) => host.startsWith('127.') || host === '::1');
    const inner = await createEmbeddedMediaEngine({ bindAddress: '127.0.0.1', advertisedAddresses: ['127.0.0.1'], port: 0, partyAddress: isLocal ? '127.0.0.1' : reachable, partyPortRange: PARTY_PORTS, limits: { party: BEHIND_RTPENGINE }, clock, random, log });
    return createRtpengineEngine({ instances: rtpengines, interfaces, inner, clock, random, log });
  }
  return createEmbeddedMediaEngine({
    bindAddress: '0.0.0.0',
    advertisedAddresses: config.mediaAddresses ?? [...addresses.reachable.filter((address) => !address.includes(':')), '127.0.0.1'],
    port: config.mediaPort ?? 0,
    partyAddress: isSandbox ? '127.0.0.1' : reachable,
    ...(!isSandbox && config.mediaAddresses?.[0] !== undefined ? { partyAdvertisedAddress: config.mediaAddresses[0] } : {}),
    partyPortRange: PARTY_PORTS,
    clock,
    random,
    log,
  });
}
