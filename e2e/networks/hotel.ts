/** A clinic, and a hotel on the same wire whose firewall lets nothing out but TCP to port 443. Knows no browser and no product. */
import { buildHosts } from './namespaces.ts';

export interface Hotel {
  /** The clinic's address on the wire. */
  readonly clinicAddress: string;
  readonly hotelAddress: string;
  /** What runs a command in the clinic: put before it. */
  readonly inClinic: readonly string[];
  readonly inHotel: readonly string[];
  /** Loads rules of nftables, as a file has them, in the clinic. */
  loadRules(rules: string): void;
  /** What of them stands, with its counts. */
  readRules(): string;
  /** How many packets of the hotel's guests its firewall has dropped. */
  droppedCount(): number;
  close(): void;
}

const FIREWALL = `
table inet hotel {
  counter dropped {}
  chain out {
    type filter hook output priority filter; policy accept;
    oif lo accept
    tcp dport 443 accept
    counter name dropped drop
  }
  chain in {
    type filter hook input priority filter; policy accept;
    iif lo accept
    tcp sport 443 accept
    drop
  }
}
`;

export function buildHotel(): Hotel {
  const [clinicAddress, hotelAddress] = ['10.77.0.1', '10.77.0.2'];
  const hosts = buildHosts(['clinic', 'hotel']);
  try {
    hosts.join([['clinic', `${clinicAddress}/24`], ['hotel', `${hotelAddress}/24`]]);
    hosts.run('hotel', 'nft -f -', FIREWALL);
  } catch (cause) {
    hosts.close();
    throw cause;
  }
  return {
    clinicAddress,
    hotelAddress,
    inClinic: hosts.inside('clinic'),
    inHotel: hosts.inside('hotel'),
    loadRules: (rules) => void hosts.run('clinic', 'nft -f -', rules),
    readRules: () => hosts.run('clinic', 'nft list ruleset'),
    droppedCount: () => Number(/packets (\d+)/.exec(hosts.run('hotel', 'nft list counter inet hotel dropped'))?.[1]),
    close: () => hosts.close(),
  };
}
