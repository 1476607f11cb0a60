/** Reads and writes SIP, SIPS and tel URIs, and finds the telephone number in one. Refuses any other scheme. */

export interface SipUri {
  scheme: 'sip' | 'sips';
  /** Unescaped; undefined where there is none. */
  user: string | undefined;
  /** As written: an IPv6 address keeps its brackets. */
  host: string;
  port: number | undefined;
  /** ';transport=tcp;lr', or ''. */
  params: string;
}

const SIP_URI = /^(sips?):(?:([^@]*)@)?(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9.])?)(?::([0-9]{1,5}))?(;[^?]*)?(\?.*)?$/i;

export function parseSipUri(text: string): SipUri | undefined {
  const match = SIP_URI.exec(text);
  if (match === null) return undefined;
  const port = match[4] === undefined ? undefined : Number(match[4]);
  if (port !== undefined && (port > 65_535 || port === 0)) return undefined;
  // RFC 3261 19.1.1: the password, after a colon, is no part of the user.
  const user = match[2] === undefined ? undefined : unescapeUser(match[2].split(':')[0]!);
  return { scheme: match[1]!.toLowerCase() as 'sip' | 'sips', user, host: match[3]!, port, params: match[5] ?? '' };
}

/** The number in a sip: or tel: URI with visual separators (RFC 3966 5.1.1) taken out: '+15550100', '5550100'; undefined where the user is no number. */
export function numberInUri(text: string): string | undefined {
  const isTel = /^tel:/i.test(text);
  const raw = isTel ? text.slice(4).split(';')[0]! : parseSipUri(text)?.user?.split(';')[0];
  if (raw === undefined) return undefined;
  const digits = raw.replace(/[().\- ]/g, '');
  return /^\+?[0-9*#]{1,32}$/.test(digits) ? digits : undefined;
}

function unescapeUser(user: string): string {
  return user.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
