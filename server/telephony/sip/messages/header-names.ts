/** The header fields this stack knows, under one lower-case spelling each; compact forms (RFC 3261 7.3.3) and any letter case lead to it. */

const COMPACT: Readonly<Record<string, string>> = {
  a: 'accept-contact', b: 'referred-by', c: 'content-type', d: 'request-disposition', e: 'content-encoding', f: 'from', i: 'call-id',
  j: 'reject-contact', k: 'supported', l: 'content-length', m: 'contact', n: 'identity-info', o: 'event', r: 'refer-to', s: 'subject',
  t: 'to', u: 'allow-events', v: 'via', x: 'session-expires', y: 'identity',
};

/** Spelled as peers usually do, so that the first look-up of a header costs one hash and no lower-casing. */
const USUAL_SPELLINGS = [
  'Accept', 'Accept-Contact', 'Accept-Encoding', 'Accept-Language', 'Alert-Info', 'Allow', 'Allow-Events', 'Authentication-Info', 'Authorization', 'Call-ID', 'Call-Info',
  'Contact', 'Content-Disposition', 'Content-Encoding', 'Content-Language', 'Content-Length', 'Content-Type', 'CSeq', 'Date', 'Diversion',
  'Error-Info', 'Event', 'Expires', 'From', 'Geolocation', 'History-Info', 'Identity', 'In-Reply-To', 'Info-Package', 'Max-Forwards', 'Min-Expires', 'Min-SE',
  'MIME-Version', 'Organization', 'P-Access-Network-Info', 'P-Asserted-Identity', 'P-Charging-Vector', 'P-Early-Media', 'P-Preferred-Identity', 'Path', 'Priority',
  'Privacy', 'Proxy-Authenticate', 'Proxy-Authorization', 'Proxy-Require', 'RAck', 'Reason', 'Record-Route', 'Recv-Info', 'Refer-To', 'Referred-By',
  'Remote-Party-ID', 'Replaces', 'Reply-To', 'Require', 'Retry-After', 'Route', 'RSeq', 'Server', 'Service-Route', 'Session-Expires',
  'Subject', 'Supported', 'Timestamp', 'To', 'Unsupported', 'User-Agent', 'User-to-User', 'Via', 'Warning', 'WWW-Authenticate',
];

const NAMES: ReadonlyMap<string, string> = new Map([
  ...USUAL_SPELLINGS.map((name): [string, string] => [name, name.toLowerCase()]),
  ...USUAL_SPELLINGS.map((name): [string, string] => [name.toLowerCase(), name.toLowerCase()]),
  ...Object.entries(COMPACT),
  ...Object.entries(COMPACT).map(([short, name]): [string, string] => [short.toUpperCase(), name]),
]);

/** The one spelling of a header's name. An unknown name is lower-cased and remembered nowhere, so that a flood of names grows nothing. */
function canonicalHeaderName(raw: string): string {
  const known = NAMES.get(raw);
  if (known !== undefined) return known;
  const lower = raw.toLowerCase();
  return NAMES.get(lower) ?? lower;
}

/** By length, first and last letter: enough to tell nearly all of the names apart. Where two are alike, the one listed first is found here. */
const BY_SHAPE: ({ usual: string; name: string } | undefined)[] = Array.from({ length: 32 * 1_024 });
for (const usual of USUAL_SPELLINGS) BY_SHAPE[shapeOf(usual, 0, usual.length)] ??= { usual, name: usual.toLowerCase() };

/** The same of the name that stands in `text`: one written as usual, which nearly all are, is found without being cut out. */
export function canonicalHeaderNameAt(text: string, from: number, to: number): string {
  const found = BY_SHAPE[shapeOf(text, from, to)];
  return found !== undefined && found.usual.length === to - from && text.startsWith(found.usual, from) ? found.name : canonicalHeaderName(text.slice(from, to));
}

function shapeOf(text: string, from: number, to: number): number {
  return ((to - from) & 31) * 1_024 + (text.charCodeAt(from) & 31) * 32 + (text.charCodeAt(to - 1) & 31);
}
