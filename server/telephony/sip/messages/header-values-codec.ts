/** Reads the structured header values a user agent acts on: Via, addresses, CSeq, lists, parameters, challenges. Returns undefined for what cannot be read; throws never. */

export interface Via {
  /** Upper case: UDP, TCP, TLS. */
  transport: string;
  host: string;
  port: number | undefined;
  branch: string | undefined;
  /** The parameter is there, with or without a value (RFC 3581). */
  hasRport: boolean;
}

export interface NameAddress {
  /** Unquoted, still wire text; empty where there is none. */
  displayName: string;
  uri: string;
  /** Everything after the address, beginning with ';' where there is any. */
  params: string;
}

export interface CSeq {
  number: number;
  method: string;
}

export interface Challenge {
  scheme: string;
  params: ReadonlyMap<string, string>;
}

/** Any version of the protocol: a request of another is answered 505 by way of it (RFC 4475 3.1.2.16). */
const VIA = /^SIP\s*\/\s*[0-9]{1,3}\.[0-9]{1,3}\s*\/\s*([A-Za-z0-9.!%*_+`'~-]+)\s+(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)\s*(?::\s*([0-9]{1,5}))?\s*(;.*)?$/s;

export function parseVia(value: string): Via | undefined {
  // Nearly every Via there is begins so, with one blank; the grammar's white space is for the slow way.
  const blank = value.startsWith('SIP/2.0/') ? value.indexOf(' ', 9) : -1;
  if (blank < 0) return parseSpacedVia(value);
  const semicolon = value.indexOf(';', blank);
  const end = semicolon < 0 ? value.length : semicolon;
  const colon = value.indexOf(':', blank);
  const hostEnd = colon >= 0 && colon < end ? colon : end;
  if (!isPlainHost(value, blank + 1, hostEnd)) return parseSpacedVia(value);
  let port: number | undefined;
  if (hostEnd < end) {
    port = 0;
    if (end - hostEnd < 2 || end - hostEnd > 6) return parseSpacedVia(value);
    for (let i = hostEnd + 1; i < end; i++) {
      const digit = value.charCodeAt(i) - 48;
      if (digit < 0 || digit > 9) return parseSpacedVia(value);
      port = port * 10 + digit;
    }
    if (port > 65_535) return undefined;
  }
  const transport = value.slice(8, blank);
  if (transport !== 'UDP' && transport !== 'TCP' && transport !== 'TLS') return parseSpacedVia(value);
  const params = semicolon < 0 ? '' : value.slice(semicolon);
  return { transport, host: value.slice(blank + 1, hostEnd), port, branch: paramOf(params, 'branch'), hasRport: hasParam(params, 'rport') };
}

function parseSpacedVia(value: string): Via | undefined {
  const match = VIA.exec(value);
  if (match === null) return undefined;
  const params = match[4] ?? '';
  const port = match[3] === undefined ? undefined : Number(match[3]);
  if (port !== undefined && port > 65_535) return undefined;
  return { transport: match[1]!.toUpperCase(), host: match[2]!, port, branch: paramOf(params, 'branch'), hasRport: hasParam(params, 'rport') };
}

/** Letters, digits, '-', '.', '_', at least one. */
function isPlainHost(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    const isPlain = (code >= 48 && code <= 57) || (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 45 || code === 46 || code === 95;
    if (!isPlain) return false;
  }
  return to > from;
}

/** Splits a list at the commas that stand outside quotes and angle brackets. */
export function splitList(value: string): string[] {
  if (!value.includes(',')) return value === '' ? [] : [value.trim()];
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  let depth = 0;
  for (let i = 0; i < value.length; i++) {
    const c = value[i];
    if (isQuoted) {
      if (c === '\\') i++;
      else if (c === '"') isQuoted = false;
    } else if (c === '"') isQuoted = true;
    else if (c === '<') depth++;
    else if (c === '>') depth = Math.max(0, depth - 1);
    else if (c === ',' && depth === 0) {
      parts.push(value.slice(start, i).trim());
      start = i + 1;
    }
  }
  parts.push(value.slice(start).trim());
  return parts.filter((part) => part !== '');
}

export function splitAll(values: readonly string[]): string[] {
  return values.length === 1 ? splitList(values[0]!) : values.flatMap(splitList);
}

/** A From, To, Contact, Route, P-Asserted-Identity: name-addr or addr-spec with parameters (RFC 3261 20.10). */
export function parseNameAddress(value: string): NameAddress | undefined {
  let open = -1;
  let displayName = '';
  if (value.charCodeAt(0) === 34) {
    let i = 1;
    for (; i < value.length && value[i] !== '"'; i++) if (value[i] === '\\') i++;
    if (i >= value.length) return undefined;
    displayName = value.slice(1, i).replace(/\\(.)/gs, '$1');
    open = value.indexOf('<', i);
    if (open < 0 || value.slice(i + 1, open).trim() !== '') return undefined;
  } else {
    open = value.indexOf('<');
    if (open > 0) displayName = value.slice(0, open).trim();
  }
  if (open >= 0) {
    const close = value.indexOf('>', open);
    if (close < 0) return undefined;
    const params = value.slice(close + 1).trim();
    if (params !== '' && params[0] !== ';') return undefined;
    const uri = value.slice(open + 1, close).trim();
    return uri === '' ? undefined : { displayName, uri, params };
  }
  // Without brackets a semicolon, and all after it, belongs to the header and not to the URI.
  const semicolon = value.indexOf(';');
  const uri = (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/.test(uri)) return undefined;
  return { displayName: '', uri, params: semicolon < 0 ? '' : value.slice(semicolon) };
}

/** A parameter's value, unquoted; '' where it has none; undefined where it is absent. Parameter names are matched in any case. */
export function paramOf(params: string, name: string): string | undefined {
  for (let i = params.indexOf(';'); i >= 0; ) {
    const next = nextSemicolon(params, i + 1);
    const equals = params.indexOf('=', i + 1);
    const hasValue = equals >= 0 && equals < next;
    const found = params.slice(i + 1, hasValue ? equals : next).trim();
    if (found.length === name.length && (found === name || found.toLowerCase() === name)) {
      return hasValue ? unquote(params.slice(equals + 1, next).trim()) : '';
    }
    i = next < params.length ? next : -1;
  }
  return undefined;
}

export function hasParam(params: string, name: string): boolean {
  return paramOf(params, name) !== undefined;
}

/** The tag of a From or To; undefined where the value cannot be read or has none. */
export function tagOf(value: string): string | undefined {
  const address = parseNameAddress(value);
  const tag = address === undefined ? undefined : paramOf(address.params, 'tag');
  return tag === '' ? undefined : tag;
}

export function parseCSeq(value: string): CSeq | undefined {
  const match = /^([0-9]{1,10})[ \t]+([A-Za-z0-9.!%*_+`'~-]+)$/.exec(value);
  if (match === null) return undefined;
  const number = Number(match[1]);
  // RFC 3261 8.1.1.5: below 2^31; RFC 4475 3.1.2.4 shows what comes of more.
  return number < 2 ** 31 ? { number, method: match[2]! } : undefined;
}

/** RFC 3262 7.2: `776656 1 INVITE`. */
export function parseRAck(value: string): { rSeq: number; cseq: CSeq } | undefined {
  const match = /^([0-9]{1,10})[ \t]+(.*)$/s.exec(value);
  const cseq = match === null ? undefined : parseCSeq(match[2]!);
  return match === null || cseq === undefined ? undefined : { rSeq: Number(match[1]), cseq };
}

/** WWW-Authenticate, Proxy-Authenticate, Authorization: a scheme and its parameters. */
export function parseChallenge(value: string): Challenge | undefined {
  const scheme = /^([A-Za-z0-9-]+)[ \t]+/.exec(value);
  if (scheme === null) return undefined;
  const params = new Map<string, string>();
  const pair = /\s*([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*(?:,|$)/gsy;
  pair.lastIndex = scheme[0].length;
  for (let match = pair.exec(value); match !== null; match = pair.exec(value)) {
    const name = match[1]!.toLowerCase();
    if (!params.has(name)) params.set(name, match[2] === undefined ? match[3]! : match[2].replace(/\\(.)/gs, '$1'));
    if (pair.lastIndex >= value.length) break;
  }
  return { scheme: scheme[1]!.toLowerCase(), params };
}

/** RFC 3326: `Q.850;cause=16;text="..."`. */
export function parseReason(value: string): { protocol: string; cause: number | undefined; text: string | undefined } | undefined {
  const semicolon = value.indexOf(';');
  const protocol = (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
  if (!/^[A-Za-z0-9._-]+$/.test(protocol)) return undefined;
  const params = semicolon < 0 ? '' : value.slice(semicolon);
  const cause = paramOf(params, 'cause');
  return { protocol, cause: cause !== undefined && /^[0-9]{1,4}$/.test(cause) ? Number(cause) : undefined, text: paramOf(params, 'text') };
}

/** A whole number of seconds from a header that may carry parameters or a comment after it; undefined above 2^32-1. */
export function parseSeconds(value: string): number | undefined {
  const match = /^([0-9]{1,10})(?=$|[\s;(,])/.exec(value);
  if (match === null) return undefined;
  const seconds = Number(match[1]);
  return seconds < 2 ** 32 ? seconds : undefined;
}

function nextSemicolon(params: string, from: number): number {
  const semicolon = params.indexOf(';', from);
  const quote = params.indexOf('"', from);
  const next = semicolon < 0 ? params.length : semicolon;
  if (quote < 0 || quote > next) return next;
  let isQuoted = false;
  for (let i = quote; i < params.length; i++) {
    const c = params.charCodeAt(i);
    if (isQuoted) {
      if (c === 92) i++;
      else if (c === 34) isQuoted = false;
    } else if (c === 34) isQuoted = true;
    else if (c === 59) return i;
  }
  return params.length;
}

function unquote(value: string): string {
  return value.length >= 2 && value[0] === '"' && value.endsWith('"') ? value.slice(1, -1).replace(/\\(.)/gs, '$1') : value;
}
