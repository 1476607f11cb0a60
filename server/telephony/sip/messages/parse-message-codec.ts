/**
 * Turns wire text into a message in one pass. Owns framing inside a message (start line, header lines, folding, body);
 * refuses to judge: what a recognisable message lacks is the validator's to say, so that a bad request can still be answered.
 */
import { canonicalHeaderNameAt } from './header-names.ts';
import type { SipMessage } from './message.ts';

export type ParseResult = SipMessage | { readonly kind: 'malformed'; readonly problem: 'no-start-line' | 'no-end-of-headers' | 'too-many-headers' | 'not-sip' };

const SPACE = 32;
const TAB = 9;
/** Beyond any honest message; a list this long is an attack on memory. */
const MOST_HEADERS = 512;

export function parseMessage(text: string): ParseResult {
  const startEnd = text.indexOf('\r\n');
  if (startEnd <= 0) return { kind: 'malformed', problem: 'no-start-line' };

  const names: string[] = [];
  const values: string[] = [];
  let badLines = 0;
  let position = startEnd + 2;
  for (;;) {
    let lineFeed = text.indexOf('\n', position);
    // A CR or LF that stands alone would become a line of somebody's making where the value is written again.
    let hasStrayBreak = false;
    if (lineFeed < 0 || text.indexOf('\r', position) !== lineFeed - 1) {
      const lineEnd = text.indexOf('\r\n', position);
      if (lineEnd < 0) return { kind: 'malformed', problem: 'no-end-of-headers' };
      hasStrayBreak = true;
      lineFeed = lineEnd + 1;
    }
    let end = lineFeed - 1;
    if (end === position) break;
    // RFC 3261 7.3.1: a line that begins with white space continues the one before.
    let isFolded = false;
    for (let next = text.charCodeAt(end + 2); next === SPACE || next === TAB; next = text.charCodeAt(end + 2)) {
      isFolded = true;
      const from = end + 2;
      end = text.indexOf('\r\n', from);
      if (end < 0) return { kind: 'malformed', problem: 'no-end-of-headers' };
      hasStrayBreak ||= text.indexOf('\r', from) !== end || text.indexOf('\n', from) !== end + 1;
    }
    const colon = text.indexOf(':', position);
    if (colon <= position || colon >= end) {
      badLines++;
    } else {
      let nameEnd = colon;
      while (nameEnd > position && isBlank(text.charCodeAt(nameEnd - 1))) nameEnd--;
      let from = colon + 1;
      let to = end;
      while (from < to && isBlankOrBreak(text.charCodeAt(from))) from++;
      while (to > from && isBlankOrBreak(text.charCodeAt(to - 1))) to--;
      const value = text.slice(from, to);
      names.push(canonicalHeaderNameAt(text, position, nameEnd));
      const unfolded = isFolded ? value.replace(/[ \t]*\r\n[ \t]+/g, ' ') : value;
      if (hasStrayBreak) badLines++;
      values.push(hasStrayBreak ? unfolded.replace(/[\r\n]+/g, ' ') : unfolded);
      if (names.length > MOST_HEADERS) return { kind: 'malformed', problem: 'too-many-headers' };
    }
    position = end + 2;
  }
  const bodyStart = position + 2;
  const availableBodyLength = text.length - bodyStart;
  const lengthAt = availableBodyLength === 0 ? -1 : names.indexOf('content-length');
  const declared = lengthAt < 0 ? undefined : parseContentLength(values[lengthAt]!);
  // RFC 3261 18.3: octets past the declared length of a datagram are discarded; too few are the validator's business.
  const body = availableBodyLength === 0 ? '' : text.slice(bodyStart, declared === undefined ? text.length : bodyStart + declared);

  const parts = { topVia: null, cseq: null, from: null, to: null };
  if (text.startsWith('SIP/')) {
    const versionEnd = text.indexOf(' ');
    const version = text.slice(0, versionEnd < 0 || versionEnd > startEnd ? startEnd : versionEnd);
    const code = versionEnd < 0 || versionEnd > startEnd ? '' : text.slice(versionEnd + 1, Math.min(startEnd, versionEnd + 5));
    const status = /^[1-6][0-9]{2}(?: |$)/.test(code) ? Number(code.slice(0, 3)) : 0;
    return { kind: 'response', status, reason: text.slice(Math.min(startEnd, version.length + 5), startEnd), version, names, values, body, badLines, availableBodyLength, parts };
  }
  const methodEnd = text.indexOf(' ');
  const uriEnd = text.lastIndexOf(' ', startEnd - 1);
  if (methodEnd <= 0 || uriEnd <= methodEnd || methodEnd > startEnd) return { kind: 'malformed', problem: 'not-sip' };
  return {
    kind: 'request',
    method: text.slice(0, methodEnd),
    uri: text.slice(methodEnd + 1, uriEnd),
    version: text.slice(uriEnd + 1, startEnd),
    names, values, body, badLines, availableBodyLength, parts,
  };
}

/** The number in a Content-Length, or undefined where it is none; at most 9 digits are looked at. */
export function parseContentLength(value: string): number | undefined {
  return /^[0-9]{1,9}$/.test(value) ? Number(value) : undefined;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

function isBlankOrBreak(code: number): boolean {
  return code === SPACE || code === TAB || code === 13 || code === 10;
}
