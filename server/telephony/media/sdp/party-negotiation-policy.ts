/**
 * Offer and answer with a telephone trunk (RFC 3264): which law, which event type, where packets go and who may send.
 * Plain functions over descriptions; no sockets, no memory of their own.
 */
import { ok, refused, type Result } from '#contract/result.ts';
import type { G711Law } from '../audio/g711-codec.ts';
import type { MediaDirection, Sdp, SdesPolicy } from '../media-port.ts';
import { addressWithFamily, attributeOf, attributesOf, parseSdp, rtpMapsOf, writeSdp, type SdpMedia, type SessionDescription } from './sdp-codec.ts';
import { parseCryptoLine, type SdesKey } from './sdes-codec.ts';

export interface CodecChoice {
  law: G711Law;
  payloadType: number;
}

export interface EventChoice {
  payloadType: number;
  clockRate: number;
}

/** What the peer's description says, as far as we use it. */
export interface PartyDescription {
  address: string;
  port: number;
  rtcpAddress: string;
  rtcpPort: number;
  /** Its G.711 formats in its own order; the first is what we send. */
  codecs: readonly CodecChoice[];
  event: EventChoice | undefined;
  /** What the peer says of itself: 'sendonly' means that it holds us. c=0.0.0.0 reads as hold too (RFC 3264 8.4). */
  direction: MediaDirection;
  /** Its SDES keys that we could use, in its order; empty for plain RTP. */
  keys: readonly SdesKey[];
  /** RTP/SAVP was demanded in the media line. */
  isSecure: boolean;
  rtcpMux: boolean;
}

export type PartyRefusal = 'bad-description' | 'no-common-codec' | 'insecure-description';

export function readPartyDescription(text: Sdp): Result<PartyDescription, PartyRefusal> {
  const parsed = parseSdp(text);
  if (!parsed.ok) return parsed;
  const session = parsed.value;
  const section = session.media.find((media) => media.kind === 'audio' && media.port !== 0);
  if (section === undefined) return refused(session.media.some((media) => media.kind === 'audio') ? 'no-common-codec' : 'bad-description');
  if (section.address === undefined) return refused('bad-description');
  const isSecure = section.protocol === 'RTP/SAVP' || section.protocol === 'RTP/SAVPF';
  if (!isSecure && section.protocol !== 'RTP/AVP' && section.protocol !== 'RTP/AVPF') return refused('no-common-codec');
  const maps = rtpMapsOf(section);
  const codecs = maps
    .filter((map) => (map.encoding === 'PCMU' || map.encoding === 'PCMA') && map.clockRate === 8000)
    .map((map): CodecChoice => ({ law: map.encoding as G711Law, payloadType: map.payloadType }));
  if (codecs.length === 0) return refused('no-common-codec');
  const keys = attributesOf('crypto', section, session).map(parseCryptoLine).filter((key) => key !== undefined);
  if (isSecure && keys.length === 0) return refused('insecure-description');
  const event = maps.find((map) => map.encoding === 'TELEPHONE-EVENT' && map.clockRate === 8000);
  const rtcpMux = attributeOf('rtcp-mux', section, session) !== undefined;
  const rtcp = /^(\d{1,5})(?:\s+IN\s+IP[46]\s+(\S+))?$/.exec(attributeOf('rtcp', section, session) ?? '');
  return ok({
    address: section.address,
    port: section.port,
    rtcpAddress: rtcp?.[2] ?? section.address,
    rtcpPort: rtcpMux ? section.port : rtcp ? Number(rtcp[1]) : section.port + 1,
    codecs,
    event: event && { payloadType: event.payloadType, clockRate: event.clockRate },
    direction: directionOf(section, session),
    keys,
    isSecure,
    rtcpMux,
  });
}

const DIRECTIONS: readonly MediaDirection[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

export function directionOf(section: SdpMedia, session: SessionDescription): MediaDirection {
  const stated =
    DIRECTIONS.find((name) => section.attributes.some((entry) => entry.name === name)) ??
    DIRECTIONS.find((name) => session.attributes.some((entry) => entry.name === name)) ??
    'sendrecv';
  // RFC 3264 8.4: the old way of holding names no address to send to.
  if (section.address !== '0.0.0.0' && section.address !== '::') return stated;
  return stated === 'sendrecv' || stated === 'sendonly' ? 'sendonly' : 'inactive';
}

export const maySend = (direction: MediaDirection): boolean => direction === 'sendrecv' || direction === 'sendonly';
export const mayReceive = (direction: MediaDirection): boolean => direction === 'sendrecv' || direction === 'recvonly';

const directionFrom = (sends: boolean, receives: boolean): MediaDirection =>
  sends ? (receives ? 'sendrecv' : 'sendonly') : receives ? 'recvonly' : 'inactive';

/** RFC 3264 6.1: what we may say in answer to the peer's direction, where we ourselves would like `wanted`. */
export const answerDirection = (offered: MediaDirection, wanted: MediaDirection): MediaDirection =>
  directionFrom(mayReceive(offered) && maySend(wanted), maySend(offered) && mayReceive(wanted));

/** How we stand in this session, told by us. */
export interface OwnPartyDescription {
  sessionId: string;
  version: number;
  address: string;
  port: number;
  codecs: readonly CodecChoice[];
  event: EventChoice | undefined;
  direction: MediaDirection;
  /** Each an a=crypto value; empty for plain RTP. */
  cryptoLines: readonly string[];
  /** RTP/SAVP in the media line: no plain RTP. With keys but without this it is opportunistic (RFC 8643). */
  isSecure: boolean;
  rtcpMux: boolean;
  /** How many media sections the peer's offer had before the audio and after it: each is refused with port 0 (RFC 3264 6). */
  refusedBefore: readonly SdpMedia[];
  refusedAfter: readonly SdpMedia[];
}

/** Keypress events 0 to 15 (RFC 4733 2.4.1). */
const EVENTS = '0-15';

export function writePartyDescription(own: OwnPartyDescription): Sdp {
  const formats = [...own.codecs.map((codec) => codec.payloadType), ...(own.event ? [own.event.payloadType] : [])];
  return writeSdp([
    'v=0',
    `o=- ${own.sessionId} ${own.version} IN ${addressWithFamily(own.address)}`,
    's=-',
    `c=IN ${addressWithFamily(own.address)}`,
    't=0 0',
    ...own.refusedBefore.map(refusedSection),
    `m=audio ${own.port} ${own.isSecure ? 'RTP/SAVP' : 'RTP/AVP'} ${formats.join(' ')}`,
    ...own.codecs.map((codec) => `a=rtpmap:${codec.payloadType} ${codec.law}/8000`),
    ...(own.event ? [`a=rtpmap:${own.event.payloadType} telephone-event/${own.event.clockRate}`, `a=fmtp:${own.event.payloadType} ${EVENTS}`] : []),
    'a=ptime:20',
    'a=maxptime:60',
    ...own.cryptoLines.map((line) => `a=crypto:${line}`),
    ...(own.rtcpMux ? ['a=rtcp-mux'] : []),
    `a=${own.direction}`,
    ...own.refusedAfter.map(refusedSection),
  ]);
}

const refusedSection = (media: SdpMedia): string => `m=${media.kind} 0 ${media.protocol} ${media.formats[0] ?? '0'}`;

/** The sections of an offer around its audio: an answer must keep their number and order. */
export function sectionsAround(text: Sdp): { before: readonly SdpMedia[]; after: readonly SdpMedia[] } {
  const parsed = parseSdp(text);
  if (!parsed.ok) return { before: [], after: [] };
  const { media } = parsed.value;
  const index = media.findIndex((section) => section.kind === 'audio' && section.port !== 0);
  return { before: media.slice(0, Math.max(0, index)), after: media.slice(index + 1) };
}

/** What we would offer: both laws, the preferred one first, and keypresses at 101 as everyone does. */
export const offeredCodecs = (preferred: G711Law): readonly CodecChoice[] => {
  const mu: CodecChoice = { law: 'PCMU', payloadType: 0 };
  const a: CodecChoice = { law: 'PCMA', payloadType: 8 };
  return preferred === 'PCMU' ? [mu, a] : [a, mu];
};

export const OFFERED_EVENT: EventChoice = { payloadType: 101, clockRate: 8000 };

/**
 * How a peer's description is to be protected under a trunk's policy: by one of its keys, not at all, or a refusal. A downgrade
 * is refused, never silent. Opportunistic keys in RTP/AVP (RFC 8643) are taken wherever keys are allowed.
 */
export function chooseSecurity(
  policy: SdesPolicy,
  peer: Pick<PartyDescription, 'isSecure' | 'keys'>,
): Result<SdesKey | undefined, 'insecure-description' | 'no-common-codec'> {
  if (policy === 'off') return peer.isSecure ? refused('no-common-codec') : ok(undefined);
  const key = peer.keys[0];
  if (key === undefined && policy === 'required') return refused('insecure-description');
  return ok(key);
}
