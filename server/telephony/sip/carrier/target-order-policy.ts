/** RFC 2782 and RFC 3263: in which order the servers of a name, and trunks, are tried. Pure: the draw and the records are arguments. */

export interface SrvRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  /** 'S' leads to SRV records; others do not concern SIP (RFC 3263 4.1). */
  readonly flags: string;
  readonly service: string;
  readonly replacement: string;
}

export type SipTransport = 'udp' | 'tcp' | 'tls';

const SERVICES: Readonly<Record<SipTransport, string>> = { udp: 'SIP+D2U', tcp: 'SIP+D2T', tls: 'SIPS+D2T' };
const SRV_PREFIXES: Readonly<Record<SipTransport, string>> = { udp: '_sip._udp.', tcp: '_sip._tcp.', tls: '_sips._tcp.' };

/** The SRV names to ask for, best first: what NAPTR names for our transport, else the usual one. */
export function srvNames(host: string, transport: SipTransport, naptr: readonly NaptrRecord[]): readonly string[] {
  const named = naptr
    .filter((record) => record.flags.toLowerCase() === 's' && record.service.toUpperCase() === SERVICES[transport] && record.replacement !== '')
    .toSorted((one, other) => one.order - other.order || one.preference - other.preference)
    .map((record) => record.replacement);
  return named.length > 0 ? named : [`${SRV_PREFIXES[transport]}${host}`];
}

/**
 * RFC 2782: lowest priority first; within one, drawn by weight, so that a server of weight 3 comes first three times as often as one of 1.
 * `draw(below)` gives a whole number 0 <= n < below.
 */
export function orderServers<Server extends { readonly priority: number; readonly weight: number }>(servers: readonly Server[], draw: (below: number) => number): readonly Server[] {
  const priorities = [...new Set(servers.map((server) => server.priority))].toSorted((one, other) => one - other);
  return priorities.flatMap((priority) => {
    // Weight 0 stands first in the running sum, where it is drawn rarely but not never.
    const left = servers.filter((server) => server.priority === priority).toSorted((one, other) => one.weight - other.weight);
    const ordered: Server[] = [];
    while (left.length > 0) {
      const total = left.reduce((sum, server) => sum + server.weight, 0);
      const drawn = draw(total + 1);
      let sum = 0;
      const at = left.findIndex((server) => (sum += server.weight) >= drawn);
      ordered.push(...left.splice(at, 1));
    }
    return ordered;
  });
}
