/**
 * rtpengine's ng protocol: a cookie, a space, a dictionary in bencode. Text here is octets, one a character; who has other
 * characters encodes them first. Reads nothing but what it can account for to the last octet.
 */

export type NgValue = string | number | readonly NgValue[] | NgDictionary;
export interface NgDictionary {
  readonly [key: string]: NgValue;
}

export interface NgMessage {
  readonly cookie: string;
  readonly content: NgDictionary;
}

/** Deeper than any answer of rtpengine's, shallow enough for any stack. */
const DEEPEST = 16;

export function writeNg({ cookie, content }: NgMessage): string {
  return `${cookie} ${encode(content)}`;
}

function encode(value: NgValue): string {
  if (typeof value === 'string') return `${value.length}:${value}`;
  if (typeof value === 'number') return `i${Math.trunc(value)}e`;
  if (isList(value)) return `l${value.map(encode).join('')}e`;
  return `d${Object.entries(value).map(([key, content]) => encode(key) + encode(content)).join('')}e`;
}

/** Undefined for anything but one whole message. */
export function readNg(text: string): NgMessage | undefined {
  const space = text.indexOf(' ');
  if (space < 1) return undefined;
  const read = decode(text, space + 1, 0);
  if (read === undefined || read.end !== text.length || !isDictionary(read.value)) return undefined;
  return { cookie: text.slice(0, space), content: read.value };
}

interface Read {
  readonly value: NgValue;
  /** Where the next value begins. */
  readonly end: number;
}

function decode(text: string, at: number, depth: number): Read | undefined {
  if (depth > DEEPEST) return undefined;
  switch (text.charAt(at)) {
    case 'i':
      return decodeInteger(text, at);
    case 'l': {
      const items: NgValue[] = [];
      let end = at + 1;
      while (text[end] !== 'e') {
        const item = decode(text, end, depth + 1);
        if (item === undefined) return undefined;
        items.push(item.value);
        end = item.end;
      }
      return { value: items, end: end + 1 };
    }
    case 'd':
      return decodeDictionary(text, at, depth);
    default:
      return decodeString(text, at);
  }
}

function decodeInteger(text: string, at: number): Read | undefined {
  const end = text.indexOf('e', at);
  const digits = text.slice(at + 1, end);
  return end === -1 || !/^-?\d{1,19}$/.test(digits) ? undefined : { value: Number(digits), end: end + 1 };
}

function decodeDictionary(text: string, at: number, depth: number): Read | undefined {
  // Without a prototype, so that no key of a peer's means more than itself.
  const content = Object.create(null) as Record<string, NgValue>;
  let end = at + 1;
  while (text[end] !== 'e') {
    const key = decodeString(text, end);
    const value = key === undefined ? undefined : decode(text, key.end, depth + 1);
    if (key === undefined || value === undefined) return undefined;
    content[key.value] = value.value;
    end = value.end;
  }
  return { value: content, end: end + 1 };
}

function decodeString(text: string, at: number): { value: string; end: number } | undefined {
  // A length of six digits is more than a datagram holds.
  const digits = /^\d{1,6}(?=:)/.exec(text.slice(at, at + 7))?.[0];
  if (digits === undefined) return undefined;
  const start = at + digits.length + 1;
  const end = start + Number(digits);
  return end > text.length ? undefined : { value: text.slice(start, end), end };
}

const isList = (value: NgValue): value is readonly NgValue[] => Array.isArray(value);
const isDictionary = (value: NgValue): value is NgDictionary => typeof value === 'object' && !isList(value);

/** What stands under a key, if it is of that kind. */
export function textAt(dictionary: NgDictionary, key: string): string | undefined {
  const found = dictionary[key];
  return typeof found === 'string' ? found : undefined;
}
export function numberAt(dictionary: NgDictionary, key: string): number | undefined {
  const found = dictionary[key];
  return typeof found === 'number' ? found : undefined;
}
export function dictionaryAt(dictionary: NgDictionary, key: string): NgDictionary | undefined {
  const found = dictionary[key];
  return found !== undefined && isDictionary(found) ? found : undefined;
}
export function dictionariesAt(dictionary: NgDictionary, key: string): readonly NgDictionary[] {
  const found = dictionary[key];
  return found !== undefined && isList(found) ? found.filter(isDictionary) : [];
}
