/**
 * Session descriptions between text and structure (RFC 8866), as far as audio needs them. Reads what peers send,
 * leniently; writes only what it is given. Decides nothing: negotiation stands beside it.
 */
import { ok, refused, type Result } from '#contract/result.ts';

export interface SdpAttribute {
  name: string;
  /** What stands after the colon; '' for a flag. */
  value: string;
}

export interface SdpOrigin {
  sessionId: string;
  version: string;
  address: string;
}

export interface SdpMedia {
  /** 'audio', 'video', 'application' ... */
  kind: string;
  port: number;
  protocol: string;
  formats: readonly string[];
  /** The address of this section's c=, or the session's. */
  address: string | undefined;
  attributes: readonly SdpAttribute[];
}

export interface SessionDescription {
  origin: SdpOrigin;
  attributes: readonly SdpAttribute[];
  media: readonly SdpMedia[];
}

/** A description is about 2 kB; one beyond this is no description of ours to read. */
const LONGEST_DESCRIPTION = 64 * 1024;
const MOST_MEDIA = 16;
const MOST_ATTRIBUTES = 1024;

export function parseSdp(text: string): Result<SessionDescription, 'bad-description'> {
  if (text.length > LONGEST_DESCRIPTION || !text.startsWith('v=0')) return refused('bad-description');
  let origin: SdpOrigin | undefined;
  let sessionAddress: string | undefined;
  const attributes: SdpAttribute[] = [];
  const media: (Omit<SdpMedia, 'attributes'> & { attributes: SdpAttribute[] })[] = [];
  let attributeCount = 0;
  for (const line of text.split(/\r?\n|\r/)) {
    if (line.length < 2 || line[1] !== '=') continue;
    const value = line.slice(2);
    const section = media.at(-1);
    switch (line.charAt(0)) {
      case 'o':
        origin ??= parseOrigin(value);
        break;
      case 'c': {
        const address = parseConnection(value);
        if (address === undefined) return refused('bad-description');
        if (section === undefined) sessionAddress = address;
        else section.address = address;
        break;
      }
      case 'm': {
        const parsed = parseMediaLine(value);
        if (parsed === undefined || media.length >= MOST_MEDIA) return refused('bad-description');
        media.push({ ...parsed, address: sessionAddress, attributes: [] });
        break;
      }
      case 'a': {
        attributeCount += 1;
        if (attributeCount > MOST_ATTRIBUTES) return refused('bad-description');
        (section?.attributes ?? attributes).push(parseAttribute(value));
        break;
      }
      default:
    }
  }
  if (origin === undefined) return refused('bad-description');
  return ok({ origin, attributes, media });
}

function parseOrigin(value: string): SdpOrigin | undefined {
  const parts = value.trim().split(/\s+/);
  const [, sessionId, version, , , address] = parts;
  return sessionId !== undefined && version !== undefined && address !== undefined ? { sessionId, version, address } : undefined;
}

function parseConnection(value: string): string | undefined {
  const [network, family, address] = value.trim().split(/\s+/);
  if (network !== 'IN' || (family !== 'IP4' && family !== 'IP6') || address === undefined) return undefined;
  // A multicast address carries "/ttl": nobody we talk to is one, and the slash would not be an address.
  return address.split('/')[0];
}

function parseMediaLine(value: string): Pick<SdpMedia, 'kind' | 'port' | 'protocol' | 'formats'> | undefined {
  const [kind, portText, protocol, ...formats] = value.trim().split(/\s+/);
  if (kind === undefined || portText === undefined || protocol === undefined) return undefined;
  const port = /^\d{1,5}(\/\d+)?$/.test(portText) ? Number.parseInt(portText, 10) : Number.NaN;
  return port >= 0 && port <= 65_535 ? { kind, port, protocol, formats } : undefined;
}

function parseAttribute(value: string): SdpAttribute {
  const colon = value.indexOf(':');
  return colon < 0 ? { name: value.trim(), value: '' } : { name: value.slice(0, colon), value: value.slice(colon + 1).trim() };
}

/** The first value of an attribute, in the section or else in the session; undefined where it stands in neither. */
export function attributeOf(name: string, section: SdpMedia | undefined, session: SessionDescription): string | undefined {
  return (section?.attributes.find((entry) => entry.name === name) ?? session.attributes.find((entry) => entry.name === name))?.value;
}

/** Every value of an attribute: the section's own, or the session's where the section has none. */
export function attributesOf(name: string, section: SdpMedia, session: SessionDescription): readonly string[] {
  const own = section.attributes.filter((entry) => entry.name === name);
  return (own.length > 0 ? own : session.attributes.filter((entry) => entry.name === name)).map((entry) => entry.value);
}

export interface RtpMap {
  payloadType: number;
  /** Upper case: encoding names are compared without case (RFC 8866 6.6). */
  encoding: string;
  clockRate: number;
  parameters: string;
}

/** RFC 3551 6: what the static payload types mean where no rtpmap says it. */
const STATIC_ENCODINGS: Readonly<Record<number, string>> = { 0: 'PCMU', 8: 'PCMA', 9: 'G722', 13: 'CN', 18: 'G729' };

/** The formats of a section in its own order of preference; formats nobody explains are left out. */
export function rtpMapsOf(section: SdpMedia): readonly RtpMap[] {
  const maps: RtpMap[] = [];
  for (const format of section.formats) {
    if (!/^\d{1,3}$/.test(format)) continue;
    const payloadType = Number(format);
    if (payloadType > 127) continue;
    const parametersOf = (name: string): string | undefined =>
      section.attributes.find((entry) => entry.name === name && entry.value.startsWith(`${format} `))?.value.slice(format.length + 1).trim();
    const [encoding, clockRate] = (parametersOf('rtpmap') ?? '').split('/');
    const name = encoding ? encoding.toUpperCase() : STATIC_ENCODINGS[payloadType];
    if (name === undefined) continue;
    maps.push({ payloadType, encoding: name, clockRate: Number(clockRate ?? 8000) || 8000, parameters: parametersOf('fmtp') ?? '' });
  }
  return maps;
}

/** One line an entry, CRLF ends (RFC 8866 5). */
export const writeSdp = (lines: readonly string[]): string => `${lines.join('\r\n')}\r\n`;

/** 'IP4 192.0.2.1' or 'IP6 2001:db8::1', as o= and c= want it. */
export const addressWithFamily = (address: string): string => `${address.includes(':') ? 'IP6' : 'IP4'} ${address}`;
