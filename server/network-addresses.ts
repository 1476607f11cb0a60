/** By which names and addresses this machine is reached: what browsers are told to send audio to, and what a certificate has to say. Asks the operating system; decides no policy. */
import { hostname, networkInterfaces } from 'node:os';

export interface NetworkAddresses {
  /** Lower case; the machine's own first. */
  readonly hostNames: readonly string[];
  /** Literal addresses other machines may reach us by: IPv4 first, link-local ones left out. */
  readonly reachable: readonly string[];
}

export function findNetworkAddresses(): NetworkAddresses {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const outside = all.filter(({ internal, address }) => !internal && !/^(fe80:|169\.254\.)/i.test(address));
  const of = (family: string): string[] => outside.filter((each) => each.family === family).map(({ address }) => address);
  const name = hostname().toLowerCase();
  return { hostNames: [...new Set([name, ...(name.includes('.') ? [] : [`${name}.local`]), 'localhost'])], reachable: [...of('IPv4'), ...of('IPv6')] };
}
