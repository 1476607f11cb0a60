/** A clinic, and a home with two ways to it, as a telephone has Wi-Fi and a mobile network: either can die and come back. Knows no browser and no product. */
import { buildHosts } from './namespaces.ts';

export interface TwoUplinks {
  readonly clinicAddress: string;
  readonly inClinic: readonly string[];
  readonly inHome: readonly string[];
  /** The first is preferred while it lives. */
  setUp(uplink: 'first' | 'second', isUp: boolean): void;
  /** Nothing comes or goes, and nobody is told: both wires look up. */
  setDark(isDark: boolean): void;
  close(): void;
}

const BLACKOUT = `
table inet blackout {
  chain out { type filter hook output priority filter; policy accept; oif lo accept; drop; }
  chain in { type filter hook input priority filter; policy accept; iif lo accept; drop; }
}
`;

export function buildTwoUplinks(): TwoUplinks {
  // Reached over either wire: a host answers to all of its addresses on each.
  const clinicAddress = '10.78.1.1';
  const hosts = buildHosts(['clinic', 'home']);
  try {
    const [, first] = hosts.join([['clinic', `${clinicAddress}/24`], ['home', '10.78.1.2/24']]);
    const [, second] = hosts.join([['clinic', '10.78.2.1/24'], ['home', '10.78.2.2/24']]);
    const uplinks = { first: { device: first, gateway: clinicAddress, metric: 10 }, second: { device: second, gateway: '10.78.2.1', metric: 20 } };
    const route = (uplink: 'first' | 'second'): void => {
      const { device, gateway, metric } = uplinks[uplink];
      hosts.run('home', `ip route add default via ${gateway} dev ${device} metric ${metric}`);
    };
    route('first');
    route('second');
    return {
      clinicAddress,
      inClinic: hosts.inside('clinic'),
      inHome: hosts.inside('home'),
      setUp(uplink, isUp) {
        hosts.run('home', `ip link set ${uplinks[uplink].device} ${isUp ? 'up' : 'down'}`);
        // The kernel forgets a route with its device.
        if (isUp) route(uplink);
      },
      setDark(isDark) {
        if (isDark) hosts.run('home', 'nft -f -', BLACKOUT);
        else hosts.run('home', 'nft delete table inet blackout');
      },
      close: () => hosts.close(),
    };
  } catch (cause) {
    hosts.close();
    throw cause;
  }
}
