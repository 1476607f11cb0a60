/** Decides which hosts this server answers as, and which origins may change something or open a socket. Facts in, decision out. */

export interface OriginFacts {
  /** The `Host` header as received. */
  readonly host: string | undefined;
  /** The `Origin` header; browsers send it with every WebSocket and every unsafe request. */
  readonly origin: string | undefined;
  readonly isSecure: boolean;
}

export interface OriginPolicy {
  /** Set behind a reverse proxy or where the server has a name: then it is the only origin. Without a path or a slash at its end. */
  readonly publicOrigin: string | undefined;
  /** Host names, besides IP addresses and localhost, that this machine goes by. */
  readonly hostNames: readonly string[];
}

/**
 * Whether we answer as this host at all. A page elsewhere can point its own name at our address (DNS rebinding) and would then be
 * same-origin with us; an IP address or localhost cannot be pointed elsewhere.
 */
export function isHostAllowed({ host }: Pick<OriginFacts, 'host'>, policy: OriginPolicy): boolean {
  if (host === undefined) return false;
  if (policy.publicOrigin !== undefined && policy.publicOrigin.endsWith(`//${host}`)) return true;
  const name = host.toLowerCase().replace(/:\d{1,5}$/, '');
  return name === 'localhost' || isIpAddress(name) || policy.hostNames.includes(name);
}

/** Whether the asking page is our own: its origin is, to the letter, the one it reached us by. */
export function isOriginAllowed(facts: OriginFacts, policy: OriginPolicy): boolean {
  if (facts.origin === undefined || !isHostAllowed(facts, policy)) return false;
  if (policy.publicOrigin !== undefined && facts.origin === policy.publicOrigin) return true;
  return facts.origin === `${facts.isSecure ? 'https' : 'http'}://${facts.host}`;
}

function isIpAddress(name: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(name) || /^\[[0-9a-f:.]+\]$/.test(name);
}
