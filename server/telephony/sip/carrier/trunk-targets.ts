/** Finds the addresses of a trunk and remembers them for a minute; they are also the sources its calls may come from. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { Target } from '../transport/transport-layer.ts';
import type { TrunkSettings } from './trunk-settings.ts';

export interface TrunkTargets {
  /** In the order in which to try them; empty where the name leads nowhere. */
  find(): Promise<readonly Target[]>;
  /** Every address found so far. */
  knownAddresses(): ReadonlySet<string>;
}

const REMEMBERED_MS = 60_000;

export function createTrunkTargets(trunk: TrunkSettings, clock: Clock): TrunkTargets {
  const known = new Set<string>();
  let remembered: { targets: readonly Target[]; atMs: number } | undefined;

  const resolve = async (): Promise<readonly Target[]> => {
    const port = trunk.port ?? (trunk.transport === 'tls' ? 5061 : 5060);
    const tls = trunk.transport !== 'tls' ? undefined : { serverName: trunk.tls.serverName ?? trunk.host, ca: trunk.tls.ca, cert: trunk.tls.cert, key: trunk.tls.key };
    const addresses = isIP(trunk.host) !== 0 ? [trunk.host] : (await lookup(trunk.host, { all: true })).map((found) => found.address);
    return addresses.map((address) => ({ address, port, transport: trunk.transport, tls }));
  };

  return {
    async find() {
      if (remembered !== undefined && clock.monotonic() - remembered.atMs < REMEMBERED_MS) return remembered.targets;
      try {
        const targets = await resolve();
        for (const target of targets) known.add(target.address);
        remembered = { targets, atMs: clock.monotonic() };
        return targets;
      } catch {
        // A resolver that is down must not take a trunk with it that was reachable a minute ago.
        return remembered?.targets ?? [];
      }
    },
    knownAddresses: () => known,
  };
}
