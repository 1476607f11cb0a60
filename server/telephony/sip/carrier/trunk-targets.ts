/** Finds the servers of a trunk (RFC 3263: NAPTR, SRV, addresses) and remembers them and which of them failed. Their addresses are also those its calls may come from. */
import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { TlsClientSettings } from '../transport/stream-transport.ts';
import type { Target } from '../transport/transport-layer.ts';
import { orderServers, srvNames } from './target-order-policy.ts';
import type { NaptrRecord, SrvRecord } from './target-order-policy.ts';
import type { TrunkSettings } from './trunk-settings.ts';

export interface TrunkTargets {
  /** In the order in which to try them, those that failed lately last; empty where the name leads nowhere. */
  find(): Promise<readonly Target[]>;
  /** A server did not answer, or refused for itself: it is passed over for a while. */
  noteFailure(target: Target): void;
  noteSuccess(target: Target): void;
  /** Every address found so far. */
  knownAddresses(): ReadonlySet<string>;
}

/** What DNS is asked; a test brings its own answers. Each returns nothing for a name without such records. */
export interface NameService {
  naptr(name: string): Promise<readonly NaptrRecord[]>;
  srv(name: string): Promise<readonly SrvRecord[]>;
  addresses(name: string): Promise<readonly string[]>;
}

const REMEMBERED_MS = 60_000;
const BLACKLISTED_MS = 60_000;

/** A resolver that does not answer must not hold up a call for the usual quarter of a minute. */
const QUERY = { timeout: 1_500, tries: 2 };

/** `servers`: which resolvers are asked, those of the system where undefined; then addresses come from them as well, and not from the hosts file. */
export function createSystemNames({ servers }: { servers?: readonly string[] } = {}): NameService {
  const resolver = new Resolver(QUERY);
  if (servers !== undefined) resolver.setServers(servers);
  const orNone = async <Value>(asked: Promise<readonly Value[]>): Promise<readonly Value[]> => asked.catch(() => []);
  return {
    naptr: (name) => orNone(resolver.resolveNaptr(name)),
    srv: (name) => orNone(resolver.resolveSrv(name)),
    // The system's own way for addresses, so that the hosts file counts.
    addresses: async (name) => (servers === undefined ? (await lookup(name, { all: true })).map((found) => found.address) : orNone(resolver.resolve4(name))),
  };
}

/** RFC 5922 7.1: the certificate speaks for the domain that was configured, not for what DNS made of it. */
export function clientTlsOf(trunk: TrunkSettings): TlsClientSettings | undefined {
  return trunk.transport !== 'tls' ? undefined : { serverName: trunk.tls.serverName ?? trunk.host, ca: trunk.tls.ca, cert: trunk.tls.cert, key: trunk.tls.key };
}

export function createTrunkTargets(trunk: TrunkSettings, options: { clock: Clock; names: NameService; draw: (below: number) => number }): TrunkTargets {
  const { clock, names } = options;
  const known = new Set<string>();
  const failedUntilMs = new Map<string, number>();
  let remembered: { servers: readonly SrvRecord[]; targets: ReadonlyMap<SrvRecord, readonly Target[]>; atMs: number } | undefined;
  let asking: Promise<void> | undefined;

  const usualPort = trunk.transport === 'tls' ? 5061 : 5060;
  const tls = clientTlsOf(trunk);
  const keyOf = (target: Target): string => `${target.address} ${target.port}`;
  const isBlacklisted = (target: Target): boolean => (failedUntilMs.get(keyOf(target)) ?? 0) > clock.monotonic();

  const ask = async (): Promise<void> => {
    const plain: SrvRecord = { name: trunk.host, port: trunk.port ?? usualPort, priority: 0, weight: 0 };
    let servers: readonly SrvRecord[] = [];
    // RFC 3263 4.2: a numeric host or an explicit port leaves SRV out.
    if (isIP(trunk.host) === 0 && trunk.port === undefined) {
      for (const name of srvNames(trunk.host, trunk.transport, await names.naptr(trunk.host))) {
        servers = await names.srv(name);
        if (servers.length > 0) break;
      }
    }
    if (servers.length === 0) servers = [plain];
    const targets = new Map<SrvRecord, readonly Target[]>();
    for (const server of servers) {
      const found = isIP(server.name) !== 0 ? [server.name] : await names.addresses(server.name).catch(() => []);
      // Our one UDP socket speaks IPv4; connections are made by either.
      const addresses = trunk.transport === 'udp' ? found.filter((address) => isIP(address) === 4) : found;
      targets.set(server, addresses.map((address) => ({ address, port: server.port, transport: trunk.transport, tls })));
    }
    const found = [...targets.values()].flat();
    // A resolver that is down must not take a trunk with it that was reachable a minute ago.
    if (found.length === 0) return;
    for (const target of found) known.add(target.address);
    remembered = { servers, targets, atMs: clock.monotonic() };
  };

  return {
    async find() {
      if (remembered === undefined || clock.monotonic() - remembered.atMs >= REMEMBERED_MS) {
        asking ??= ask().finally(() => {
          asking = undefined;
        });
        await asking;
      }
      if (remembered === undefined) return [];
      const { servers, targets } = remembered;
      const ordered = orderServers(servers, options.draw).flatMap((server) => targets.get(server) ?? []);
      return [...ordered.filter((target) => !isBlacklisted(target)), ...ordered.filter(isBlacklisted)];
    },
    noteFailure: (target) => void failedUntilMs.set(keyOf(target), clock.monotonic() + BLACKLISTED_MS),
    noteSuccess: (target) => void failedUntilMs.delete(keyOf(target)),
    knownAddresses: () => known,
  };
}
