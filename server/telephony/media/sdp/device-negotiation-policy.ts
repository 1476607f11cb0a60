/**
 * Answers a browser's offer (RFC 8829, RFC 9143, RFC 8842): ICE-lite, one bundled audio section, DTLS as server, G.711 and
 * keypresses, and Opus with its repetitions (RFC 7587, RFC 2198) for networks that lose packets. Plain functions over descriptions. The browser's candidates, mDNS names among them, are never looked at:
 * its addresses are learned from its own connectivity checks.
 */
import { REPEATS_ATTRIBUTE } from '#contract/red-codec.ts';
import { ok, refused, type Result } from '#contract/result.ts';
import type { G711Law } from '../audio/g711-codec.ts';
import type { MediaDirection, Sdp } from '../media-port.ts';
import { answerDirection, directionOf, type CodecChoice, type EventChoice } from './party-negotiation-policy.ts';
import { addressWithFamily, attributeOf, attributesOf, parseSdp, rtpMapsOf, writeSdp, type RtpMap, type SdpMedia } from './sdp-codec.ts';

export const OPUS_CLOCK_RATE = 48_000;
/**
 * What we want to hear of a browser whose network is bad: no pauses (a pause looks like a loss), each frame's repetition in the
 * next, nothing a telephone could not carry, and bits enough for all of it.
 */
const OPUS_PARAMETERS = 'minptime=20;useinbandfec=1;usedtx=0;stereo=0;maxplaybackrate=16000;maxaveragebitrate=24000';

export interface DeviceOffer {
  /** Tells one PeerConnection from the next. */
  sessionId: string;
  ufrag: string;
  fingerprints: readonly Fingerprint[];
  mid: string | undefined;
  protocol: string;
  codecs: readonly CodecChoice[];
  opus: OpusChoice | undefined;
  event: EventChoice | undefined;
  direction: MediaDirection;
  sections: readonly SdpMedia[];
  audioIndex: number;
}

/** Payload types. */
export interface OpusChoice {
  payloadType: number;
  /** Of RED over that Opus; undefined where the browser has none. */
  red: number | undefined;
  /** Whether its packets of Opus carry repeats of their own (contract/red-codec.ts). */
  repeats: boolean;
}

/** What a device's packet carries, by its payload type; 'repeats' is Opus that may be wrapped in blocks. */
export type ReceivedCodec = G711Law | 'opus' | 'red' | 'repeats';

export const isOpusKind = (codec: ReceivedCodec): codec is 'opus' | 'red' | 'repeats' => codec === 'opus' || codec === 'red' || codec === 'repeats';

export interface Fingerprint {
  /** Lower case, 'sha-256'. */
  algorithm: string;
  /** Upper-case hex pairs with colons. */
  value: string;
}

export type DeviceRefusal = 'bad-description' | 'no-common-codec' | 'insecure-description';

export function readDeviceOffer(text: Sdp): Result<DeviceOffer, DeviceRefusal> {
  const parsed = parseSdp(text);
  if (!parsed.ok) return parsed;
  const session = parsed.value;
  const audioIndex = session.media.findIndex((section) => section.kind === 'audio' && section.port !== 0);
  const audio = session.media[audioIndex];
  if (audio === undefined) return refused('bad-description');
  if (!/^(UDP|TCP)\/TLS\/RTP\/SAVPF?$/.test(audio.protocol)) return refused('insecure-description');
  const fingerprints = attributesOf('fingerprint', audio, session).flatMap((value): Fingerprint[] => {
    const [algorithm, hex] = value.split(/\s+/);
    return algorithm && hex ? [{ algorithm: algorithm.toLowerCase(), value: hex.toUpperCase() }] : [];
  });
  if (!fingerprints.some(({ algorithm }) => algorithm === 'sha-256')) return refused('insecure-description');
  // We are always the DTLS server: that sets up more reliably under loss. RFC 8842 5.3 leaves the choice to the answerer.
  const setup = attributeOf('setup', audio, session) ?? 'actpass';
  if (setup !== 'actpass' && setup !== 'active') return refused('bad-description');
  const ufrag = attributeOf('ice-ufrag', audio, session);
  if (ufrag === undefined || !/^[A-Za-z0-9+/]{4,256}$/.test(ufrag)) return refused('bad-description');
  if (attributeOf('rtcp-mux', audio, session) === undefined) return refused('bad-description');
  const maps = rtpMapsOf(audio);
  const codecs = maps
    .filter((map) => (map.encoding === 'PCMU' || map.encoding === 'PCMA') && map.clockRate === 8000)
    .map((map): CodecChoice => ({ law: map.encoding as G711Law, payloadType: map.payloadType }));
  if (codecs.length === 0) return refused('no-common-codec');
  const event = maps.find((map) => map.encoding === 'TELEPHONE-EVENT' && map.clockRate === 8000);
  return ok({
    sessionId: session.origin.sessionId,
    ufrag,
    fingerprints,
    mid: attributeOf('mid', audio, session),
    protocol: audio.protocol,
    codecs,
    opus: opusOf(maps, attributeOf(REPEATS_ATTRIBUTE, audio, session) !== undefined),
    event: event && { payloadType: event.payloadType, clockRate: event.clockRate },
    direction: directionOf({ ...audio, address: undefined }, session),
    sections: session.media,
    audioIndex,
  });
}

function opusOf(maps: readonly RtpMap[], repeats: boolean): OpusChoice | undefined {
  const opus = maps.find((map) => map.encoding === 'OPUS' && map.clockRate === OPUS_CLOCK_RATE);
  if (opus === undefined) return undefined;
  // RFC 2198 5: the formats it may repeat stand in its parameters.
  const red = maps.find((map) => map.encoding === 'RED' && map.clockRate === OPUS_CLOCK_RATE && map.parameters.split('/').every((format) => format === String(opus.payloadType)));
  return { payloadType: opus.payloadType, red: red?.payloadType, repeats };
}

export interface HostCandidate {
  address: string;
  port: number;
  transport: 'udp' | 'tcp';
}

export interface OwnDeviceDescription {
  sessionId: string;
  version: number;
  ufrag: string;
  password: string;
  fingerprint: string;
  /** In order of preference. */
  candidates: readonly HostCandidate[];
  ssrc: number;
  cname: string;
  /** The law that the party speaks, where it is known: the browser then sends what need not be transcoded. */
  preferredLaw: G711Law;
}

/** The codecs of the answer: those of the offer, the preferred law first. */
export const answeredCodecs = (offer: DeviceOffer, preferred: G711Law): readonly CodecChoice[] =>
  offer.codecs.toSorted((a, b) => Number(b.law === preferred) - Number(a.law === preferred));

export function writeDeviceAnswer(offer: DeviceOffer, own: OwnDeviceDescription): Sdp {
  const codecs = answeredCodecs(offer, own.preferredLaw);
  const { event, mid, opus } = offer;
  // G.711 first: that is what a browser sends until it is made to change. RED before the Opus it repeats, or it goes unused.
  const opusFormats = opus === undefined ? [] : [...(opus.red === undefined ? [] : [opus.red]), opus.payloadType];
  const formats = [...codecs.map((codec) => codec.payloadType), ...opusFormats, ...(event ? [event.payloadType] : [])];
  const first = own.candidates[0] ?? { address: '0.0.0.0', port: 9, transport: 'udp' };
  const audio = [
    `m=audio ${first.port} ${offer.protocol} ${formats.join(' ')}`,
    `c=IN ${addressWithFamily(first.address)}`,
    ...(mid === undefined ? [] : [`a=mid:${mid}`]),
    `a=ice-ufrag:${own.ufrag}`,
    `a=ice-pwd:${own.password}`,
    `a=fingerprint:sha-256 ${own.fingerprint}`,
    'a=setup:passive',
    'a=rtcp-mux',
    ...own.candidates.map((candidate, index) => `a=candidate:${index + 1} 1 ${candidate.transport} ${candidatePriority(candidate, index)} ${candidate.address} ${candidate.port} typ host${candidate.transport === 'tcp' ? ' tcptype passive' : ''}`),
    'a=end-of-candidates',
    ...codecs.map((codec) => `a=rtpmap:${codec.payloadType} ${codec.law}/8000`),
    ...(opus?.red === undefined ? [] : [`a=rtpmap:${opus.red} red/${OPUS_CLOCK_RATE}/2`, `a=fmtp:${opus.red} ${opus.payloadType}/${opus.payloadType}`]),
    ...(opus === undefined ? [] : [`a=rtpmap:${opus.payloadType} opus/${OPUS_CLOCK_RATE}/2`, `a=fmtp:${opus.payloadType} ${OPUS_PARAMETERS}`]),
    ...(opus?.repeats ? [`a=${REPEATS_ATTRIBUTE}`] : []),
    ...(event ? [`a=rtpmap:${event.payloadType} telephone-event/${event.clockRate}`, `a=fmtp:${event.payloadType} 0-15`] : []),
    'a=ptime:20',
    'a=msid:party audio',
    `a=ssrc:${own.ssrc} cname:${own.cname}`,
    `a=${answerDirection(offer.direction, 'sendrecv')}`,
  ];
  return writeSdp([
    'v=0',
    `o=- ${own.sessionId} ${own.version} IN IP4 0.0.0.0`,
    's=-',
    't=0 0',
    'a=ice-lite',
    ...(mid === undefined ? [] : [`a=group:BUNDLE ${mid}`]),
    ...offer.sections.flatMap((section, index) => (index === offer.audioIndex ? audio : refusedSection(section))),
  ]);
}

/** RFC 3264 6: a section that is not taken keeps its place, with port 0. */
function refusedSection(section: SdpMedia): readonly string[] {
  const mid = section.attributes.find((entry) => entry.name === 'mid')?.value;
  return [`m=${section.kind} 0 ${section.protocol} ${section.formats[0] ?? '0'}`, 'c=IN IP4 0.0.0.0', ...(mid === undefined ? [] : [`a=mid:${mid}`]), 'a=inactive'];
}

/**
 * RFC 8445 5.1.2.1: host candidates of component 1, each a little less wanted than the one before; TCP, whose losses come as
 * pauses, after all of UDP (RFC 6544 4.2).
 */
const candidatePriority = ({ transport }: HostCandidate, index: number): number => (transport === 'udp' ? 126 : 90) * 2 ** 24 + (65_535 - index) * 256 + 255;
