/** Hosts in network namespaces of their own, for tests whose networks have to be built. Needs root; nothing in them can reach any other network. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

export interface Hosts<Name extends string> {
  /** Told apart from another run's: at most 6 letters, for names of devices. */
  readonly id: string;
  /** What runs a command at a host: put before it. */
  inside(host: Name): readonly string[];
  /** Runs it there and returns what it said; throws what it complained of. */
  run(host: Name, command: string, input?: string): string;
  /** A wire between two hosts, each end with its address (`10.77.0.1/24`). */
  join(ends: readonly [readonly [Name, string], readonly [Name, string]]): readonly [string, string];
  close(): void;
}

export const canMakeNetworks = process.getuid?.() === 0;

export function buildHosts<Name extends string>(names: readonly Name[]): Hosts<Name> {
  const id = randomBytes(3).toString('hex');
  const namespaceOf = (host: Name): string => `quietline-${host}-${id}`;
  const inside = (host: Name): string[] => ['ip', 'netns', 'exec', namespaceOf(host)];
  const execute = ([command = '', ...words]: readonly string[], input?: string): string => execFileSync(command, words, { encoding: 'utf8', ...(input === undefined ? {} : { input }) });
  let wires = 0;
  const hosts: Hosts<Name> = {
    id,
    inside,
    run: (host, command, input) => execute([...inside(host), ...command.split(' ')], input),
    join(ends) {
      wires += 1;
      const devices = [`q${id}${wires}a`, `q${id}${wires}b`] as const;
      execute(['ip', 'link', 'add', devices[0], 'netns', namespaceOf(ends[0][0]), 'type', 'veth', 'peer', 'name', devices[1], 'netns', namespaceOf(ends[1][0])]);
      for (const [index, [host, address]] of ends.entries()) {
        hosts.run(host, `ip addr add ${address} dev ${devices[index]!}`);
        hosts.run(host, `ip link set ${devices[index]!} up`);
      }
      return devices;
    },
    close() {
      for (const name of names) {
        try {
          execute(['ip', 'netns', 'del', namespaceOf(name)]);
        } catch {
          // It was never made, or is gone.
        }
      }
    },
  };
  try {
    for (const name of names) {
      execute(['ip', 'netns', 'add', namespaceOf(name)]);
      hosts.run(name, 'ip link set lo up');
    }
  } catch (cause) {
    hosts.close();
    throw cause;
  }
  return hosts;
}
